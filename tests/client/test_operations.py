"""Each operation of the API is one method of the client, of the same noun and verb."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, get_type_hints

import httpx
import pytest
from tests.api.conftest import Site, site  # noqa: F401

from motifleet.client import Client, records
from motifleet.client.noun import Noun
from motifleet.errors import ApiError, MotifleetError, UnknownProjectError

BESIDE = {"builds.wait", "deployments.wait", "job_runs.wait"}
"""Methods that are no operation: they ask again and again until something is done."""
HERE = Path(__file__)

# What each is called with; it need not succeed, but has to ask for its own operation.
CALLS: dict[str, Callable[[Client], Any]] = {
    "health.read": lambda c: c.health.read(),
    "server.read": lambda c: c.server.read(),
    "session.log_in": lambda c: Client(http=c._wire.http).session.log_in("ghost", "no password"),
    "session.log_out": lambda c: Client(http=c._wire.http, token="none").session.log_out(),
    "me.read": lambda c: c.me.read(),
    "me.change_password": lambda c: c.me.change_password("a", "b"),
    "users.list": lambda c: list(c.users.list()),
    "users.create": lambda c: c.users.create("../bad"),
    "users.remove": lambda c: c.users.remove("ghost"),
    "users.lock": lambda c: c.users.lock("ghost"),
    "users.unlock": lambda c: c.users.unlock("ghost"),
    "keys.list": lambda c: list(c.keys.list()),
    "keys.create": lambda c: c.keys.create("boss"),
    "keys.revoke": lambda c: c.keys.revoke("key-0"),
    "audit.list": lambda c: list(c.audit.list(who="admin")),
    "projects.list": lambda c: list(c.projects.list()),
    "projects.create": lambda c: c.projects.create("../bad"),
    "projects.read": lambda c: c.projects.read("DEV"),
    "projects.remove": lambda c: c.projects.remove("NEVER"),
    "projects.audit": lambda c: list(c.projects.audit("DEV")),
    "members.list": lambda c: list(c.members.list("DEV")),
    "members.set": lambda c: c.members.set("DEV", "viewer", "viewer"),
    "members.remove": lambda c: c.members.remove("DEV", "ghost"),
    "files.list": lambda c: list(c.files.list("DEV")),
    "files.read": lambda c: c.files.read("DEV", "none.py"),
    "files.write": lambda c: c.files.write("DEV", "deep/er/a b.py", b"x = 1"),
    "files.remove": lambda c: c.files.remove("DEV", "none.py"),
    "tables.list": lambda c: list(c.tables.list()),
    "tables.read": lambda c: c.tables.read("lab"),
    "tables.snapshots": lambda c: list(c.tables.snapshots("lab")),
    "tables.rows": lambda c: c.tables.rows("lab", columns=["device_id"], limit=2),
    "tables.land": lambda c: c.tables.land("lab", HERE.with_name("reports.csv")),
    "tables.check": lambda c: c.tables.check("lab", HERE.with_name("reports.csv"), device="truck"),
    "models.list": lambda c: list(c.models.list()),
    "models.promote": lambda c: c.models.promote("never@1"),
    "models.roll_back": lambda c: c.models.roll_back("never"),
    "models.experiments": lambda c: list(c.models.experiments()),
    "models.runs": lambda c: list(c.models.runs()),
    "patterns.motifs": lambda c: c.patterns.motifs("lab", "iot_signal_1", 4, k=1),
    "patterns.discords": lambda c: c.patterns.discords("lab", "iot_signal_1", 4, against="past"),
    "patterns.anomalies": lambda c: c.patterns.anomalies("lab", "iot_signal_1", 4),
    "patterns.match": lambda c: c.patterns.match("lab", "iot_signal_1", [54, 53, 52, 51]),
    "patterns.shared": lambda c: c.patterns.shared("lab", "iot_signal_1", 4),
    "devices.similar": lambda c: c.devices.similar("lab", "none", "iot_signal_1", 4),
    "devices.clusters": lambda c: c.devices.clusters("lab", "iot_signal_1", 4, least=2),
    "geo.locate": lambda c: c.geo.locate("lab", last=True),
    "geo.count": lambda c: c.geo.count("lab"),
    "geo.visits": lambda c: c.geo.visits("lab", max_gap=60.0, limit=3),
    "geo.events": lambda c: c.geo.events("lab", limit=3),
    "geo.within": lambda c: c.geo.within("lab", (-93.6, 41.6), 1000.0, limit=3),
    "geo.box": lambda c: c.geo.box("lab", -94, 41, -93, 42, limit=3),
    "geo.nearest": lambda c: c.geo.nearest("lab", {"depot": (-93.6, 41.6)}, 2),
    "geo.trips": lambda c: c.geo.trips("lab", limit=3),
    "geo.stops": lambda c: c.geo.stops("lab", limit=3),
    "geo.distance": lambda c: c.geo.distance("lab"),
    "geo.cells": lambda c: c.geo.cells("lab", 5, signals=["iot_signal_1"]),
    "geo.sql": lambda c: c.geo.sql("SELECT count(*) AS n FROM lab"),
    "builds.list": lambda c: list(c.builds.list("odd", status="ready")),
    "builds.create": lambda c: c.builds.create(file="none.py", project="DEV"),
    "builds.read": lambda c: c.builds.read("odd"),
    "builds.log": lambda c: c.builds.log("odd"),
    "deployments.list": lambda c: list(c.deployments.list(role="canary")),
    "deployments.create": lambda c: c.deployments.create("odd", role="canary"),
    "deployments.read": lambda c: c.deployments.read("odd"),
    "deployments.replicas": lambda c: list(c.deployments.replicas("odd")),
    "deployments.replica_log": lambda c: c.deployments.replica_log("odd", "0"),
    "deployments.stop": lambda c: c.deployments.stop("never"),
    "deployments.restart": lambda c: c.deployments.restart("odd"),
    "deployments.promote": lambda c: c.deployments.promote("odd"),
    "deployments.set_share": lambda c: c.deployments.set_share("odd", 0.5),
    "deployments.scale": lambda c: c.deployments.scale("odd", 1, 3),
    "endpoints.list": lambda c: list(c.endpoints.list(project="DEV")),
    "endpoints.read": lambda c: c.endpoints.read("odd"),
    "endpoints.roll_back": lambda c: c.endpoints.roll_back("odd", "no"),
    "endpoints.keeping": lambda c: c.endpoints.keeping("odd"),
    "endpoints.set_keeping": lambda c: c.endpoints.set_keeping("odd", sample=0.5),
    "access_keys.list": lambda c: list(c.access_keys.list("odd")),
    "access_keys.create": lambda c: c.access_keys.create("odd", seconds=60),
    "access_keys.revoke": lambda c: c.access_keys.revoke("odd", "key-0"),
    "jobs.list": lambda c: list(c.jobs.list("DEV")),
    "jobs.create": lambda c: c.jobs.create("DEV", "nightly", "command", "table list", retries=2),
    "jobs.read": lambda c: c.jobs.read("DEV", "nightly"),
    "jobs.change": lambda c: c.jobs.change("DEV", "nightly", cron="0 3 * * *"),
    "jobs.start": lambda c: c.jobs.start("DEV", "nightly"),
    "job_runs.list": lambda c: list(c.job_runs.list("DEV", "nightly")),
    "job_runs.read": lambda c: c.job_runs.read("DEV", "none"),
    "job_runs.log": lambda c: c.job_runs.log("DEV", "none"),
    "job_runs.notebook": lambda c: c.job_runs.notebook("DEV", "none"),
    "job_runs.stop": lambda c: c.job_runs.stop("DEV", "none"),
    "jobs.remove": lambda c: c.jobs.remove("DEV", "nightly"),
    "samples.list": lambda c: list(c.samples.list("odd", start=0)),
    "drift.list": lambda c: list(c.drift.list("odd")),
    "drift.measure": lambda c: c.drift.measure("odd"),
    "alerts.list": lambda c: list(c.alerts.list("DEV")),
    "alerts.create": lambda c: c.alerts.create("slow", "latency_p99", "odd", 500, for_seconds=60),
    "alerts.read": lambda c: c.alerts.read("slow"),
    "alerts.switch": lambda c: c.alerts.switch("slow", False),
    "alerts.events": lambda c: list(c.alerts.events("slow")),
    "alerts.remove": lambda c: c.alerts.remove("slow"),
    "lineage.prediction": lambda c: c.lineage.prediction("none"),
    "lineage.snapshot": lambda c: c.lineage.snapshot("lab"),
    "lineage.predictions": lambda c: list(c.lineage.predictions("lab", newest=True)),
    "lineage.model": lambda c: c.lineage.model("never@1"),
    "predictions.list": lambda c: list(c.predictions.list("odd", newest=True)),
    "predictions.read": lambda c: c.predictions.read("none"),
    "predictions.track": lambda c: c.predictions.track({"ground_truth": 1}, "uuid-1"),
    "predictions.track_many": lambda c: c.predictions.track_many([("uuid-1", {"cost": 2.5})]),
    "metrics.list": lambda c: list(c.metrics.list("odd", start=0)),
    "metrics.track_aggregate": lambda c: c.metrics.track_aggregate({"a": 1}, 1, 2, endpoint="odd"),
    "metrics.quality": lambda c: c.metrics.quality("odd", per=100),
}
FAIL = {
    "session.log_in",
    "session.log_out",
    "me.change_password",
    "users.create",
    "users.remove",
    "users.lock",
    "users.unlock",
    "keys.create",
    "keys.revoke",
    "projects.create",
    "projects.remove",
    "members.remove",
    "files.read",
    "files.remove",
    "models.promote",
    "models.roll_back",
    "devices.similar",
    "builds.create",
    "deployments.create",
    "deployments.replica_log",
    "deployments.stop",
    "deployments.promote",
    "deployments.set_share",
    "endpoints.roll_back",
    "access_keys.revoke",
    "predictions.read",
    "drift.measure",
    "lineage.prediction",
    "lineage.model",
    "job_runs.read",
    "job_runs.log",
    "job_runs.notebook",
    "job_runs.stop",
}
"""Those whose request is refused; all others succeed."""


@pytest.fixture
def client(site: Site) -> Client:  # noqa: F811
    return Client(http=site.client, token=site.secrets["owner"])


def operations(site: Site) -> dict[str, tuple[str, str]]:  # noqa: F811
    """Each operation's method and path."""
    return {
        told["operationId"]: (method.upper(), path)
        for path, methods in site.app.openapi()["paths"].items()
        for method, told in methods.items()
    }


def methods(client: Client) -> set[str]:
    return {
        f"{noun}.{verb}"
        for noun, value in vars(client).items()
        if isinstance(value, Noun)
        for verb in dir(value)
        if not verb.startswith("_")
    }


def test_each_operation_is_a_method_and_each_method_an_operation(
    site: Site,  # noqa: F811
    client: Client,
) -> None:
    assert methods(client) - BESIDE == set(operations(site))
    assert set(CALLS) == set(operations(site))


@pytest.mark.parametrize("operation", CALLS)
def test_a_method_asks_for_its_operation(
    site: Site,  # noqa: F811
    client: Client,
    operation: str,
) -> None:
    asked: list[tuple[str, str]] = []
    site.client.event_hooks["request"] = [
        lambda request: asked.append((request.method, request.url.raw_path.decode()))
    ]
    try:
        CALLS[operation](client)
        refused = None
    except MotifleetError as error:
        refused = error
    finally:
        site.client.event_hooks["request"] = []
    method, template = operations(site)[operation]
    one = re.sub(r"\\{path\\}", r"[^?]+", re.escape(template))
    one = re.sub(r"\\{\w+\\}", r"[^/?]+", one)
    assert asked[0][0] == method
    assert re.fullmatch(one + r"(\?.*)?", asked[0][1]), asked
    assert (refused is not None) == (operation in FAIL), refused


def test_what_comes_back_is_what_the_api_describes(site: Site) -> None:  # noqa: F811
    described = site.app.openapi()["components"]["schemas"]
    named = {"Me": "Self"}
    kinds = [each for each in vars(records).values() if hasattr(each, "__required_keys__")]
    assert len(kinds) > 15
    for kind in kinds:
        schema = described[named.get(kind.__name__, kind.__name__)]
        assert set(get_type_hints(kind)) == set(schema["properties"]), kind


def test_an_error_is_the_one_that_it_was_on_the_server(client: Client) -> None:
    with pytest.raises(UnknownProjectError, match="did you mean 'DEV'") as caught:
        client.projects.read("DVE")
    origin = caught.value.__cause__
    assert isinstance(origin, ApiError)
    assert (origin.status, origin.code) == (404, "UnknownProjectError")
    assert len(origin.request_id) == 32


def test_lists_come_page_by_page(site: Site) -> None:  # noqa: F811
    asked: list[httpx.Request] = []
    client = Client(http=site.client, token=site.secrets["owner"])
    site.client.event_hooks["request"] = [asked.append]
    try:
        found = client._wire.pages("/users", {"limit": 2})
        assert asked == []
        names = [each["name"] for each in found]
    finally:
        site.client.event_hooks["request"] = []
    assert names == [each["name"] for each in client.users.list()]
    assert len(asked) == (len(names) + 1) // 2
