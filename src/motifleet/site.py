"""``python -m motifleet.site``: the REST API and the page of a home, in a process of its own.

The server starts it, and tells it a line of JSON on standard input, which stays open: ``home`` (the
folder), ``fd`` (the listening socket, which the server holds, so that callers wait rather than be
refused while the process is started anew), and ``certificate`` and ``key`` for TLS. It ends with
its parent. Edges may not know one another: this module, above them, puts them on one site.
"""

import gc
import logging
import signal
import time
from asyncio import get_running_loop
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any

import uvloop
from fastapi import FastAPI
from granian.constants import Interfaces

from motifleet.api import make_site
from motifleet.app import Motifleet, open_home
from motifleet.errors import ServingError
from motifleet.serving.listening import Listening, tls, told_by_parent
from motifleet.web import install

_MOST_SECONDS, _POLL_SECONDS = 60.0, 0.5


def whole_site(home: Path | str) -> FastAPI:
    """All that is answered at the server's address, over an open home.

    >>> "/api/v1/health" in whole_site(getfixture("tmp_path") / "home").openapi()["paths"]
    True
    """
    fleet = open_home(home)
    site = make_site(fleet)
    install(site, fleet)
    return site


async def run(told: dict[str, Any]) -> None:
    """Serve until SIGTERM."""
    site = whole_site(told["home"])
    site.state.background.start(partial(_open_store, site.state.fleet))
    server = Listening(
        told["fd"],
        target=site,
        interface=Interfaces.ASGI,
        log_enabled=False,
        backpressure=1024,
        **tls(told),
    )
    loop = get_running_loop()
    loop.add_signal_handler(signal.SIGTERM, server.stop)
    loop.add_signal_handler(signal.SIGINT, lambda: None)
    gc.freeze()  # what was loaded stays
    gc.enable()
    await server.serve()


def _open_store(fleet: Motifleet) -> None:
    """MLflow takes seconds to load: no question is to wait for that, and neither is the server."""
    end = time.monotonic() + _MOST_SECONDS
    while time.monotonic() < end:
        with suppress(ServingError):
            fleet.server.addresses()
            break
        time.sleep(_POLL_SECONDS)
    fleet.models.open_store()


def main() -> None:
    """Parse, and run."""
    told = told_by_parent()
    logging.basicConfig(format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    uvloop.run(run(told))


if __name__ == "__main__":
    main()
