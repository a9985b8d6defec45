"""An open home: the rooms of one installation, wired together.

A room is loaded when it is first asked for: a question to a table needs no models and no server.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from motifleet.app import tasks
from motifleet.app.across import discords_task
from motifleet.app.files import file_channels, is_file
from motifleet.app.imports import import_file
from motifleet.app.keeping import keep
from motifleet.app.origin import Origin
from motifleet.app.present import Present, present
from motifleet.app.progress import Progress, unseen
from motifleet.app.results import ImportResult
from motifleet.app.search import Pattern, Reports, Search, pattern_of, seconds, signals_of
from motifleet.app.selection import EVERYTHING, Selection
from motifleet.app.simulation import Simulation, land_simulation
from motifleet.app.tasks import Against
from motifleet.app.together import Together
from motifleet.config import load_settings
from motifleet.engines import Engine
from motifleet.errors import InvalidArgumentError
from motifleet.matrixprofile import (
    Across,
    Anomaly,
    Discord,
    FleetProfile,
    Match,
    Motif,
    fleet_profile,
)
from motifleet.tables import Appended, open_tables
from motifleet.telemetry import ColumnMapping, fleet_channels
from motifleet.types import FleetSeries, Floats, Series

if TYPE_CHECKING:
    from motifleet.app import (
        EndpointSimulation,
        Geo,
        Jobs,
        Models,
        Monitoring,
        Server,
        Serving,
        Workspace,
    )


def open_home(home: Path | str | None = None) -> "Motifleet":
    """Open a home folder; one that is not there yet is made.

    Args:
        home: the folder; without it ``MOTIFLEET_HOME``, else ``.motifleet`` right here.

    Raises:
        SettingsError: the folder or its settings cannot be used.
        CatalogError: the catalog cannot be opened.

    >>> fleet = open_home(getfixture("tmp_path") / "home")
    >>> fleet.simulate(Simulation("lab"), "lab")[0].accepted
    1440
    """
    settings = load_settings(home)
    return Motifleet(settings, open_tables(settings))


@dataclass(frozen=True, slots=True)
class Motifleet(Together):
    """Tables of telemetry, and the patterns in them.

    Args:
        settings: what this installation was told.
        tables: its Iceberg tables.
    """

    @property
    def geo(self) -> "Geo":
        """Where the devices are: fences, what is near, trips, stops, cells, spatial SQL."""
        from motifleet.app import Geo

        return Geo(self.tables)

    @property
    def workspace(self) -> "Workspace":
        """Projects, users, keys and the audit log, for whoever can read the home folder."""
        from motifleet.app import Workspace, local_actor

        return Workspace(self.settings, local_actor())

    @property
    def models(self) -> "Models":
        """Experiments, runs and registered models."""
        from motifleet.app import Models

        return Models(self.settings, self.tables)

    @property
    def serving(self) -> "Serving":
        """Builds, deployments and endpoints."""
        from motifleet.app import Serving, local_actor

        return Serving(self.settings, local_actor())

    @property
    def endpoint_simulation(self) -> "EndpointSimulation":
        """Simulated requests to endpoints, with ground truth afterwards."""
        from motifleet.app import EndpointSimulation

        return EndpointSimulation(self.serving, self.monitoring)

    @property
    def monitoring(self) -> "Monitoring":
        """What endpoints answered, how good it was, and alerts."""
        from motifleet.app import Monitoring, local_actor

        return Monitoring(self.settings, self.tables, local_actor())

    @property
    def jobs(self) -> "Jobs":
        """Jobs of projects, and their runs."""
        from motifleet.app import Jobs, local_actor

        return Jobs(self.settings, local_actor())

    @property
    def server(self) -> "Server":
        """The server of this home: REST API, gateway, MLflow's page."""
        from motifleet.app import Server

        return Server(self.settings)

    def import_file(
        self,
        path: Path | str,
        table: str,
        *,
        mapping: ColumnMapping | None = None,
        progress: Progress = unseen,
    ) -> ImportResult:
        """Land a CSV, Parquet or JSON Lines file; what landed before is not landed again.

        Raises:
            ReadError: the file cannot be read as telemetry.
            TableError: the table cannot take it.
        """
        return import_file(
            self.tables,
            Path(path),
            table,
            mapping=mapping or ColumnMapping(),
            batch_rows=self.settings.batch_rows,
            progress=progress,
        )

    def simulate(
        self, simulation: Simulation, table: str, *, progress: Progress = unseen
    ) -> list[ImportResult]:
        """Land simulated reports, and a fleet's ground truth in ``<table>_truth``."""
        return land_simulation(self.tables, simulation, table, progress)

    def scan(
        self,
        table: str,
        *,
        columns: Sequence[str] | None = None,
        selection: Selection = EVERYTHING,
        limit: int | None = None,
    ) -> pa.Table:
        """A table's rows as Arrow."""
        return self.tables.scan(table, columns=columns, limit=limit, **selection.arguments())

    def present(
        self, table: str, *, selection: Selection = EVERYTHING, progress: Progress = unseen
    ) -> Present:
        """Each device's newest report, and where it was last; see `Present`."""
        return present(self.tables, table, selection, progress)

    def series(
        self,
        table: str,
        device: str,
        signal: str,
        *,
        selection: Selection = EVERYTHING,
        step: float | None = None,
    ) -> Series:
        """One device's signal at equal steps.

        Args:
            table: the table's name.
            device: the device's name.
            signal: the signal's column.
            selection: which reports; its devices are not looked at.
            step: seconds between reports; None: their median.

        Raises:
            UnknownTableError, UnknownDeviceError, UnknownColumnError: there is no such thing.
        """
        return self.fleet_series(table, signal, selection=selection.only(device), step=step)[device]

    def fleet_series(
        self,
        table: str,
        signal: str,
        *,
        selection: Selection = EVERYTHING,
        step: float | None = None,
    ) -> FleetSeries:
        """All devices' signal at equal steps, in memory.

        The table may be a file of reports too, which is read as it is and lands nowhere.
        """
        return self.fleet_channels(table, [signal], selection=selection, step=step)[signal]

    def fleet_channels(
        self,
        table: str,
        signals: Sequence[str],
        *,
        selection: Selection = EVERYTHING,
        step: float | None = None,
    ) -> dict[str, FleetSeries]:
        """Several signals of all devices at the same equal steps; see `fleet_series`."""
        if is_file(table):
            return file_channels(table, signals, selection, seconds(step))
        columns = ["device_id", "event_ts", *signals]
        reports = self.scan(table, columns=columns, selection=selection)
        return fleet_channels(reports, signals, step=seconds(step))

    def cut(
        self,
        table: str,
        signal: str | Sequence[str],
        device: str,
        start: datetime | str,
        m: int,
        *,
        as_of: int | datetime | str | None = None,
        step: float | None = None,
    ) -> Floats:
        """A pattern: m values of a device's signal from a time on; of several, a row for each.

        Raises:
            InvalidArgumentError: there are fewer than m reports from that time on.
        """
        selection = Selection(devices=(device,), start=start, as_of=as_of)
        names = signals_of(signal)
        channels = self.fleet_channels(table, names, selection=selection, step=step)
        values = np.stack([each[device].values[:m] for each in channels.values()])
        if values.shape[1] < m:
            raise InvalidArgumentError(
                f"expected {m} reports of {device!r} from {start} on, "
                f"got {values.shape[1]}: choose an earlier time or a shorter window"
            )
        return values[0] if isinstance(signal, str) else values

    def motifs(
        self,
        table: str,
        signal: str | Sequence[str],
        m: int,
        *,
        k: int = 5,
        each: int | None = None,
        dimensions: int | None = None,
        selection: Selection = EVERYTHING,
        step: float | None = None,
        into: str | None = None,
        engine: Engine | str | None = None,
        progress: Progress = unseen,
    ) -> list[Motif]:
        """What repeats: the k closest pairs of windows of each device, the closest first.

        Args:
            table: the table's name, or a file of reports.
            signal: the signal's column, or several that are compared together.
            m: the window's length, in reports.
            k: how many at most.
            each: how many of one device at most; None: as many as there are.
            dimensions: of several signals, how many have to agree; None: all.
            selection: which reports.
            step: seconds between reports; None: each device's median.
            into: a result table to write them to, as in ``"motifs"``; see `keep`.
            engine: who works through the devices, "local" or "spark"; None: by the settings.
            progress: told the number of reports done.

        Raises:
            UnknownTableError, UnknownDeviceError, UnknownColumnError: there is no such thing.
            InvalidArgumentError: an argument is out of its bounds, or no device has m reports.
        """
        task = tasks.Motifs(m, k, each, dimensions)
        reports = Reports(table, signals_of(signal), selection, step)
        return task.findings(self._search(engine, progress).run(reports, task, into))

    def discords(
        self,
        table: str,
        signal: str | Sequence[str],
        m: int,
        *,
        against: Against = "self",
        k: int = 5,
        each: int | None = None,
        min_windows: int = 1,
        dimensions: int | None = None,
        selection: Selection = EVERYTHING,
        step: float | None = None,
        into: str | None = None,
        engine: Engine | str | None = None,
        progress: Progress = unseen,
    ) -> list[Discord | Across]:
        """What is unusual: the k windows farthest from any other of their device, or of the fleet.

        Args:
            table: the table's name, or a file of reports.
            signal: the signal's column, or several that are compared together.
            m: the window's length, in reports.
            against: what a window is compared with: ``self``, all others of its device; ``past``,
                the earlier ones; ``fleet``, those of all other devices.
            k: how many at most, the farthest first.
            each: how many of one device at most; None: as many as there are.
            min_windows: devices with fewer windows are passed over (with ``past``, windows with
                fewer before them): where there is little to compare with, everything is far from
                everything.
            dimensions: of several signals, how many count, those most alike; None: all.
            selection: which reports.
            step: seconds between reports; None: each device's median.
            into: a result table to write them to, as in ``"discords"``; see `keep`.
            engine: who works through the devices, "local" or "spark"; None: by the settings.
            progress: told the number of reports done.

        Raises:
            UnknownTableError, UnknownDeviceError, UnknownColumnError: there is no such thing.
            InvalidArgumentError: an argument is out of its bounds, or no device has m reports.
        """
        reports = Reports(table, signals_of(signal), selection, step)
        limits = (min_windows, each, dimensions)
        task = discords_task(m, k, against, limits, several=len(reports.signals) > 1)
        return list(task.findings(self._search(engine, progress).run(reports, task, into)))

    def anomalies(
        self,
        table: str,
        signal: str,
        m: int,
        *,
        k: int = 5,
        min_score: float = 0.0,
        min_windows: int = 1,
        selection: Selection = EVERYTHING,
        step: float | None = None,
        into: str | None = None,
        engine: Engine | str | None = None,
        progress: Progress = unseen,
    ) -> list[Anomaly]:
        """What is unusual in shape, level, spread or at a point, over all devices, worst first.

        Each window is judged by what is usual for its device; see
        `motifleet.matrixprofile.anomaly_scores`. Takes and raises what `discords` does, and
        ``min_score``: only windows with this score or more.
        """
        task = tasks.Anomalies(m, k, min_score, min_windows)
        reports = Reports(table, signals_of(signal), selection, step)
        return task.findings(self._search(engine, progress).run(reports, task, into))

    def match(
        self,
        pattern: Pattern,
        table: str,
        signal: str | Sequence[str],
        *,
        k: int = 10,
        max_distance: float | None = None,
        dimensions: int | None = None,
        selection: Selection = EVERYTHING,
        step: float | None = None,
        into: str | None = None,
        engine: Engine | str | None = None,
        progress: Progress = unseen,
    ) -> list[Match]:
        """Have you seen this pattern? The k windows nearest to it, over all devices.

        Args:
            pattern: m values; of several signals, as many for each, in the signals' order.
            table: the table's name, or a file of reports.
            signal: the signal's column, or several that are compared together.
            k: how many at most, the nearest first.
            max_distance: only windows at most this far.
            dimensions: of several signals, how many count, those nearest to it; None: all.
            selection: which reports.
            step: seconds between reports; None: each device's median.
            into: a result table to write them to, as in ``"matches"``; see `keep`.
            engine: who works through the devices, "local" or "spark"; None: by the settings.
            progress: told the number of reports done.

        Raises:
            UnknownTableError, UnknownDeviceError, UnknownColumnError: there is no such thing.
            InvalidArgumentError: the pattern does not fit the signals, is too short or has gaps,
                or another argument is out of its bounds.
        """
        signals = signals_of(signal)
        task = tasks.Matches(pattern_of(pattern, signals), k, max_distance, dimensions)
        reports = Reports(table, signals, selection, step)
        return task.findings(self._search(engine, progress).run(reports, task, into))

    def keep(self, findings: pa.Table, into: str, origin: Origin) -> Appended:
        """Write findings of any kind to a result table, in the place of those found before.

        A result table holds the findings of many questions, each row with rank, signals, m, source
        table, snapshot id, parameters and question. The same question about the same snapshot
        replaces its earlier answer in one commit, so that nothing is there twice or by half.

        Args:
            findings: a row for each, the best first.
            into: the result table; it is made when there is none.
            origin: what was asked of which snapshot.

        Raises:
            SchemaConflictError: there is a table of that name that holds no findings.
        """
        return keep(self.tables, into, findings, origin)

    def profile(
        self,
        table: str,
        signal: str,
        m: int,
        *,
        selection: Selection = EVERYTHING,
        step: float | None = None,
    ) -> FleetProfile:
        """The matrix profiles of all devices, in memory.

        Args:
            table: the table's name.
            signal: the signal's column.
            m: the window's length, in reports.
            selection: which reports.
            step: seconds between reports; None: each device's median.
        """
        fleet = self.fleet_series(table, signal, selection=selection, step=step)
        return fleet_profile(fleet, m, threads=self.settings.threads, simd=self.settings.simd)

    def _search(self, engine: Engine | str | None, progress: Progress) -> Search:
        return Search(self.settings, self.tables, self._engine(engine), progress)
