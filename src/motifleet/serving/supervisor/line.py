"""The supervisor's line to the gateway: its process, the routes it goes by, what it tells."""

import asyncio
import socket
import sys
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import orjson

from motifleet.errors import ServingError
from motifleet.serving.child import Child
from motifleet.serving.gateway.routing import Routes

_PATIENCE_SECONDS = 35.0


@dataclass(frozen=True, slots=True)
class Listen:
    """Where the gateway listens.

    Args:
        host, port: the address; port 0: any that is free.
        certificate, key: files for TLS; None: plain HTTP.
    """

    host: str = "127.0.0.1"
    port: int = 8000
    certificate: Path | None = None
    key: Path | None = None

    def open(self) -> socket.socket:
        """Listen; the socket outlives gateways, so that callers wait rather than be refused.

        Raises:
            ServingError: the address is taken, or none of this machine's.
        """
        try:
            family = socket.AF_INET6 if ":" in self.host else socket.AF_INET
            return socket.create_server(
                (self.host, self.port), family=family, backlog=1024, reuse_port=False
            )
        except (OSError, OverflowError) as error:
            raise ServingError(
                f"expected a free address, but {self.host}:{self.port} cannot be listened on: "
                f"{error}; choose another port"
            ) from error


@dataclass(slots=True)
class Told:
    """What the gateway told last.

    Args:
        number: of the routes that it goes by.
        replicas: those in use.
        demand: waiting, in flight and arrived requests by deployment.
    """

    number: int = 0
    replicas: set[str] = field(default_factory=set)
    demand: dict[str, dict[str, int]] = field(default_factory=dict)


class Line:
    """Keeps a gateway running, and tells it the routes.

    Args:
        listening: the socket that it serves.
        folder: of sockets.
        log: the gateway's log.
        arguments: see `motifleet.serving.gateway.__main__`.
    """

    def __init__(
        self, listening: socket.socket, folder: Path, log: Path, arguments: dict[str, Any]
    ) -> None:
        self.told = Told()
        self.changed = asyncio.Event()
        self.routes = Routes()
        self._listening, self._path = listening, folder / "control"
        self._writer: asyncio.StreamWriter | None = None
        self._server: asyncio.Server | None = None
        self._gateway = self._child(log, arguments)

    async def open(self) -> None:
        """Wait for gateways."""
        self._server = await asyncio.start_unix_server(self._heard, str(self._path), limit=1 << 26)
        self._path.chmod(0o600)

    @property
    def connected(self) -> bool:
        """Whether a gateway is there and has taken routes."""
        return self._writer is not None

    async def step(self) -> None:
        """Start a gateway where there is none."""
        await self._gateway.step()

    def _child(self, log: Path, arguments: dict[str, Any]) -> Child:
        fd = self._listening.fileno()
        told = {**arguments, "fd": fd, "control": str(self._path)}
        return Child(
            [sys.executable, "-m", "motifleet.serving.gateway"],
            log,
            # By standard input: the database's address may hold a password.
            told=orjson.dumps(told) + b"\n",
            sockets=[fd],
            ended=self._ended,
        )

    def _ended(self, _code: int) -> None:
        self.told = Told()

    def send(self, routes: Routes) -> None:
        """Tell the gateway new routes."""
        self.routes = routes
        if self._writer is not None:
            self._writer.write(orjson.dumps(routes.to_dict()) + b"\n")

    def tell_usage(self, usage: dict[str, dict[str, tuple[float, int]]]) -> None:
        """Tell the gateway what replicas use: seconds of cores and bytes, by deployment."""
        # The first thing that a gateway hears are routes.
        if self._writer is not None and self.told.number:
            self._writer.write(orjson.dumps({"usage": usage}) + b"\n")

    async def stop(self) -> None:
        """Let the gateway answer what is under way, and end it."""
        await self._gateway.stop(_PATIENCE_SECONDS)
        if self._writer is not None:
            self._writer.close()
        if self._server is not None:
            self._server.close()

    async def _heard(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writer = writer
        self.send(self.routes)
        with suppress(OSError):
            while line := await reader.readline():
                told = orjson.loads(line)
                self.told = Told(told["number"], set(told["replicas"]), told["demand"])
                self.changed.set()
        if self._writer is writer:
            self._writer, self.told = None, Told()
        writer.close()
