"""Deployments: made, changed while they answer, rolled back, stopped."""

from typing import Annotated, Literal

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from motifleet.api.access import Served, rule
from motifleet.api.builds import Log
from motifleet.api.once import OnceRoute
from motifleet.api.paging import Cursor, Limit, Page, page
from motifleet.app import Deployment, Resources

router = APIRouter(prefix="/deployments", tags=["deployments"], route_class=OnceRoute)
Name = Annotated[str | None, Query(max_length=100)]
Role = Literal["primary", "canary", "shadow"]


class NewResources(BaseModel):
    """What each replica gets, and how many there are; what is left out stays as it is."""

    cpu: float | None = Field(default=None, gt=0, le=1024)
    memory: int | None = Field(default=None, ge=64 << 20, le=1 << 50)
    least: int | None = Field(default=None, ge=0, le=256)
    most: int | None = Field(default=None, ge=1, le=256)
    idle_seconds: float | None = Field(default=None, gt=0, le=1e9)

    def over(self, before: Resources) -> Resources:
        """These in the place of those before; one number of replicas alone is the other too."""
        given = self.model_dump(exclude_none=True, include=set(NewResources.model_fields))
        if "most" in given:
            given.setdefault("least", min(before.least, given["most"]))
        if "least" in given:
            given.setdefault("most", max(before.most, given["least"]))
        return Resources(
            given.get("cpu", before.cpu),
            given.get("memory", before.memory),
            given.get("least", before.least),
            given.get("most", before.most),
            given.get("idle_seconds", before.idle_seconds),
        )


class NewDeployment(NewResources):
    """A build to be deployed; without resources it gets those of the endpoint's present one."""

    build: str = Field(max_length=100, description="A build's id, or an endpoint for its newest.")
    role: Role = "primary"
    share: float = Field(default=0.0, ge=0, lt=1, description="Of the requests, for a canary.")


class Share(BaseModel):
    """The share of requests that a canary answers; 0 makes it a shadow."""

    share: float = Field(ge=0, lt=1)


class Scale(BaseModel):
    """How many replicas there are, and after how long without requests there may be none."""

    least: int = Field(ge=0, le=256)
    most: int = Field(ge=1, le=256)
    idle_seconds: float | None = Field(default=None, gt=0, le=1e9)


@router.get("", **rule("deployment.read", "deployments.list"))
def list_deployments(
    served: Served,
    *,
    endpoint: Name = None,
    status: Name = None,
    role: Name = None,
    limit: Limit = 100,
    cursor: Cursor = None,
) -> Page[Deployment]:
    """List the deployments, the oldest first."""
    found = [
        each
        for each in served.deployments(endpoint)
        if status in (None, each.status) and role in (None, each.role)
    ]
    return page(found, lambda each: each.id, limit, cursor)


@router.post("", status_code=201, **rule("deployment.create", "deployments.create"))
def create_deployment(new: NewDeployment, served: Served) -> Deployment:
    """Deploy a build: once its replicas are ready, it takes over from the one before."""
    chosen = new.over(served.resources(new.build))
    return served.deploy(new.build, chosen, role=new.role, share=new.share)


@router.get("/{deployment}", **rule("deployment.read", "deployments.read"))
def read_deployment(deployment: str, served: Served) -> Deployment:
    """See a deployment, by its id, or an endpoint's present one by the endpoint's name."""
    return served.deployment(deployment)


@router.get("/{deployment}/replicas", **rule("deployment.read", "deployments.replicas"))
def list_replicas(
    deployment: str, served: Served, limit: Limit = 100, cursor: Cursor = None
) -> Page[str]:
    """List a deployment's replicas, those that have ended too."""
    return page(served.replicas(deployment), str, limit, cursor)


@router.get(
    "/{deployment}/replicas/{replica}/log", **rule("deployment.read", "deployments.replica_log")
)
def read_replica_log(deployment: str, replica: str, served: Served) -> Log:
    """See what a replica has said."""
    return Log(log=served.replica_log(deployment, replica))


@router.post("/{deployment}/stop", **rule("deployment.create", "deployments.stop"))
def stop_deployment(deployment: str, served: Served) -> Deployment:
    """Let a deployment answer what it has, and stop it."""
    return served.stop(deployment)


@router.post("/{deployment}/restart", **rule("deployment.restart", "deployments.restart"))
def restart_deployment(deployment: str, served: Served) -> Deployment:
    """Put new replicas in the place of a deployment's."""
    return served.restart(deployment)


@router.post("/{deployment}/promote", **rule("deployment.create", "deployments.promote"))
def promote_deployment(deployment: str, served: Served) -> Deployment:
    """Let a canary or a shadow answer all requests."""
    return served.promote(deployment)


@router.put("/{deployment}/share", **rule("deployment.create", "deployments.set_share"))
def set_share(deployment: str, new: Share, served: Served) -> Deployment:
    """Change the share of requests that a canary answers; 0 makes it a shadow."""
    return served.set_share(deployment, new.share)


@router.put("/{deployment}/scale", **rule("deployment.create", "deployments.scale"))
def scale_deployment(deployment: str, new: Scale, served: Served) -> Deployment:
    """Change how many replicas a deployment has, while it answers."""
    return served.scale(deployment, new.least, new.most, new.idle_seconds)
