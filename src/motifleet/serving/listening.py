"""What processes that answer requests have in common: what they are told, and how they listen."""

import json
import os
import socket
import sys
from pathlib import Path
from typing import Any, cast

from granian._granian import SocketHolder
from granian.server.embed import Server

from motifleet.serving.replica.__main__ import end_with_parent

_HOLDER = cast(Any, SocketHolder)


class Listening(Server):
    """Granian on a socket that listens already."""

    def __init__(self, fd: int, **options: Any) -> None:
        super().__init__(**options)
        self._given = fd

    def _init_shared_socket(self) -> None:
        # Granian has no public way to take a socket; its own processes hand it on like this.
        self.__dict__["_ssp"] = None
        self.__dict__["_shd"] = _HOLDER(self._given, False, 1024)


def told_by_parent() -> dict[str, Any]:
    """The line of JSON that comes on standard input first; from then on end with the parent."""
    line = b""
    while not line.endswith(b"\n"):  # not a byte more than it: the rest tells of the parent's end
        part = os.read(0, 1)
        if not part:
            sys.exit("expected a line of JSON on standard input, got none")
        line += part
    told: dict[str, Any] = json.loads(line)
    end_with_parent()
    socket.socket(fileno=told["fd"]).detach()  # fails here, and not later, where it is none
    return told


def tls(told: dict[str, Any]) -> dict[str, Any]:
    """Granian's options for the ``certificate`` and ``key`` that a process is told."""
    if not told.get("certificate"):
        return {}
    return {"ssl_cert": Path(told["certificate"]), "ssl_key": Path(told["key"])}
