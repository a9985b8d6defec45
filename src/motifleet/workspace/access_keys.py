"""Access keys of endpoints: shown once, kept as a digest, rotated with an overlap."""

import secrets
from dataclasses import asdict, dataclass
from hashlib import sha256
from typing import Any

from sqlalchemy import delete, insert, select, update

from motifleet.errors import UnknownAccessKeyError
from motifleet.workspace.allowed import OWNER, allow, seen
from motifleet.workspace.builds import model_id, project_of_model
from motifleet.workspace.ids import new_id, now_ms
from motifleet.workspace.roles import Actor, check
from motifleet.workspace.schema import access_keys, models
from motifleet.workspace.store import Store


@dataclass(frozen=True, slots=True)
class AccessKey:
    """What is known of a key.

    Args:
        id: of it.
        endpoint: what it opens.
        hint: how it begins.
        created_at: milliseconds since 1970.
        expires_at: from when on it opens nothing; None: never.
    """

    id: str
    endpoint: str
    hint: str
    created_at: int
    expires_at: int | None

    def to_dict(self) -> dict[str, Any]:
        """Plain values, for JSON."""
        return asdict(self)


def add_access_key(
    store: Store,
    endpoint: str,
    *,
    seconds: float | None = None,
    overlap: float | None = None,
    actor: Actor = OWNER,
) -> tuple[AccessKey, str]:
    """Make a key; it is told this once.

    Args:
        store: the database.
        endpoint: what it opens.
        seconds: how long it is good for; None: until it is revoked.
        actor: who makes it.
        overlap: for how many seconds the endpoint's other keys are still good; None: as before.

    Raises:
        UnknownEndpointError: there is no such endpoint that they see.
    """
    secret = f"mk-{secrets.token_urlsafe(32)}"
    now = now_ms()
    with store.write() as connection:
        model = model_id(connection, endpoint, actor)
        if overlap is not None:
            end = now + int(overlap * 1000)
            longer = (access_keys.c.expires_at.is_(None)) | (access_keys.c.expires_at > end)
            connection.execute(
                update(access_keys)
                .where(access_keys.c.model_id == model, longer)
                .values(expires_at=end)
            )
        expires = None if seconds is None else now + int(seconds * 1000)
        key = AccessKey(new_id("key"), endpoint, secret[:8], now, expires)
        row = {"id": key.id, "hint": key.hint, "created_at": now, "expires_at": expires}
        digest = sha256(secret.encode()).hexdigest()
        connection.execute(insert(access_keys).values(**row, model_id=model, digest=digest))
        allow(connection, actor, "access_key.write", endpoint, key.id, change="make")
    return key, secret


def list_access_keys(store: Store, endpoint: str, *, actor: Actor = OWNER) -> list[AccessKey]:
    """An endpoint's keys, the oldest first.

    Raises:
        UnknownEndpointError: there is no such endpoint that they see.
        NotAllowedError: the role is too low.
    """
    with store.read() as connection:
        model = model_id(connection, endpoint, actor)
        check(actor, "access_key.write", project_of_model(connection, model))
        query = select(access_keys).where(access_keys.c.model_id == model)
        rows = connection.execute(query.order_by(access_keys.c.created_at))
        return [AccessKey(r.id, endpoint, r.hint, r.created_at, r.expires_at) for r in rows]


def revoke_access_key(store: Store, name: str, *, actor: Actor = OWNER) -> None:
    """Take a key away at once.

    Raises:
        UnknownAccessKeyError: there is none of that id.
    """
    with store.write() as connection:
        visible = select(models.c.name, access_keys.c.id).join(access_keys).where(seen(actor))
        endpoint = connection.scalar(visible.where(access_keys.c.id == name))
        if endpoint is None:
            known = [each.id for each in connection.execute(visible)]
            raise UnknownAccessKeyError(name, known)
        allow(connection, actor, "access_key.write", endpoint, name, change="revoke")
        connection.execute(delete(access_keys).where(access_keys.c.id == name))


def digests_of_keys(store: Store) -> dict[str, dict[str, float]]:
    """Each endpoint's keys: SHA-256, and when it expires in seconds since 1970 (0: never)."""
    with store.read() as connection:
        found: dict[str, dict[str, float]] = {
            name: {} for name in connection.scalars(select(models.c.name))
        }
        query = select(models.c.name, access_keys.c.digest, access_keys.c.expires_at)
        for name, digest, expires in connection.execute(query.join(models)):
            found[name][digest] = (expires or 0) / 1000
        return found
