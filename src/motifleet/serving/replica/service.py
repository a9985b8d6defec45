"""The socket of a replica: frames in, frames out, a thread for each connection."""

import socket
import sys
import threading
import time
from dataclasses import dataclass, field
from io import BufferedReader
from pathlib import Path

import orjson

from . import frames
from .predictors import Model, answer_all


@dataclass(slots=True)
class State:
    """What a replica tells of itself.

    Args:
        batches: whether the model answers several requests at once.
        since: when the batch that is being answered was begun (monotonic seconds); 0: none is.
        answered: how many requests were answered.
    """

    batches: bool
    since: float = 0.0
    answered: int = 0
    turn: threading.Lock = field(default_factory=threading.Lock)

    def told(self) -> bytes:
        """The payload of a PONG."""
        since = self.since
        busy = time.monotonic() - since if since else 0.0
        told = {"busy": busy, "answered": self.answered, "batches": self.batches}
        return orjson.dumps(told | {"protocol": frames.PROTOCOL})


def serve(model: Model, path: Path) -> None:
    """Listen on a Unix socket, and answer until the process ends."""
    state = State(model.predict_rows({}) is not None)
    listening = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    unready = path.with_suffix(".new")
    unready.unlink(missing_ok=True)
    listening.bind(str(unready))
    unready.chmod(0o600)
    listening.listen(16)
    unready.replace(path)  # from here on it can be found, and it listens already
    while True:
        connection, _ = listening.accept()
        threading.Thread(target=_connected, args=(model, state, connection), daemon=True).start()


def _connected(model: Model, state: State, connection: socket.socket) -> None:
    with connection, connection.makefile("rb") as stream:
        try:
            while _one(model, state, connection, stream):
                pass
        except OSError:
            return  # the other side is gone, and with it whoever waited


def _one(model: Model, state: State, connection: socket.socket, stream: BufferedReader) -> bool:
    """Answer one frame; False where there is none any more."""
    header = stream.read(frames.HEADER.size)
    if len(header) < frames.HEADER.size:
        return False
    length, kind, number = frames.HEADER.unpack(header)
    payload = stream.read(length)
    if len(payload) < length:
        return False
    if kind == frames.PING:
        connection.sendall(frames.frame(frames.PONG, number, state.told()))
        return True
    requests = frames.unpack_requests(payload)
    with state.turn:
        state.since = time.monotonic()
        try:
            answers = answer_all(model, requests)
        finally:
            state.since = 0.0
        state.answered += len(answers)
    sys.stdout.flush()
    sys.stderr.flush()
    connection.sendall(frames.frame(frames.ANSWERS, number, frames.pack_answers(answers)))
    return True
