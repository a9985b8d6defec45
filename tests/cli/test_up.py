"""``motifleet up`` in its own processes: ready, asked, refused twice, its parts killed, stopped."""

import json
import os
import signal
import socket
import ssl
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import psutil
import pytest
from tests.cli.conftest import Run

from motifleet.app import open_home
from motifleet.config import load_settings

PATIENCE = 120.0
# The promise is five seconds on a machine that does nothing else, which the one of the tests may:
# this says only that nobody waits for something that does not come.
READY_SECONDS = 120.0
STOP_SECONDS = 60.0


class Up:
    """A server of a home, started as people start it."""

    def __init__(self, home: Path, *words: str) -> None:
        self.home, self.words = home, words
        self.ready: dict[str, Any] = {}
        self.seconds = 0.0

    def start(self) -> None:
        command = [sys.executable, "-m", "motifleet", "up", "--json", "--home", str(self.home)]
        ports = ["--port", "0", "--gateway-port", "0", "--mlflow-port", "0"]
        began = time.monotonic()
        with (self.home / "up.log").open("ab") as errors:
            self.process = subprocess.Popen(
                [*command, *ports, *self.words], stdout=subprocess.PIPE, stderr=errors
            )
        assert self.process.stdout is not None
        for line in self.process.stdout:
            told = json.loads(line)
            if told["event"] == "ready":
                self.ready, self.seconds = told, time.monotonic() - began
                return
        raise AssertionError((self.home / "up.log").read_text())

    def get(self, name: str, path: str) -> tuple[int, bytes]:
        trusting = ssl.create_default_context()
        trusting.check_hostname, trusting.verify_mode = False, ssl.CERT_NONE
        address = self.ready[name] + path
        with urllib.request.urlopen(address, timeout=PATIENCE, context=trusting) as told:
            return told.status, told.read()

    def tree(self) -> list[psutil.Process]:
        return list(psutil.Process(self.process.pid).children(recursive=True))

    def find(self, words: str) -> psutil.Process:
        for each in self.tree():
            with suppress(psutil.Error):
                if words in " ".join(each.cmdline()):
                    return each
        raise AssertionError(f"no process of {words}")

    def stop(self, number: int = signal.SIGINT) -> tuple[int, float]:
        began = time.monotonic()
        self.process.send_signal(number)
        return self._wait(), time.monotonic() - began

    def kill(self) -> None:
        self.process.kill()
        self._wait()

    def _wait(self) -> int:
        code = self.process.wait(PATIENCE)
        assert self.process.stdout is not None
        self.process.stdout.close()
        return code


def gone(processes: list[psutil.Process]) -> bool:
    return not psutil.wait_procs(processes, timeout=PATIENCE)[1]


@pytest.fixture(scope="module")
def up(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Up]:
    home = tmp_path_factory.mktemp("up") / "home"
    home.mkdir(mode=0o700)
    running = Up(home)
    running.start()
    yield running
    if running.process.poll() is None:
        running.stop()


def test_all_answers_and_says_where(up: Up) -> None:
    assert up.seconds < READY_SECONDS
    assert b'"ok"' in up.get("api", "/api/v1/health")[1]
    assert up.get("endpoints", "/ping")[0] == 200
    assert b"MLflow" in up.get("mlflow", "/")[1]


def test_the_token_is_told_by_its_file_alone(up: Up) -> None:
    file = Path(up.ready["token_file"])
    assert file.stat().st_mode & 0o077 == 0
    assert file.read_text().strip() not in json.dumps(up.ready)
    request = urllib.request.Request(f"{up.ready['api']}/api/v1/self")
    request.add_header("Authorization", f"Bearer {file.read_text().strip()}")
    with urllib.request.urlopen(request, timeout=PATIENCE) as told:
        assert json.loads(told.read())["owner"]


def test_status_says_what_answers(up: Up, run: Run) -> None:
    told = run("status", "--json", "--home", up.home).json
    assert told["health"] == {"api": True, "endpoints": True, "mlflow": True}
    assert told["pid"] == up.process.pid
    assert up.ready["api"] in run("status", "--home", up.home).out


def test_a_second_server_of_the_home_is_refused(up: Up, run: Run) -> None:
    done = run("up", "--port", 0, "--home", up.home)
    assert done.code == 1
    assert "another server" in done.err


@pytest.mark.parametrize("option", ["--port", "--gateway-port", "--mlflow-port"])
def test_a_port_in_use_is_told(tmp_path: Path, run: Run, option: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        ports = {"--port": 0, "--gateway-port": 0, "--mlflow-port": 0}
        ports[option] = taken.getsockname()[1]
        words = [word for pair in ports.items() for word in pair]
        done = run("up", *words, "--home", tmp_path / "home")
    assert done.code == 1
    assert "choose another port" in done.err


def test_it_stops_and_leaves_no_process(up: Up) -> None:
    processes = up.tree()
    assert len(processes) >= 3
    code, seconds = up.stop(signal.SIGTERM)
    assert code == 0
    assert seconds < STOP_SECONDS
    assert gone(processes)
    assert not (up.home / "server.json").exists()


def test_without_a_server_status_says_how_to_start_one(tmp_path: Path, run: Run) -> None:
    done = run("status", "--home", tmp_path / "home")
    assert done.code == 1
    assert "motifleet up" in done.err


def test_other_machines_are_not_listened_to_in_the_clear(tmp_path: Path, run: Run) -> None:
    done = run("up", "--host", "0.0.0.0", "--home", tmp_path / "home")
    assert done.code == 2
    assert "TLS" in done.err
    done = run("up", "--tls-key", tmp_path / "key.pem", "--home", tmp_path / "home")
    assert done.code == 2


def test_with_tls_files_it_listens_to_other_machines(tmp_path: Path) -> None:
    home, certificate, key = tmp_path / "home", tmp_path / "c.pem", tmp_path / "k.pem"
    home.mkdir()
    words = f"req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=here -keyout {key}".split()
    subprocess.run(["openssl", *words, "-out", certificate], check=True, capture_output=True)
    tls = ["--tls-certificate", str(certificate), "--tls-key", str(key)]
    running = Up(home, "--host", "0.0.0.0", *tls, "--no-mlflow")
    running.start()
    try:
        assert running.ready["api"].startswith("https://0.0.0.0:")
        assert running.get("api", "/api/v1/health")[0] == 200
        assert running.get("endpoints", "/ping")[0] == 200
    finally:
        assert running.stop()[0] == 0


def test_logs_are_turned_over(tmp_path: Path) -> None:
    fleet = open_home(tmp_path / "home")
    assert fleet.settings.log_bytes == 10_000_000
    settings = load_settings(tmp_path / "home", log_bytes=10_000)
    assert settings.log_bytes == 10_000
    from motifleet.app.logs import bound_logs, read_log

    log = tmp_path / "logs" / "deployments" / "dep-1" / "replica.log"
    log.parent.mkdir(parents=True)
    with log.open("a") as writing:
        for number in range(3000):
            writing.write(f"line {number}\n")
            writing.flush()
            if number % 500 == 0:
                bound_logs(tmp_path / "logs", 10_000)
        bound_logs(tmp_path / "logs", 10_000)
        writing.write("the last\n")
    assert log.stat().st_size <= 10_000
    assert read_log(log).endswith("line 2999\nthe last\n")
    assert sorted(path.name for path in log.parent.iterdir()) == ["replica.log", "replica.log.1"]


def test_only_so_many_logs_of_a_folder_are_kept(tmp_path: Path) -> None:
    from motifleet.app.logs import bound_logs

    for number in range(1005):
        path = tmp_path / f"{number:04d}.log"
        path.touch()
        os.utime(path, (number, number))
    bound_logs(tmp_path, 1000)
    assert sorted(path.name for path in tmp_path.iterdir())[0] == "0005.log"
