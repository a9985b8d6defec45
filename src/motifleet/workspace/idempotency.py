"""What was answered to a request that may come again: done once, however often it is asked."""

from dataclasses import dataclass
from typing import Literal

from sqlalchemy import ColumnElement, and_, delete, or_, select, update
from sqlalchemy.dialects.postgresql import insert

from motifleet.errors import RequestDiffersError
from motifleet.workspace.ids import now_ms
from motifleet.workspace.schema import idempotency
from motifleet.workspace.store import Store

KEPT_MS = 24 * 3600 * 1000
"""How long an answer is kept."""
LEASE_MS = 15 * 60 * 1000
"""How long a request may be under way before it is taken for one whose process has ended."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A request that its sender may send again.

    Args:
        who: the sender.
        key: what the sender calls it.
        request: a digest of all that it says.
    """

    who: str
    key: str
    request: str


@dataclass(frozen=True, slots=True)
class Attempt:
    """How far a request has come.

    Args:
        state: "new": whoever asked does it; "running": somebody does; "done": it is answered.
        status: of the answer.
        body: of the answer.
    """

    state: Literal["new", "running", "done"]
    status: int = 0
    body: bytes = b""


def begin_once(store: Store, asked: Asked) -> Attempt:
    """Note that a request is under way, or find what was answered to it.

    Raises:
        RequestDiffersError: the same key came with another request.
    """
    now = now_ms()
    row = {"who": asked.who, "key": asked.key, "request": asked.request, "created_at": now}
    with store.write() as connection:
        connection.execute(delete(idempotency).where(_over(now)))
        # Of two at once one writes the row, in either database, and the other finds it.
        first = insert(idempotency).values(**row).on_conflict_do_nothing()
        if connection.execute(first.returning(idempotency.c.key)).first():
            return Attempt("new")
        found = connection.execute(select(idempotency).where(_one(asked))).first()
    if found is None:  # taken back just now
        return Attempt("running")
    if found.request != asked.request:
        raise RequestDiffersError(asked.key)
    if found.status is None:
        return Attempt("running")
    return Attempt("done", found.status, found.body or b"")


def end_once(store: Store, asked: Asked, status: int, body: bytes) -> None:
    """Keep what was answered."""
    with store.write() as connection:
        values = {"status": status, "body": body}
        connection.execute(update(idempotency).where(_one(asked)).values(**values))


def forget_once(store: Store, asked: Asked) -> None:
    """Nothing came of it: whoever asks again does it."""
    with store.write() as connection:
        connection.execute(delete(idempotency).where(_one(asked)))


def _one(asked: Asked) -> ColumnElement[bool]:
    return and_(idempotency.c.who == asked.who, idempotency.c.key == asked.key)


def _over(now: int) -> ColumnElement[bool]:
    """Answers that are kept no longer, and requests whose process has ended."""
    begun = idempotency.c.created_at
    return or_(
        begun <= now - KEPT_MS, and_(idempotency.c.status.is_(None), begun <= now - LEASE_MS)
    )
