"""Faults under load: no answer that is not in the log, and all runs again by itself."""

import json
import os
import signal
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from tests.serving.conftest import PATIENCE, Callers, Server, longer, odd, soon, soon_answers
from tests.serving.test_changes import all_logged, rows
from tests.workspace.conftest import Postgres

from motifleet.app import Motifleet, Resources, Serving, open_home
from motifleet.errors import DeploymentError

pytestmark = pytest.mark.faults
GB = 1 << 30
RECOVERY_SECONDS = 10.0
"""The promise: so long beside the loading of the model, which each test measures for itself."""


def allowed(load: float) -> float:
    """Seconds for a recovery."""
    return (RECOVERY_SECONDS + load) * longer()


@pytest.fixture
def home(tmp_path: Path) -> Motifleet:
    return open_home(tmp_path / "home")


@pytest.fixture
def server(home: Motifleet) -> Iterator[Server]:
    running = Server(home.settings.home)
    running.start()
    yield running
    if running.running is not None and running.running.poll() is None:
        assert running.stop() == 0, running.told()


class Deployed(Callers):
    """Callers of a deployment, and how long its model took to load."""

    load: float = 0.0


def deployed(home: Motifleet, server: Server, folder: Path, **resources: int) -> Deployed:
    serving = home.serving
    chosen = Resources(**{"memory": GB, **resources})
    build = odd(serving, folder)
    began = time.monotonic()
    serving.deploy(build, chosen, wait=PATIENCE)
    load = time.monotonic() - began
    key = serving.make_key("odd")[1]
    soon_answers(server, key, 200)
    callers = Deployed(server, key)
    callers.load = load
    return callers


def recovers(callers: Deployed, count: int = 50) -> None:
    """Callers are answered again in time."""
    began = time.monotonic()
    callers.more(1)
    assert time.monotonic() - began < allowed(callers.load)
    callers.more(count)


def test_a_killed_replica_costs_no_request(home: Motifleet, server: Server, tmp_path: Path) -> None:
    with deployed(home, server, tmp_path, least=2, most=2).calling() as callers:
        for _ in range(3):
            callers.more()
            os.kill(server.processes("motifleet_replica")[0].pid, signal.SIGKILL)
            recovers(callers)
        soon(lambda: len(server.processes("motifleet_replica")) == 2)
    assert (callers.refused, callers.broken) == ([], 0)
    all_logged(home, callers)


def test_the_only_replica_killed_costs_no_request(
    home: Motifleet, server: Server, tmp_path: Path
) -> None:
    with deployed(home, server, tmp_path).calling() as callers:
        callers.more()
        os.kill(server.processes("motifleet_replica")[0].pid, signal.SIGKILL)
        recovers(callers)
    assert (callers.refused, callers.broken) == ([], 0)
    all_logged(home, callers)


@pytest.mark.parametrize("count", [1, 4, 16])
def test_a_killed_gateway_comes_back_and_loses_no_answer(
    home: Motifleet, server: Server, tmp_path: Path, count: int
) -> None:
    with deployed(home, server, tmp_path).calling(count) as callers:
        for _ in range(2):
            callers.more(100)
            os.kill(server.processes("motifleet.serving.gateway")[0].pid, signal.SIGKILL)
            recovers(callers)
    assert callers.refused == []
    assert callers.broken >= 1
    all_logged(home, callers)


def test_a_killed_server_runs_all_again_when_it_is_started(
    home: Motifleet, server: Server, tmp_path: Path
) -> None:
    with deployed(home, server, tmp_path).calling() as callers:
        callers.more(100)
        before = [*server.processes("motifleet_replica"), *server.processes("serving.gateway")]
        server.kill()
        soon(lambda: not any(each.is_running() for each in before))
        began = time.monotonic()
        server.start()
        callers.more(1)
        assert time.monotonic() - began < allowed(callers.load)
        callers.more()
    assert callers.refused == []
    all_logged(home, callers)


def test_a_model_that_leaks_is_replaced_before_it_harms_others(
    home: Motifleet, server: Server, tmp_path: Path
) -> None:
    callers = deployed(home, server, tmp_path, memory=400 << 20)
    first = server.processes("motifleet_replica")[0].pid
    with callers.calling(2):
        for _ in range(8):
            server.ask(callers.key, {"kind": "leak"})
            time.sleep(0.1)
        soon(lambda: first not in {each.pid for each in server.processes("motifleet_replica")})
        callers.more()
    assert (callers.refused, callers.broken) == ([], 0)
    logs = home.serving.deployment_logs("odd")
    assert any("bytes in memory" in log for log in logs.values())


def test_a_model_that_hangs_is_replaced_and_only_who_asked_it_waits(
    home: Motifleet, tmp_path: Path
) -> None:
    server = Server(home.settings.home, request_seconds="3")
    server.start()
    try:
        callers = deployed(home, server, tmp_path, least=2, most=2)
        before = {each.pid for each in server.processes("motifleet_replica")}
        with callers.calling():
            callers.more()
            began = time.monotonic()
            status, told = server.ask(callers.key, {"kind": "hang"})
            assert (status, told["error"]["code"]) == (504, "timed_out")
            assert 2 < time.monotonic() - began < 5 * longer()
            soon(lambda: len(before & pids(server)) == 1 and len(pids(server)) == 2)
            assert time.monotonic() - began < 3 + allowed(callers.load)
            callers.more()
        assert (callers.refused, callers.broken) == ([], 0)
        all_logged(home, callers)
    finally:
        assert server.stop() == 0, server.told()


def pids(server: Server) -> set[int]:
    return {each.pid for each in server.processes("motifleet_replica")}


def test_what_ends_or_fails_a_model_harms_no_other_request(
    home: Motifleet, server: Server, tmp_path: Path
) -> None:
    callers = deployed(home, server, tmp_path, least=2, most=2)
    expected = {"nan": 200, "array": 200, "scalar": 200, "wrong": 400, "bug": 500, "object": 500}
    with callers.calling():
        callers.more()
        with ThreadPoolExecutor(8) as pool:
            kinds = [*expected, "crash"] * 2
            asked = list(
                pool.map(lambda kind: (kind, server.ask(callers.key, {"kind": kind})), kinds)
            )
        callers.more()
    for kind, (status, told) in asked:
        assert status == expected.get(kind, 500), (kind, told)
        if kind == "crash":
            assert "ended while it answered this request, twice" in told["error"]["message"]
        if kind == "nan":
            prediction = told["response"]["prediction"]
            assert prediction == {"value": None, "array": [1.5, None]}
    assert (callers.refused, callers.broken) == ([], 0)
    all_logged(home, callers)
    query = "SELECT uuid FROM predictions WHERE status = 500 AND inputs LIKE '%crash%'"
    assert len(rows(home, query)) == 2


def test_a_model_that_crashes_at_load_takes_no_traffic(
    home: Motifleet, server: Server, tmp_path: Path
) -> None:
    """It builds well, and cannot be loaded any more when it is deployed."""
    serving = home.serving
    licence = tmp_path / "licence"
    licence.touch()
    file = tmp_path / "licensed.py"
    file.write_text(LICENSED.format(json.dumps(str(licence))))
    with deployed(home, server, tmp_path).calling() as callers:
        callers.more()
        build = serving.build_function(file, "predict", "odd", example={"kind": "x"})
        licence.unlink()
        with pytest.raises(DeploymentError, match="no licence"):
            serving.deploy(build.id, wait=PATIENCE)
        callers.more()
        licence.touch()
        good = serving.deploy(build.id, wait=PATIENCE)
        callers.more()
        licence.unlink()
        os.kill(server.processes("motifleet_replica")[0].pid, signal.SIGKILL)
        time.sleep(1)
        licence.touch()  # it comes back by itself, however often it could not be loaded
        recovers(callers)
    assert running_of(serving, "odd") == good.id
    assert (callers.refused, callers.broken) == ([], 0)
    all_logged(home, callers)


LICENSED = """
import os, sys
if not os.path.exists({}):
    print("no licence", file=sys.stderr, flush=True)
    os._exit(4)

def predict(request):
    return request
"""


def running_of(serving: Serving, endpoint: str) -> str:
    (one,) = [each.id for each in serving.deployments(endpoint) if each.status == "running"]
    return one


def test_a_full_disk_answers_nobody_without_a_log(
    home: Motifleet, server: Server, tmp_path: Path
) -> None:
    """The log's file may not grow: what SQLite says then is what it says of a full disk."""
    callers = deployed(home, server, tmp_path)
    gateway = server.processes("motifleet.serving.gateway")[0]
    import resource

    import psutil

    assert isinstance(gateway, psutil.Process)
    resource.prlimit(gateway.pid, resource.RLIMIT_FSIZE, (1, resource.RLIM_INFINITY))
    none = b"motifleet_log_failures_total 0.0"
    with callers.calling(2):
        soon(lambda: none not in server.send("GET", "/metrics")[1])
        time.sleep(1)  # for what was answered before to be heard
        during = len(callers.answered)
        time.sleep(1)
        assert len(callers.answered) == during
        infinity = resource.RLIM_INFINITY
        resource.prlimit(gateway.pid, resource.RLIMIT_FSIZE, (infinity, infinity))
        callers.more()
    assert len(callers.answered) > during
    all_logged(home, callers)


def test_a_restarted_postgresql_costs_no_request(
    postgres: Postgres,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("MOTIFLEET_DATABASE_URL", postgres.fresh())
    home = open_home(tmp_path / "home")
    server = Server(home.settings.home)
    server.start()
    try:
        with deployed(home, server, tmp_path).calling() as callers:
            callers.more()
            postgres.stop()
            time.sleep(1)
            postgres.start()
            recovers(callers)
        assert (callers.refused, callers.broken) == ([], 0)
        all_logged(home, callers)
        (counted,) = rows(
            home, "SELECT count(uuid) AS n, count(DISTINCT uuid) AS d FROM predictions"
        )
        assert counted.n == counted.d
    finally:
        assert server.stop() == 0, server.told()
        home.serving.store.close()
