"""Jobs of an open home."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from motifleet.app.logs import read_log
from motifleet.app.workspace import opened_store
from motifleet.config import Settings, prepare_home
from motifleet.errors import JobError
from motifleet.jobs import Scheduler, command_words, confined, following, run_log
from motifleet.workspace import (
    Actor,
    Job,
    JobPlan,
    JobRun,
    Store,
    add_job,
    ask_run,
    ask_stop,
    change_job,
    find_job,
    find_project,
    find_run,
    list_jobs,
    list_runs,
    remove_job,
)

_POLL_SECONDS = 0.2


@dataclass(frozen=True, slots=True)
class Jobs:
    """Makes, runs and watches jobs; each call is held to the table of roles.

    Args:
        settings: of the home.
        actor: who does it.
    """

    settings: Settings
    actor: Actor

    @property
    def store(self) -> Store:
        """The database."""
        return opened_store(self.settings)

    def acting(self, actor: Actor) -> "Jobs":
        """The same for somebody else."""
        return Jobs(self.settings, actor)

    def add(self, project: str, name: str, plan: JobPlan) -> Job:
        """Make a job.

        Raises:
            UnknownProjectError, UnknownJobError: there is no such project, or job to run after.
            NotAllowedError: the role is too low.
            NameTakenError: the project has a job of that name.
            InvalidArgumentError: something is out of its bounds.
            JobError: the file is not in the project's folder.
        """
        self._check_target(project, plan)
        return add_job(self.store, self.actor, project, name, plan, following=following)

    def change(self, project: str, name: str, **changes: Any) -> Job:
        """Let some fields of a job's `JobPlan` be others from now on.

        Raises:
            Whatever `add` does, and JobError: the job would run after itself.
        """
        plan = replace(self.job(project, name).plan, **changes)
        self._check_target(project, plan)
        return change_job(self.store, self.actor, project, name, plan, following=following)

    def remove(self, project: str, name: str) -> Job:
        """Remove a job with its runs; one that is under way ends."""
        return remove_job(self.store, self.actor, project, name)

    def jobs(self, project: str | None = None) -> list[Job]:
        """A project's jobs by name; of None, those of all projects that the actor sees."""
        return list_jobs(self.store, self.actor, project)

    def job(self, project: str, name: str) -> Job:
        """A job by its name."""
        return find_job(self.store, self.actor, project, name)

    def start(self, project: str, name: str, *, wait: float = 0.0) -> JobRun:
        """Ask for a run; it begins as soon as a server runs and no other run is under way.

        Args:
            project: its name.
            name: of the job.
            wait: for how many seconds to wait until it has ended; 0: not at all.

        Raises:
            UnknownProjectError, UnknownJobError: there is no such thing.
            NotAllowedError: the role is too low.
            JobError: a run waits already; or, where it is waited for, it takes longer.
        """
        run = ask_run(self.store, self.actor, project, name)
        return self.wait(run.id, wait) if wait else run

    def stop(self, run: str, *, wait: float = 0.0) -> JobRun:
        """Ask that a run ends."""
        told = ask_stop(self.store, self.actor, run)
        return self.wait(told.id, wait) if wait else told

    def run(self, run: str) -> JobRun:
        """A run by its id."""
        return find_run(self.store, self.actor, run)

    def runs(
        self, project: str, job: str | None = None, *, before: str | None = None, limit: int = 100
    ) -> list[JobRun]:
        """A job's runs, or those of all jobs of a project; the newest first."""
        return list_runs(self.store, self.actor, project, job, before=before, limit=limit)

    def log(self, run: str) -> str:
        """What a run has said so far."""
        return read_log(self._log(run))

    def notebook(self, run: str) -> Path | None:
        """A notebook as it was run, with its outputs; None where the run is of none."""
        path = self._log(run).with_suffix(".ipynb")
        return path if path.exists() else None

    def wait(self, run: str, seconds: float) -> JobRun:
        """Wait until a run has ended.

        Raises:
            JobError: it takes longer.
        """
        end = time.monotonic() + seconds
        while not (told := self.run(run)).ended:
            if time.monotonic() >= end:
                raise JobError(
                    f"expected {run} to end within {seconds:g} seconds, but it is {told.status}: "
                    "is the server running (`motifleet up`)?"
                )
            time.sleep(_POLL_SECONDS)
        return told

    async def schedule(self, stop: asyncio.Event, note: Callable[[str], None]) -> None:
        """Run the jobs of this home until told to stop; for the server, which is one."""
        await Scheduler(self.store, prepare_home(self.settings), note).run(stop)

    def _log(self, run: str) -> Path:
        told = self.run(run)
        job = self.job(told.project, told.job)
        return run_log(prepare_home(self.settings), job.id, run)

    def _check_target(self, project: str, plan: JobPlan) -> None:
        if plan.kind == "command":
            command_words(plan.target)
            return
        found = find_project(self.store, self.actor, project)
        home = prepare_home(self.settings)
        confined(Path(found.folder) if found.folder else home / "projects" / project, plan.target)
