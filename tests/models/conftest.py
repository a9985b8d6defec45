"""Homes with tables and an MLflow store, made once and copied; servers shared by a module."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import urlopen

import numpy as np
import pyarrow as pa
import pytest

from motifleet.app import Motifleet, Simulation, open_home
from motifleet.models import FailureClassifier, Label, Split, Trees

LAB = Label("iot_failure")
QUICK = Trees(rounds=20, patience=5)


@pytest.fixture(scope="session")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty MLflow database: its making takes seconds, a copy nothing."""
    home = tmp_path_factory.mktemp("store")
    open_home(home).models.experiments()
    return home / "mlflow.db"


@pytest.fixture(scope="session")
def make_home(store: Path, tmp_path_factory: pytest.TempPathFactory) -> Callable[[], Motifleet]:
    def make() -> Motifleet:
        home = tmp_path_factory.mktemp("home")
        shutil.copy(store, home / "mlflow.db")
        return open_home(home)

    return make


@pytest.fixture
def fleet(make_home: Callable[[], Motifleet]) -> Iterator[Motifleet]:
    """A home with the lab's table."""
    fleet = make_home()
    with fleet.tables:
        fleet.simulate(Simulation("lab", part=2), "lab")
        yield fleet


@pytest.fixture(scope="module")
def shared(make_home: Callable[[], Motifleet]) -> Iterator[Motifleet]:
    """A home with the lab's table and a learnable one, for tests that only read."""
    fleet = make_home()
    with fleet.tables:
        fleet.simulate(Simulation("lab", part=2), "lab")
        fleet.tables.append("wearing", wearing())
        yield fleet


def wearing(devices: int = 60, reports: int = 60, first: int = 0, seed: int = 0) -> pa.Table:
    """Devices whose level rises before they fail, with a label that can be learnt."""
    rng = np.random.default_rng([seed, first])
    count = devices * reports
    label = (rng.random(count) < 0.2).astype(np.float64)
    level = rng.normal(size=count) + 1.5 * label
    names = [f"tank-{number:04d}" for number in range(first, first + devices)]
    start = np.datetime64("2026-03-02T00:00", "us")
    times = start + np.tile(np.arange(reports), devices) * np.timedelta64(1, "m")
    return pa.table(
        {
            "device_id": pa.array(np.repeat(names, reports), pa.string()),
            "event_ts": pa.array(times).cast(pa.timestamp("us", "UTC")),
            "level": pa.array(level),
            "noise": pa.array(rng.normal(size=count)),
            "failed": pa.array(label),
        }
    )


def classifier(label: Label = LAB, **options: object) -> FailureClassifier:
    return FailureClassifier(label, trees=QUICK, threads=1, **options)  # type: ignore[arg-type]


SPLIT = Split(seed=1)


# MLflow looks for its own servers' programs on the path.
_HERE = {
    "MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false",
    "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}",
}


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


@contextmanager
def serving(*words: str, port: int, log: Path, environment: dict[str, str]) -> Iterator[str]:
    """An MLflow server of its own process, from when it answers until the end of the block."""
    command = [sys.executable, "-m", "mlflow", *words, "--host", "127.0.0.1", "--port", str(port)]
    address = f"http://127.0.0.1:{port}"
    with (
        log.open("wb") as output,
        subprocess.Popen(
            command,
            stdout=output,
            stderr=output,
            env={**os.environ, **_HERE, **environment},
            start_new_session=True,
        ) as server,
    ):
        try:
            deadline = time.monotonic() + 300
            while not _answers(f"{address}/health"):
                assert server.poll() is None, log.read_text()
                assert time.monotonic() < deadline, log.read_text()
                time.sleep(0.2)
            yield address
        finally:
            with suppress(ProcessLookupError):
                os.killpg(server.pid, signal.SIGKILL)
            server.wait(30)


def _answers(address: str) -> bool:
    try:
        with urlopen(address, timeout=5) as answer:
            return bool(answer.status == 200)
    except HTTPError as answer:
        answer.close()
        return False
    except OSError:
        return False
