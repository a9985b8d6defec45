"""Projects, and who has which role in them."""

import shutil
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Select, delete, insert, select

from motifleet.errors import NameTakenError, UnknownProjectError, UnknownUserError
from motifleet.workspace.ids import new_id, now_ms
from motifleet.workspace.names import check_name
from motifleet.workspace.origins import Origin, fetch
from motifleet.workspace.record import record
from motifleet.workspace.roles import Actor, MemberRole
from motifleet.workspace.schema import memberships, projects, users
from motifleet.workspace.store import Store
from motifleet.workspace.users import user_of


@dataclass(frozen=True, slots=True)
class Project:
    """What belongs together: a folder of files, models, jobs and the people who may use them.

    Args:
        id: of it.
        name: such as DEV or PRD.
        guarded: whether deployments come only from registered versions, or files at a commit.
        folder: where its files are.
        origin: the repository or folder that it was made from.
        commit: of that repository.
        created_at: milliseconds since 1970.
    """

    id: str
    name: str
    guarded: bool
    folder: str | None
    origin: str | None
    commit: str | None
    created_at: int

    def to_dict(self) -> dict[str, Any]:
        """Plain values, for JSON."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Member:
    """Who has which role in a project.

    Args:
        user: the user's name.
        role: in this project.
        created_at: since when, in milliseconds since 1970.
    """

    user: str
    role: str
    created_at: int

    def to_dict(self) -> dict[str, Any]:
        """Plain values, for JSON."""
        return asdict(self)


def add_project(
    store: Store,
    actor: Actor,
    name: str,
    folder: Path,
    *,
    guarded: bool = False,
    origin: Origin | None = None,
) -> Project:
    """Make a project: empty, or with the files of a repository or a folder.

    Args:
        store: the database.
        actor: who makes it.
        name: such as DEV or PRD.
        folder: where its files go; not there yet.
        guarded: whether deployments come only from registered versions, or files at a commit.
        origin: what to fill it with; None: nothing.

    Raises:
        InvalidArgumentError: the name is none that can be had.
        NameTakenError: there is a project of that name.
        ProjectSourceError: the repository or folder cannot be used.
    """
    check_name("project", name)
    with store.read() as connection:
        _check_free(connection, name)
    commit = fetch(origin, folder)
    told = None if origin is None else origin.shown
    project = Project(new_id("prj"), name, guarded, str(folder), told, commit, now_ms())
    try:
        with store.write() as connection:
            _check_free(connection, name)
            connection.execute(insert(projects).values(**asdict(project)))
            record(connection, actor, "project.create", name, project=name, origin=told)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    return project


def list_projects(store: Store, actor: Actor) -> list[Project]:
    """The projects that somebody sees, by name."""
    with store.read() as connection:
        rows = connection.execute(_query().order_by(projects.c.name))
        return [Project(**row._mapping) for row in rows if actor.sees(row.id)]


def find_project(store: Store, actor: Actor, name: str) -> Project:
    """A project by its name.

    Raises:
        UnknownProjectError: there is none that they see.
    """
    with store.read() as connection:
        return project_of(connection, actor, name)


def project_of(connection: Connection, actor: Actor, name: str) -> Project:
    """See `find_project`; who is no member is not told that there is one."""
    row = connection.execute(_query().where(projects.c.name == name)).first()
    if row is None or not actor.sees(row.id):
        rows = connection.execute(select(projects.c.id, projects.c.name))
        raise UnknownProjectError(name, [each.name for each in rows if actor.sees(each.id)])
    return Project(**row._mapping)


def remove_project(store: Store, actor: Actor, name: str) -> Project:
    """Remove a project with its models, jobs and keys; its files stay until they are removed.

    Raises:
        UnknownProjectError: there is none.
    """
    with store.write() as connection:
        project = project_of(connection, actor, name)
        connection.execute(delete(projects).where(projects.c.id == project.id))
        record(connection, actor, "project.remove", name, project=name)
        return project


def list_members(store: Store, actor: Actor, project: str) -> list[Member]:
    """Who has which role in a project, by name.

    Raises:
        UnknownProjectError: there is none that they see.
    """
    columns = (users.c.name, memberships.c.role, memberships.c.created_at)
    with store.read() as connection:
        found = project_of(connection, actor, project)
        query = select(*columns).join_from(memberships, users).order_by(users.c.name)
        rows = connection.execute(query.where(memberships.c.project_id == found.id))
        return [Member(*row) for row in rows]


def set_member(store: Store, actor: Actor, project: str, user: str, role: MemberRole) -> Member:
    """Give a user a role in a project, in the place of the one before.

    Raises:
        UnknownProjectError, UnknownUserError: there is no such thing.
    """
    with store.write() as connection:
        found, person = project_of(connection, actor, project), user_of(connection, user)
        _forget(connection, found.id, person.id)
        row = {"project_id": found.id, "user_id": person.id, "role": role}
        connection.execute(insert(memberships).values(**row, created_at=now_ms()))
        record(connection, actor, "member.write", user, project=project, role=role)
        return Member(user, role, now_ms())


def remove_member(store: Store, actor: Actor, project: str, user: str) -> None:
    """Take a user's role in a project away.

    Raises:
        UnknownProjectError, UnknownUserError: there is no such thing.
    """
    with store.write() as connection:
        found, person = project_of(connection, actor, project), user_of(connection, user)
        if not _forget(connection, found.id, person.id):
            members = select(users.c.name).join(memberships)
            members = members.where(memberships.c.project_id == found.id)
            raise UnknownUserError(user, connection.scalars(members))
        record(connection, actor, "member.write", user, project=project, role=None)


def _forget(connection: Connection, project: str, user: str) -> int:
    one = (memberships.c.project_id == project, memberships.c.user_id == user)
    return connection.execute(delete(memberships).where(*one)).rowcount


def _check_free(connection: Connection, name: str) -> None:
    if connection.scalar(select(projects.c.id).where(projects.c.name == name)):
        raise NameTakenError("project", name)


def _query() -> Select[Any]:
    return select(*(projects.c[name] for name in Project.__dataclass_fields__))
