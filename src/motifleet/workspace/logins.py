"""Who is asking: sessions by password, API keys, and the token of the home folder."""

import hmac
import os
from contextlib import suppress
from pathlib import Path

from sqlalchemy import Connection, Row, and_, delete, func, insert, or_, select, text, update

from motifleet.errors import NotLoggedInError, TooManyLoginsError
from motifleet.workspace.ids import digest, new_secret, now_ms
from motifleet.workspace.record import record
from motifleet.workspace.roles import Actor, MemberRole, lower, role_named
from motifleet.workspace.schema import api_keys, failed_logins, logins, memberships, users
from motifleet.workspace.store import Store
from motifleet.workspace.users import password_fits

SESSION_MS = 12 * 3600 * 1000
"""How long a session is good for."""

_WINDOW_MS = 15 * 60 * 1000
_PER_NAME_AND_ADDRESS, _PER_ADDRESS, _PER_NAME = 5, 50, 100
_USED_STEP_MS = 60_000


def log_in(store: Store, name: str, password: str, address: str = "") -> str:
    """Begin a session; what is given proves it from then on.

    Args:
        store: the database.
        name: the user's.
        password: the user's.
        address: where the request comes from.

    Raises:
        NotLoggedInError: the name or the password is wrong; not said which.
        TooManyLoginsError: there were too many wrong passwords lately.
    """
    name, address = name[:100], address[:100]
    attempt = _note_attempt(store, name, address)
    with store.read() as connection:
        row = connection.execute(select(users).where(users.c.name == name)).first()
    if not password_fits(row.password if row else None, password) or not row or not row.active:
        raise NotLoggedInError("the name or the password is wrong")
    secret, now = new_secret("mfs"), now_ms()
    with store.write() as connection:
        # Between the look and now the password may have changed.
        same = select(users.c.id).where(users.c.id == row.id, users.c.password == row.password)
        if connection.scalar(same.where(users.c.active)) is None:
            raise NotLoggedInError("the name or the password is wrong")
        connection.execute(delete(failed_logins).where(failed_logins.c.id == attempt))
        connection.execute(delete(logins).where(logins.c.expires_at <= now))
        begun = {"digest": digest(secret), "user_id": row.id, "created_at": now}
        connection.execute(insert(logins).values(**begun, expires_at=now + SESSION_MS))
        record(connection, Actor(name, row.id), "self.write", name, done="logged in", at=address)
    return secret


def log_out(store: Store, secret: str) -> None:
    """End a session; what is none has ended already."""
    same = logins.c.digest == digest(secret)
    with store.write() as connection:
        user = connection.execute(select(users.c.id, users.c.name).join(logins).where(same)).first()
        if user is not None:
            connection.execute(delete(logins).where(same))
            who = Actor(user.name, user.id)
            record(connection, who, "self.write", user.name, done="logged out")


def _note_attempt(store: Store, name: str, address: str) -> int:
    """Every attempt counts as failed until it has succeeded, so that many at once count too."""
    now, table = now_ms(), failed_logins.c
    with store.write() as connection:
        if not store.embedded:  # where writers do not take turns by themselves
            connection.execute(text("LOCK TABLE failed_logins IN SHARE ROW EXCLUSIVE MODE"))
        connection.execute(delete(failed_logins).where(table.at <= now - _WINDOW_MS))
        here, same = table.address == address, table.name == name
        limits = ((and_(here, same), _PER_NAME_AND_ADDRESS), (here, _PER_ADDRESS))
        for which, most in (*limits, (same, _PER_NAME)):
            counted = select(func.count(), func.min(table.at)).where(which)
            count, first = connection.execute(counted).one()
            if count >= most:
                raise TooManyLoginsError(max(1, (first + _WINDOW_MS - now + 999) // 1000))
        row = {"name": name, "address": address, "at": now}
        done = connection.execute(insert(failed_logins).values(**row))
        key = done.inserted_primary_key
        return int(key[0]) if key else 0


def actor_of(store: Store, secret: str, token: str | None = None) -> Actor:
    """Who comes with a session, an API key or this installation's token.

    Args:
        store: the database.
        secret: what they came with.
        token: of this installation; None: it takes none.

    Raises:
        NotLoggedInError: it is none of them, or no longer good.
    """
    given = secret.encode("utf-8", "surrogatepass")
    if token and hmac.compare_digest(given, token.encode()):
        return Actor("token", owner=True)
    with store.read() as connection:
        found = _by_session(connection, secret) or _by_key(connection, secret)
    if found is None:
        raise NotLoggedInError(
            "expected a session, an API key or the token of the home folder that is good, got "
            "none: log in, or make a key by `motifleet key create`"
        )
    actor, used = found
    if used:
        with store.write() as connection:
            values = {"used_at": now_ms()}
            connection.execute(update(api_keys).where(api_keys.c.id == used).values(**values))
    return actor


def _by_session(connection: Connection, secret: str) -> tuple[Actor, str] | None:
    good = and_(logins.c.digest == digest(secret), logins.c.expires_at > now_ms(), users.c.active)
    row = connection.execute(select(users).join(logins).where(good)).first()
    if row is None:
        return None
    return Actor(row.name, row.id, row.owner, _roles(connection, row.id)), ""


def _by_key(connection: Connection, secret: str) -> tuple[Actor, str] | None:
    now = now_ms()
    fresh = or_(api_keys.c.expires_at.is_(None), api_keys.c.expires_at > now)
    columns = (users.c.name.label("user"), users.c.owner, *api_keys.c)
    query = select(*columns).select_from(api_keys).join(users)
    good = query.where(api_keys.c.digest == digest(secret), fresh, users.c.active)
    row = connection.execute(good).first()
    if row is None:
        return None
    used = row.id if now - (row.used_at or 0) > _USED_STEP_MS else ""
    return _keyholder(connection, row), used


def _keyholder(connection: Connection, key: Row[tuple[object, ...]]) -> Actor:
    """A key may do at most what its role may, in its project, and never more than its user."""
    most, name, user = role_named(key.role), key.user, key.user_id
    if key.owner:
        if key.project_id is None:
            return Actor(name, user, everywhere=most, key=True)
        return Actor(name, user, roles={key.project_id: most}, key=True)
    held = _roles(connection, user)
    scope = held if key.project_id is None else (key.project_id,)
    roles = {each: lower(role, most) for each, role in held.items() if each in scope}
    return Actor(name, user, roles=roles, key=True)


def _roles(connection: Connection, user: str) -> dict[str, MemberRole]:
    rows = connection.execute(select(memberships).where(memberships.c.user_id == user))
    return {row.project_id: role_named(row.role) for row in rows}


def owner_token(home: Path) -> str:
    """The token of an installation, for its owner alone; made where there is none."""
    path, begun = home / "token", home / f"token.{new_secret('new')[:12]}"
    if not path.exists():
        descriptor = os.open(begun, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(f"{new_secret('mft')}\n")
        # A link is there whole or not at all, and of two processes one is first.
        with suppress(FileExistsError):
            path.hardlink_to(begun)
        begun.unlink()
    return path.read_text(encoding="ascii").strip()
