"""``python -m motifleet.serving.gateway``: the gateway's process; the supervisor starts it.

It is told by a line of JSON on standard input, which stays open: ``fd`` (the listening socket,
which the supervisor holds, so that callers wait rather than be refused while a gateway is started
anew), ``control`` (the supervisor's socket), ``database`` (its address), ``durable`` (whether
commits wait for the disk), ``seconds`` (the time
limit of a request), and ``certificate`` and ``key`` for TLS. It ends with its parent.
"""

import asyncio
import json
import os
import signal
import socket
import sys
from importlib.metadata import version
from pathlib import Path
from typing import Any, cast

import uvloop
from granian._granian import SocketHolder
from granian.constants import Interfaces
from granian.http import HTTP1Settings
from granian.server.embed import Server

from motifleet.serving.gateway.control import Control
from motifleet.serving.gateway.desk import Desk
from motifleet.serving.gateway.journal import Commit
from motifleet.serving.gateway.site import Site
from motifleet.serving.replica.__main__ import end_with_parent
from motifleet.workspace import Store, add_predictions

# The log's thread must not wait long for its turn at the interpreter.
_SWITCH_SECONDS = 0.0005


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


async def run(told: dict[str, Any]) -> None:
    """Serve until SIGTERM, then answer what is under way."""
    commit = _commit(told)
    loop = asyncio.get_running_loop()
    control = Control(told["control"])
    desk = Desk(commit, told["seconds"], control.hurry)
    await control.open(desk)
    server = Listening(
        told["fd"],
        target=Site(desk, version("motifleet")),
        interface=Interfaces.RSGI,
        websockets=False,
        log_enabled=False,
        backpressure=4096,
        http1_settings=HTTP1Settings(header_read_timeout=int(told["seconds"] * 1000)),
        **_tls(told),
    )
    loop.add_signal_handler(signal.SIGTERM, server.stop)
    loop.add_signal_handler(signal.SIGINT, lambda: None)
    await server.serve()
    await desk.stop()


def _commit(told: dict[str, Any]) -> Commit:
    """What writes to the log; without a database there is none, which is for measuring alone."""
    if not told["database"]:
        return lambda _: None
    store = Store(told["database"], durable=told["durable"])
    return lambda group: add_predictions(store, group)


def _tls(told: dict[str, Any]) -> dict[str, Any]:
    if not told.get("certificate"):
        return {}
    return {"ssl_cert": Path(told["certificate"]), "ssl_key": Path(told["key"])}


def _line() -> bytes:
    """The first line of standard input, and not a byte more."""
    line = b""
    while not line.endswith(b"\n"):
        part = os.read(0, 1)
        if not part:
            sys.exit("expected a line of JSON on standard input, got none")
        line += part
    return line


def main() -> None:
    """Parse, and run."""
    told = json.loads(_line())
    end_with_parent()
    sys.setswitchinterval(_SWITCH_SECONDS)
    socket.socket(fileno=told["fd"]).detach()  # fails here, and not later, where it is none
    uvloop.run(run(told))


if __name__ == "__main__":
    main()
