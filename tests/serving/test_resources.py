"""Replicas are held to their cores, threads and memory."""

import os
import sys
from pathlib import Path

import psutil
import pytest
from tests.serving.conftest import PATIENCE, Server, soon, soon_answers

from motifleet.app import Motifleet, Resources

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="only Linux holds processes")
CORES = sorted(os.sched_getaffinity(0)) if sys.platform == "linux" else []
MB = 1 << 20
MODEL = """
import os, threading
import numpy as np

def predict(request):
    if "bytes" in request:
        return len(np.ones(request["bytes"] // 8))
    return {"cores": sorted(os.sched_getaffinity(0)), "threads": os.environ["OMP_NUM_THREADS"]}
"""


@pytest.fixture(scope="module")
def bound(home: Motifleet, server: Server, tmp_path_factory: pytest.TempPathFactory) -> str:
    """An access key of the endpoint ``bound``, which says how it is held."""
    file = tmp_path_factory.mktemp("bound") / "bound.py"
    file.write_text(MODEL)
    home.serving.build_function(file, "predict", "bound")
    return deploy(home, server, Resources(cpu=1, memory=256 * MB))


def deploy(home: Motifleet, server: Server, resources: Resources) -> str:
    home.serving.deploy("bound", resources, wait=PATIENCE)
    key = home.serving.make_key("bound")[1]
    soon_answers(server, key, 200)
    return key


def replicas(server: Server) -> list[psutil.Process]:
    return server.processes("motifleet_replica")


def test_a_core_is_a_core_and_a_thread(server: Server, bound: str) -> None:
    told = server.ask(bound, {})[1]["response"]["prediction"]
    assert told["threads"] == "1"
    assert len(told["cores"]) == 1


def test_memory_has_a_wall_behind_its_watch(server: Server, bound: str) -> None:
    (replica,) = replicas(server)
    assert replica.rlimit(psutil.RLIMIT_DATA) == ((256 << 20) + (1 << 30),) * 2
    status, told = server.ask(bound, {"bytes": 4 << 30})
    assert (status, told["error"]["code"]) == (500, "model_failed")
    assert "Unable to allocate" in told["error"]["message"]
    assert [each.pid for each in replicas(server)] == [replica.pid]  # nobody had to be ended


def test_a_replica_beyond_its_memory_is_replaced(
    server: Server, bound: str, home: Motifleet
) -> None:
    (before,) = replicas(server)
    with_pages = psutil.Process(before.pid)
    assert with_pages.memory_info().rss < 256 * MB
    soon(lambda: bool(server.ask(bound, {"bytes": 400 * MB})) and not before.is_running())
    soon(lambda: len(replicas(server)) == 1 and replicas(server)[0].pid != before.pid)
    soon_answers(server, bound, 200)
    told = "\n".join(home.serving.deployment_logs("bound").values())
    assert "expected at most 268,435,456 bytes in memory, got" in told


def test_more_resources_are_more_cores_and_replicas_apart(home: Motifleet, server: Server) -> None:
    deploy(home, server, Resources(cpu=1, memory=512 * MB, least=2, most=2))
    soon(lambda: len(replicas(server)) == 2)
    cores = [tuple(each.cpu_affinity()) for each in replicas(server)]
    assert all(len(each) == 1 for each in cores)
    if len(CORES) > 1:
        assert cores[0] != cores[1]
    key = deploy(home, server, Resources(cpu=len(CORES), memory=512 * MB))
    told = server.ask(key, {})[1]["response"]["prediction"]
    assert told == {"cores": CORES, "threads": str(len(CORES))}


def test_what_is_written_of_a_build_is_for_its_owner_alone(home: Motifleet, bound: str) -> None:
    folder = home.serving.folder(home.serving.build_named("bound"))
    assert folder.stat().st_mode & 0o077 == 0
    files = [path for path in (folder / "content").rglob("*") if path.is_file()]
    assert all(path.stat().st_mode & 0o777 == 0o400 for path in files)
    assert Path(folder / "content" / "build.json") in files
