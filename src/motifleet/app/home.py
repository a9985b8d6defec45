"""An open home: the rooms of one installation, wired together."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import pyarrow as pa

from motifleet.app.files import file_series, is_file
from motifleet.app.findings import Search
from motifleet.app.geo import Geo
from motifleet.app.imports import import_file
from motifleet.app.models import Models
from motifleet.app.progress import Progress, unseen
from motifleet.app.results import ImportResult
from motifleet.app.selection import Selection
from motifleet.app.simulation import Simulation, land_simulation
from motifleet.config import Settings, load_settings
from motifleet.errors import InvalidArgumentError
from motifleet.matrixprofile import Discord, FleetProfile, Match, Motif, fleet_profile
from motifleet.tables import Tables, open_tables
from motifleet.telemetry import ColumnMapping, fleet_series
from motifleet.types import FleetSeries, Floats, Series

EVERYTHING = Selection()


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
class Motifleet:
    """Tables of telemetry, and the patterns in them.

    Args:
        settings: what this installation was told.
        tables: its Iceberg tables.
    """

    settings: Settings
    tables: Tables

    @property
    def geo(self) -> Geo:
        """Where the devices are: fences, what is near, trips, stops, cells, spatial SQL."""
        return Geo(self.tables)

    @property
    def models(self) -> Models:
        """Experiments, runs and registered models."""
        return Models(self.settings, self.tables)

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
        if is_file(table):
            return file_series(table, signal, selection, _seconds(step))
        columns = ["device_id", "event_ts", signal]
        reports = self.scan(table, columns=columns, selection=selection)
        return fleet_series(reports, signal, step=_seconds(step))

    def cut(
        self,
        table: str,
        signal: str,
        device: str,
        start: datetime | str,
        m: int,
        *,
        as_of: int | datetime | str | None = None,
        step: float | None = None,
    ) -> Floats:
        """A pattern: m values of a device's signal from a time on.

        Raises:
            InvalidArgumentError: there are fewer than m reports from that time on.
        """
        selection = Selection(start=start, as_of=as_of)
        values = self.series(table, device, signal, selection=selection, step=step).values[:m]
        if len(values) < m:
            raise InvalidArgumentError(
                f"expected {m} reports of {device!r} from {start} on, "
                f"got {len(values)}: choose an earlier time or a shorter window"
            )
        return values

    def motifs(
        self,
        table: str,
        signal: str,
        m: int,
        *,
        k: int = 5,
        selection: Selection = EVERYTHING,
        step: float | None = None,
        progress: Progress = unseen,
    ) -> list[Motif]:
        """What repeats: the k closest pairs of windows of each device, the closest first."""
        return self._search(table, signal, selection, step, progress).motifs(m, k)

    def discords(
        self,
        table: str,
        signal: str,
        m: int,
        *,
        k: int = 5,
        min_windows: int = 1,
        selection: Selection = EVERYTHING,
        step: float | None = None,
        progress: Progress = unseen,
    ) -> list[Discord]:
        """What is unusual: the k windows farthest from any other of their device.

        Devices with fewer windows than ``min_windows`` are passed over: where there is little to
        compare with, everything is far from everything.
        """
        search = self._search(table, signal, selection, step, progress)
        return search.discords(m, k, min_windows)

    def match(
        self,
        pattern: Floats | Sequence[float],
        table: str,
        signal: str,
        *,
        k: int = 10,
        max_distance: float | None = None,
        selection: Selection = EVERYTHING,
        step: float | None = None,
        progress: Progress = unseen,
    ) -> list[Match]:
        """Have you seen this pattern? The k windows nearest to it, over all devices."""
        search = self._search(table, signal, selection, step, progress)
        return search.matches(pattern, k, max_distance)

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

    def _search(
        self,
        table: str,
        signal: str,
        selection: Selection,
        step: float | None,
        progress: Progress,
    ) -> Search:
        if is_file(table):
            group = file_series(table, signal, selection, _seconds(step))
            settings = self.settings
            return Search([group], signal, len(group), settings.threads, settings.simd, progress)
        arguments = selection.arguments()
        groups = self.tables.by_device(table, columns=[signal], **arguments)
        named = arguments.pop("devices")
        devices = named or self.tables.devices(table, **arguments)
        return Search(
            (fleet_series(group, signal, step=_seconds(step)) for group in groups),
            signal,
            len(devices),
            self.settings.threads,
            self.settings.simd,
            progress,
        )


def _seconds(step: float | None) -> timedelta | None:
    if step is None:
        return None
    if not _SHORTEST <= step <= _LONGEST:
        raise InvalidArgumentError(
            f"expected a step from {_SHORTEST} to {_LONGEST:,.0f} seconds, got {step}"
        )
    return timedelta(seconds=step)


_SHORTEST, _LONGEST = 1e-6, 366 * 86_400.0
