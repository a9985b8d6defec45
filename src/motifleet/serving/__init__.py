"""Serving: a model becomes a build, a build a deployment, and its replicas answer an endpoint.

``freeze`` writes a `BuildSource` (a registered version, or a Python function) into a folder that
never changes, in an environment that has what it needs, and tries it. The `Supervisor` keeps what
is there equal to what the database desires: a gateway, and replicas of each deployment, which are
processes held to cores and memory. The gateway (``gateway``) answers by HTTP, and no answer leaves
it that is not in the prediction log. What runs in a replica travels in the build (``replica``).
"""

from typing import TYPE_CHECKING

from motifleet.lazily import lazily

if TYPE_CHECKING:
    from motifleet.serving.child import Child, keeper_command
    from motifleet.serving.freeze import Frozen, build_columns, freeze, thaw
    from motifleet.serving.process import bare_environment, hold
    from motifleet.serving.replica.forms import LAB, OPEN_INFERENCE, columns_of
    from motifleet.serving.replica.forms import parse as parse_request
    from motifleet.serving.source import BuildSource, FunctionSource, VersionSource
    from motifleet.serving.supervisor.desired import Desired, Ledger
    from motifleet.serving.supervisor.ledger import StoreLedger
    from motifleet.serving.supervisor.line import Listen
    from motifleet.serving.supervisor.supervisor import Supervisor
    from motifleet.serving.tracking import track_metric

__all__ = [
    "LAB",
    "OPEN_INFERENCE",
    "BuildSource",
    "Child",
    "Desired",
    "Frozen",
    "FunctionSource",
    "Ledger",
    "Listen",
    "StoreLedger",
    "Supervisor",
    "VersionSource",
    "bare_environment",
    "build_columns",
    "columns_of",
    "freeze",
    "hold",
    "keeper_command",
    "parse_request",
    "thaw",
    "track_metric",
]

__getattr__, __dir__ = lazily(__name__)
