"""``motifleet up``: how soon all of it answers, and again when something is killed.

A new home, and one with a trained model and three endpoints that run. Ready is when the REST API,
the page, the gateway, MLflow's page and the scheduler are there. "CPU s" are the processor's
seconds that all processes took until then, which a busy machine stretches less than the time. What
is killed (SIGKILL) is one replica, the gateway, or the server with all of it, which is then
started again; then every endpoint is asked until it answers. The load of a model is how long a new
deployment takes: its replica loads MLflow and XGBoost anew.
"""

import json
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.request import Request, urlopen

import psutil
from bench.rows import Floor, Row, judged
from bench.scoring import SIGNALS, in_trained_home

from motifleet.app import Motifleet, Resources

TITLE = "motifleet up: until it answers"
READY, AGAIN, PATIENCE, ROUNDS = 5.0, 10.0, 120.0, 3
FUNCTION = "def predict(request):\n    return {'label': 1}\n"
ASKED = {"dataframe_split": {"columns": SIGNALS, "data": [[50.5, 80.25, 1.5, 40.75]]}}


class Up:
    """A server of a home, from its start on."""

    def __init__(self, home: Path) -> None:
        words = [sys.executable, "-m", "motifleet", "up", "--json", "--home", str(home)]
        words += ["--port", "0", "--gateway-port", "0", "--mlflow-port", "0"]
        self.began = time.monotonic()
        self.process = subprocess.Popen(
            words, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        )
        assert self.process.stdout is not None
        told = (json.loads(line) for line in self.process.stdout)
        self.ready: dict[str, Any] = next(each for each in told if each["event"] == "ready")
        self.seconds = time.monotonic() - self.began
        self.cpu = sum(each.user + each.system for each in map(_times, self.family()))
        with urlopen(f"{self.ready['api']}/ui/login", timeout=PATIENCE) as page:
            assert b"Motifleet" in page.read()

    def family(self) -> list[psutil.Process]:
        server = psutil.Process(self.process.pid)
        return [server, *server.children(recursive=True)]

    def find(self, words: str) -> psutil.Process:
        return next(each for each in self.family() if words in " ".join(each.cmdline()))

    def answers(self, key: str) -> bool:
        body = json.dumps({"accessKey": key, "request": ASKED}).encode()
        headers = {"content-type": "application/json"}
        with suppress(OSError):
            asked = Request(f"{self.ready['endpoints']}/model", body, headers)
            with urlopen(asked, timeout=PATIENCE) as told:
                return bool(json.load(told)["success"])
        return False

    def wait(self, keys: list[str]) -> None:
        for key in keys:
            while not self.answers(key):
                time.sleep(0.02)

    def end(self, number: int) -> None:
        family = self.family()
        self.process.send_signal(number)
        self.process.wait(PATIENCE)
        psutil.wait_procs(family, timeout=PATIENCE)


@contextmanager
def up(home: Path) -> Iterator[Up]:
    running = Up(home)
    try:
        yield running
    finally:
        if running.process.poll() is None:
            running.end(signal.SIGINT)


def _times(each: psutil.Process) -> Any:
    return each.cpu_times()


def rows() -> list[Row]:
    with TemporaryDirectory() as folder:
        fresh = [_started(Path(folder) / f"home{number}") for number in range(ROUNDS)]
    return [row("a new home is ready", *min(fresh), READY), *in_trained_home(filled)]


def _started(home: Path) -> tuple[float, float]:
    with up(home) as running:
        return running.seconds, running.cpu


def filled(home: Motifleet) -> list[Row]:
    """A home with a model and endpoints: ready, and ready again."""
    keys, load = {}, 0.0
    with up(home.settings.home) as running:
        for name in ("failures", "first", "second"):
            build = _build(home, name)
            began = time.monotonic()
            home.serving.deploy(build, Resources(cpu=1), wait=PATIENCE)
            load = max(load, time.monotonic() - began)
            keys[name] = home.serving.make_key(name)[1]
        running.wait(list(keys.values()))
    again = [_started(home.settings.home) for _ in range(ROUNDS)]
    return [
        row("a home with three endpoints is ready", *min(again), READY),
        row("a model's load: a new deployment answers", load),
        *killed(home.settings.home, list(keys.values()), load),
    ]


def _build(home: Motifleet, name: str) -> str:
    if name == "failures":
        return home.serving.build_version(name).id
    file = home.settings.home / f"{name}.py"
    file.write_text(FUNCTION)
    return home.serving.build_function(file, "predict", name, example=ASKED).id


def killed(home: Path, keys: list[str], load: float) -> list[Row]:
    """Kill one thing after the other, and see when all endpoints answer again."""
    found = []
    parts = {"a replica": "motifleet_replica", "the gateway": "serving.gateway"}
    with up(home) as running:
        running.wait(keys)
        for name, words in parts.items():
            victim = running.find(words)
            began = time.monotonic()
            victim.kill()
            running.wait(keys)
            found.append(
                row(f"{name} is killed: all answer again", _since(began), most=AGAIN + load)
            )
        running.end(signal.SIGKILL)
        began = time.monotonic()
    with up(home) as running:
        running.wait(keys)
        again = _since(began)
    return [
        *found,
        row("the server is killed and started: all answer again", again, most=AGAIN + load),
    ]


def _since(began: float) -> float:
    return time.monotonic() - began


def row(work: str, seconds: float, cpu: float | None = None, most: float | None = None) -> Row:
    floor = None if most is None else Floor("≤", round(most, 1), "s")
    return {"work": work, "seconds": seconds, "CPU s": cpu, **judged(seconds, floor)}
