"""Projects, users, jobs, deployments, predictions, and the database behind them.

``open_store`` opens the database: SQLite in the home folder or PostgreSQL, brought up to date as it
is opened. All that the other rooms keep there they keep through functions of this one. An ``Actor``
is who does it; ``check`` holds them to the one table of roles, ``ACTIONS``.
"""

from motifleet.workspace.access_keys import (
    AccessKey,
    add_access_key,
    digests_of_keys,
    list_access_keys,
    revoke_access_key,
)
from motifleet.workspace.allowed import OWNER
from motifleet.workspace.api_keys import ApiKey, add_api_key, list_api_keys, revoke_api_key
from motifleet.workspace.builds import Build, add_build, end_build, find_build, list_builds
from motifleet.workspace.deployments import (
    Deployment,
    Resources,
    Role,
    add_deployment,
    desired_deployments,
    end_deployment,
    fail_deployment,
    find_deployment,
    list_deployments,
    start_deployment,
)
from motifleet.workspace.endpoints import Endpoint, list_endpoints
from motifleet.workspace.idempotency import Asked, Attempt, begin_once, end_once, forget_once
from motifleet.workspace.keeping import Keeping, keepings, set_keeping
from motifleet.workspace.logins import actor_of, log_in, log_out, owner_token
from motifleet.workspace.origins import Origin, is_committed
from motifleet.workspace.places import Place, Places, places
from motifleet.workspace.prediction_log import (
    Logged,
    Metric,
    Position,
    Wanted,
    count_predictions,
    find_predictions,
    metrics_of,
)
from motifleet.workspace.predictions import Prediction, add_predictions
from motifleet.workspace.projects import (
    Member,
    Project,
    add_project,
    find_project,
    list_members,
    list_projects,
    remove_member,
    remove_project,
    set_member,
)
from motifleet.workspace.record import AuditEntry, list_audit, note
from motifleet.workspace.redeployment import (
    promote_deployment,
    restart_deployment,
    scale_deployment,
    set_share,
    stop_deployment,
)
from motifleet.workspace.roles import (
    ACTIONS,
    ROLES,
    Actor,
    MemberRole,
    check,
    role_named,
    roles_table,
)
from motifleet.workspace.store import Store, open_store
from motifleet.workspace.truth import (
    Aggregate,
    Metrics,
    add_aggregate,
    add_truth,
    list_aggregates,
)
from motifleet.workspace.users import (
    User,
    add_user,
    find_user,
    list_users,
    remove_user,
    set_active,
    set_password,
)

__all__ = [
    "ACTIONS",
    "OWNER",
    "ROLES",
    "AccessKey",
    "Actor",
    "Aggregate",
    "ApiKey",
    "Asked",
    "Attempt",
    "AuditEntry",
    "Build",
    "Deployment",
    "Endpoint",
    "Keeping",
    "Logged",
    "Member",
    "MemberRole",
    "Metric",
    "Metrics",
    "Origin",
    "Place",
    "Places",
    "Position",
    "Prediction",
    "Project",
    "Resources",
    "Role",
    "Store",
    "User",
    "Wanted",
    "actor_of",
    "add_access_key",
    "add_aggregate",
    "add_api_key",
    "add_build",
    "add_deployment",
    "add_predictions",
    "add_project",
    "add_truth",
    "add_user",
    "begin_once",
    "check",
    "count_predictions",
    "desired_deployments",
    "digests_of_keys",
    "end_build",
    "end_deployment",
    "end_once",
    "fail_deployment",
    "find_build",
    "find_deployment",
    "find_predictions",
    "find_project",
    "find_user",
    "forget_once",
    "is_committed",
    "keepings",
    "list_access_keys",
    "list_aggregates",
    "list_api_keys",
    "list_audit",
    "list_builds",
    "list_deployments",
    "list_endpoints",
    "list_members",
    "list_projects",
    "list_users",
    "log_in",
    "log_out",
    "metrics_of",
    "note",
    "open_store",
    "owner_token",
    "places",
    "promote_deployment",
    "remove_member",
    "remove_project",
    "remove_user",
    "restart_deployment",
    "revoke_access_key",
    "revoke_api_key",
    "role_named",
    "roles_table",
    "scale_deployment",
    "set_active",
    "set_keeping",
    "set_member",
    "set_password",
    "set_share",
    "start_deployment",
    "stop_deployment",
]
