"""Changes of deployments that are there: stopped, restarted, promoted, scaled, given a share."""

from dataclasses import asdict, replace
from typing import Any

from sqlalchemy import update

from motifleet.errors import DeploymentError
from motifleet.workspace.allowed import OWNER, allow
from motifleet.workspace.builds import model_id
from motifleet.workspace.deployments import (
    RUNNING,
    STARTING,
    STOPPING,
    Deployment,
    Role,
    change,
    check_share,
    deployment_of,
    running_deployment,
)
from motifleet.workspace.roles import Actor
from motifleet.workspace.schema import deployments
from motifleet.workspace.store import Store


def stop_deployment(store: Store, name: str, *, actor: Actor = OWNER) -> Deployment:
    """Desire that it stops."""
    with store.write() as connection:
        told = deployment_of(connection, name, actor)
        if told.status in (STARTING, RUNNING):
            allow(connection, actor, "deployment.create", told.endpoint, told.id, change="stop")
            change(connection, told.id, status=STOPPING)
        return deployment_of(connection, told.id)


def restart_deployment(store: Store, name: str, *, actor: Actor = OWNER) -> Deployment:
    """Desire new replicas in the place of those that are there.

    Raises:
        DeploymentError: it does not run.
    """
    with store.write() as connection:
        told = running_deployment(connection, name, actor)
        allow(connection, actor, "deployment.restart", told.endpoint, told.id)
        change(connection, told.id, restart=told.restart + 1)
        return deployment_of(connection, told.id)


def promote_deployment(store: Store, name: str, *, actor: Actor = OWNER) -> Deployment:
    """Let a canary or a shadow answer all requests; what did so before is to stop.

    Raises:
        DeploymentError: it does not run, or is the primary one.
    """
    with store.write() as connection:
        told = running_deployment(connection, name, actor)
        _check_beside(told)
        allow(connection, actor, "deployment.create", told.endpoint, told.id, change="promote")
        model = model_id(connection, told.endpoint)
        connection.execute(
            update(deployments)
            .where(
                deployments.c.model_id == model,
                deployments.c.role == "primary",
                deployments.c.status.in_((STARTING, RUNNING)),
            )
            .values(status=STOPPING)
        )
        change(connection, told.id, role="primary", share=0.0)
        return replace(told, role="primary", share=0.0)


def set_share(store: Store, name: str, share: float, *, actor: Actor = OWNER) -> Deployment:
    """Let a canary or a shadow answer a share of the requests from now on; 0: be a shadow.

    Raises:
        DeploymentError: it does not run, is the primary one, or the share is none below 1.
    """
    role: Role = "canary" if share else "shadow"
    check_share(role, share)
    with store.write() as connection:
        told = running_deployment(connection, name, actor)
        _check_beside(told)
        values: dict[str, Any] = {"role": role, "share": share}
        allow(connection, actor, "deployment.create", told.endpoint, told.id, **values)
        change(connection, told.id, **values)
        return deployment_of(connection, told.id)


def scale_deployment(
    store: Store,
    name: str,
    least: int,
    most: int,
    idle_seconds: float | None = None,
    *,
    actor: Actor = OWNER,
) -> Deployment:
    """Desire another number of replicas, from the least to the most, of one that is there.

    Args:
        store: the database.
        name: its id, or its endpoint's name.
        least: the least number of replicas; 0: scaled to zero where nobody asks.
        most: the greatest.
        idle_seconds: without requests, after which it is scaled to zero; None: as before.
        actor: who makes the change.

    Raises:
        DeploymentError: it neither starts nor runs, or the numbers are out of their bounds.
    """
    with store.write() as connection:
        told = deployment_of(connection, name, actor)
        if told.status not in (STARTING, RUNNING):
            raise DeploymentError(f"expected one that runs, but {told.id} is {told.status}")
        idle = told.resources.idle_seconds if idle_seconds is None else idle_seconds
        wanted = replace(told.resources, least=least, most=most, idle_seconds=idle)
        values = {n: v for n, v in asdict(wanted).items() if n not in ("cpu", "memory")}
        allow(connection, actor, "deployment.create", told.endpoint, told.id, **values)
        change(connection, told.id, **values)
        return deployment_of(connection, told.id)


def _check_beside(told: Deployment) -> None:
    if told.role == "primary":
        raise DeploymentError(f"expected a canary or a shadow, but {told.id} is primary")
