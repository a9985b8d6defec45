"""Projects, users, jobs, deployments, predictions, and the database behind them.

``open_store`` opens the database: SQLite in the home folder or PostgreSQL, brought up to date as it
is opened. All that the other rooms keep there they keep through functions of this one.
"""

from motifleet.workspace.access_keys import (
    AccessKey,
    add_access_key,
    digests_of_keys,
    list_access_keys,
    revoke_access_key,
)
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
    promote_deployment,
    restart_deployment,
    start_deployment,
    stop_deployment,
)
from motifleet.workspace.predictions import Prediction, add_predictions
from motifleet.workspace.store import Store, open_store

__all__ = [
    "AccessKey",
    "Build",
    "Deployment",
    "Prediction",
    "Resources",
    "Role",
    "Store",
    "add_access_key",
    "add_build",
    "add_deployment",
    "add_predictions",
    "desired_deployments",
    "digests_of_keys",
    "end_build",
    "end_deployment",
    "fail_deployment",
    "find_build",
    "find_deployment",
    "list_access_keys",
    "list_builds",
    "list_deployments",
    "open_store",
    "promote_deployment",
    "restart_deployment",
    "revoke_access_key",
    "start_deployment",
    "stop_deployment",
]
