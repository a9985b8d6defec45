"""The replicas of one deployment: started, watched, restarted with a back-off, drained."""

import asyncio
import secrets
import time
from collections.abc import Coroutine
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from motifleet.serving.freeze import Frozen
from motifleet.serving.process import Process, replica_command, replica_environment
from motifleet.serving.supervisor.desired import Desired

LOAD_SECONDS = 120.0
_POLL_SECONDS = 0.02
_STEADY_SECONDS = 10.0
_BACK_OFF, _LONGEST_BACK_OFF = 0.5, 30.0
State = Literal["starting", "ready", "retiring"]


@dataclass(slots=True)
class Replica:
    """One of them.

    Args:
        id: of it.
        socket: where it answers.
        state: how far it has come.
        since: when it came into that state (monotonic seconds).
        heard: when it last answered a ping, without being busy for too long.
        process: it; None while it is being started.
        batches: whether it answers several requests at once.
        without: the routes' number from which on it gets no requests.
    """

    id: str
    socket: Path
    since: float
    state: State = "starting"
    heard: float = 0.0
    process: Process | None = None
    batches: bool = False
    without: int = 0


class Replicas:
    """Those of a deployment.

    Args:
        desired: the deployment.
        frozen: its build.
        sockets: the folder of sockets.
        logs: the folder of its replicas' logs.
        seconds: the time limit of a request.
    """

    def __init__(
        self, desired: Desired, frozen: Frozen, sockets: Path, logs: Path, seconds: float
    ) -> None:
        self.desired, self.frozen = desired, frozen
        self.count = max(1, desired.least)
        self.reason = ""
        self.failures = 0
        self.members: dict[str, Replica] = {}
        self._sockets, self._logs, self._seconds = sockets, logs, seconds
        self._back_off, self._not_before = 0.0, 0.0
        self._started = 0
        self._old: set[str] = set()
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def ready(self) -> list[Replica]:
        """Those that answer."""
        return [each for each in self.members.values() if each.state == "ready"]

    def step(self, now: float) -> None:
        """Note who has ended, and start or retire until there are as many as there should be."""
        for each in list(self.members.values()):
            if each.process is not None and each.process.ended:
                self._ended(each, now)
        self._retire_old()
        staying = [
            each
            for each in self.members.values()
            if each.state != "retiring" and each.id not in self._old
        ]
        missing = self.count - len(staying)
        if missing > 0 and now >= self._not_before:
            for _ in range(missing):
                self._begin(now)
        elif missing < 0:
            newest = sorted(staying, key=lambda each: (each.state == "ready", -each.since))
            for each in newest[:-missing]:
                self.retire(each)

    def retire(self, replica: Replica) -> None:
        """Let it answer what it has, and then go."""
        if replica.state != "retiring":
            replica.state, replica.since = "retiring", time.monotonic()

    def renew(self) -> None:
        """Put new replicas in the place of all that are there: these go when those are ready."""
        self._old |= set(self.members)

    def _retire_old(self) -> None:
        """Let the old ones go as soon as as many new ones are ready."""
        new = [each for each in self.ready if each.id not in self._old]
        if self._old and len(new) >= self.count:
            for name in self._old & set(self.members):
                self.retire(self.members[name])
            self._old = set()

    def clear(self, applied: int, in_use: set[str]) -> None:
        """End those that retired and are no longer in use, as the gateway says.

        Args:
            applied: the number of the routes that the gateway goes by.
            in_use: the replicas that it still waits for.
        """
        for each in list(self.members.values()):
            out = each.state == "retiring" and each.without and applied >= each.without
            if out and each.id not in in_use:
                self._forget(each)

    def watch(self) -> None:
        """Look after those that answer: that they do, and hold no more memory than they may."""
        for each in self.members.values():
            if each.state != "starting":
                self._run(self._look(each))

    def usage(self) -> dict[str, tuple[float, int]]:
        """What each that runs uses: seconds of cores, and bytes of memory."""
        running = [
            (each.id, each.process)
            for each in self.members.values()
            if each.process is not None and not each.process.ended
        ]
        return {name: (process.cpu_seconds, process.resident) for name, process in running}

    async def stop(self) -> None:
        """End all of them."""
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*(self._end(each) for each in self.members.values()))
        self.members.clear()

    def _begin(self, now: float) -> None:
        name = f"{self.desired.id}-{secrets.token_hex(3)}"
        replica = Replica(name, self._sockets / f"{secrets.token_hex(6)}.s", now)
        self.members[name] = replica
        self._run(self._bring_up(replica))

    async def _bring_up(self, replica: Replica) -> None:
        desired, content = self.desired, self.frozen.content
        self._started += 1
        replica.process = await Process.start(
            replica_command(self.frozen.python, content, replica.socket),
            replica_environment(content, desired.cpu),
            replica.socket,
            self._logs / f"{replica.id}.log",
            cpu=desired.cpu,
            memory=desired.memory,
            first_core=self._started,
        )
        if replica.id not in self.members:
            await replica.process.stop()  # retired before it was there
            return
        end = time.monotonic() + LOAD_SECONDS
        while time.monotonic() < end and not replica.process.ended:
            if replica.socket.exists():
                with suppress(OSError, TimeoutError):
                    told = await replica.process.ping()
                    replica.batches = bool(told["batches"])
                    self._is_ready(replica)
                    return
            await asyncio.sleep(_POLL_SECONDS)
        if not replica.process.ended:
            self._kill(replica, f"expected it to be ready within {LOAD_SECONDS:g} seconds")

    def _is_ready(self, replica: Replica) -> None:
        if replica.state == "starting":
            replica.state = "ready"
        replica.since = replica.heard = time.monotonic()

    async def _look(self, replica: Replica) -> None:
        process = replica.process
        if process is None or process.ended:
            return
        resident = process.resident
        if resident > self.desired.memory:
            memory = self.desired.memory
            self._kill(replica, f"expected at most {memory:,} bytes in memory, got {resident:,}")
            return
        with suppress(OSError, TimeoutError):
            told = await process.ping()
            if told["busy"] <= self._seconds:
                replica.heard = time.monotonic()
        if time.monotonic() - replica.heard > self._seconds + 1.0:
            self._kill(replica, f"expected a sign of life within {self._seconds:g} seconds")

    def _kill(self, replica: Replica, reason: str) -> None:
        self.reason = reason
        if replica.process is not None:
            with suppress(OSError), replica.process.log.open("a", encoding="utf-8") as log:
                log.write(f"motifleet ended this replica: {reason}\n")
            replica.process.kill()

    def _ended(self, replica: Replica, now: float) -> None:
        """Note that one has ended; a new one comes at once, unless the last ones ended soon too."""
        self.members.pop(replica.id, None)
        replica.socket.unlink(missing_ok=True)
        if replica.state == "retiring":
            return
        if replica.process is not None:
            self.reason = replica.process.told or f"it ended with status {replica.process.code}"
        self.failures += replica.state == "starting"
        steady = replica.state == "ready" and now - replica.since > _STEADY_SECONDS
        if steady:
            self._back_off = 0.0
            return
        self._not_before = now + self._back_off
        self._back_off = min(max(2 * self._back_off, _BACK_OFF), _LONGEST_BACK_OFF)

    def _forget(self, replica: Replica) -> None:
        self.members.pop(replica.id, None)
        self._run(self._end(replica))

    async def _end(self, replica: Replica) -> None:
        if replica.process is not None:
            await replica.process.stop()

    def _run(self, work: Coroutine[object, object, None]) -> None:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
