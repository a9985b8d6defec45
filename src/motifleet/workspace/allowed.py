"""Who sees and changes builds, deployments and keys: by role and project, with the audit log."""

import re
from typing import Any

from sqlalchemy import ColumnElement, Connection, select, true

from motifleet.errors import DeploymentError
from motifleet.workspace.record import record
from motifleet.workspace.roles import Actor, check
from motifleet.workspace.schema import models, projects

# A registered version, or a function in a file at a commit by its whole hash.
_FOUND_AGAIN = re.compile(r"[^@]+@[0-9]+|[^@:]+:[^@:]+@([0-9a-f]{40}|[0-9a-f]{64})")
OWNER = Actor("owner", owner=True)
"""Whoever holds the home folder."""


def allow(
    connection: Connection,
    actor: Actor,
    action: str,
    endpoint: str,
    subject: str,
    **details: Any,
) -> None:
    """See that somebody may do something, and note it in the same transaction.

    Args:
        connection: that of the change.
        actor: who makes it.
        action: as in the table of roles; in a guarded project deployments need their own.
        endpoint: whose project decides.
        subject: what it is done to.
        details: more of it.

    Raises:
        NotAllowedError: they may not.
    """
    query = select(projects.c.id, projects.c.name, projects.c.guarded).join(models)
    project = connection.execute(query.where(models.c.name == endpoint)).one()
    if action == "deployment.create" and project.guarded:
        action = "deployment.guarded"
    check(actor, action, project.id)
    record(connection, actor, action, subject, project=project.name, **details)


def seen(actor: Actor) -> ColumnElement[bool]:
    """The condition on models that somebody is to know of them: their project is one they see."""
    if actor.owner or actor.everywhere is not None:
        return true()
    return models.c.project_id.in_([each for each in actor.roles if actor.sees(each)])


def check_source(connection: Connection, endpoint: str, source: str) -> None:
    """See that a guarded project serves nothing but what can be found again.

    Raises:
        DeploymentError: the source is neither a registered version nor a file at a commit.
    """
    query = select(projects.c.name, projects.c.guarded).join(models)
    project = connection.execute(query.where(models.c.name == endpoint)).one()
    if project.guarded and not _FOUND_AGAIN.fullmatch(source):
        raise DeploymentError(
            f"expected a registered version or a file at a commit, since project {project.name} "
            f"is guarded, got {source}"
        )
