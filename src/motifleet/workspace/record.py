"""The audit log: who did what, written with what they did or not at all."""

from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import Connection, insert, select

from motifleet.workspace.ids import new_id, now_ms
from motifleet.workspace.roles import Actor
from motifleet.workspace.schema import audit
from motifleet.workspace.store import Store


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """One line of the audit log.

    Args:
        id: of it.
        at: milliseconds since 1970.
        who: the name of who did it.
        project: the project's name; None: it concerns none.
        action: as in the table of roles.
        subject: what it was done to.
        details: more of it.
    """

    id: str
    at: int
    who: str
    project: str | None
    action: str
    subject: str
    details: dict[str, Any]

    def to_dict(self) -> dict[str, Any]:
        """Plain values, for JSON."""
        return asdict(self)


def record(
    connection: Connection,
    actor: Actor,
    action: str,
    subject: str,
    *,
    project: str | None = None,
    **details: Any,
) -> None:
    """Write a line, in the transaction of what it is about."""
    row = {"id": new_id("aud"), "at": now_ms(), "who": actor.name[:100], "project": project}
    row |= {"action": action, "subject": subject, "details": details}
    connection.execute(insert(audit).values(**row))


def note(
    store: Store,
    actor: Actor,
    action: str,
    subject: str,
    *,
    project: str | None = None,
    **details: Any,
) -> None:
    """Write a line about what is not in the database, such as a file or a table."""
    with store.write() as connection:
        record(connection, actor, action, subject, project=project, **details)


def list_audit(
    store: Store,
    *,
    project: str | None = None,
    who: str | None = None,
    action: str | None = None,
    before: str | None = None,
    limit: int = 100,
) -> list[AuditEntry]:
    """The audit log, the newest first.

    Args:
        store: the database.
        project: only this one's, by name.
        who: only of this person.
        action: only this action.
        before: only what is older than the line of this id.
        limit: so many at most.
    """
    wanted = {"project": project, "who": who, "action": action}
    query = select(audit).order_by(audit.c.id.desc()).limit(limit)
    query = query.where(*(audit.c[name] == value for name, value in wanted.items() if value))
    if before:
        query = query.where(audit.c.id < before)
    with store.read() as connection:
        return [AuditEntry(**row._mapping) for row in connection.execute(query)]
