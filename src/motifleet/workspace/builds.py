"""Models of a project and their builds, as the database has them."""

from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import Connection, Row, Select, func, insert, select, update

from motifleet.errors import NameTakenError, UnknownBuildError, UnknownEndpointError
from motifleet.workspace.allowed import OWNER, allow, seen
from motifleet.workspace.ids import new_id, now_ms
from motifleet.workspace.projects import project_of
from motifleet.workspace.roles import Actor
from motifleet.workspace.schema import builds, models, projects
from motifleet.workspace.store import Store

BUILDING, READY, FAILED = "building", "ready", "failed"
PROJECT = "default"


@dataclass(frozen=True, slots=True)
class Build:
    """One build of a model.

    Args:
        id: of it.
        endpoint: the name of the model, and of the endpoint that its deployments answer for.
        number: 1 for the model's first.
        source: what it was made of, such as ``failures@3`` or ``model.py:predict``.
        status: "building", "ready" or "failed".
        reason: why it failed.
        digest: SHA-256 over its content.
        created_at: milliseconds since 1970.
        ended_at: when it was ready, or failed.
    """

    id: str
    endpoint: str
    number: int
    source: str
    status: str
    reason: str | None
    digest: str | None
    created_at: int
    ended_at: int | None

    def to_dict(self) -> dict[str, Any]:
        """Plain values, for JSON."""
        return asdict(self)


def model_id(connection: Connection, endpoint: str, actor: Actor = OWNER) -> str:
    """The id of a model.

    Raises:
        UnknownEndpointError: there is none of that name that they see.
    """
    visible = select(models.c.id, models.c.name).where(seen(actor))
    found = connection.scalar(visible.where(models.c.name == endpoint))
    if found is None:
        names = [each.name for each in connection.execute(visible)]
        raise UnknownEndpointError(endpoint, names)
    return str(found)


def project_of_model(connection: Connection, model: str) -> str:
    """The id of the project that a model belongs to."""
    return str(connection.scalar(select(models.c.project_id).where(models.c.id == model)))


def add_build(
    store: Store, endpoint: str, source: str, *, actor: Actor = OWNER, project: str = PROJECT
) -> Build:
    """Begin a build; a model of that name is made where there is none, in a project.

    Raises:
        UnknownProjectError: there is no such project that they see.
        NameTakenError: the endpoint is one of a project that they do not see.
        NotAllowedError: the role is too low.
    """
    with store.write() as connection:
        model = _model(connection, endpoint, project, actor)
        last = select(func.max(builds.c.number)).where(builds.c.model_id == model)
        number = (connection.scalar(last) or 0) + 1
        name = new_id("bld")
        row = {"id": name, "model_id": model, "source": source, "status": BUILDING}
        connection.execute(insert(builds).values(**row, number=number, created_at=now_ms()))
        allow(connection, actor, "build.create", endpoint, name, source=source)
        return build_of(connection, name)


def _model(connection: Connection, endpoint: str, project: str, actor: Actor) -> str:
    """A model, made in a project where there is none of that name."""
    one = select(models.c.id).where(models.c.name == endpoint)
    found = connection.scalar(one.where(seen(actor)))
    if found is None and connection.scalar(one) is not None:
        raise NameTakenError("endpoint", endpoint)
    if found is None:
        found = new_id("mdl")
        row = {"id": found, "name": endpoint, "settings": {}, "created_at": now_ms()}
        row["project_id"] = _project(connection, project, actor)
        connection.execute(insert(models).values(**row))
    return str(found)


def _project(connection: Connection, name: str, actor: Actor) -> str:
    """A project; that of models which name none is made where it is not there."""
    there = select(projects.c.id).where(projects.c.name == name)
    if name != PROJECT or connection.scalar(there) is not None:
        return project_of(connection, actor, name).id
    made = new_id("prj")
    row = {"id": made, "name": PROJECT, "guarded": False, "created_at": now_ms()}
    connection.execute(insert(projects).values(**row))
    return made


def end_build(store: Store, build: str, *, digest: str | None, reason: str | None) -> Build:
    """Note that a build is ready (with its digest), or why it failed."""
    status = READY if reason is None else FAILED
    with store.write() as connection:
        values = {"status": status, "digest": digest, "reason": reason, "ended_at": now_ms()}
        connection.execute(update(builds).where(builds.c.id == build).values(**values))
        return build_of(connection, build)


def list_builds(store: Store, endpoint: str | None = None, *, actor: Actor = OWNER) -> list[Build]:
    """All builds that somebody sees, or those of a model; the oldest first.

    Raises:
        UnknownEndpointError: there is no such model that they see.
    """
    with store.read() as connection:
        query = _query().where(seen(actor)).order_by(builds.c.created_at, builds.c.number)
        if endpoint is not None:
            query = query.where(builds.c.model_id == model_id(connection, endpoint, actor))
        return [_build(row) for row in connection.execute(query)]


def find_build(store: Store, name: str, *, actor: Actor = OWNER) -> Build:
    """A build by its id, or a model's newest that is ready by the model's name.

    Raises:
        UnknownBuildError: there is none that they see.
    """
    with store.read() as connection:
        return build_of(connection, name, actor)


def build_of(connection: Connection, name: str, actor: Actor = OWNER) -> Build:
    """See `find_build`."""
    visible = _query().where(seen(actor))
    row = connection.execute(visible.where(builds.c.id == name)).first()
    if row is None:
        newest = visible.where(models.c.name == name, builds.c.status == READY)
        row = connection.execute(newest.order_by(builds.c.number.desc())).first()
    if row is None:
        raise UnknownBuildError(name, [each.id for each in connection.execute(visible)])
    return _build(row)


def _query() -> Select[Any]:
    columns = [each for each in builds.c if each.name != "model_id"]
    return select(models.c.name.label("endpoint"), *columns).join(models)


def _build(row: Row[Any]) -> Build:
    told = row._mapping
    return Build(**{name: told[name] for name in Build.__dataclass_fields__})
