"""A process that is kept running: started, and started again with a back-off when it ends."""

import asyncio
import os
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

_BACK_OFF, _LONGEST_BACK_OFF, _STEADY_SECONDS = 0.2, 5.0, 10.0


@dataclass(slots=True)
class Child:
    """Keeps a process of the server running.

    Its standard input is a pipe that ends with the server, so that it can end too.

    Args:
        command: its words.
        log: the file of what it says, which is appended to.
        told: what it is told on standard input, which others cannot read as they could its words.
        sockets: the file descriptors that it inherits.
        environment: its variables; None: the server's.
        ended: called when it has ended by itself, with its exit code.
    """

    command: Sequence[str]
    log: Path
    told: bytes = b""
    sockets: Sequence[int] = ()
    environment: dict[str, str] | None = None
    ended: Callable[[int], None] = lambda _: None
    _process: asyncio.subprocess.Process | None = field(default=None, init=False)
    _begun: float = field(default=0.0, init=False)
    _back_off: float = field(default=0.0, init=False)
    _not_before: float = field(default=0.0, init=False)

    @property
    def pid(self) -> int | None:
        """Its id, while it runs."""
        return self._process.pid if self._runs and self._process else None

    async def step(self) -> None:
        """Start it where it does not run, and it is time to."""
        if self._runs:
            return
        now = time.monotonic()
        if self._process is not None:
            code, self._process = self._process.returncode, None
            steady = now - self._begun > _STEADY_SECONDS
            self._back_off = 0.0 if steady else min(2 * self._back_off, _LONGEST_BACK_OFF)
            self._not_before = now + self._back_off
            self._back_off = max(self._back_off, _BACK_OFF)
            self.ended(code or 0)
        if now >= self._not_before:
            await self._start()

    async def stop(self, seconds: float) -> None:
        """Ask it to end, and kill it where it has not after so many seconds."""
        process = self._process
        if process is None or not self._runs:
            return
        with suppress(ProcessLookupError):
            process.terminate()
        try:
            async with asyncio.timeout(seconds):
                await process.wait()
        except TimeoutError:
            process.kill()
            await process.wait()

    @property
    def _runs(self) -> bool:
        return self._process is not None and self._process.returncode is None

    async def _start(self) -> None:
        self._begun = time.monotonic()
        self.log.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        environment = dict(os.environ) if self.environment is None else self.environment
        with self.log.open("ab") as output:
            self._process = await asyncio.create_subprocess_exec(
                *self.command,
                env={**environment, "PYTHONUNBUFFERED": "1"},
                stdin=asyncio.subprocess.PIPE,
                stdout=output,
                stderr=output,
                pass_fds=tuple(self.sockets),
                start_new_session=True,
            )
        if self._process.stdin is not None and self.told:
            self._process.stdin.write(self.told)


def keeper_command() -> list[str]:
    """The command that runs another and ends all that it has started: see ``keeper``."""
    return [sys.executable, "-I", "-S", str(Path(__file__).with_name("keeper.py"))]
