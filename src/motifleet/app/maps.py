"""Maps of tables: what is drawn how, from what, in bounded memory."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pyarrow as pa

from motifleet import geo
from motifleet.app.progress import Progress
from motifleet.app.selection import Selection
from motifleet.errors import InvalidArgumentError
from motifleet.matrixprofile import Across, Discord, Finding, Match, Motif
from motifleet.tables import Tables
from motifleet.telemetry import LATITUDE, LONGITUDE, fleet_series, signals_of
from motifleet.types import Floats, Series

LAYERS = ("reports", "paths")
KINDS: dict[type[Finding], tuple[str, str | None]] = {
    Discord: ("discord", None),
    Across: ("discord", "discords against the fleet"),
    Match: ("match", None),
    Motif: ("motif", None),
}
"""How each kind of finding is drawn, and the layer's name, where it is not the plural."""
_SAMPLE = 20_000
_ONLY_CELLS = "the resolution is of cells, which are not drawn"
_NO_LABEL = "cells are coloured by how many reports they hold, not by {!r}"


@dataclass(frozen=True, slots=True)
class MapRequest:
    """What is to be on a map; :meth:`motifleet.app.Geo.map` tells of each."""

    layers: Sequence[str]
    style: str | None
    color: str | None
    resolution: int | None
    max_gap: float
    fences: geo.Fences | None
    findings: Sequence[Finding]
    step: float | None


def drawn_map(source: "MapSource", drawing: geo.FleetMap, asked: MapRequest) -> geo.FleetMap:
    """The map with all that is asked for, the findings on top.

    Raises:
        InvalidArgumentError: there is no such layer, or nothing to draw.
    """
    for layer in asked.layers:
        if layer not in LAYERS:
            raise InvalidArgumentError(f"expected layers of {', '.join(LAYERS)}, got {layer!r}")
    if asked.fences is not None:
        drawing.fences(asked.fences)
    if "reports" in asked.layers:
        source.draw_reports(drawing, asked.style, asked.color, asked.resolution)
    if "paths" in asked.layers:
        source.draw_paths(drawing, asked.max_gap)
    source.draw_findings(drawing, asked.findings, asked.step)
    if not drawing.drawn:
        raise InvalidArgumentError("expected reports, paths, fences or findings to draw, got none")
    return drawing


@dataclass(frozen=True, slots=True)
class MapSource:
    """The reports of a table that a map is drawn from.

    Args:
        tables: the tables.
        table: the table's name.
        selection: which reports.
        progress: told of the rows that are done.
    """

    tables: Tables
    table: str
    selection: Selection
    progress: Progress

    def draw_reports(
        self, drawing: geo.FleetMap, style: str | None, color: str | None, resolution: int | None
    ) -> None:
        """Add the reports, one by one or counted in cells.

        Raises:
            InvalidArgumentError: no report has a position, or there are too many for the style.
        """
        seen = self._survey()
        chosen, word = geo.chosen_style(seen.placed, style)
        if chosen != "cells":
            drawing.reports(self._rows(), style=chosen, color=color)
            drawing.remarks += [_ONLY_CELLS] if resolution is not None else []
        else:
            drawing.remarks += [_NO_LABEL.format(color)] if color is not None else []
            self._draw_cells(drawing, resolution, seen)
            drawing.remarks += _left_out(seen.rows - seen.placed, seen.rows)
        drawing.remarks += [word] if word else []

    def draw_paths(self, drawing: geo.FleetMap, max_gap: float) -> None:
        """Add the devices' paths.

        Raises:
            InvalidArgumentError: no report has a position.
        """
        reports = self._rows(list(geo.POSITION))
        self._check_placed(len(geo.positions(reports)), reports.num_rows)
        drawing.paths(reports, max_gap=max_gap)

    def draw_findings(
        self, drawing: geo.FleetMap, findings: Sequence[Finding], step: float | None
    ) -> None:
        """Add findings of any kind, a layer for each kind.

        Raises:
            InvalidArgumentError: a finding is of another kind, or has no device or time.
        """
        for kind, (name, title) in KINDS.items():
            found = [each for each in findings if type(each) is kind]
            if found:
                windows, reports = self._windows(found, step)
                drawing.findings(name, windows, reports, title=title)
        for each in findings:
            if type(each) not in KINDS:
                raise InvalidArgumentError(
                    "expected discords, matches or motifs to put on a map, "
                    f"got {type(each).__name__}"
                )

    def _windows(
        self, found: Sequence[Finding], step: float | None
    ) -> tuple[list[geo.Window], pa.Table]:
        devices = tuple(dict.fromkeys(str(each.device_id) for each in found))
        signals = dict.fromkeys(str(each.signal) for each in found)
        chosen = replace(self.selection, devices=devices)
        columns = [*geo.POSITION, *signals]
        reports = self.tables.scan(self.table, columns=columns, **chosen.arguments())
        every = timedelta(seconds=step) if step else None
        series = {name: fleet_series(reports, name, step=every) for name in signals}
        windows = [
            _window(rank, each, start, series[str(each.signal)][str(each.device_id)])
            for rank, each in enumerate(found, 1)
            for start in _starts(each)
        ]
        return windows, reports

    def _draw_cells(self, drawing: geo.FleetMap, resolution: int | None, seen: "_Survey") -> None:
        if resolution is None:
            resolution = geo.fitting_resolution(seen.longitude, seen.latitude)
            drawing.remarks.append(f"cells have resolution {resolution}, which fits the area")
        schema = self.tables.scan(self.table, limit=0, as_of=self.selection.as_of).schema
        signals = signals_of(schema)
        drawing.cells(
            geo.cells(self._groups([*geo.POSITION, *signals]), resolution, signals=signals)
        )

    def _survey(self) -> "_Survey":
        """Count the reports, and remember some of their positions."""
        rows, kept = 0, []
        columns = [LONGITUDE, LATITUDE]
        arguments = self.selection.arguments()
        for batch in self.tables.scan_batches(self.table, columns=columns, **arguments):
            rows += batch.num_rows
            found = geo.positions(pa.Table.from_batches([batch]))
            kept.append(np.column_stack([found.longitude, found.latitude]))
        placed = np.concatenate(kept) if kept else np.empty((0, 2))
        self._check_placed(len(placed), rows)
        some = placed[:: -(-len(placed) // _SAMPLE)]
        return _Survey(rows, len(placed), some[:, 0], some[:, 1])

    def _check_placed(self, placed: int, rows: int) -> None:
        if placed == 0:
            missing = "none is selected" if rows == 0 else f"all {rows:,} selected ones lack it"
            raise InvalidArgumentError(
                f"expected reports of {self.table!r} with a position to draw, but {missing}: "
                "choose other devices, times or filters"
            )

    def _rows(self, columns: Sequence[str] | None = None) -> pa.Table:
        return self.tables.scan(self.table, columns=columns, **self.selection.arguments())

    def _groups(self, columns: Sequence[str]) -> Iterator[pa.Table]:
        done = 0
        for group in self.tables.by_device(
            self.table, columns=columns, **self.selection.arguments()
        ):
            yield group
            done += group.num_rows
            self.progress(done)


@dataclass(frozen=True, slots=True, eq=False)
class _Survey:
    """How many reports there are, how many have a position, and where some of these are."""

    rows: int
    placed: int
    longitude: Floats
    latitude: Floats


def _left_out(missing: int, rows: int) -> list[str]:
    return [f"{missing:,} of {rows:,} reports have no position"] if missing else []


def _starts(found: Finding) -> list[datetime]:
    """When the windows of a finding begin: a motif has two."""
    times = [found.event_ts, found.neighbor_ts if isinstance(found, Motif) else None]
    known = [each for each in times if each is not None]
    if not known or found.device_id is None or found.signal is None:
        raise InvalidArgumentError(
            "expected findings with a device, a signal and a time, got one without: "
            "find them in a table"
        )
    return known


def _window(rank: int, found: Finding, start: datetime, series: Series) -> geo.Window:
    times: Any = series.event_ts
    moment = np.datetime64(start.astimezone(UTC).replace(tzinfo=None), "us")
    first = int(np.searchsorted(times, moment))
    values = series.values[first : first + found.m]
    last = times[first + len(values) - 1] if len(values) else moment
    end = last.astype("datetime64[us]").item().replace(tzinfo=UTC)
    name, signal = str(found.device_id), str(found.signal)
    return geo.Window(rank, name, signal, start, end, values, found.distance)
