"""Where deployments belong: which endpoint, which project, and who may look at them."""

from dataclasses import dataclass

from sqlalchemy import select

from motifleet.errors import UnknownDeploymentError, UnknownEndpointError
from motifleet.workspace.roles import Actor, check
from motifleet.workspace.schema import deployments, models, projects
from motifleet.workspace.store import Store


@dataclass(frozen=True, slots=True)
class Place:
    """An endpoint with all of its deployments.

    Args:
        endpoint: its name.
        project_id, project: where it belongs.
        deployments: the ids of all that ever answered for it, the oldest first.
    """

    endpoint: str
    project_id: str
    project: str
    deployments: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Places:
    """All endpoints that somebody may do something with.

    Args:
        actor: who.
        action: what, as in the table of roles.
        found: by name.
        everything: whether they may look at what belongs to no project any more, too.
    """

    actor: Actor
    action: str
    found: dict[str, Place]
    everything: bool

    def endpoint(self, name: str) -> Place:
        """An endpoint by its name.

        Raises:
            UnknownEndpointError: there is none that they see.
            NotAllowedError: they see it, but may not do that with it.
        """
        if name not in self.found:
            raise UnknownEndpointError(name, self.found)
        place = self.found[name]
        check(self.actor, self.action, place.project_id)
        return place

    def of(self, deployment: str) -> Place:
        """The endpoint that a deployment answers for.

        Raises:
            UnknownDeploymentError: there is none that they see.
            NotAllowedError: they see it, but may not do that with it.
        """
        for place in self.found.values():
            if deployment in place.deployments:
                return self.endpoint(place.endpoint)
        raise UnknownDeploymentError(
            deployment, [each for place in self.found.values() for each in place.deployments]
        )

    @property
    def deployments(self) -> tuple[str, ...] | None:
        """Those that they may do it with; None: with all, be they of a project or not."""
        if self.everything:
            return None
        allowed = [
            place for place in self.found.values() if self.actor.may(self.action, place.project_id)
        ]
        return tuple(each for place in allowed for each in place.deployments)


def places(store: Store, actor: Actor, action: str) -> Places:
    """The endpoints that somebody sees; what they may do is checked when one is named.

    Args:
        store: the database.
        actor: who.
        action: as in the table of roles.
    """
    columns = (models.c.name, projects.c.id, projects.c.name.label("project"))
    query = (
        select(*columns, deployments.c.id.label("deployment"))
        .select_from(models.join(projects).outerjoin(deployments))
        .order_by(models.c.name, deployments.c.number)
    )
    found: dict[str, Place] = {}
    with store.read() as connection:
        for row in connection.execute(query):
            if not actor.sees(row.id):
                continue
            before = found.get(row.name)
            listed = () if before is None else before.deployments
            listed += () if row.deployment is None else (row.deployment,)
            found[row.name] = Place(row.name, row.id, row.project, listed)
    return Places(actor, action, found, actor.owner)
