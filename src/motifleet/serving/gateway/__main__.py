"""``python -m motifleet.serving.gateway``: the gateway's process; the supervisor starts it.

It is told by a line of JSON on standard input, which stays open: ``fd`` (the listening socket,
which the supervisor holds, so that callers wait rather than be refused while a gateway is started
anew), ``control`` (the supervisor's socket), ``database`` (its address), ``durable`` (whether
commits wait for the disk), ``seconds`` (the time
limit of a request), and ``certificate`` and ``key`` for TLS. It ends with its parent.
"""

import asyncio
import signal
import sys
from importlib.metadata import version
from typing import Any

import uvloop
from granian.constants import Interfaces
from granian.http import HTTP1Settings

from motifleet.serving.gateway.control import Control
from motifleet.serving.gateway.desk import Desk
from motifleet.serving.gateway.journal import Log
from motifleet.serving.gateway.site import Site
from motifleet.serving.listening import Listening, tls, told_by_parent
from motifleet.workspace import PredictionLog, Store

# The log's thread must not wait long for its turn at the interpreter.
_SWITCH_SECONDS = 0.0005


async def run(told: dict[str, Any]) -> None:
    """Serve until SIGTERM, then answer what is under way."""
    loop = asyncio.get_running_loop()
    control = Control(told["control"])
    desk = Desk(_log(told), told["seconds"], control.hurry)
    await control.open(desk)
    server = Listening(
        told["fd"],
        target=Site(desk, version("motifleet")),
        interface=Interfaces.RSGI,
        websockets=False,
        log_enabled=False,
        backpressure=4096,
        http1_settings=HTTP1Settings(header_read_timeout=int(told["seconds"] * 1000)),
        **tls(told),
    )
    loop.add_signal_handler(signal.SIGTERM, server.stop)
    loop.add_signal_handler(signal.SIGINT, lambda: None)
    await server.serve()
    await desk.stop()


def _log(told: dict[str, Any]) -> Log | None:
    """What writes to the log; without a database nothing does, which is for measuring alone."""
    if not told["database"]:
        return None
    return PredictionLog(Store(told["database"], durable=told["durable"]))


def main() -> None:
    """Parse, and run."""
    told = told_by_parent()
    sys.setswitchinterval(_SWITCH_SECONDS)
    uvloop.run(run(told))


if __name__ == "__main__":
    main()
