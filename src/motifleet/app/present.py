"""A fleet as it is now: each device's newest report, and where it was last."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import numpy as np
import pyarrow as pa

from motifleet import geo
from motifleet.app.progress import Progress, unseen
from motifleet.app.selection import EVERYTHING, Selection
from motifleet.tables import Tables
from motifleet.telemetry import DEVICE_ID, EVENT_TS, LATITUDE, LONGITUDE, column_roles
from motifleet.telemetry.arrow import pc

REPORTS, FIRST = "reports", "first_ts"
_POSITION = (LONGITUDE, LATITUDE)
_COARSER = 2


@dataclass(frozen=True, slots=True, eq=False)
class Present:
    """The devices of a table as of a snapshot.

    Args:
        table: the table's name.
        snapshot: its snapshot; None: it has none yet.
        rows: a row for each device, by name: the columns of its newest report, ``reports`` (how
            many it sent) and ``first_ts`` (since when). The position is the last that it sent.
    """

    table: str
    snapshot: int | None
    rows: pa.Table

    def __len__(self) -> int:
        return self.rows.num_rows

    @property
    def labels(self) -> list[str]:
        """The columns of text that devices can be told apart by."""
        return self._columns("label")

    @property
    def signals(self) -> list[str]:
        """The columns of numbers."""
        kept = self._columns("signal")
        return [name for name in kept if name != REPORTS]

    @property
    def newest(self) -> datetime | None:
        """When the newest report of all was made."""
        return None if not len(self) else pc.max(self.rows[EVENT_TS]).as_py()

    @property
    def reports(self) -> int:
        """How many reports there are."""
        return int(pc.sum(self.rows[REPORTS]).as_py() or 0) if len(self) else 0

    def only(
        self,
        *,
        search: str = "",
        label: tuple[str, str] | None = None,
        silent_hours: float | None = None,
    ) -> "Present":
        """Some of the devices.

        Args:
            search: part of their names, in capitals or not.
            label: a column and the value that it has.
            silent_hours: only those whose newest report is so much older than the newest of all.
        """
        rows = self.rows
        if search:
            rows = rows.filter(pc.match_substring(rows[DEVICE_ID], search, ignore_case=True))
        if label is not None:
            rows = rows.filter(pc.equal(rows[label[0]], label[1]))
        if silent_hours is not None and self.newest is not None:
            since = pa.scalar(self.newest - timedelta(hours=silent_hours), rows[EVENT_TS].type)
            rows = rows.filter(pc.less(rows[EVENT_TS], since))
        return replace(self, rows=rows)

    def counts(self, label: str) -> list[tuple[str, int]]:
        """How many devices have each value of a label, the most first."""
        counted = self.rows.group_by(label).aggregate([([], "count_all")])
        pairs = zip(counted[label].to_pylist(), counted["count_all"].to_pylist(), strict=True)
        named = [(str(name), int(count or 0)) for name, count in pairs if name is not None]
        return sorted(named, key=lambda each: (-each[1], each[0]))

    def inside(self, fences: geo.Fences) -> dict[str, int]:
        """How many devices are in each fence now; in the smallest where they are in several."""
        placed = self._placed()
        locator = geo.Locator(fences)
        found = locator.named(locator.places(geo.positions(placed), placed.num_rows))
        counted = pc.value_counts(found.cast(pa.string())).to_pylist()
        return {each["values"]: each["counts"] for each in counted if each["values"] is not None}

    def map(
        self,
        color: str | None = None,
        fences: geo.Fences | None = None,
        *,
        cells: bool | None = None,
    ) -> geo.FleetMap:
        """The devices where they were last, in markers, clusters or cells as it fits their number.

        Args:
            color: the label that colours them; None: ``event_type`` where there is one.
            fences: outlines below them; None: none.
            cells: whether they are counted in hexagons; None: as it fits their number.
        """
        drawing = geo.FleetMap(self.table, offline=True)
        if fences is not None and len(fences):
            drawing.fences(fences)
        placed = self._placed()
        many = placed.num_rows > geo.CLUSTERS_UP_TO if cells is None else cells
        if many and placed.num_rows:
            found = geo.positions(placed)
            fitting = geo.fitting_resolution(found.longitude, found.latitude)
            if placed.num_rows <= geo.CLUSTERS_UP_TO:
                fitting = max(fitting - _COARSER, 0)  # few devices are counted in wide cells
            drawing.cells(geo.cells([placed], fitting), title="devices")
        elif placed.num_rows:
            kept = placed.drop_columns([FIRST])
            drawing.reports(kept, color=color, title="devices")
        drawing.remarks[:] = self._unplaced(placed.num_rows)
        return drawing

    def _placed(self) -> pa.Table:
        if not set(_POSITION) <= set(self.rows.column_names):
            return self.rows.slice(0, 0)
        return self.rows.filter(pc.is_finite(self.rows[LONGITUDE]))

    def _unplaced(self, placed: int) -> list[str]:
        missing = len(self) - placed
        return [f"{missing:,} of {len(self):,} devices have no position"] if missing else []

    def _columns(self, role: str) -> list[str]:
        roles = column_roles(self.rows.schema)
        ours = (REPORTS, FIRST)
        return [name for name, each in roles.items() if each == role and name not in ours]


def present(
    tables: Tables, table: str, selection: Selection = EVERYTHING, progress: Progress = unseen
) -> Present:
    """See how the devices of a table are; a group of whole devices is in memory at a time.

    Args:
        tables: the tables.
        table: the table's name; of reports.
        selection: which reports.
        progress: told of the reports that are done.

    Raises:
        UnknownTableError, UnknownSnapshotError: there is no such thing.
        InvalidArgumentError: the table holds no reports.
    """
    schema = tables.scan(table, limit=0, as_of=selection.as_of).schema
    if not tables.snapshots(table):
        return Present(table, None, _newest(schema.empty_table()))
    current = tables.snapshot(table, selection.as_of)
    snapshot, total = current.id, current.total_rows
    pinned, parts, done = replace(selection, as_of=snapshot), [], 0
    for part in tables.by_device(table, **pinned.arguments()):
        parts.append(_newest(part))
        done += part.num_rows
        progress(done, total)
    found = pa.concat_tables(parts) if parts else _newest(schema.empty_table())
    return Present(table, snapshot, found.sort_by(DEVICE_ID))


def _newest(part: pa.Table) -> pa.Table:
    """The newest report of each device; they come sorted by device and time."""
    codes = part[DEVICE_ID].combine_chunks().dictionary_encode().indices.to_numpy()
    last = np.flatnonzero(np.diff(codes, append=-1))
    first = np.append(0, last[:-1] + 1)[: len(last)]
    rows = part.take(pa.array(last, pa.int64()))
    columns: dict[str, Any] = {name: rows[name] for name in rows.column_names}
    if set(_POSITION) <= columns.keys():
        columns |= _last_positions(part, columns[DEVICE_ID].to_pylist())
    columns[REPORTS] = pa.array(last - first + 1, pa.int64())
    columns[FIRST] = part[EVENT_TS].take(pa.array(first, pa.int64()))
    return pa.table(columns)


def _last_positions(part: pa.Table, devices: list[str]) -> dict[str, Any]:
    """Where each device was last; a report without a position does not hide the one before."""
    placed = geo.latest(part)
    rows = {name: row for row, name in enumerate(placed[DEVICE_ID].to_pylist())}
    chosen = np.array([rows.get(name, -1) for name in devices], np.int64)
    found = {}
    for name in _POSITION:
        known = np.append(placed[name].to_numpy().astype(np.float64), np.nan)
        found[name] = pa.array(known[chosen])
    return found
