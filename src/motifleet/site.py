"""``python -m motifleet.site``: the REST API and the page of a home, in a process of its own.

The server starts it, and tells it a line of JSON on standard input, which stays open: ``home`` (the
folder), ``fd`` (the listening socket, which the server holds, so that callers wait rather than be
refused while the process is started anew), and ``certificate`` and ``key`` for TLS. It ends with
its parent. Edges may not know one another: this module, above them, puts them on one site.
"""

import logging
import signal
from asyncio import get_running_loop
from pathlib import Path
from typing import Any

import uvloop
from fastapi import FastAPI
from granian.constants import Interfaces

from motifleet.api import make_site
from motifleet.app import open_home
from motifleet.serving.listening import Listening, tls, told_by_parent
from motifleet.web import install


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
    # MLflow takes seconds to load, and to make its database in a new home.
    site.state.background.start(site.state.fleet.models.open_store)
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
    await server.serve()


def main() -> None:
    """Parse, and run."""
    told = told_by_parent()
    logging.basicConfig(format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    uvloop.run(run(told))


if __name__ == "__main__":
    main()
