"""A server in its own processes, and callers that keep count of every answer."""

import http.client
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self
from urllib.parse import urlsplit

import psutil
import pytest
from tests.serving.models import ODD
from tests.workspace.conftest import postgres, store, url  # noqa: F401

from motifleet.app import Motifleet, open_home
from motifleet.app.serving import Serving

PATIENCE = 60.0


class Server:
    """``motifleet endpoint serve`` of a home, which can be killed and started again."""

    def __init__(self, home: Path, port: int = 0, **settings: str) -> None:
        self.home, self.port = home, port
        self._settings = {f"MOTIFLEET_{name.upper()}": value for name, value in settings.items()}
        self.running: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        (self.home / "gateway.json").unlink(missing_ok=True)
        command = [sys.executable, "-m", "motifleet", "endpoint", "serve"]
        command += ["--home", str(self.home), "--port", str(self.port)]
        with (self.home / "server.log").open("ab") as log:
            self.running = subprocess.Popen(
                command, stdout=log, stderr=log, env={**os.environ, **self._settings}
            )
        soon((self.home / "gateway.json").exists, self.told)
        self.port = urlsplit(self.address).port or 0

    @property
    def address(self) -> str:
        return str(json.loads((self.home / "gateway.json").read_text())["address"])

    def told(self) -> str:
        logs = [self.home / "server.log", self.home / "logs" / "gateway.log"]
        return "\n".join(path.read_text() for path in logs if path.exists())

    def kill(self) -> None:
        assert self.running is not None
        self.running.kill()
        self.running.wait(PATIENCE)

    def stop(self) -> int:
        assert self.running is not None
        self.running.send_signal(signal.SIGINT)
        return self.running.wait(PATIENCE)

    def processes(self, words: str) -> list[psutil.Process]:
        """This server's children whose command holds some words."""
        assert self.running is not None
        found = []
        for each in psutil.Process(self.running.pid).children(recursive=True):
            with suppress(psutil.Error):
                if words in " ".join(each.cmdline()):
                    found.append(each)
        return found

    def ask(self, key: str, request: object, path: str = "/model") -> tuple[int, Any]:
        body = {"accessKey": key, "request": request}
        return self.post(path, json.dumps(body).encode())

    def post(self, path: str, body: bytes, **headers: str) -> tuple[int, Any]:
        return self.send("POST", path, body, **headers)

    def send(
        self, method: str, path: str, body: bytes | None = None, **headers: str
    ) -> tuple[int, Any]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        try:
            told = {name.replace("_", "-"): value for name, value in headers.items()}
            connection.request(method, path, body, {"content-type": "application/json", **told})
            answer = connection.getresponse()
            text = answer.read()
            kind = answer.headers.get("content-type", "")
            return answer.status, json.loads(text) if "json" in kind and text.strip() else text
        finally:
            connection.close()


def soon(
    true: Callable[[], bool], told: Callable[[], str] = str, seconds: float = PATIENCE
) -> None:
    """Wait until something is true."""
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, told()
        time.sleep(0.02)


def longer() -> float:
    """How many times as long something may take as on a machine that does nothing else.

    What a promise is worth is seen by `make test-faults` on such a machine.
    """
    busy = os.getloadavg()[0] / (os.cpu_count() or 1)
    return max(1.0, busy) * (3.0 if "PYTEST_XDIST_WORKER" in os.environ else 1.0)


def soon_answers(server: Server, key: str, status: int) -> None:
    soon(lambda: server.ask(key, {"kind": "plain"})[0] == status, server.told)


@dataclass
class Callers:
    """Callers that ask without pause, and keep what became of each request.

    Args:
        server: whom they ask.
        key: of the endpoint.
        answered: the uuids of the answers.
        refused: answers that were none, and connections that broke.
    """

    server: Server
    key: str
    answered: list[str] = field(default_factory=list)
    refused: list[object] = field(default_factory=list)
    broken: int = 0

    @contextmanager
    def calling(self, count: int = 4) -> Iterator[Self]:
        stop = threading.Event()
        threads = [threading.Thread(target=self._call, args=(stop,)) for _ in range(count)]
        for each in threads:
            each.start()
        try:
            yield self
        finally:
            stop.set()
            for each in threads:
                each.join(PATIENCE)

    def _call(self, stop: threading.Event) -> None:
        connection: http.client.HTTPConnection | None = None
        body = json.dumps({"accessKey": self.key, "request": {"kind": "x"}})
        while not stop.is_set():
            try:
                if connection is None:
                    connection = http.client.HTTPConnection("127.0.0.1", self.server.port)
                    connection.timeout = PATIENCE
                connection.request("POST", "/model", body, {"content-type": "application/json"})
                answer = connection.getresponse()
                told = json.loads(answer.read())
            except (OSError, http.client.HTTPException, ValueError):
                self.broken += 1
                if connection is not None:
                    connection.close()
                connection = None
                time.sleep(0.01)
                continue
            if answer.status == 200:
                self.answered.append(told["response"]["uuid"])
            else:
                self.refused.append((answer.status, told))
        if connection is not None:
            connection.close()

    def more(self, count: int = 50) -> None:
        """Wait until so many more are answered."""
        target = len(self.answered) + count
        soon(lambda: len(self.answered) >= target, lambda: f"{self.refused[-3:]}")


def odd(serving: Serving, folder: Path, endpoint: str = "odd") -> str:
    """A build of the function that can do everything wrong, when asked to."""
    file = folder / "odd.py"
    file.write_text(ODD, encoding="utf-8")
    return serving.build_function(file, "predict", endpoint, example={"kind": "x"}).id


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Motifleet:
    return open_home(tmp_path_factory.mktemp("served"))


@pytest.fixture(scope="module")
def server(home: Motifleet) -> Iterator[Server]:
    """A server that a module shares."""
    running = Server(home.settings.home, request_seconds="5")
    running.start()
    yield running
    assert running.stop() == 0, running.told()


@pytest.fixture(scope="module")
def key(home: Motifleet, server: Server, tmp_path_factory: pytest.TempPathFactory) -> str:
    """An access key of the endpoint ``odd``, which is deployed."""
    serving = home.serving
    serving.deploy(odd(serving, tmp_path_factory.mktemp("source")), wait=PATIENCE)
    secret = serving.make_key("odd")[1]
    soon_answers(server, secret, 200)
    return secret
