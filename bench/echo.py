"""Granian alone: ``python bench/echo.py PORT`` reads each body and sends it back."""

import asyncio
import sys
from typing import Any

import uvloop
from granian.constants import Interfaces
from granian.server.embed import Server


class Echo:
    """What granian calls (RSGI)."""

    async def __rsgi__(self, scope: Any, transport: Any) -> None:
        del scope
        body = await transport()
        transport.response_bytes(200, [("content-type", "application/json")], body)


async def main(port: int) -> None:
    """Serve until the end."""
    server = Server(
        Echo(), port=port, interface=Interfaces.RSGI, log_enabled=False, websockets=False
    )
    await asyncio.ensure_future(server.serve())


if __name__ == "__main__":
    uvloop.run(main(int(sys.argv[1])))
