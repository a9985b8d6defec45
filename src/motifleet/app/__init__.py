"""The rooms wired together, for the edges and for Python users.

``open_home`` opens a home folder; the ``Motifleet`` it gives lands telemetry in tables and finds
patterns in them, and its ``geo`` answers spatial questions, its ``models`` trains, registers and
scores models, its ``serving`` builds and deploys them, and its ``server`` starts and stops what
answers other programs. ``validate_file`` checks a file without
landing it, ``write_simulation`` writes a simulated fleet to a file, and ``run_demo`` does all of it
in one go and writes a report.
"""

from typing import TYPE_CHECKING

from motifleet.lazily import lazily

if TYPE_CHECKING:
    from motifleet.app.alerts import Alert, Alerts
    from motifleet.app.background import BackgroundServer
    from motifleet.app.builds import Background
    from motifleet.app.demo import DemoResult, Phase, run_demo
    from motifleet.app.devices import Alike, Devices
    from motifleet.app.drawn_fences import DrawnFences
    from motifleet.app.drift import Drift
    from motifleet.app.endpoint_simulation import EndpointSimulation, Requests
    from motifleet.app.figures import overlay_figure
    from motifleet.app.geo import Geo
    from motifleet.app.home import Motifleet, open_home
    from motifleet.app.imports import validate_file
    from motifleet.app.index_store import Indexed
    from motifleet.app.jobs import Jobs
    from motifleet.app.lab import Demonstration, LabResult, StepResult, demonstrate, run_lab
    from motifleet.app.log_figure import answers_figure
    from motifleet.app.models import Models
    from motifleet.app.monitor_figures import drift_figure, quality_figure, samples_figure
    from motifleet.app.monitoring import Monitoring
    from motifleet.app.notebooks import copy_notebooks, open_notebooks
    from motifleet.app.once import Once
    from motifleet.app.origin import Origin
    from motifleet.app.pattern_text import parse_pattern
    from motifleet.app.present import Present
    from motifleet.app.progress import Progress
    from motifleet.app.project_files import ProjectFile, ProjectFiles
    from motifleet.app.report import Report
    from motifleet.app.results import FileCheck, ImportResult
    from motifleet.app.selection import Selection
    from motifleet.app.server import Addresses, Server, Where
    from motifleet.app.serving import Serving
    from motifleet.app.silent import ALERT, NO_ALERT, alerted
    from motifleet.app.simulation import Simulation, write_simulation
    from motifleet.app.thinning import thinned
    from motifleet.app.uploads import KINDS, MEDIA, checked_upload, upload_folder
    from motifleet.app.workspace import Workspace, local_actor
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
    "ALERT",
    "ENDPOINT_KINDS",
    "KINDS",
    "MEDIA",
    "NO_ALERT",
    "AccessKey",
    "Actor",
    "Addresses",
    "Alert",
    "Alerts",
    "Alike",
    "ApiKey",
    "AuditEntry",
    "Background",
    "BackgroundServer",
    "Build",
    "DemoResult",
    "Demonstration",
    "Deployment",
    "Devices",
    "DrawnFences",
    "Drift",
    "Endpoint",
    "EndpointKind",
    "EndpointSimulation",
    "FileCheck",
    "Geo",
    "ImportResult",
    "Indexed",
    "Job",
    "JobPlan",
    "JobRun",
    "Jobs",
    "Keeping",
    "LabResult",
    "Listen",
    "Member",
    "Models",
    "Monitoring",
    "Motifleet",
    "Once",
    "Origin",
    "Phase",
    "Present",
    "Progress",
    "Project",
    "ProjectFile",
    "ProjectFiles",
    "ProjectOrigin",
    "Report",
    "Requests",
    "Resources",
    "Selection",
    "Server",
    "Serving",
    "Simulation",
    "StepResult",
    "Summary",
    "User",
    "Where",
    "Workspace",
    "alerted",
    "answers_figure",
    "checked_upload",
    "copy_notebooks",
    "demonstrate",
    "drift_figure",
    "local_actor",
    "open_home",
    "open_notebooks",
    "overlay_figure",
    "parse_pattern",
    "quality_figure",
    "run_demo",
    "run_lab",
    "samples_figure",
    "thinned",
    "upload_folder",
    "validate_file",
    "write_simulation",
]

__getattr__, __dir__ = lazily(__name__)
