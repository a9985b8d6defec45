"""Models of a project and their builds, as the database has them."""

from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import Connection, Row, Select, func, insert, select, update

from motifleet.errors import UnknownBuildError, UnknownEndpointError, UnknownProjectError
from motifleet.workspace.allowed import OWNER, allow
from motifleet.workspace.ids import new_id, now_ms
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


def model_id(connection: Connection, endpoint: str) -> str:
    """The id of a model.

    Raises:
        UnknownEndpointError: there is none of that name.
    """
    found = connection.scalar(select(models.c.id).where(models.c.name == endpoint))
    if found is None:
        raise UnknownEndpointError(endpoint, connection.scalars(select(models.c.name)))
    return str(found)


def add_build(
    store: Store, endpoint: str, source: str, *, actor: Actor = OWNER, project: str = PROJECT
) -> Build:
    """Begin a build; a model of that name is made where there is none, in a project.

    Raises:
        UnknownProjectError: there is no such project.
        NotAllowedError: the role is too low.
    """
    with store.write() as connection:
        model = connection.scalar(select(models.c.id).where(models.c.name == endpoint))
        if model is None:
            model = new_id("mdl")
            row = {
                "id": model,
                "project_id": _project(connection, project),
                "name": endpoint,
                "settings": {},
            }
            connection.execute(insert(models).values(**row, created_at=now_ms()))
        last = select(func.max(builds.c.number)).where(builds.c.model_id == model)
        number = (connection.scalar(last) or 0) + 1
        name = new_id("bld")
        row = {"id": name, "model_id": model, "source": source, "status": BUILDING}
        connection.execute(insert(builds).values(**row, number=number, created_at=now_ms()))
        allow(connection, actor, "build.create", endpoint, name, source=source)
        return build_of(connection, name)


def _project(connection: Connection, name: str) -> str:
    """A project; that of models which name none is made where it is not there."""
    found = connection.scalar(select(projects.c.id).where(projects.c.name == name))
    if found is None and name != PROJECT:
        raise UnknownProjectError(name, connection.scalars(select(projects.c.name)))
    if found is None:
        found = new_id("prj")
        row = {"id": found, "name": PROJECT, "guarded": False, "created_at": now_ms()}
        connection.execute(insert(projects).values(**row))
    return str(found)


def end_build(store: Store, build: str, *, digest: str | None, reason: str | None) -> Build:
    """Note that a build is ready (with its digest), or why it failed."""
    status = READY if reason is None else FAILED
    with store.write() as connection:
        values = {"status": status, "digest": digest, "reason": reason, "ended_at": now_ms()}
        connection.execute(update(builds).where(builds.c.id == build).values(**values))
        return build_of(connection, build)


def list_builds(store: Store, endpoint: str | None = None) -> list[Build]:
    """All builds, or those of a model; the oldest first.

    Raises:
        UnknownEndpointError: there is no such model.
    """
    with store.read() as connection:
        query = _query().order_by(builds.c.created_at, builds.c.number)
        if endpoint is not None:
            query = query.where(builds.c.model_id == model_id(connection, endpoint))
        return [_build(row) for row in connection.execute(query)]


def find_build(store: Store, name: str) -> Build:
    """A build by its id, or a model's newest that is ready by the model's name.

    Raises:
        UnknownBuildError: there is none.
    """
    with store.read() as connection:
        return build_of(connection, name)


def build_of(connection: Connection, name: str) -> Build:
    """See `find_build`."""
    row = connection.execute(_query().where(builds.c.id == name)).first()
    if row is None:
        newest = _query().where(models.c.name == name, builds.c.status == READY)
        row = connection.execute(newest.order_by(builds.c.number.desc())).first()
    if row is None:
        raise UnknownBuildError(name, connection.scalars(select(builds.c.id)))
    return _build(row)


def _query() -> Select[Any]:
    columns = [each for each in builds.c if each.name != "model_id"]
    return select(models.c.name.label("endpoint"), *columns).join(models)


def _build(row: Row[Any]) -> Build:
    told = row._mapping
    return Build(**{name: told[name] for name in Build.__dataclass_fields__})
