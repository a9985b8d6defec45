"""Jobs of a project: what they run, when, and with which resources."""

from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from typing import Any, Literal, TypeAlias, get_args

from sqlalchemy import Connection, Row, Select, delete, insert, select, update

from motifleet.errors import InvalidArgumentError, JobError, NameTakenError, UnknownJobError
from motifleet.workspace.ids import new_id, now_ms
from motifleet.workspace.names import check_name
from motifleet.workspace.projects import project_of
from motifleet.workspace.record import record
from motifleet.workspace.roles import Actor, check
from motifleet.workspace.schema import jobs, projects
from motifleet.workspace.store import Store

JobKind: TypeAlias = Literal["script", "notebook", "command"]
KINDS: tuple[JobKind, ...] = get_args(JobKind)
Following: TypeAlias = Callable[[str, str, int], int]
"""From a cron expression, a time zone and a time, the time after it (milliseconds)."""

_GB = 1 << 30


@dataclass(frozen=True, slots=True)
class JobPlan:
    """What a job is to be.

    Args:
        kind: a Python or shell script, a notebook, or a command of Motifleet.
        target: the file in the project's folder; of a command, its words.
        arguments: what the script is given; for a notebook, ``name=value``.
        cron: when, as cron has it; None: by hand, or after another job.
        time_zone: which ``cron`` is meant in, such as Europe/Berlin.
        after: the job of the project after whose success it runs.
        cpu, memory: cores and bytes that a run may use.
        timeout_seconds: how long a run may take.
        retries: how often a run that fails is tried again.
        active: whether it runs by itself; by hand it always does.
    """

    kind: JobKind
    target: str
    arguments: tuple[str, ...] = field(default=())
    cron: str | None = None
    time_zone: str = "UTC"
    after: str | None = None
    cpu: float = 1.0
    memory: int = 2 * _GB
    timeout_seconds: float = 3600.0
    retries: int = 0
    active: bool = True

    def check(self) -> None:
        """See that it can be.

        Raises:
            InvalidArgumentError: something is out of its bounds.
        """
        good = {
            f"a kind of {', '.join(KINDS)}": self.kind in KINDS,
            "something to run": bool(self.target.strip()) and "\0" not in self.target,
            "either cron or after, not both": self.cron is None or self.after is None,
            "between 0.1 and 1,024 cores": 0.1 <= self.cpu <= 1024,
            "at least 64 MB of memory": 64 << 20 <= self.memory <= 1 << 50,
            "a timeout of 1 second to 30 days": 1 <= self.timeout_seconds <= 30 * 86_400,
            "0 to 100 retries": 0 <= self.retries <= 100,
            "at most 100 arguments": len(self.arguments) <= 100,
        }
        for expected, fits in good.items():
            if not fits:
                raise InvalidArgumentError(f"expected {expected}, got {self._told(expected)}")

    def _told(self, expected: str) -> str:
        words = {"kind": self.kind, "cores": self.cpu, "memory": self.memory}
        words |= {"timeout": self.timeout_seconds, "retries": self.retries}
        return next((repr(value) for word, value in words.items() if word in expected), "another")


@dataclass(frozen=True, slots=True)
class Job:
    """A job.

    Args:
        id: of it.
        project: the project's name.
        name: of it, in the project.
        kind, target, arguments, cron, time_zone, after, cpu, memory, timeout_seconds, retries,
            active: see `JobPlan`.
        next_run_at: when it runs next by itself (milliseconds since 1970); None: it does not.
        created_at: milliseconds since 1970.
    """

    id: str
    project: str
    name: str
    kind: str
    target: str
    arguments: list[str]
    cron: str | None
    time_zone: str
    after: str | None
    cpu: float
    memory: int
    timeout_seconds: float
    retries: int
    active: bool
    next_run_at: int | None
    created_at: int

    def to_dict(self) -> dict[str, Any]:
        """Plain values, for JSON."""
        return asdict(self)

    @property
    def plan(self) -> JobPlan:
        """What it is to be."""
        names = [name for name in JobPlan.__dataclass_fields__ if name != "arguments"]
        values = {name: getattr(self, name) for name in names}
        return JobPlan(**values, arguments=tuple(self.arguments))


def add_job(
    store: Store, actor: Actor, project: str, name: str, plan: JobPlan, *, following: Following
) -> Job:
    """Make a job.

    Raises:
        UnknownProjectError, UnknownJobError: there is no such project, or job to run after.
        NotAllowedError: the role is too low.
        NameTakenError: the project has a job of that name.
        InvalidArgumentError: something is out of its bounds.
    """
    check_name("job", name)
    plan.check()
    with store.write() as connection:
        found = project_of(connection, actor, project)
        check(actor, "job.write", found.id)
        same = select(jobs.c.id).where(jobs.c.project_id == found.id, jobs.c.name == name)
        if connection.scalar(same):
            raise NameTakenError("job", name)
        row = {"id": new_id("job"), "project_id": found.id, "name": name, "created_at": now_ms()}
        values = _values(connection, found.id, plan, following)
        connection.execute(insert(jobs).values(**row, **values))
        record(connection, actor, "job.write", name, project=project, **_details(plan))
        return job_of(connection, found.id, name)


def change_job(
    store: Store, actor: Actor, project: str, name: str, plan: JobPlan, *, following: Following
) -> Job:
    """Let a job be something else from now on; its runs so far stay.

    Raises:
        UnknownProjectError, UnknownJobError: there is no such thing.
        NotAllowedError: the role is too low.
        InvalidArgumentError: something is out of its bounds.
        JobError: it would run after itself.
    """
    plan.check()
    with store.write() as connection:
        found = project_of(connection, actor, project)
        check(actor, "job.write", found.id)
        told = job_of(connection, found.id, name)
        values = _values(connection, found.id, plan, following)
        _check_no_circle(connection, told.id, values["after_id"])
        connection.execute(update(jobs).where(jobs.c.id == told.id).values(**values))
        record(connection, actor, "job.write", name, project=project, **_details(plan))
        return job_of(connection, found.id, name)


def remove_job(store: Store, actor: Actor, project: str, name: str) -> Job:
    """Remove a job with its runs; one that is under way ends.

    Raises:
        UnknownProjectError, UnknownJobError: there is no such thing.
        NotAllowedError: the role is too low.
        JobError: another job runs after it.
    """
    with store.write() as connection:
        found = project_of(connection, actor, project)
        check(actor, "job.write", found.id)
        told = job_of(connection, found.id, name)
        later = select(jobs.c.name).where(jobs.c.after_id == told.id)
        if waiting := list(connection.scalars(later)):
            raise JobError(
                f"expected that no job runs after {name!r}, but {', '.join(waiting)} does: "
                "change or remove that first"
            )
        connection.execute(delete(jobs).where(jobs.c.id == told.id))
        record(connection, actor, "job.write", name, project=project, removed=True)
        return told


def find_job(store: Store, actor: Actor, project: str, name: str) -> Job:
    """A job by its name.

    Raises:
        UnknownProjectError, UnknownJobError: there is no such thing.
        NotAllowedError: the role is too low.
    """
    with store.read() as connection:
        found = project_of(connection, actor, project)
        check(actor, "job.read", found.id)
        return job_of(connection, found.id, name)


def list_jobs(store: Store, actor: Actor, project: str | None = None) -> list[Job]:
    """A project's jobs by name; of None, those of all projects that somebody sees.

    Raises:
        UnknownProjectError: there is no such project.
        NotAllowedError: the role is too low.
    """
    with store.read() as connection:
        query = query_jobs().order_by(projects.c.name, jobs.c.name)
        if project is not None:
            found = project_of(connection, actor, project)
            check(actor, "job.read", found.id)
            query = query.where(jobs.c.project_id == found.id)
        rows = connection.execute(query)
        return [job_row(row) for row in rows if actor.may("job.read", row.project_id)]


def job_of(connection: Connection, project_id: str, name: str) -> Job:
    """A job of a project.

    Raises:
        UnknownJobError: there is none of that name.
    """
    same = query_jobs().where(jobs.c.project_id == project_id)
    row = connection.execute(same.where(jobs.c.name == name)).first()
    if row is None:
        names = select(jobs.c.name).where(jobs.c.project_id == project_id)
        raise UnknownJobError(name, connection.scalars(names))
    return job_row(row)


def query_jobs() -> Select[Any]:
    """Jobs with the names of their project, and of the job that they run after."""
    before = jobs.alias("before")
    names = (projects.c.name.label("project"), before.c.name.label("after"))
    joined = jobs.join(projects, jobs.c.project_id == projects.c.id)
    joined = joined.outerjoin(before, jobs.c.after_id == before.c.id)
    return select(*names, *jobs.c).select_from(joined)


def job_row(row: Row[Any]) -> Job:
    """A row of `query_jobs`."""
    return Job(**{name: row._mapping[name] for name in Job.__dataclass_fields__})


def _values(
    connection: Connection, project_id: str, plan: JobPlan, following: Following
) -> dict[str, Any]:
    after = None if plan.after is None else job_of(connection, project_id, plan.after).id
    told = asdict(plan) | {"arguments": list(plan.arguments), "after_id": after}
    del told["after"]
    next_run = None if plan.cron is None else following(plan.cron, plan.time_zone, now_ms())
    return told | {"next_run_at": next_run if plan.active else None}


def _details(plan: JobPlan) -> dict[str, Any]:
    """What the audit log keeps: not the arguments, which may hold what is secret."""
    return {name: value for name, value in asdict(plan).items() if name != "arguments"}


def _check_no_circle(connection: Connection, job: str, after: str | None) -> None:
    while after is not None:
        if after == job:
            raise JobError("expected a job to run after others, but it would run after itself")
        after = connection.scalar(select(jobs.c.after_id).where(jobs.c.id == after))
