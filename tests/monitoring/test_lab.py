"""The lab's simulation and monitoring: callers, truth, drift and lineage of real models."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from fastapi.testclient import TestClient
from tests.cli.conftest import Run, run  # noqa: F401
from tests.serving.conftest import PATIENCE, Server
from tests.serving.models import SIGNALS, lab_home

from motifleet.api import make_site
from motifleet.app import Motifleet, Resources, drift_figure, quality_figure

pytestmark = pytest.mark.served


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Motifleet:
    return lab_home(tmp_path_factory.mktemp("lab"))


@pytest.fixture(scope="module")
def server(home: Motifleet) -> Iterator[Server]:
    running = Server(home.settings.home)
    running.start()
    for name in ("failures", "query", "motifs"):
        build = home.serving.build_version(name)
        home.serving.deploy(build.id, Resources(cpu=1), wait=PATIENCE)
    yield running
    assert running.stop() == 0, running.told()


@pytest.mark.parametrize(
    ("name", "count"),
    [("query", 1_000), ("motifs", 10), ("failures", 300)],
)
def test_each_kind_is_asked_as_the_lab_does(
    home: Motifleet,
    server: Server,
    name: str,
    count: int,
    run: Run,  # noqa: F811
) -> None:
    words = ["-n", count] if name == "failures" else []  # the others as many as the lab asks
    done = run("endpoint", "simulate", name, *words, "--home", home.settings.home, "--json")
    assert done.code == 0, done.err
    assert done.json["statuses"] == {"200": count}, done.json
    assert done.json["truths"] == (300 if name == "failures" else 0)


def test_quality_drift_and_lineage_of_the_classifier(
    home: Motifleet,
    server: Server,
    run: Run,  # noqa: F811
) -> None:
    where = ("--home", home.settings.home, "--json")
    parts = home.monitoring.quality("failures", per=100)
    assert [each.count for each in parts][:3] == [100, 100, 100]
    assert all(each.roc_auc is not None for each in parts)
    quality_figure(parts)
    stable = home.monitoring.drift.measure("failures")
    told = {each.name: each for each in (*stable.inputs, *stable.outputs)}
    assert set(SIGNALS) <= set(told)
    assert {"probability", "label"} <= set(told)
    assert {each.verdict for each in stable.inputs} == {"stable"}
    lineage = home.models.lineage("failures").lineage
    assert stable.against == f"lab at snapshot {lineage.snapshot_id}"
    done = run("endpoint", "simulate", "failures", "-n", 300, "--shift", 5, "--no-truth", *where)
    assert done.code == 0, done.err
    gone = home.monitoring.drift.measure("failures")
    assert gone.verdict == "drift"
    assert {each.name for each in gone.inputs if each.verdict == "drift"} == set(SIGNALS)
    assert len(drift_figure([gone]).data) == 1
    assert len(home.monitoring.drift.reports("failures")) == 2
    query = home.monitoring.drift.measure("query")
    assert [(each.name, each.verdict) for each in query.inputs] == [("pattern", "stable")]
    uuid = home.monitoring.predictions("failures").items[0].uuid
    said = run("lineage", "--prediction", uuid, *where).json
    assert said["data"]["lineage"]["snapshot_id"] == lineage.snapshot_id
    assert said["data"]["lineage"]["rows"] == 1_440
    assert said["data"]["version"]["run_id"]
    assert said["deployment"]["build_id"] == said["build"]["id"]
    back = run(
        "lineage", "--table", "lab", "--snapshot", lineage.snapshot_id, "--predictions", *where
    ).json
    assert {each["endpoint"] for each in back["deployments"]} == {"failures", "query", "motifs"}
    asked: list[Any] = []
    after = None
    while True:
        page = home.monitoring.predictions_of_snapshot("lab", after=after, limit=500)
        asked += page.items
        after = page.next
        if after is None:
            break
    assert len(asked) == len(list(home.monitoring.log.all(wanted_all())))
    assert uuid in {each.uuid for each in asked}
    json.dumps(back)
    asked_by_rest(home, uuid, lineage.snapshot_id)


def asked_by_rest(home: Motifleet, uuid: str, snapshot: int | None) -> None:
    """The same questions by the REST API have the same answers."""
    site, token = make_site(home), home.workspace.token()
    monitoring = home.monitoring
    with TestClient(site, headers={"Authorization": f"Bearer {token}"}) as client:

        def get(path: str) -> Any:
            told = client.get(f"/api/v1{path}")
            assert told.status_code == 200, told.text
            return told.json()

        def same(said: Any, known: Any) -> bool:
            return bool(said == json.loads(json.dumps(known, default=str)))

        measured = client.post("/api/v1/endpoints/failures/drift", json={})
        assert measured.status_code == 200, measured.text
        assert measured.json()["verdict"] == "drift"
        reports = get("/endpoints/failures/drift")["items"]
        assert [each["verdict"] for each in reports] == ["stable", "drift", "drift"]
        assert get(f"/predictions/{uuid}/lineage")["data"]["lineage"]["snapshot_id"] == snapshot
        assert same(get(f"/predictions/{uuid}/lineage"), monitoring.lineage(uuid).to_dict())
        use = get(f"/tables/lab/lineage?snapshot={snapshot}")
        assert {each["endpoint"] for each in use["deployments"]} == {"failures", "query", "motifs"}
        first = get(f"/tables/lab/predictions?snapshot={snapshot}&limit=500")
        second = get(f"/tables/lab/predictions?limit=500&cursor={first['next']}")
        found = {each["uuid"] for each in (*first["items"], *second["items"])}
        assert len(found) == 1000
        assert same(get("/models/failures/lineage"), home.models.lineage("failures").to_dict())


def wanted_all() -> Any:
    from motifleet.workspace import Wanted

    return Wanted()
