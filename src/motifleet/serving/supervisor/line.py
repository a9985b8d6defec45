"""The supervisor's line to the gateway: its process, the routes it goes by, what it tells."""

import asyncio
import json
import os
import socket
import sys
import time
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import orjson

from motifleet.errors import ServingError
from motifleet.serving.gateway.routing import Routes

_BACK_OFF, _LONGEST_BACK_OFF, _STEADY_SECONDS = 0.2, 5.0, 10.0
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
        self._listening, self._path, self._log = listening, folder / "control", log
        self._arguments = arguments
        self._writer: asyncio.StreamWriter | None = None
        self._server: asyncio.Server | None = None
        self._process: asyncio.subprocess.Process | None = None
        self._begun, self._back_off, self._not_before = 0.0, 0.0, 0.0

    async def open(self) -> None:
        """Wait for gateways."""
        self._server = await asyncio.start_unix_server(self._heard, str(self._path), limit=1 << 26)
        self._path.chmod(0o600)

    @property
    def pid(self) -> int | None:
        """The gateway's process."""
        return self._process.pid if self._process else None

    @property
    def connected(self) -> bool:
        """Whether a gateway is there and has taken routes."""
        return self._writer is not None

    async def step(self) -> None:
        """Start a gateway where there is none."""
        if self._process is not None and self._process.returncode is None:
            return
        now = time.monotonic()
        if self._process is not None:
            self._process, self.told = None, Told()
            steady = now - self._begun > _STEADY_SECONDS
            self._back_off = 0.0 if steady else min(2 * self._back_off, _LONGEST_BACK_OFF)
            self._not_before = now + self._back_off
            self._back_off = max(self._back_off, _BACK_OFF)
        if now >= self._not_before:
            await self._start()

    async def _start(self) -> None:
        self._begun = time.monotonic()
        fd = self._listening.fileno()
        told = {**self._arguments, "fd": fd, "control": str(self._path)}
        self._log.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with self._log.open("ab") as output:
            self._process = await asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                "motifleet.serving.gateway",
                env={**os.environ, "PYTHONUNBUFFERED": "1"},
                stdin=asyncio.subprocess.PIPE,
                stdout=output,
                stderr=output,
                pass_fds=[fd],
                start_new_session=True,
            )
        # By standard input, which nobody else can read: the database's address may hold a password.
        if self._process.stdin is not None:
            self._process.stdin.write(json.dumps(told).encode() + b"\n")

    def send(self, routes: Routes) -> None:
        """Tell the gateway new routes."""
        self.routes = routes
        if self._writer is not None:
            self._writer.write(orjson.dumps(routes.to_dict()) + b"\n")

    async def stop(self) -> None:
        """Let the gateway answer what is under way, and end it."""
        if self._process is not None and self._process.returncode is None:
            with suppress(ProcessLookupError):
                self._process.terminate()
            try:
                async with asyncio.timeout(_PATIENCE_SECONDS):
                    await self._process.wait()
            except TimeoutError:
                self._process.kill()
                await self._process.wait()
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
