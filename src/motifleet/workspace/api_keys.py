"""API keys: shown once, kept as a digest, good for a project and a role."""

from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import Select, delete, insert, select

from motifleet.errors import InvalidArgumentError, UnknownKeyError
from motifleet.workspace.ids import digest, new_id, new_secret, now_ms
from motifleet.workspace.projects import project_of
from motifleet.workspace.record import record
from motifleet.workspace.roles import Actor, MemberRole
from motifleet.workspace.schema import api_keys, projects, users
from motifleet.workspace.store import Store
from motifleet.workspace.users import user_of


@dataclass(frozen=True, slots=True)
class ApiKey:
    """What is known of a key.

    Args:
        id: of it.
        user: in whose name it acts.
        project: the only project that it opens; None: all of the user's.
        role: it may do at most what this role may, and never more than its user.
        name: what it is for.
        hint: how it begins.
        created_at: milliseconds since 1970.
        expires_at: from when on it opens nothing; None: never.
        used_at: when it was last used, to the minute.
    """

    id: str
    user: str
    project: str | None
    role: str
    name: str
    hint: str
    created_at: int
    expires_at: int | None
    used_at: int | None

    def to_dict(self) -> dict[str, Any]:
        """Plain values, for JSON."""
        return asdict(self)


def add_api_key(
    store: Store,
    actor: Actor,
    user: str,
    role: MemberRole,
    *,
    name: str = "",
    project: str | None = None,
    seconds: float | None = None,
) -> tuple[ApiKey, str]:
    """Make a key; the key itself is told this once.

    Args:
        store: the database.
        actor: who makes it.
        user: in whose name it acts.
        role: what it may do at most.
        name: what it is for.
        project: the only project that it opens; None: all of the user's.
        seconds: how long it is good for; None: until it is revoked.

    Raises:
        UnknownUserError, UnknownProjectError: there is no such thing.
        InvalidArgumentError: it would have expired already.
    """
    if seconds is not None and not 0 < seconds < 10**9:
        raise InvalidArgumentError(f"expected a time above 0 seconds, got {seconds:g}")
    secret, now = new_secret("mfk"), now_ms()
    expires = None if seconds is None else now + int(seconds * 1000)
    key = ApiKey(new_id("key"), user, project, role, name[:200], secret[:8], now, expires, None)
    with store.write() as connection:
        owner = user_of(connection, user)
        scope = None if project is None else project_of(connection, actor, project).id
        row = asdict(key) | {"user_id": owner.id, "project_id": scope, "digest": digest(secret)}
        del row["user"], row["project"]
        connection.execute(insert(api_keys).values(**row))
        record(connection, actor, "self.write", key.id, project=project, user=user, role=role)
    return key, secret


def list_api_keys(store: Store, user: str | None = None) -> list[ApiKey]:
    """All keys, or a user's; the oldest first."""
    query = _query().order_by(api_keys.c.created_at, api_keys.c.id)
    with store.read() as connection:
        rows = connection.execute(query if user is None else query.where(users.c.name == user))
        return [ApiKey(**row._mapping) for row in rows]


def revoke_api_key(store: Store, actor: Actor, key: str, user: str | None = None) -> None:
    """Take a key away at once.

    Args:
        store: the database.
        actor: who takes it.
        key: its id.
        user: only where it is of this user; None: whoever it is of.

    Raises:
        UnknownKeyError: there is none of that id.
    """
    with store.write() as connection:
        query = _query() if user is None else _query().where(users.c.name == user)
        found = connection.execute(query.where(api_keys.c.id == key)).first()
        if found is None:
            raise UnknownKeyError(key, [row.id for row in connection.execute(query)])
        connection.execute(delete(api_keys).where(api_keys.c.id == key))
        project = found.project
        record(connection, actor, "self.write", key, project=project, user=found.user, done="gone")


def _query() -> Select[Any]:
    own = (each for each in ApiKey.__dataclass_fields__ if each not in ("user", "project"))
    named = (users.c.name.label("user"), projects.c.name.label("project"))
    chosen = select(*named, *(api_keys.c[name].label(name) for name in own))
    return chosen.select_from(api_keys).join(users).outerjoin(projects)
