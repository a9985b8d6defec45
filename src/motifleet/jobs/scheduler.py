"""Begins runs when it is time, watches them, and notes how they end."""

import asyncio
import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from motifleet.errors import JobError, StoreError
from motifleet.jobs.running import Ended, Running, kill_run
from motifleet.jobs.times import following
from motifleet.workspace import (
    Job,
    JobRun,
    Store,
    begin_run,
    end_run,
    note_process,
    plan_runs,
    run_statuses,
    startable_runs,
)

_STEP_SECONDS = 0.25
_STOPPED = Ended("stopped", None, "the server was stopped")


class Scheduler:
    """Runs the jobs of a home; there is one at a time.

    What is to run is in the database, so that times which pass while no scheduler runs are noticed
    by the next one, and whoever changes a job need not tell it.

    Args:
        store: the database.
        home: the home folder.
        note: told what happens, a line each.
    """

    def __init__(self, store: Store, home: Path, note: Callable[[str], None]) -> None:
        self._store, self._home, self._note = store, home, note
        self._running: dict[str, Running] = {}
        self._to_note: dict[str, Ended] = {}
        self._begun = 0
        self._away = False

    async def run(self, stop: asyncio.Event) -> None:
        """Run until told to stop; then the runs under way are ended."""
        recovered = False
        while not stop.is_set():
            try:
                if not recovered:
                    await asyncio.to_thread(self._recover)
                    recovered = True
                await self._step()
                self._away = False
            except StoreError as error:
                if not self._away:
                    self._note(f"jobs wait for the database: {error}")
                self._away = True
            with suppress(TimeoutError):
                async with asyncio.timeout(_STEP_SECONDS):
                    await stop.wait()
        await self._stop()

    def _recover(self) -> None:
        """What was under way when the last scheduler ended is lost, and its processes end."""
        for run in run_statuses(self._store):
            kill_run(run)
            end_run(self._store, run, "lost", reason="the server ended while it ran")
            self._note(f"{run} was lost when the server ended")

    async def _step(self) -> None:
        self._look()
        for name, ended in list(self._to_note.items()):
            await asyncio.to_thread(self._write, name, ended)
            del self._to_note[name]
        await asyncio.to_thread(plan_runs, self._store, following)
        for job, run, folder in await asyncio.to_thread(startable_runs, self._store):
            if self._has_room(job):
                await self._begin(job, run, folder)
        await self._heed()

    def _look(self) -> None:
        for name, running in list(self._running.items()):
            ended = running.look()
            if ended is not None:
                del self._running[name]
                self._to_note[name] = ended

    async def _heed(self) -> None:
        """End what somebody wants ended, and what is no longer there."""
        if self._running:
            statuses = await asyncio.to_thread(run_statuses, self._store)
            for name, running in self._running.items():
                if statuses.get(name) != "running":
                    running.end(Ended("stopped", None, "somebody asked for it"))

    def _has_room(self, job: Job) -> bool:
        """Whether its cores are free; a run that wants more than there are runs alone."""
        taken = sum(each.job.cpu for each in self._running.values())
        return not self._running or taken + job.cpu <= (os.cpu_count() or 1)

    async def _begin(self, job: Job, run: JobRun, folder: str | None) -> None:
        if not await asyncio.to_thread(begin_run, self._store, run.id):
            return
        place = Path(folder) if folder else self._home / "projects" / job.project
        self._begun += 1
        try:
            place.mkdir(mode=0o700, parents=True, exist_ok=True)
            running = await Running.start(job, run, place, self._home, self._begun)
        except (JobError, OSError) as error:
            self._to_note[run.id] = Ended("failed", None, str(error))
            return
        self._running[run.id] = running
        await asyncio.to_thread(note_process, self._store, run.id, running.pid)

    def _write(self, run: str, ended: Ended) -> None:
        code, reason = ended.exit_code, ended.reason
        end_run(self._store, run, ended.status, exit_code=code, reason=reason)
        if ended.status != "succeeded":
            self._note(f"{run} {ended.status}: {reason}")

    async def _stop(self) -> None:
        for running in self._running.values():
            running.end(_STOPPED)
        for name, running in self._running.items():
            self._to_note[name] = await running.wait()
        for name, ended in self._to_note.items():
            with suppress(StoreError):  # then it is lost, which the next scheduler notes
                await asyncio.to_thread(self._write, name, ended)
