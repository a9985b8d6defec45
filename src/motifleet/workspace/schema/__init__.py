"""The tables of the workspace's database, by what they are about.

Times are milliseconds since 1970 in UTC, ids are text that begins with what it is of and sorts by
time, JSON holds what no query looks into. A change here needs a migration
(``motifleet.workspace.migrations``); a test compares both on each database.
"""

from motifleet.workspace.schema.alerts import alert_events, alert_rules, alert_states, drift_reports
from motifleet.workspace.schema.audit import audit, idempotency
from motifleet.workspace.schema.homes import homes
from motifleet.workspace.schema.jobs import job_runs, jobs
from motifleet.workspace.schema.names import metadata
from motifleet.workspace.schema.people import (
    api_keys,
    failed_logins,
    logins,
    memberships,
    projects,
    users,
)
from motifleet.workspace.schema.predictions import (
    aggregates,
    archives,
    prediction_metrics,
    predictions,
    samples,
)
from motifleet.workspace.schema.serving import access_keys, builds, deployments, models, replicas

__all__ = [
    "access_keys",
    "aggregates",
    "alert_events",
    "alert_rules",
    "alert_states",
    "api_keys",
    "archives",
    "audit",
    "builds",
    "deployments",
    "drift_reports",
    "failed_logins",
    "homes",
    "idempotency",
    "job_runs",
    "jobs",
    "logins",
    "memberships",
    "metadata",
    "models",
    "prediction_metrics",
    "predictions",
    "projects",
    "replicas",
    "samples",
    "users",
]
