"""The gateway's line to the supervisor: routes come in, what there is to do goes out."""

import asyncio
import os
from dataclasses import asdict

import orjson

from motifleet.serving.gateway.desk import Desk
from motifleet.serving.gateway.routing import Routes

_SECONDS = 0.25
LONGEST_LINE = 1 << 26


class Control:
    """Lines of JSON over the supervisor's Unix socket.

    Args:
        path: of the socket.
    """

    def __init__(self, path: str) -> None:
        self._path = path
        self._hurry = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []

    def hurry(self) -> None:
        """Tell the supervisor at once."""
        self._hurry.set()

    async def open(self, desk: Desk) -> None:
        """Connect, and wait for the first routes."""
        reader, writer = await asyncio.open_unix_connection(self._path, limit=LONGEST_LINE)
        desk.apply(Routes.from_dict(orjson.loads(await reader.readline())))
        self._tasks = [
            asyncio.create_task(self._hear(desk, reader)),
            asyncio.create_task(self._tell(desk, writer)),
        ]

    async def _hear(self, desk: Desk, reader: asyncio.StreamReader) -> None:
        while line := await reader.readline():
            told = orjson.loads(line)
            if "usage" in told:
                desk.use(told["usage"])
                continue
            desk.apply(Routes.from_dict(told))
            self._hurry.set()
        os._exit(0)  # without a supervisor there is nobody to serve for

    async def _tell(self, desk: Desk, writer: asyncio.StreamWriter) -> None:
        while True:
            demand = {name: asdict(each) for name, each in desk.demand().items()}
            told = {"number": desk.number, "replicas": desk.replicas(), "demand": demand}
            writer.write(orjson.dumps(told) + b"\n")
            await writer.drain()
            self._hurry.clear()
            try:
                async with asyncio.timeout(_SECONDS):
                    await self._hurry.wait()
            except TimeoutError:
                continue
