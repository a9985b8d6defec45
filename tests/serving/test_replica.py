"""A replica, asked over its socket as the gateway asks it."""

import json
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from tests.serving.conftest import PATIENCE
from tests.serving.models import ODD, WELL
from tests.serving.test_freeze import function

from motifleet.serving import Frozen, freeze
from motifleet.serving.process import replica_command, replica_environment
from motifleet.serving.replica import frames
from motifleet.serving.replica.forms import LAB
from motifleet.serving.replica.frames import Answer


class Asking:
    """One connection to a replica."""

    def __init__(self, path: Path) -> None:
        self._socket = socket.socket(socket.AF_UNIX)
        self._socket.settimeout(PATIENCE)
        self._socket.connect(str(path))

    def batch(self, *bodies: bytes) -> list[Answer]:
        payload = frames.pack_requests((LAB, body) for body in bodies)
        self._socket.sendall(frames.frame(frames.REQUESTS, 1, payload))
        return frames.unpack_answers(self._receive())

    def one(self, **request: object) -> tuple[int, Any]:
        (answer,) = self.batch(json.dumps(request).encode())
        return answer.status, json.loads(answer.output)

    def ping(self) -> dict[str, Any]:
        self._socket.sendall(frames.frame(frames.PING, 2))
        told: dict[str, Any] = json.loads(self._receive())
        return told

    def _receive(self) -> bytes:
        length, _, _ = frames.HEADER.unpack(self._exactly(frames.HEADER.size))
        return self._exactly(length)

    def _exactly(self, count: int) -> bytes:
        data = b""
        while len(data) < count:
            part = self._socket.recv(count - len(data))
            if not part:
                raise ConnectionError("the replica ended")
            data += part
        return data

    def close(self) -> None:
        self._socket.close()


@contextmanager
def replica(frozen: Frozen, path: Path) -> Iterator[subprocess.Popen[bytes]]:
    command = replica_command(frozen.python, frozen.content, path)
    environment = replica_environment(frozen.content, cpu=1)
    with subprocess.Popen(command, env=environment, stdin=subprocess.PIPE) as running:
        try:
            while not path.exists():
                assert running.poll() is None
                time.sleep(0.02)
            yield running
        finally:
            running.kill()


@pytest.fixture(scope="module")
def asking(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Asking]:
    folder = tmp_path_factory.mktemp("odd")
    frozen = freeze(folder / "build", function(folder, ODD, request={"kind": "plain"}))
    with replica(frozen, folder / "s"):
        connection = Asking(folder / "s")
        yield connection
        connection.close()


@pytest.mark.parametrize(
    ("kind", "says"),
    [
        ("nan", {"value": None, "array": [1.5, None]}),
        ("array", [[0, 2], [3, 5]]),
        ("scalar", 0.5),
    ],
)
def test_numbers_of_every_kind_are_written(asking: Asking, kind: str, says: object) -> None:
    assert asking.one(kind=kind) == (200, says)


@pytest.mark.parametrize(
    ("kind", "status", "says"),
    [
        ("wrong", 400, "expected a kind"),
        ("bug", 500, "KeyError"),
        ("object", 500, "expected an answer that JSON can hold"),
    ],
)
def test_what_goes_wrong_is_told(asking: Asking, kind: str, status: int, says: str) -> None:
    code, told = asking.one(kind=kind)
    assert code == status
    assert says in told["message"]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"\xff\xfe{}",
        b"[" * 100_000,
        b'{"kind": 1e999}',
        '{"kind": "é"}'.encode("utf-16"),
    ],
    ids=["empty", "cut short", "no UTF-8", "deeply nested", "huge number", "UTF-16"],
)
def test_wrong_bodies_hurt_nobody_else(asking: Asking, body: bytes) -> None:
    first, wrong, last = asking.batch(b'{"kind": "x"}', body, b'{"kind": "y"}')
    assert (first.status, last.status) == (200, 200)
    assert wrong.status in (200, 400)  # a number beyond all bounds is read as infinity


def test_a_busy_replica_still_says_how_it_is(asking: Asking, tmp_path: Path) -> None:
    assert asking.ping()["busy"] == 0.0
    assert asking.ping()["batches"] is False


def test_metrics_that_model_code_tracks_come_with_the_answer(tmp_path: Path) -> None:
    frozen = freeze(tmp_path / "build", function(tmp_path, WELL))
    with replica(frozen, tmp_path / "s"):
        connection = Asking(tmp_path / "s")
        answers = connection.batch(b'{"value": 3}', b'{"value": 4}')
        connection.close()
    assert [json.loads(each.tracked) for each in answers] == [{"asked": 3}, {"asked": 4}]
    assert json.loads(answers[1].output) == {"double": 8}


def test_a_replica_ends_with_its_parent(tmp_path: Path) -> None:
    frozen = freeze(tmp_path / "build", function(tmp_path, WELL))
    with replica(frozen, tmp_path / "s") as running:
        assert running.stdin is not None
        running.stdin.close()
        assert running.wait(PATIENCE) == 0
