"""Endpoints against ``mlflow models serve``, Ray Serve and an echo, at 1, 16 and 64 connections.

The same failure classifier of up to 300 trees, asked for one report at a time in MLflow's form
``dataframe_split``, each server in its own processes, taken in turns. Motifleet commits every
prediction to its log before it answers; "unlogged" is the same without that log. The echo is
granian alone, which reads the body and sends it back: what a request costs before anybody thinks
about it. Ray Serve, one replica that predicts as MLflow's server does, has its turns against
Motifleet at 16 connections, once the others are through. The load comes from a process of its own
that waits for nothing but sockets.
"""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager, suppress
from pathlib import Path
from typing import NamedTuple

import psutil
from bench.rows import Floor, Row, judged
from bench.scoring import SIGNALS, in_trained_home

from motifleet.app import Motifleet, Resources

TITLE = "endpoints, against mlflow models serve and Ray Serve"
CONNECTIONS = {1: 3.0, 16: 5.0, 64: 5.0}
RAY_CONNECTIONS, RAY_TIMES = 16, 5.0
SECONDS, ROUNDS = 2.5, 2
PATIENCE = 300.0
BODY = json.dumps({"dataframe_split": {"columns": SIGNALS, "data": [[50.5, 80.25, 1.5, 40.75]]}})
HERE = Path(__file__).parent


class Load(NamedTuple):
    """What a server bore: requests per second, and milliseconds until 99 in 100 were answered."""

    rate: float
    p99: float


class Target(NamedTuple):
    """Whom to ask."""

    port: int
    path: str
    key: str = ""


def load(target: Target, connections: int) -> Load:
    """Ask without pause from a process of its own."""
    told = {**target._asdict(), "connections": connections, "seconds": SECONDS, "body": BODY}
    words = [sys.executable, str(HERE / "load.py"), json.dumps(told)]
    done = subprocess.run(words, capture_output=True, text=True, check=True)
    return Load(**json.loads(done.stdout))


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


@contextmanager
def process(*words: str, port: int, **environment: str) -> Iterator[psutil.Process]:
    """A server, from when it listens until the end of the block."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}"
    with subprocess.Popen(
        [sys.executable, *words],
        env={**os.environ, "PATH": path, **environment},
        start_new_session=True,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as server:
        try:
            end = time.monotonic() + PATIENCE
            while time.monotonic() < end:
                with suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
                    break
                time.sleep(0.1)
            yield psutil.Process(server.pid)
        finally:
            with suppress(ProcessLookupError):
                os.killpg(server.pid, signal.SIGTERM)
            with suppress(subprocess.TimeoutExpired):
                server.wait(10)
            with suppress(ProcessLookupError):
                os.killpg(server.pid, signal.SIGKILL)


def endpoint(home: Motifleet, port: int) -> Target:
    """The model, deployed."""
    serving = home.serving
    made = serving.build_version("failures")
    serving.deploy(made.id, Resources(cpu=1), wait=PATIENCE)
    key = serving.make_key("failures")[1]
    target = Target(port, "/endpoints/failures/invocations", key)
    wait_for(target)  # the gateway learns of the key in a moment
    return target


def wait_for(target: Target) -> bool:
    """Wait until a server answers; False: it does not."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        with suppress(subprocess.CalledProcessError):
            load(target, 1)
            return True
        time.sleep(0.5)
    return False


def resident(server: psutil.Process, words: str) -> float:
    """Megabytes of the largest process of a server whose command holds some words."""
    family = [server, *server.children(recursive=True)]
    held = [each.memory_info().rss for each in family if words in " ".join(each.cmdline())]
    return float(max(held)) / (1 << 20)


def rows() -> list[Row]:
    return in_trained_home(compared)


def compared(home: Motifleet) -> list[Row]:
    ours, theirs, bare, quiet = (free_port() for _ in range(4))
    where = ["--home", str(home.settings.home), "--port", str(ours)]
    store = home.models.registry.store.uri
    words = ["-m", "mlflow", "models", "serve", "--model-uri", "models:/failures@champion"]
    words += ["--env-manager", "local", "--host", "127.0.0.1", "--port", str(theirs)]
    with ExitStack() as running:
        start = running.enter_context
        server = start(process("-m", "motifleet", "endpoint", "serve", *where, port=ours))
        peer = start(process(*words, port=theirs, MLFLOW_TRACKING_URI=store))
        start(process(str(HERE / "echo.py"), str(bare), port=bare))
        target = endpoint(home, ours)
        start(process(str(HERE / "unlogged.py"), str(home.settings.home), str(quiet), port=quiet))
        wait_for(target._replace(port=quiet))
        targets = {
            "motifleet": target,
            "unlogged": target._replace(port=quiet),
            "mlflow": Target(theirs, "/invocations"),
            "echo": Target(bare, "/"),
        }
        best = {count: in_turns(targets, count) for count in CONNECTIONS}
        replica = resident(server, "motifleet_replica")
        scorer = resident(peer, "uvicorn")
        by_ray = against_ray(start, target, store)
    return [*table(best), *by_ray, memory(replica, scorer)]


def against_ray(
    start: Callable[[AbstractContextManager[psutil.Process]], psutil.Process],
    target: Target,
    store: str,
) -> list[Row]:
    """The same model at Ray Serve, in turns with ours; it is heavy enough to be alone with us."""
    port = free_port()
    words = [str(HERE / "ray_model.py"), "models:/failures@champion", str(port)]
    start(process(*words, port=port, MLFLOW_TRACKING_URI=store))
    targets = {"motifleet": target, "ray": Target(port, "/")}
    if not wait_for(targets["ray"]):
        print("Ray Serve did not start", file=sys.stderr)
        return []
    loads = in_turns(targets, RAY_CONNECTIONS)
    ours, theirs = loads["motifleet"], loads["ray"]
    times = ours.rate / theirs.rate
    return [
        {
            "work": f"requests/s, {RAY_CONNECTIONS} connections",
            "peer": "Ray Serve",
            "motifleet": ours.rate,
            "of the peer": theirs.rate,
            "times": times,
            **judged(times, Floor("≥", RAY_TIMES)),
        },
        {
            "work": f"p99 (ms), {RAY_CONNECTIONS} connections",
            "peer": "Ray Serve",
            "motifleet": ours.p99,
            "of the peer": theirs.p99,
            "times": theirs.p99 / ours.p99,
            **judged(0.0, None),
        },
    ]


def in_turns(targets: dict[str, Target], count: int) -> dict[str, Load]:
    """The best of some rounds of each, since a noisy neighbour hits all alike."""
    taken: dict[str, list[Load]] = {name: [] for name in targets}
    for _ in range(ROUNDS):
        for name, target in targets.items():
            taken[name].append(load(target, count))
    return {name: max(each, key=lambda one: one.rate) for name, each in taken.items()}


def table(best: dict[int, dict[str, Load]]) -> list[Row]:
    found: list[Row] = []
    for count, loads in best.items():
        ours, theirs, bare = loads["motifleet"], loads["mlflow"], loads["echo"]
        times = ours.rate / theirs.rate
        kept = ours.rate / loads["unlogged"].rate
        found += [
            {
                "work": f"throughput that logging leaves, {count} connections",
                "peer": "itself, unlogged",
                "motifleet": ours.rate,
                "of the peer": loads["unlogged"].rate,
                "times": kept,
                **judged(kept, Floor("≥", 0.8)),
            },
            {
                "work": f"requests/s, {count} connections",
                "peer": "mlflow models serve",
                "motifleet": ours.rate,
                "of the peer": theirs.rate,
                "times": times,
                **judged(times, Floor("≥", CONNECTIONS[count])),
            },
            {
                "work": f"p99 (ms), {count} connections",
                "peer": "mlflow models serve",
                "motifleet": ours.p99,
                "of the peer": theirs.p99,
                "times": theirs.p99 / ours.p99,
                **judged(theirs.p99 / ours.p99, Floor(">", 1)),
            },
            {
                "work": f"ms for each request over a bare echo, {count} connections",
                "peer": "granian",
                "motifleet": 1000 / ours.rate,
                "of the peer": 1000 / bare.rate,
                "times": bare.rate / ours.rate,
                **judged(0.0, None),
            },
        ]
    return found


def memory(replica: float, scorer: float) -> Row:
    """Megabytes of an idle replica, against the process that MLflow answers with."""
    return {
        "work": "memory of a replica (MB)",
        "peer": "mlflow models serve",
        "motifleet": replica,
        "of the peer": scorer,
        "times": scorer / replica,
        **judged(0.0, None),
    }
