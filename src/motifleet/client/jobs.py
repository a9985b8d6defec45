"""Jobs of projects, and their runs."""

import time
from collections.abc import Iterator, Sequence
from typing import TypedDict, Unpack, cast

from motifleet.client.noun import Noun, at
from motifleet.client.records import Job, JobRun
from motifleet.errors import JobError

_POLL_SECONDS = 0.2
_UNDER_WAY = ("waiting", "running", "stopping")


class Plan(TypedDict, total=False):
    """What a job is to be; what is not said is as it was, or as the server has it."""

    arguments: Sequence[str]
    cron: str | None
    time_zone: str
    after: str | None
    cpu: float
    memory: int
    timeout_seconds: float
    retries: int
    active: bool


class Change(Plan, total=False):
    """What of a job is to be other than it is."""

    kind: str
    target: str


class Jobs(Noun):
    """Jobs."""

    def list(self, project: str) -> Iterator[Job]:
        """A project's jobs, by name."""
        return self._wire.pages(at("projects", project, "jobs"))

    def create(self, project: str, name: str, kind: str, target: str, **plan: Unpack[Plan]) -> Job:
        """Make a job.

        Args:
            project: whose.
            name: of it.
            kind: "script", "notebook" or "command".
            target: the file in the project's folder; of a command, its words.
            plan: when it runs, and with what.
        """
        body = {**plan, "name": name, "kind": kind, "target": target}
        return cast("Job", self._wire.ask("POST", at("projects", project, "jobs"), json=body))

    def read(self, project: str, job: str) -> Job:
        """See a job, and when it runs next."""
        return cast("Job", self._wire.ask("GET", at("projects", project, "jobs", job)))

    def change(self, project: str, job: str, **plan: Unpack[Change]) -> Job:
        """Change a job; what is left out stays as it is."""
        path = at("projects", project, "jobs", job)
        return cast("Job", self._wire.ask("PATCH", path, json=dict(plan)))

    def remove(self, project: str, job: str) -> None:
        """Remove a job with its runs; one that is under way ends."""
        self._wire.ask("DELETE", at("projects", project, "jobs", job))

    def start(self, project: str, job: str) -> JobRun:
        """Ask for a run; it begins as soon as no other run of the job is under way."""
        path = at("projects", project, "jobs", job, "runs")
        return cast("JobRun", self._wire.ask("POST", path))


class JobRuns(Noun):
    """Runs of jobs."""

    def list(self, project: str, job: str | None = None) -> Iterator[JobRun]:
        """The runs of a project's jobs, or of one, the newest first."""
        return self._wire.pages(at("projects", project, "runs"), {"job": job})

    def read(self, project: str, run: str) -> JobRun:
        """See how far a run has come."""
        return cast("JobRun", self._wire.ask("GET", at("projects", project, "runs", run)))

    def log(self, project: str, run: str) -> str:
        """What a run has said so far."""
        return str(self._wire.ask("GET", at("projects", project, "runs", run, "log"))["log"])

    def notebook(self, project: str, run: str) -> bytes:
        """A notebook as it was run, with its outputs."""
        return self._wire.send("GET", at("projects", project, "runs", run, "notebook")).content

    def stop(self, project: str, run: str) -> JobRun:
        """Ask that a run ends."""
        path = at("projects", project, "runs", run, "stop")
        return cast("JobRun", self._wire.ask("POST", path))

    def wait(self, project: str, run: str, seconds: float = 3600.0) -> JobRun:
        """Wait until a run has ended.

        Raises:
            JobError: it takes longer.
        """
        end = time.monotonic() + seconds
        while (told := self.read(project, run))["status"] in _UNDER_WAY:
            if time.monotonic() >= end:
                raise JobError(
                    f"expected {run} to end within {seconds:g} seconds, but it is {told['status']}"
                )
            time.sleep(_POLL_SECONDS)
        return told
