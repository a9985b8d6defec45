"""A server of a small home's page, in a process of its own: ``serve.py HOME``; says its port."""

import asyncio
import socket
import sys

from granian.constants import Interfaces
from granian.server.embed import Server

from motifleet.site import whole_site


def main(home: str) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = Server(whole_site(home), address="127.0.0.1", port=port, interface=Interfaces.ASGI)
    print(port, flush=True)

    asyncio.run(server.serve())


if __name__ == "__main__":
    main(sys.argv[1])
