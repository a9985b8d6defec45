"""Jobs of a project, and their runs."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query, Response
from pydantic import BaseModel, Field

from motifleet.api.access import Desk, Fleet, rule
from motifleet.api.builds import Log
from motifleet.api.once import OnceRoute
from motifleet.api.paging import Cursor, Limit, Page, closed, opened, page
from motifleet.app import Job, JobPlan, JobRun, Jobs
from motifleet.errors import UnknownFileError, UnknownRunError

router = APIRouter(prefix="/projects/{project}", tags=["jobs"], route_class=OnceRoute)
Name = Annotated[str | None, Query(max_length=100)]
Argument = Annotated[str, Field(max_length=10_000)]
_NOTEBOOK = {"application/x-ipynb+json": {"schema": {"type": "string", "format": "binary"}}}


def jobs_of(fleet: Fleet, desk: Desk) -> Jobs:
    """Jobs as whoever asks sees them."""
    return fleet.jobs.acting(desk.actor)


Scheduled = Annotated[Jobs, Depends(jobs_of)]


class Plan(BaseModel):
    """What of a job is to be other than it is; what is left out stays."""

    kind: Literal["script", "notebook", "command"] | None = None
    target: str | None = Field(default=None, max_length=2000)
    arguments: list[Argument] | None = Field(default=None, max_length=100)
    cron: str | None = Field(default=None, max_length=200)
    time_zone: str | None = Field(default=None, max_length=100)
    after: str | None = Field(default=None, max_length=100)
    cpu: float | None = Field(default=None, ge=0.1, le=1024)
    memory: int | None = Field(default=None, ge=64 << 20, le=1 << 50)
    timeout_seconds: float | None = Field(default=None, ge=1, le=30 * 86_400)
    retries: int | None = Field(default=None, ge=0, le=100)
    active: bool | None = None

    def given(self) -> dict[str, Any]:
        """What was said; ``cron`` and ``after`` may be said to be nothing."""
        told = self.model_dump(exclude_unset=True, include=set(Plan.model_fields))
        empty = {"cron", "after"}
        chosen = {name: each for name, each in told.items() if each is not None or name in empty}
        if "arguments" in chosen:
            chosen["arguments"] = tuple(chosen["arguments"])
        return chosen


class NewJob(Plan):
    """A job to be made."""

    name: str = Field(max_length=100)
    kind: Literal["script", "notebook", "command"]
    target: str = Field(max_length=2000, description="A file of the project, or a command.")


@router.get("/jobs", **rule("job.read", "jobs.list"))
def list_jobs(
    project: str, jobs: Scheduled, limit: Limit = 100, cursor: Cursor = None
) -> Page[Job]:
    """List a project's jobs, by name."""
    return page(jobs.jobs(project), lambda each: each.name, limit, cursor)


@router.post("/jobs", status_code=201, **rule("job.write", "jobs.create"))
def create_job(project: str, new: NewJob, jobs: Scheduled) -> Job:
    """Make a job: a script, a notebook or a command, by hand, by cron or after another job."""
    return jobs.add(project, new.name, JobPlan(**new.given()))


@router.get("/jobs/{job}", **rule("job.read", "jobs.read"))
def read_job(project: str, job: str, jobs: Scheduled) -> Job:
    """See a job, and when it runs next."""
    return jobs.job(project, job)


@router.patch("/jobs/{job}", **rule("job.write", "jobs.change"))
def change_job(project: str, job: str, new: Plan, jobs: Scheduled) -> Job:
    """Change a job; what is left out stays as it is."""
    return jobs.change(project, job, **new.given())


@router.delete("/jobs/{job}", status_code=204, **rule("job.write", "jobs.remove"))
def remove_job(project: str, job: str, jobs: Scheduled) -> None:
    """Remove a job with its runs; one that is under way ends."""
    jobs.remove(project, job)


@router.post("/jobs/{job}/runs", status_code=201, **rule("job.run", "jobs.start"))
def start_run(project: str, job: str, jobs: Scheduled) -> JobRun:
    """Ask for a run; it begins as soon as no other run of the job is under way."""
    return jobs.start(project, job)


@router.get("/runs", **rule("job.read", "job_runs.list"))
def list_runs(
    project: str, jobs: Scheduled, job: Name = None, limit: Limit = 100, cursor: Cursor = None
) -> Page[JobRun]:
    """List the runs of a project's jobs, or of one, the newest first."""
    before = None if cursor is None else opened(cursor)
    found = jobs.runs(project, job, before=before, limit=limit)
    following = closed(found[-1].id) if len(found) == limit else None
    return Page(items=found, next=following)


@router.get("/runs/{run}", **rule("job.read", "job_runs.read"))
def read_run(project: str, run: str, jobs: Scheduled) -> JobRun:
    """See how far a run has come."""
    return _of(project, run, jobs)


@router.get("/runs/{run}/log", **rule("job.read", "job_runs.log"))
def read_log(project: str, run: str, jobs: Scheduled) -> Log:
    """See what a run has said so far."""
    return Log(log=jobs.log(_of(project, run, jobs).id))


@router.get(
    "/runs/{run}/notebook",
    response_class=Response,
    responses={200: {"content": _NOTEBOOK}},
    **rule("job.read", "job_runs.notebook"),
)
def read_notebook(project: str, run: str, jobs: Scheduled) -> Response:
    """Read a notebook as it was run, with its outputs."""
    path = jobs.notebook(_of(project, run, jobs).id)
    if path is None:
        raise UnknownFileError(f"the notebook of {run}", [])
    return Response(path.read_bytes(), media_type=next(iter(_NOTEBOOK)))


@router.post("/runs/{run}/stop", **rule("job.run", "job_runs.stop"))
def stop_run(project: str, run: str, jobs: Scheduled) -> JobRun:
    """Ask that a run ends."""
    return jobs.stop(_of(project, run, jobs).id)


def _of(project: str, run: str, jobs: Jobs) -> JobRun:
    told = jobs.run(run)
    if told.project != project:
        raise UnknownRunError(run)
    return told
