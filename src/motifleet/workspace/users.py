"""Users, and their passwords."""

from dataclasses import asdict, dataclass
from functools import cache
from typing import Any

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import Connection, delete, insert, select, update

from motifleet.errors import InvalidArgumentError, NameTakenError, UnknownUserError
from motifleet.workspace.ids import new_id, now_ms
from motifleet.workspace.names import check_name
from motifleet.workspace.record import record
from motifleet.workspace.roles import Actor
from motifleet.workspace.schema import logins, users
from motifleet.workspace.store import Store

SHORTEST, LONGEST = 10, 1000
"""A password's length in characters."""


@dataclass(frozen=True, slots=True)
class User:
    """A person, or a program with keys of its own.

    Args:
        id: of it.
        name: to log in with.
        owner: whether they may do everything.
        active: whether they may do anything.
        created_at: milliseconds since 1970.
    """

    id: str
    name: str
    owner: bool
    active: bool
    created_at: int

    def to_dict(self) -> dict[str, Any]:
        """Plain values, for JSON."""
        return asdict(self)


def add_user(
    store: Store, actor: Actor, name: str, password: str | None = None, *, owner: bool = False
) -> User:
    """Make a user; without a password they come with keys alone.

    Raises:
        InvalidArgumentError: the name or the password is none that can be had.
        NameTakenError: there is a user of that name.
    """
    check_name("user", name)
    hashed = None if password is None else hash_password(password)
    user = User(new_id("usr"), name, owner, True, now_ms())
    with store.write() as connection:
        if connection.scalar(select(users.c.id).where(users.c.name == name)):
            raise NameTakenError("user", name)
        connection.execute(insert(users).values(**asdict(user), password=hashed))
        record(connection, actor, "user.write", name, done="made", owner=owner)
    return user


def list_users(store: Store) -> list[User]:
    """All users, by name."""
    with store.read() as connection:
        rows = connection.execute(select(*_COLUMNS).order_by(users.c.name))
        return [User(**row._mapping) for row in rows]


def find_user(store: Store, name: str) -> User:
    """A user by name.

    Raises:
        UnknownUserError: there is none.
    """
    with store.read() as connection:
        return user_of(connection, name)


def user_of(connection: Connection, name: str) -> User:
    """See `find_user`."""
    row = connection.execute(select(*_COLUMNS).where(users.c.name == name)).first()
    if row is None:
        raise UnknownUserError(name, connection.scalars(select(users.c.name)))
    return User(**row._mapping)


def set_password(store: Store, actor: Actor, name: str, password: str) -> User:
    """Give a user a new password; all of their sessions end.

    Raises:
        UnknownUserError: there is no such user.
        InvalidArgumentError: the password is too short or too long.
    """
    return _change(store, actor, name, {"password": hash_password(password)}, "password changed")


def set_active(store: Store, actor: Actor, name: str, active: bool) -> User:
    """Lock a user out, sessions and keys too, or let them in again.

    Raises:
        UnknownUserError: there is no such user.
    """
    return _change(store, actor, name, {"active": active}, "let in" if active else "locked out")


def remove_user(store: Store, actor: Actor, name: str) -> None:
    """Remove a user with their sessions, keys and roles; the audit log keeps the name.

    Raises:
        UnknownUserError: there is no such user.
    """
    with store.write() as connection:
        user = user_of(connection, name)
        connection.execute(delete(users).where(users.c.id == user.id))
        record(connection, actor, "user.write", name, done="removed")


def _change(store: Store, actor: Actor, name: str, values: dict[str, Any], done: str) -> User:
    with store.write() as connection:
        user = user_of(connection, name)
        connection.execute(update(users).where(users.c.id == user.id).values(**values))
        connection.execute(delete(logins).where(logins.c.user_id == user.id))
        record(connection, actor, "user.write", name, done=done)
        return user_of(connection, name)


def hash_password(password: str) -> str:
    """Argon2id, with the parameters that argon2-cffi recommends.

    Raises:
        InvalidArgumentError: the password is too short or too long.
    """
    if not SHORTEST <= len(password) <= LONGEST:
        raise InvalidArgumentError(
            f"expected a password of {SHORTEST} to {LONGEST} characters, got {len(password)}"
        )
    return PasswordHasher().hash(password)


def password_fits(hashed: str | None, password: str) -> bool:
    """Whether it is the password; takes as long where there is none."""
    try:
        fits = PasswordHasher().verify(hashed or _nobodys(), password[: LONGEST + 1])
    except (VerificationError, InvalidHashError):
        return False
    return fits and hashed is not None


@cache
def _nobodys() -> str:
    return PasswordHasher().hash("the password of nobody")


_COLUMNS = [users.c[name] for name in User.__dataclass_fields__]
