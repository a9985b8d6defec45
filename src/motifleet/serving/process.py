"""A replica's process: how it is started, held to its resources, asked how it is, and ended."""

import asyncio
import os
import resource
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import orjson
import psutil

from motifleet.serving.replica import frames

_KEPT = ("PATH", "HOME", "LANG", "LC_ALL", "TZ", "TMPDIR", "LD_LIBRARY_PATH", "SSL_CERT_FILE")
_THREADS = ("OMP", "OPENBLAS", "MKL", "NUMEXPR", "RAYON", "VECLIB")
_SLACK = 1 << 30
_PING_SECONDS = 5.0


def replica_command(python: Path, content: Path, socket: Path) -> list[str]:
    """The command that serves a build's content on a Unix socket."""
    return [str(python), "-m", "motifleet_replica", str(content), str(socket)]


def bare_environment(cpu: float) -> dict[str, str]:
    """Variables for code of others: nothing of the server's but where things are.

    Args:
        cpu: how many threads libraries are told to use.
    """
    threads = str(max(1, round(cpu)))
    here = {name: os.environ[name] for name in _KEPT if name in os.environ}
    return {
        **here,
        **{f"{name}_NUM_THREADS": threads for name in _THREADS},
        "MOTIFLEET_THREADS": threads,
        "PYTHONUNBUFFERED": "1",
        # Threads that spin while they wait take the cores of others.
        "OMP_WAIT_POLICY": "passive",
        "MLFLOW_DISABLE_TELEMETRY": "true",
    }


def replica_environment(content: Path, cpu: float) -> dict[str, str]:
    """The environment of a replica: see `bare_environment`.

    Args:
        content: of the build.
        cpu: how many threads libraries are told to use.
    """
    code = {"PYTHONPATH": str(content / "code"), "PYTHONDONTWRITEBYTECODE": "1"}
    return {**bare_environment(cpu), **code}


class Process:
    """A replica's process.

    Args:
        running: it.
        socket: where it answers, once it does.
        log: what it says.
        memory: the bytes that it may hold.
    """

    def __init__(
        self, running: asyncio.subprocess.Process, socket: Path, log: Path, memory: int
    ) -> None:
        self.running, self.socket, self.log, self.memory = running, socket, log, memory
        self._seen = psutil.Process(running.pid) if running.returncode is None else None

    @classmethod
    async def start(
        cls,
        command: Sequence[str],
        environment: dict[str, str],
        socket: Path,
        log: Path,
        *,
        cpu: float,
        memory: int,
        first_core: int = 0,
    ) -> "Process":
        """Start it, and hold it to its cores and memory.

        Args:
            command: see `replica_command`.
            environment: see `replica_environment`.
            socket: where it is to answer.
            log: its file, which is appended to.
            cpu: how many cores.
            memory: how many bytes.
            first_core: where its cores begin, so that replicas spread over the machine's.
        """
        log.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with log.open("ab") as output:
            running = await asyncio.create_subprocess_exec(
                *command,
                env=environment,
                stdin=asyncio.subprocess.PIPE,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )
        hold(running.pid, cpu, memory, first_core)
        return cls(running, socket, log, memory)

    @property
    def pid(self) -> int:
        """Its id."""
        return self.running.pid

    @property
    def ended(self) -> bool:
        """Whether it is no more."""
        return self.running.returncode is not None

    @property
    def code(self) -> int | None:
        """What it ended with; None while it runs."""
        return self.running.returncode

    @property
    def told(self) -> str:
        """The last lines of its log."""
        with suppress(OSError):
            text = self.log.read_text(encoding="utf-8", errors="replace")[-2_000:]
            return "\n".join(text.strip().splitlines()[-5:])
        return ""

    @property
    def resident(self) -> int:
        """The bytes that it holds in memory."""
        with suppress(psutil.Error):
            return int(self._seen.memory_info().rss) if self._seen else 0
        return 0

    @property
    def cpu_seconds(self) -> float:
        """The seconds of cores that it has used."""
        with suppress(psutil.Error):
            times = self._seen.cpu_times() if self._seen else None
            return float(times.user + times.system) if times else 0.0
        return 0.0

    async def ping(self) -> dict[str, Any]:
        """Ask how it is.

        Raises:
            OSError, TimeoutError: it does not answer.
        """
        async with asyncio.timeout(_PING_SECONDS):
            reader, writer = await asyncio.open_unix_connection(str(self.socket))
            try:
                writer.write(frames.frame(frames.PING, 0))
                length, _, _ = frames.HEADER.unpack(await reader.readexactly(frames.HEADER.size))
                told: dict[str, Any] = orjson.loads(await reader.readexactly(length))
                return told
            except asyncio.IncompleteReadError as error:
                raise OSError("the replica ended") from error
            finally:
                writer.close()

    def kill(self) -> None:
        """End it at once."""
        with suppress(ProcessLookupError):
            self.running.kill()

    async def stop(self, seconds: float = 2.0) -> None:
        """End it: its standard input ends, which it listens to; killed where that does not help."""
        if self.running.stdin is not None:
            self.running.stdin.close()
        try:
            async with asyncio.timeout(seconds):
                await self.running.wait()
        except TimeoutError:
            self.kill()
            await self.running.wait()
        self.socket.unlink(missing_ok=True)


def hold(pid: int, cpu: float, memory: int, first_core: int) -> None:
    """Hold a process, and all that it starts, to cores and memory as far as this system can."""
    if sys.platform != "linux":
        return
    with suppress(OSError):
        cores = sorted(os.sched_getaffinity(0))
        count = max(1, round(cpu))
        if count < len(cores):
            chosen = {cores[(first_core + at) % len(cores)] for at in range(count)}
            os.sched_setaffinity(pid, chosen)
    with suppress(OSError, ValueError):
        # A wall behind the watch over what is resident: one huge allocation fails at once.
        resource.prlimit(pid, resource.RLIMIT_DATA, (memory + _SLACK, memory + _SLACK))
