"""What the edges need of the rooms below, passed on as it is."""

from motifleet.monitoring import KINDS as ENDPOINT_KINDS
from motifleet.monitoring import Kind as EndpointKind
from motifleet.monitoring import Summary
from motifleet.serving import Listen
from motifleet.workspace import (
    AccessKey,
    Actor,
    ApiKey,
    AuditEntry,
    Build,
    Deployment,
    Endpoint,
    Job,
    JobPlan,
    JobRun,
    Keeping,
    Member,
    Project,
    Resources,
    User,
)
from motifleet.workspace import Origin as ProjectOrigin

__all__ = [
    "ENDPOINT_KINDS",
    "AccessKey",
    "Actor",
    "ApiKey",
    "AuditEntry",
    "Build",
    "Deployment",
    "Endpoint",
    "EndpointKind",
    "Job",
    "JobPlan",
    "JobRun",
    "Keeping",
    "Listen",
    "Member",
    "Project",
    "ProjectOrigin",
    "Resources",
    "Summary",
    "User",
]
