"""What the steps of the lab share: the home, a folder for pictures, projects, a server."""

from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from motifleet.app.background import BackgroundServer
from motifleet.app.demo_models import version_of_now
from motifleet.app.home import Motifleet
from motifleet.app.serving import Serving
from motifleet.errors import UnknownEndpointError, UnknownProjectError
from motifleet.models import Kind, Version
from motifleet.workspace import Build, Deployment, Project, Resources

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

DEV, PRD = "DEV", "PRD"
TELEMETRY, FAILURES = "iot_fleet", "iot_failures"
QUERY, MOTIF, FAILURE = "TimeSeriesQuery", "MultiDimMotif", "FailureClassifier"
SIGNALS = ("iot_signal_1", "iot_signal_2", "iot_signal_3", "iot_signal_4")
SMALL = Resources(cpu=2, memory=4 << 30)
LARGE = Resources(cpu=4, memory=8 << 30, least=2, most=2)
_WAIT_SECONDS, _KEY_SECONDS = 300.0, 3600.0


@dataclass(slots=True)
class Workbench:
    """Where the lab works.

    Args:
        fleet: the home.
        folder: where figures and maps go.
        server: what answers requests; started by the first step that asks.
    """

    fleet: Motifleet
    folder: Path
    server: BackgroundServer

    def keep(self, name: str, figure: "Figure") -> Path:
        """Write a figure to a page that needs no network."""
        self.folder.mkdir(parents=True, exist_ok=True)
        path = self.folder / f"{name}.html"
        figure.write_html(path, include_plotlyjs=True)
        return path

    def project(self, name: str, *, guarded: bool) -> Project:
        """A project, made where there is none."""
        with suppress(UnknownProjectError):
            return self.fleet.workspace.project(name)
        return self.fleet.workspace.add_project(name, guarded=guarded)

    @property
    def production(self) -> Serving:
        """Builds and deployments of the project PRD."""
        return replace(self.fleet.serving, project=PRD)

    def newest(self, name: str, table: str) -> Version | None:
        """The newest version of a model that saw the table as it is now; None: there is none."""
        return version_of_now(self.fleet, name, table)

    def train(self, name: str, kind: Kind, table: str) -> Version:
        """Train and register a model."""
        self.fleet.models.train(kind, table, experiment="lab", name=name)
        return self.fleet.models.versions(name)[-1]

    def deploy(self, name: str, reference: str, resources: Resources) -> tuple[Build, Deployment]:
        """Build a version, deploy it, and wait until it answers; what answers already stays."""
        self.server.start()
        serving = self.production
        source = self.fleet.models.registry.version(reference).reference
        for each in reversed(self._deployments(serving, name)):
            same = (each.version, each.resources) == (source, resources)
            if each.status == "running" and same:
                return serving.build_named(each.build_id), each
        build = serving.build_version(reference, name)
        return build, serving.deploy(build.id, resources, wait=_WAIT_SECONDS)

    @staticmethod
    def _deployments(serving: Serving, name: str) -> list[Deployment]:
        try:
            return serving.deployments(name)
        except UnknownEndpointError:
            return []

    def key(self, name: str) -> str:
        """An access key for an hour."""
        return self.fleet.serving.make_key(name, seconds=_KEY_SECONDS)[1]

    def ask(self, name: str, request: Any) -> dict[str, Any]:
        """Ask an endpoint, as the lab's test window does."""
        return self.fleet.serving.ask(self.key(name), request)
