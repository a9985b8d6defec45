"""Endpoints: the names that deployments answer for, each in a project."""

from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import select

from motifleet.workspace.allowed import OWNER, seen
from motifleet.workspace.roles import Actor
from motifleet.workspace.schema import models, projects
from motifleet.workspace.store import Store


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One endpoint.

    Args:
        name: of it, and of its model.
        project: the project's name.
        guarded: whether that project is.
        created_at: milliseconds since 1970.
    """

    name: str
    project: str
    guarded: bool
    created_at: int

    def to_dict(self) -> dict[str, Any]:
        """Plain values, for JSON."""
        return asdict(self)


def list_endpoints(store: Store, *, actor: Actor = OWNER) -> list[Endpoint]:
    """The endpoints that somebody sees, by name."""
    columns = (models.c.name, projects.c.name.label("project"), projects.c.guarded)
    query = select(*columns, models.c.created_at).join(projects).where(seen(actor))
    with store.read() as connection:
        rows = connection.execute(query.order_by(models.c.name))
        return [Endpoint(**row._mapping) for row in rows]
