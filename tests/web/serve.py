"""A server of a small home's page, in a process of its own: ``serve.py HOME``; says its port."""

import socket
import sys

from granian.constants import Interfaces
from granian.server.embed import Server

from motifleet.api import make_site
from motifleet.app import open_home
from motifleet.web import install


def main(home: str) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    fleet = open_home(home)
    site = make_site(fleet)
    install(site, fleet)
    server = Server(site, address="127.0.0.1", port=port, interface=Interfaces.ASGI)
    print(port, flush=True)

    import asyncio

    asyncio.run(server.serve())


main(sys.argv[1])
