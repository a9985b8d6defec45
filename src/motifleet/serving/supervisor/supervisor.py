"""The loop that makes what is there equal to what is desired."""

import asyncio
import shutil
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from motifleet.errors import MotifleetError
from motifleet.serving.freeze import thaw
from motifleet.serving.gateway.routing import Deployment, Endpoint, Routes
from motifleet.serving.supervisor.desired import Desired, Ledger
from motifleet.serving.supervisor.line import Line, Listen
from motifleet.serving.supervisor.replicas import Replicas
from motifleet.serving.supervisor.scaling import Scaling

_STEP_SECONDS, _READ_SECONDS, _WATCH_SECONDS = 0.05, 0.25, 0.5
_TRIES = 2
_BATCH = 64
Note = Callable[[str], None]


class Supervisor:
    """Runs the gateway and the replicas of every deployment, until it is stopped.

    Args:
        ledger: the database.
        logs: the folder of logs.
        listen: where the gateway listens.
        database: the gateway's ``database`` and ``durable``, for its log of predictions.
        seconds: the time limit of a request.
        note: told what happens, a line each.
    """

    def __init__(
        self,
        ledger: Ledger,
        logs: Path,
        listen: Listen,
        database: dict[str, Any],
        *,
        seconds: float = 30.0,
        note: Note = lambda _: None,
    ) -> None:
        self._ledger, self._logs, self._listen = ledger, logs, listen
        self._seconds, self._note = seconds, note
        self._arguments: dict[str, Any] = {**database, "seconds": seconds}
        if listen.certificate is not None:
            files = {"certificate": str(listen.certificate), "key": str(listen.key)}
            self._arguments |= files
        self._desired: dict[str, Desired] = {}
        self._keys: dict[str, dict[str, float]] = {}
        self._crews: dict[str, Replicas] = {}
        self._scaling: dict[str, Scaling] = {}
        self._ending: set[str] = set()
        self._routes = Routes()
        self._number = 0

    async def run(self, stop: asyncio.Event, up: Callable[[int], None] = lambda _: None) -> None:
        """Run until told to stop, then let everything end in order.

        Args:
            stop: set when it is to end.
            up: told the port as soon as the gateway answers.

        Raises:
            ServingError: the address cannot be listened on.
        """
        # Unix sockets take short paths only, which a home folder may not have.
        folder = Path(tempfile.mkdtemp(prefix="motifleet-"))
        listening = self._listen.open()
        try:
            with listening:
                line = Line(listening, folder, self._logs / "gateway.log", self._arguments)
                await line.open()
                await self._work(line, folder, stop, lambda: up(listening.getsockname()[1]))
                await line.stop()
                await asyncio.gather(*(crew.stop() for crew in self._crews.values()))
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    async def _work(
        self, line: Line, folder: Path, stop: asyncio.Event, up: Callable[[], None]
    ) -> None:
        read_at, watch_at, told = 0.0, 0.0, False
        while not stop.is_set():
            now = time.monotonic()
            if now >= read_at:
                await self._read()
                read_at = time.monotonic() + _READ_SECONDS
            await self._equalise(line, folder)
            if now >= watch_at:
                watch_at = now + _WATCH_SECONDS
                for crew in self._crews.values():
                    crew.watch()
                line.tell_usage({name: crew.usage() for name, crew in self._crews.items()})
            if line.told.number and not told:
                told = True
                up()
            line.changed.clear()
            with suppress(TimeoutError):
                async with asyncio.timeout(_STEP_SECONDS):
                    await _either(line.changed, stop)

    async def _read(self) -> None:
        """Read what is desired; while the database is away, what was desired last still is."""
        try:
            rows = await asyncio.to_thread(self._ledger.desired)
            self._keys = await asyncio.to_thread(self._ledger.keys)
        except Exception as error:
            self._note(f"the database cannot be read, all goes on as it was: {error}")
            return
        self._desired = {each.id: each for each in rows}

    async def _equalise(self, line: Line, folder: Path) -> None:
        await line.step()
        for desired in list(self._desired.values()):
            if desired.status == "stopping" and desired.id not in self._crews:
                await self._tell(self._ledger.stopped, desired.id)
            elif desired.status != "stopping" and desired.id not in self._crews:
                await self._open(desired, folder)
        for name, crew in list(self._crews.items()):
            await self._care(name, crew, line)
        self._route(line)
        for crew in self._crews.values():
            for each in crew.members.values():
                if each.state == "retiring" and not each.without:
                    each.without = self._number
            crew.clear(line.told.number, line.told.replicas)

    async def _open(self, desired: Desired, folder: Path) -> None:
        """Take care of a deployment from now on."""
        try:
            frozen = await asyncio.to_thread(thaw, desired.folder)
        except MotifleetError as error:
            await self._fail(desired, str(error))
            return
        logs = self._logs / "deployments" / desired.id
        self._crews[desired.id] = Replicas(desired, frozen, folder, logs, self._seconds)
        self._scaling[desired.id] = Scaling(
            desired.least, max(desired.most, 1), desired.idle_seconds, max(1, desired.least)
        )

    async def _care(self, name: str, crew: Replicas, line: Line) -> None:
        desired = self._desired.get(name)
        if desired is None or desired.status == "stopping":
            await self._end(name, crew)
            return
        if desired.restart != crew.desired.restart:
            crew.renew()
        crew.desired = desired
        now = time.monotonic()
        bounds = self._scaling[name]
        bounds.least, bounds.most = desired.least, max(desired.most, 1)
        bounds.idle_seconds = desired.idle_seconds
        if desired.status == "running":
            told = line.told.demand.get(name, {})
            waiting, arrived = told.get("waiting", 0), told.get("arrived", 0)
            crew.count = bounds.decide(now, waiting=waiting, arrived=arrived)
        crew.step(now)
        if desired.status == "starting":
            await self._see_through(desired, crew)

    async def _see_through(self, desired: Desired, crew: Replicas) -> None:
        """A deployment that starts: it takes over when all replicas are ready, or fails."""
        if len(crew.ready) >= crew.count:
            if await self._tell(self._ledger.started, desired.id):
                self._note(f"{desired.id} runs")
                await self._read()
        elif crew.failures >= _TRIES:
            await self._fail(desired, crew.reason)

    async def _fail(self, desired: Desired, reason: str) -> None:
        if desired.status == "running":
            self._note(f"{desired.id} cannot run: {reason}")
        await self._tell(self._ledger.failed, desired.id, reason)
        self._note(f"{desired.id} failed: {reason}")
        self._desired.pop(desired.id, None)
        crew = self._crews.get(desired.id)
        if crew is not None:
            await self._end(desired.id, crew)

    async def _end(self, name: str, crew: Replicas) -> None:
        """Let a deployment's replicas drain, and forget it when they are gone."""
        crew.count = 0
        crew.step(time.monotonic())
        for each in list(crew.members.values()):
            crew.retire(each)
        if not crew.members:
            del self._crews[name], self._scaling[name]
            if name in self._desired:
                await self._tell(self._ledger.stopped, name)
                self._note(f"{name} has stopped")

    async def _tell(self, write: Callable[..., None], *what: str) -> bool:
        try:
            await asyncio.to_thread(write, *what)
        except Exception as error:
            self._note(f"the database cannot be written: {error}")
            return False
        return True

    def _route(self, line: Line) -> None:
        """Tell the gateway where requests go, where that has changed."""
        running = [each for each in self._desired.values() if each.status == "running"]
        deployments = [self._deployment(each) for each in running if each.id in self._crews]
        endpoints = [self._endpoint(name, running) for name in sorted(self._keys)]
        routes = Routes.of(self._number, endpoints, deployments)
        if routes == self._routes and self._number:
            return
        self._number += 1
        self._routes = Routes.of(self._number, endpoints, deployments)
        line.send(self._routes)

    def _deployment(self, desired: Desired) -> Deployment:
        crew = self._crews[desired.id]
        ready = crew.ready
        return Deployment(
            desired.id,
            desired.crn,
            desired.build,
            desired.version,
            {each.id: str(each.socket) for each in ready},
            batch=_BATCH if any(each.batches for each in ready) else 1,
            queue=desired.queue,
            inputs=desired.inputs,
            outputs=desired.outputs,
            sample=desired.sample,
            sleeps=crew.count == 0,
        )

    def _endpoint(self, name: str, running: list[Desired]) -> Endpoint:
        roles = {each.role: each for each in running if each.endpoint == name}
        primary, canary = roles.get("primary"), roles.get("canary")
        shadow = roles.get("shadow")
        crew = self._crews.get(primary.id) if primary else None
        return Endpoint(
            name,
            primary.id if primary else None,
            self._keys[name],
            canary.id if canary else None,
            canary.share if canary else 0.0,
            shadow.id if shadow else None,
            list(crew.frozen.columns) if crew else [],
        )


async def _either(*events: asyncio.Event) -> None:
    tasks = [asyncio.ensure_future(each.wait()) for each in events]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
