"""Runs of jobs: asked for, begun, ended, tried again, and followed by others."""

from dataclasses import asdict, dataclass
from typing import Any, Literal, TypeAlias

from sqlalchemy import Connection, Row, Select, and_, delete, exists, insert, or_, select, update

from motifleet.errors import JobError, UnknownRunError
from motifleet.workspace.ids import new_id, now_ms
from motifleet.workspace.jobs import Following, Job, job_of, job_row, query_jobs
from motifleet.workspace.projects import project_of
from motifleet.workspace.record import record
from motifleet.workspace.roles import Actor, check
from motifleet.workspace.schema import job_runs, jobs, projects
from motifleet.workspace.store import Store

RunEnd: TypeAlias = Literal["succeeded", "failed", "timed out", "stopped", "lost", "skipped"]
UNDER_WAY = ("running", "stopping")

_RETRIED = ("failed", "timed out", "lost")
_LATE_MS = 60_000
_WAIT_MS, _LONGEST_WAIT_MS = 10_000, 600_000
_KEPT = 1000


@dataclass(frozen=True, slots=True)
class JobRun:
    """One run of a job.

    Args:
        id: of it.
        project, job: the names.
        scheduled_for: which time it is for (milliseconds since 1970, as all times here).
        attempt: 1, and one more for each retry.
        cause: "manual", "cron", "missed" (its time passed while no server ran) or "after".
        status: "waiting", "running", "stopping", or how it ended: "succeeded", "failed",
            "timed out", "stopped", "lost" (its server ended) or "skipped".
        exit_code: of its process.
        reason: why it ended so.
        not_before: when a retry may begin.
        started_at, ended_at: when.
    """

    id: str
    project: str
    job: str
    scheduled_for: int
    attempt: int
    cause: str
    status: str
    exit_code: int | None
    reason: str | None
    not_before: int | None
    started_at: int | None
    ended_at: int | None

    def to_dict(self) -> dict[str, Any]:
        """Plain values, for JSON."""
        return asdict(self)

    @property
    def ended(self) -> bool:
        """Whether nothing more becomes of it."""
        return self.status not in ("waiting", *UNDER_WAY)


def ask_run(store: Store, actor: Actor, project: str, job: str) -> JobRun:
    """Ask for a run by hand: it begins as soon as no other of its job is under way.

    Raises:
        UnknownProjectError, UnknownJobError: there is no such thing.
        NotAllowedError: the role is too low.
        JobError: one is waiting already.
    """
    with store.write() as connection:
        found = project_of(connection, actor, project)
        check(actor, "job.run", found.id)
        told = job_of(connection, found.id, job)
        if _has(connection, told.id, "waiting"):
            raise JobError(f"expected no run of {job!r} to wait already, but one does")
        run = _add(connection, told.id, now_ms(), "manual")
        record(connection, actor, "job.run", job, project=project, run=run)
        return _one(connection, run)


def ask_stop(store: Store, actor: Actor, run: str) -> JobRun:
    """Ask that a run ends; one that has ended already stays as it is.

    Raises:
        UnknownRunError: there is no such run that they see.
        NotAllowedError: the role is too low.
    """
    with store.write() as connection:
        told = _seen(connection, actor, run, "job.run")
        if told.status == "waiting":
            _set(connection, run, status="stopped", reason=_ASKED, ended_at=now_ms())
        elif told.status == "running":
            _set(connection, run, status="stopping")
        if not told.ended:
            record(connection, actor, "job.run", told.job, project=told.project, stopped=run)
        return _one(connection, run)


def find_run(store: Store, actor: Actor, run: str) -> JobRun:
    """A run by its id.

    Raises:
        UnknownRunError: there is no such run that they see.
        NotAllowedError: the role is too low.
    """
    with store.read() as connection:
        return _seen(connection, actor, run, "job.read")


def list_runs(
    store: Store,
    actor: Actor,
    project: str,
    job: str | None = None,
    *,
    before: str | None = None,
    limit: int = 100,
) -> list[JobRun]:
    """A job's runs, or those of all jobs of a project; the newest first.

    Args:
        store: the database.
        actor: who asks.
        project: its name.
        job: only those of this one.
        before: only what is older than the run of this id.
        limit: so many at most.

    Raises:
        UnknownProjectError, UnknownJobError: there is no such thing.
        NotAllowedError: the role is too low.
    """
    with store.read() as connection:
        found = project_of(connection, actor, project)
        check(actor, "job.read", found.id)
        query = _query().where(jobs.c.project_id == found.id)
        if job is not None:
            query = query.where(jobs.c.id == job_of(connection, found.id, job).id)
        if before is not None:
            query = query.where(job_runs.c.id < before)
        rows = connection.execute(query.order_by(job_runs.c.id.desc()).limit(limit))
        return [_run(row) for row in rows]


def plan_runs(store: Store, following: Following) -> list[str]:
    """Make the runs whose time has come, one for each job however many times have passed.

    A time that comes while a run of the job waits or is under way is noted as skipped.

    Returns:
        The ids of the runs that are to begin.
    """
    now = now_ms()
    due = and_(jobs.c.active, jobs.c.cron.is_not(None), jobs.c.next_run_at <= now)
    with store.read() as connection:
        if not connection.scalar(select(exists().where(due))):
            return []
    made = []
    with store.write() as connection:
        for job in [job_row(row) for row in connection.execute(query_jobs().where(due))]:
            when = job.next_run_at or now
            if _has(connection, job.id, "waiting", *UNDER_WAY):
                _skip(connection, job, when, "cron")
            else:
                late = now - when > _LATE_MS
                made.append(_add(connection, job.id, when, "missed" if late else "cron"))
            values = {"next_run_at": following(job.cron or "", job.time_zone, now)}
            connection.execute(update(jobs).where(jobs.c.id == job.id).values(**values))
    return made


def startable_runs(store: Store) -> list[tuple[Job, JobRun, str | None]]:
    """What may begin: the oldest run that waits of each job that has none under way.

    Returns:
        The job, its run, and the folder of the project (None: it has none of its own).
    """
    now = now_ms()
    other = job_runs.alias("other")
    busy = exists().where(other.c.job_id == job_runs.c.job_id, other.c.status.in_(UNDER_WAY))
    ready = or_(job_runs.c.not_before.is_(None), job_runs.c.not_before <= now)
    waiting = and_(job_runs.c.status == "waiting", ready, ~busy)
    found: dict[str, tuple[Job, JobRun, str | None]] = {}
    with store.read() as connection:
        query = _query().add_columns(job_runs.c.job_id, projects.c.folder)
        for row in connection.execute(query.where(waiting).order_by(job_runs.c.id)):
            job = connection.execute(query_jobs().where(jobs.c.id == row.job_id)).one()
            found.setdefault(row.job_id, (job_row(job), _run(row), row.folder))
    return list(found.values())


def begin_run(store: Store, run: str) -> bool:
    """Note that a run begins; False where it is not waiting any more."""
    waits = (job_runs.c.id == run, job_runs.c.status == "waiting")
    with store.write() as connection:
        values = {"status": "running", "started_at": now_ms()}
        return connection.execute(update(job_runs).where(*waits).values(**values)).rowcount == 1


def note_process(store: Store, run: str, pid: int) -> None:
    """Note the process of a run."""
    with store.write() as connection:
        _set(connection, run, pid=pid)


def end_run(
    store: Store, run: str, status: RunEnd, *, exit_code: int | None = None, reason: str = ""
) -> None:
    """Note how a run ended, and in the same transaction what follows from it.

    One that failed, took too long or was lost is tried again, as often as its job says; after one
    that succeeded the jobs run that are to run after it. The oldest of many runs are forgotten.
    """
    with store.write() as connection:
        row = connection.execute(select(job_runs).where(job_runs.c.id == run)).first()
        if row is None or row.status not in ("waiting", *UNDER_WAY):
            return
        values = {"status": status, "exit_code": exit_code, "reason": reason[:4000] or None}
        _set(connection, run, **values, ended_at=now_ms())
        job = job_row(connection.execute(query_jobs().where(jobs.c.id == row.job_id)).one())
        if status in _RETRIED and row.attempt <= job.retries:
            _retry(connection, row)
        if status == "succeeded":
            for each in list(connection.execute(query_jobs().where(jobs.c.after_id == job.id))):
                _follow(connection, job_row(each))
        _forget_oldest(connection, job.id)


def run_statuses(store: Store) -> dict[str, str]:
    """The status of each run that is under way, by its id."""
    query = select(job_runs.c.id, job_runs.c.status).where(job_runs.c.status.in_(UNDER_WAY))
    with store.read() as connection:
        return {row.id: row.status for row in connection.execute(query)}


def _retry(connection: Connection, row: Row[Any]) -> None:
    wait = min(_WAIT_MS * 2 ** (row.attempt - 1), _LONGEST_WAIT_MS)
    attempt, after = row.attempt + 1, now_ms() + wait
    _add(connection, row.job_id, row.scheduled_for, row.cause, attempt=attempt, not_before=after)


def _follow(connection: Connection, job: Job) -> None:
    """Let a job run after another, unless it waits to already."""
    if job.active and not _has(connection, job.id, "waiting"):
        _add(connection, job.id, now_ms(), "after")


def _skip(connection: Connection, job: Job, when: int, cause: str) -> None:
    reason = "a run of the job was waiting or under way"
    ended = {"status": "skipped", "reason": reason, "ended_at": now_ms()}
    _set(connection, _add(connection, job.id, when, cause), **ended)


def _add(
    connection: Connection,
    job: str,
    when: int,
    cause: str,
    *,
    attempt: int = 1,
    not_before: int | None = None,
) -> str:
    times = select(job_runs.c.scheduled_for).where(
        job_runs.c.job_id == job, job_runs.c.attempt == attempt, job_runs.c.scheduled_for >= when
    )
    taken = set(connection.scalars(times))
    while when in taken:
        when += 1
    run = new_id("run")
    row = {"id": run, "job_id": job, "scheduled_for": when, "attempt": attempt, "cause": cause}
    connection.execute(insert(job_runs).values(**row, status="waiting", not_before=not_before))
    return run


def _has(connection: Connection, job: str, *statuses: str) -> bool:
    found = exists().where(job_runs.c.job_id == job, job_runs.c.status.in_(statuses))
    return bool(connection.scalar(select(found)))


def _forget_oldest(connection: Connection, job: str) -> None:
    ids = select(job_runs.c.id).where(job_runs.c.job_id == job).order_by(job_runs.c.id.desc())
    last = connection.scalar(ids.offset(_KEPT).limit(1))
    if last is not None:
        old = (job_runs.c.job_id == job, job_runs.c.id <= last)
        connection.execute(delete(job_runs).where(*old))


def _seen(connection: Connection, actor: Actor, run: str, action: str) -> JobRun:
    row = connection.execute(
        _query().add_columns(jobs.c.project_id).where(job_runs.c.id == run)
    ).first()
    if row is None or not actor.sees(row.project_id):
        raise UnknownRunError(run)
    check(actor, action, row.project_id)
    return _run(row)


def _one(connection: Connection, run: str) -> JobRun:
    return _run(connection.execute(_query().where(job_runs.c.id == run)).one())


def _set(connection: Connection, run: str, **values: Any) -> None:
    connection.execute(update(job_runs).where(job_runs.c.id == run).values(**values))


def _query() -> Select[Any]:
    names = (projects.c.name.label("project"), jobs.c.name.label("job"))
    columns = [job_runs.c[name] for name in JobRun.__dataclass_fields__ if name in job_runs.c]
    joined = job_runs.join(jobs, job_runs.c.job_id == jobs.c.id)
    joined = joined.join(projects, jobs.c.project_id == projects.c.id)
    return select(*names, *columns).select_from(joined)


def _run(row: Row[Any]) -> JobRun:
    return JobRun(**{name: row._mapping[name] for name in JobRun.__dataclass_fields__})


_ASKED = "somebody asked for it"
