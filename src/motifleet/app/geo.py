"""Where the devices of a table are: the geo room over Iceberg tables, in bounded memory."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pyarrow as pa

from motifleet import geo
from motifleet.app.maps import MapRequest, MapSource, drawn_map
from motifleet.app.progress import Progress, unseen
from motifleet.app.selection import EVERYTHING, Selection
from motifleet.errors import GeometryError, QueryError
from motifleet.matrixprofile import Finding
from motifleet.tables import Tables
from motifleet.telemetry import report_schema

POSITION = list(geo.POSITION)
_ROWS_AT_A_TIME = 500_000


@dataclass(frozen=True, slots=True)
class Geo:
    """Spatial questions to the tables of an open home; ``Motifleet.geo`` gives it.

    Every method takes the table's name and the reports meant (``selection``: devices, time, filter,
    snapshot) and gives an Arrow table. Without fences the bundled US states are meant.

    Args:
        tables: the tables.

    >>> from motifleet.app import Simulation, open_home
    >>> fleet = open_home(getfixture("tmp_path") / "home")
    >>> _ = fleet.simulate(Simulation("lab"), "lab")
    >>> fleet.geo.count("lab").select(["fence", "reports"]).to_pylist()[0]
    {'fence': 'Iowa', 'reports': 1440}
    """

    tables: Tables

    def locate(
        self,
        table: str,
        fences: geo.Fences | None = None,
        *,
        last: bool = False,
        selection: Selection = EVERYTHING,
    ) -> pa.Table:
        """The fence that each report is in.

        Args:
            table: the table's name.
            fences: None: the bundled US states.
            last: only each device's last report that has a position.
            selection: which reports.

        Returns:
            ``device_id``, ``event_ts``, ``longitude``, ``latitude``, and ``fence``: null where the
            report is in none, the smallest where it is in several.

        Raises:
            GeometryError: no report is in a fence, but some would be with swapped axes.
        """
        locator = geo.Locator(fences or geo.us_states())
        if last:
            parts: Iterable[pa.Table] = [self._latest(table, selection)]
        else:
            parts = self._batches(table, selection)
        return pa.concat_tables(
            [part.append_column("fence", found) for part, found in _located(locator, parts)],
        ).unify_dictionaries()

    def count(
        self,
        table: str,
        fences: geo.Fences | None = None,
        *,
        selection: Selection = EVERYTHING,
        progress: Progress = unseen,
    ) -> pa.Table:
        """How many reports and devices there are in each fence, the most reports first.

        Returns:
            ``fence`` (null: in none), ``reports``, ``devices``; no row for fences without reports.
        """
        locator = geo.Locator(fences or geo.us_states())
        counts = []
        parts = self._devices(table, POSITION, selection, progress)
        for part, found in _located(locator, parts):
            rows = part.select(["device_id"]).append_column("fence", found.cast(pa.string()))
            counts.append(rows.group_by("fence").aggregate(_COUNTS))
        if not counts:
            return pa.table({"fence": pa.array([], pa.string()), "reports": [], "devices": []})
        summed = pa.concat_tables(counts).group_by("fence")
        total = summed.aggregate([("count_all", "sum"), ("device_id_count_distinct", "sum")])
        named = total.rename_columns(["fence", "reports", "devices"])
        return named.sort_by([("reports", "descending"), ("fence", "ascending")])

    def visits(
        self,
        table: str,
        fences: geo.Fences | None = None,
        *,
        max_gap: float = 3600.0,
        selection: Selection = EVERYTHING,
        progress: Progress = unseen,
    ) -> pa.Table:
        """When devices were in fences, and for how long; see :func:`motifleet.geo.visits`.

        Raises:
            GeometryError: no report is in a fence, but some would be with swapped axes.
        """
        locator = geo.Locator(fences or geo.us_states())
        found = self._each(
            table, selection, progress, lambda part: geo.visits(part, locator, max_gap=max_gap)
        )
        if not found.num_rows:
            _check_axes(locator, geo.positions(self._latest(table, selection)))
        return found

    def events(
        self,
        table: str,
        fences: geo.Fences | None = None,
        *,
        max_gap: float = 3600.0,
        selection: Selection = EVERYTHING,
        progress: Progress = unseen,
    ) -> pa.Table:
        """When devices entered and left fences; see :func:`motifleet.geo.events`."""
        visited = self.visits(
            table, fences, max_gap=max_gap, selection=selection, progress=progress
        )
        return geo.events(visited)

    def within(
        self,
        table: str,
        point: geo.Point,
        metres: float,
        *,
        selection: Selection = EVERYTHING,
    ) -> pa.Table:
        """The reports within a distance of a point; see :func:`motifleet.geo.within`.

        Only rows of the box around the circle are read.
        """
        near = geo.within(_NOTHING, point, metres)  # refuses what is wrong before the table is read
        box = geo.box_around(*point, metres)
        found = [near] + [
            geo.within(part, point, metres) for part in self._batches(table, _boxed(selection, box))
        ]
        return pa.concat_tables(found).sort_by("distance_m")

    def in_box(self, table: str, box: geo.Box, *, selection: Selection = EVERYTHING) -> pa.Table:
        """The reports in a box; only rows in it are read."""
        parts = self._batches(table, _boxed(selection, box))
        return pa.concat_tables([_NOTHING, *(geo.in_box(part, box) for part in parts)])

    def along(
        self,
        table: str,
        route: Sequence[geo.Point],
        metres: float,
        *,
        selection: Selection = EVERYTHING,
    ) -> pa.Table:
        """The reports in the corridor around a route; see :func:`motifleet.geo.along`."""
        none = geo.along(_NOTHING, route, metres)
        parts = self._batches(table, selection)
        return pa.concat_tables([none, *(geo.along(part, route, metres) for part in parts)])

    def nearest(
        self,
        table: str,
        points: Mapping[str, geo.Point],
        k: int = 5,
        *,
        ever: bool = False,
        selection: Selection = EVERYTHING,
    ) -> pa.Table:
        """The k devices nearest to each point; see :func:`motifleet.geo.nearest`.

        Args:
            table: the table's name.
            points: longitude and latitude by name.
            k: how many devices.
            ever: measure from each device's nearest report; without it, from its last one.
            selection: which reports; its end says as of when.
        """
        if not ever:
            return geo.nearest(self._latest(table, selection), points, k)
        parts = self._devices(table, POSITION, selection, unseen)
        none = geo.nearest(_NOTHING, points, k)
        found = pa.concat_tables([none, *(geo.nearest(part, points, k) for part in parts)])
        return geo.merge_nearest(found, k)

    def trips(
        self,
        table: str,
        rules: geo.MotionRules | None = None,
        *,
        selection: Selection = EVERYTHING,
        progress: Progress = unseen,
    ) -> pa.Table:
        """The devices' trips; see :func:`motifleet.geo.trips`."""
        chosen = rules or geo.MotionRules()
        return self._each(table, selection, progress, lambda part: geo.trips(part, chosen))

    def stops(
        self,
        table: str,
        rules: geo.MotionRules | None = None,
        *,
        selection: Selection = EVERYTHING,
        progress: Progress = unseen,
    ) -> pa.Table:
        """The devices' stops; see :func:`motifleet.geo.stops`."""
        chosen = rules or geo.MotionRules()
        return self._each(table, selection, progress, lambda part: geo.stops(part, chosen))

    def distance(
        self,
        table: str,
        *,
        max_gap: float = 3600.0,
        selection: Selection = EVERYTHING,
        progress: Progress = unseen,
    ) -> pa.Table:
        """How far and how fast each device went; see :func:`motifleet.geo.distance`."""
        return self._each(
            table, selection, progress, lambda part: geo.distance(part, max_gap=max_gap)
        )

    def cells(
        self,
        table: str,
        resolution: int,
        *,
        signals: Sequence[str] = (),
        selection: Selection = EVERYTHING,
        progress: Progress = unseen,
    ) -> pa.Table:
        """Reports and devices in H3 cells; see :func:`motifleet.geo.cells`."""
        columns = list(dict.fromkeys([*POSITION, *signals]))
        groups = self._devices(table, columns, selection, progress)
        return geo.cells(groups, resolution, signals=signals)

    def map(
        self,
        table: str,
        *,
        layers: Sequence[str] = ("reports",),
        style: str | None = None,
        color: str | None = None,
        resolution: int | None = None,
        max_gap: float = 3600.0,
        fences: geo.Fences | None = None,
        findings: Sequence[Finding] = (),
        step: float | None = None,
        offline: bool = False,
        tiles: str = geo.OPENSTREETMAP,
        selection: Selection = EVERYTHING,
        progress: Progress = unseen,
    ) -> geo.FleetMap:
        """Draw a map: a notebook shows it, its ``write`` makes a page.

        Args:
            table: the table's name.
            layers: what is drawn of the reports: ``reports``, ``paths`` with a clock, both or none.
            style: reports as ``markers``, ``clusters`` or ``cells``; None: by their number.
            color: the label that colours markers; None: ``event_type``.
            resolution: of the H3 cells; None: what fits the area.
            max_gap: seconds without a report that a path does not bridge.
            fences: outlines to draw; None: none.
            findings: discords, matches and motifs of the same selection, the strongest first.
            step: seconds between reports, as it was said to what found them.
            offline: ask for no tiles.
            tiles: the street map below, where there is a network.
            selection: which reports.
            progress: told of the reports counted in cells.

        Raises:
            InvalidArgumentError: nothing has a position, or an argument is out of its bounds.
        """
        return drawn_map(
            MapSource(self.tables, table, selection, progress),
            geo.FleetMap(table, offline=offline, tiles=tiles),
            MapRequest(layers, style, color, resolution, max_gap, fences, findings, step),
        )

    def sql(
        self,
        query: str,
        *,
        fences: geo.Fences | None = None,
        memory: int = geo.DEFAULT_MEMORY,
        selection: Selection = EVERYTHING,
    ) -> pa.Table:
        """Run the user's spatial SQL over the tables, read-only; see :func:`motifleet.geo.query`.

        Args:
            query: one statement. It may read the home's tables, ``states`` (the bundled US states)
                and ``fences``, where some are given.
            fences: the user's own.
            memory: bytes that the query may take, its tables before and its result after it.
            selection: which reports of the tables.

        Raises:
            QueryError: the query is refused or cannot be run, or its tables are too large.
        """
        areas = {"states": geo.us_states()} | ({"fences": fences} if fences else {})
        known = [each.name for each in self.tables.list()]
        return geo.query(
            query, known, lambda name: self._bounded(name, selection, memory), areas, memory=memory
        )

    def _bounded(self, table: str, selection: Selection, memory: int) -> pa.Table:
        batches, size = [], 0
        schema = self.tables.scan(table, limit=0, as_of=selection.as_of).schema
        for batch in self.tables.scan_batches(table, **selection.arguments()):
            size += batch.nbytes
            if size > memory:
                raise QueryError(
                    f"expected reports of at most {memory / 2**20:,.0f} MiB from {table!r}, got "
                    "more: choose devices or a time range, or raise the memory limit"
                )
            batches.append(batch)
        return pa.Table.from_batches(batches, schema=schema)

    def _latest(self, table: str, selection: Selection) -> pa.Table:
        parts = [geo.latest(part) for part in self._devices(table, POSITION, selection, unseen)]
        return pa.concat_tables([_NOTHING, *parts])

    def _each(
        self,
        table: str,
        selection: Selection,
        progress: Progress,
        work: Callable[[pa.Table], pa.Table],
    ) -> pa.Table:
        parts = self._devices(table, POSITION, selection, progress)
        return pa.concat_tables([work(_NOTHING), *map(work, parts)])

    def _devices(
        self, table: str, columns: Sequence[str], selection: Selection, progress: Progress
    ) -> Iterator[pa.Table]:
        """Groups of whole devices; progress is told of the rows that are done."""
        done = 0
        for part in self.tables.by_device(table, columns=columns, **selection.arguments()):
            yield part
            done += part.num_rows
            progress(done)

    def _batches(self, table: str, selection: Selection) -> Iterator[pa.Table]:
        """The reports' positions, at least so many rows at a time; one empty table for none."""
        waiting: list[pa.RecordBatch] = []
        rows = 0
        for batch in self.tables.scan_batches(table, columns=POSITION, **selection.arguments()):
            waiting.append(batch)
            rows += batch.num_rows
            if rows >= _ROWS_AT_A_TIME:
                yield pa.Table.from_batches(waiting)
                waiting, rows = [], 0
        yield pa.Table.from_batches(waiting, schema=_NOTHING.schema)


def _located(locator: geo.Locator, parts: Iterable[pa.Table]) -> Iterator[tuple[pa.Table, Any]]:
    """Each part with its reports' fences; at the end an error, if swapped axes explain why none."""
    inside, example = False, None
    for part in parts:
        points = geo.positions(part)
        found = locator.places(points, part.num_rows)
        inside = inside or bool(np.any(found >= 0))
        example = example or points
        yield part, locator.named(found)
    if example and not inside:
        _check_axes(locator, example)


def _check_axes(locator: geo.Locator, points: geo.Positions) -> None:
    """Refuse to answer nothing where swapped axes are the reason."""
    hint = locator.swapped_hint(points) if len(points) else None
    if hint:
        raise GeometryError(hint)


def _boxed(selection: Selection, box: geo.Box) -> Selection:
    """Only what is in the box, so that a scan can pass over files and row groups."""
    where = box.where() if selection.where is None else f"({selection.where}) and {box.where()}"
    return replace(selection, where=where)


_COUNTS: Any = [([], "count_all"), ("device_id", "count_distinct")]
_NOTHING = pa.schema([field.with_nullable(True) for field in report_schema()]).empty_table()
