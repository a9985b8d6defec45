"""A server that is asked, sampled and watched: real processes, and commands that people use."""

import json
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.cli.conftest import Run, run  # noqa: F401
from tests.serving.conftest import PATIENCE, Server, soon
from tests.serving.models import WELL

from motifleet.app import Motifleet, Requests, Resources, open_home, samples_figure
from motifleet.errors import InvalidArgumentError, ServingError
from motifleet.monitoring import Load
from motifleet.monitoring.sampler import growth, pages
from motifleet.monitoring.simulation.requests import Asked


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Motifleet:
    return open_home(tmp_path_factory.mktemp("watched"))


@pytest.fixture(scope="module")
def server(home: Motifleet, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    running = Server(home.settings.home)
    running.start()
    file = tmp_path_factory.mktemp("source") / "well.py"
    file.write_text(WELL, encoding="utf-8")
    build = home.serving.build_function(file, "predict", "well", example={"value": 1})
    home.serving.deploy(build.id, Resources(), wait=PATIENCE)
    yield running
    assert running.stop() == 0, running.told()


def requests(path: Path, count: int) -> Path:
    lines = [{"request": {"value": at}, "truth": {"ground_truth": 2 * at}} for at in range(count)]
    path.write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    return path


def test_callers_are_simulated_and_told_of(
    home: Motifleet,
    server: Server,
    tmp_path: Path,
    run: Run,  # noqa: F811
) -> None:
    file = requests(tmp_path / "requests.jsonl", 60)
    words = ["endpoint", "simulate", "well", "--file", file, "--concurrency", 8, "--rate", 300]
    done = run(*words, "--home", home.settings.home, "--json")
    assert done.code == 0, done.err
    told = done.json
    assert (told["requests"], told["answered"], told["statuses"]) == (60, 60, {"200": 60})
    assert told["truths"] == 60
    assert 0 < told["p50_ms"] <= told["p95_ms"] <= told["p99_ms"] <= told["longest_ms"]
    assert told["rate"] < 330
    (found,) = home.monitoring.quality("well", predicted="double", positive=0)
    assert (found.count, found.accuracy.value) == (60, 1.0)
    assert home.serving.keys("well") == []  # the key was for the while
    page = run("monitor", "predictions", "well", "--home", home.settings.home)
    assert page.code == 0
    assert "there are more: --after" in page.err
    lineage = run("lineage", "--prediction", page_uuid(home), "--home", home.settings.home)
    assert "well.py:predict" in lineage.out


def page_uuid(home: Motifleet) -> str:
    return home.monitoring.predictions("well", limit=1).items[0].uuid


def test_what_fails_is_counted_and_ctrl_c_keeps_the_count(
    home: Motifleet, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    with home.endpoint_simulation.key("well") as key:
        load = home.endpoint_simulation.load(
            "well", key, [Asked({"value": 1} if at % 2 else {}, {}) for at in range(10)]
        )
        load.run()
        told = load.summary()
        assert told.statuses == {"200": 5, "500": 5}
        assert told.first_error

        def stop(done: int, total: int | None) -> None:
            if done >= 5:
                raise KeyboardInterrupt

        asked = [Asked({"value": 1}, {"ground_truth": 2})] * 2_000
        load = home.endpoint_simulation.load("well", key, asked, rate=50)
        with pytest.raises(KeyboardInterrupt):
            load.run(stop)
        assert 5 <= load.summary().requests < 1_000
        assert load.summary().statuses.keys() == {"200"}
    nowhere = Load("http://127.0.0.1:9", "mk-none", [Asked(1, {})] * 3)
    nowhere.run()
    assert nowhere.summary().statuses == {"broken": 3}
    for wrong in ({"concurrency": 0}, {"rate": 0.0}):
        with pytest.raises(InvalidArgumentError):
            Load("http://127.0.0.1:9", "mk-none", [], **wrong)
    with pytest.raises(InvalidArgumentError, match="say --kind"):
        home.endpoint_simulation.requests("well", Requests())
    monkeypatch.setattr("motifleet.app.endpoint_simulation._PATIENCE_SECONDS", 0.5, raising=True)
    with pytest.raises(ServingError, match="expected an access key"):
        home.endpoint_simulation.load("well", "mk-other", [])


def test_a_watched_server_is_sampled_and_its_alerts_are_told(
    home: Motifleet, server: Server, tmp_path: Path
) -> None:
    settings = home.settings.model_copy(update={"sample_seconds": 1.0, "alert_seconds": 1.0})
    watched = type(home)(settings, home.tables)
    monitoring = watched.monitoring
    monitoring.alerts.add("asked", "requests", "well", 20, window_seconds=60)
    stop = threading.Event()
    notes: list[str] = []
    watching = threading.Thread(target=monitoring.watch, args=(stop, notes.append))
    watching.start()
    try:
        with home.endpoint_simulation.key("well") as key:
            asked = [Asked({"value": at}, {}) for at in range(200)]
            load = home.endpoint_simulation.load("well", key, asked, rate=50)
            load.run()
        soon(lambda: bool(monitoring.alerts.events("asked")), lambda: str(notes))
        soon(lambda: any(each.cpu is not None for each in monitoring.samples("well")))
    finally:
        stop.set()
        watching.join(PATIENCE)
    assert not watching.is_alive()
    assert notes == []
    samples = monitoring.samples("well")
    asked_of = [each for each in samples if each.source == "gateway"]
    assert sum(each.requests for each in asked_of) > 100
    orders = [(each.p50_ms, each.p95_ms, each.p99_ms) for each in asked_of if each.p50_ms]
    assert all(list(each) == sorted(each, key=lambda ms: ms or 0.0) for each in orders)
    assert max(each.batch or 0 for each in asked_of) >= 1
    replicas = [each for each in samples if each.source != "gateway"]
    assert all(each.memory and each.memory > 5e6 for each in replicas)
    assert 0 < max(each.cpu or 0.0 for each in replicas) < 16
    figure = samples_figure(samples)
    assert {"p50", "p99", "requests", "errors"} <= {each.name for each in figure.data}
    page = server.send("GET", "/metrics")[1].decode()
    assert 'motifleet_replica_memory_bytes{deployment="' in page
    assert "motifleet_replica_cpu_seconds_total{" in page


def test_counters_that_began_anew_have_grown_by_what_they_are() -> None:
    page = pages('a_total{deployment="d",status="200"} 7\na_total{deployment="e"} 5\nb 1\n')
    assert page == {("a_total", "d", "200"): 7.0, ("a_total", "e", ""): 5.0}
    before = {("a_total", "d", "200"): 9.0, ("a_total", "e", ""): 3.0}
    assert growth(page, before) == {("a_total", "d", "200"): 7.0, ("a_total", "e", ""): 2.0}


def test_samples_are_bounded(home: Motifleet) -> None:
    from motifleet.workspace import Sample, add_samples, list_samples

    store = home.monitoring.store
    for at in range(1, 50):
        add_samples(store, [Sample("dep-x", "gateway", at * 1_000)], at * 1_000 - 10_000)
    assert [each.at for each in list_samples(store, ["dep-x"])] == [
        at * 1_000 for at in range(39, 50)
    ]
