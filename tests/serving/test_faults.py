"""Faults under load: no answer that is not in the log, and all runs again by itself."""

import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.serving.conftest import PATIENCE, Callers, Server, odd, soon, soon_answers
from tests.serving.test_changes import all_logged, rows
from tests.workspace.conftest import Postgres

from motifleet.app import Motifleet, Resources, open_home

pytestmark = pytest.mark.faults
GB = 1 << 30
# The promise is ten seconds beside the loading of models; the machine may be busy with others too.
RECOVERY_SECONDS = 20.0


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


def deployed(home: Motifleet, server: Server, folder: Path, **resources: int) -> Callers:
    serving = home.serving
    chosen = Resources(**{"memory": GB, **resources})
    serving.deploy(odd(serving, folder), chosen, wait=PATIENCE)
    key = serving.make_key("odd")[1]
    soon_answers(server, key, 200)
    return Callers(server, key)


def recovers(callers: Callers, count: int = 50) -> float:
    """Seconds until callers are answered again."""
    began = time.monotonic()
    callers.more(1)
    seconds = time.monotonic() - began
    callers.more(count)
    return seconds


def test_a_killed_replica_costs_no_request(home: Motifleet, server: Server, tmp_path: Path) -> None:
    with deployed(home, server, tmp_path, least=2, most=2).calling() as callers:
        for _ in range(3):
            callers.more()
            os.kill(server.processes("motifleet_replica")[0].pid, signal.SIGKILL)
            assert recovers(callers) < RECOVERY_SECONDS
        soon(lambda: len(server.processes("motifleet_replica")) == 2)
    assert (callers.refused, callers.broken) == ([], 0)
    all_logged(home, callers)


def test_the_only_replica_killed_costs_no_request(
    home: Motifleet, server: Server, tmp_path: Path
) -> None:
    with deployed(home, server, tmp_path).calling() as callers:
        callers.more()
        os.kill(server.processes("motifleet_replica")[0].pid, signal.SIGKILL)
        assert recovers(callers) < RECOVERY_SECONDS
    assert (callers.refused, callers.broken) == ([], 0)
    all_logged(home, callers)


def test_a_killed_gateway_comes_back_and_loses_no_answer(
    home: Motifleet, server: Server, tmp_path: Path
) -> None:
    with deployed(home, server, tmp_path).calling() as callers:
        for _ in range(2):
            callers.more(100)
            os.kill(server.processes("motifleet.serving.gateway")[0].pid, signal.SIGKILL)
            assert recovers(callers) < RECOVERY_SECONDS
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
        server.start()
        assert recovers(callers) < RECOVERY_SECONDS
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
    with callers.calling(2):
        time.sleep(1)
        during = len(callers.answered)
        time.sleep(1)
        assert len(callers.answered) == during
        assert b"motifleet_log_failures_total 0.0" not in server.send("GET", "/metrics")[1]
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
            assert recovers(callers) < RECOVERY_SECONDS
        assert (callers.refused, callers.broken) == ([], 0)
        all_logged(home, callers)
        (counted,) = rows(
            home, "SELECT count(uuid) AS n, count(DISTINCT uuid) AS d FROM predictions"
        )
        assert counted.n == counted.d
    finally:
        assert server.stop() == 0, server.told()
        home.serving.store.close()
