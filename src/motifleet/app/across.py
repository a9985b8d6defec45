"""Discords against the fleet over a table of any size: exact, a page of devices at a time.

A page's own devices rule nearly every window of it out. What is left goes through four steps:

1. the best of each page, by their neighbours on other devices of the same page;
2. these compared with all other pages: how far the k-th best of the fleet is at least;
3. all windows of each page without a neighbour nearer than that in the page;
4. these compared with all other pages, each until it has a nearer neighbour.

Where all devices are in one page, the first is the last.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, ClassVar, Literal, TypeAlias, get_args

import numpy as np
import pyarrow as pa

from motifleet import matrixprofile
from motifleet.app.tasks import Against, Channels, Discords, Task, best
from motifleet.engines import Kernels
from motifleet.errors import InvalidArgumentError
from motifleet.matrixprofile import Across, findings_from, findings_table
from motifleet.types import FleetSeries, Floats

VALUES = "values"


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked for.

    Args:
        m: the window's length.
        k: how many discords.
        each: how many of one device at most; None: as many as there are.
        min_windows: devices with fewer windows have no discords.
    """

    m: int
    k: int
    each: int | None
    min_windows: int

    @property
    def sure(self) -> int:
        """How many have to be known for the k-th best to be at least as far as the last of them."""
        return 2 * self.k - 1


class _Step:
    """What all steps have in common."""

    __slots__ = ()
    noun: ClassVar[str] = "discords"
    ranked_by: ClassVar[tuple[str, Literal["ascending", "descending"]]] = ("distance", "descending")
    asked: Asked

    @property
    def m(self) -> int:
        """The window's length."""
        return self.asked.m

    @property
    def k(self) -> int:
        """How many discords are wanted."""
        return self.asked.k

    def parameters(self) -> dict[str, Any]:
        """All that decides the answer, but m and k."""
        limits = {"each": self.asked.each, "min_windows": self.asked.min_windows}
        return {"against": "fleet", **limits}

    def findings(self, rows: pa.Table) -> list[Across]:
        """Make discords of their rows."""
        return findings_from(rows, Across)


@dataclass(frozen=True, slots=True)
class BestOfPages(_Step):
    """The best windows of each page, by the devices of the page alone.

    Args:
        asked: what is asked for.
    """

    asked: Asked

    def find(self, channels: Channels, how: Kernels) -> pa.Table:
        """Find them in one page; of a device that is alone, its own discords stand for them."""
        (fleet,) = channels.values()
        asked = self.asked
        limits: dict[str, Any] = {"k": asked.sure, "each": asked.each}
        limits |= {"min_windows": asked.min_windows, **asdict(how)}
        try:
            found = matrixprofile.fleet_discords(fleet, asked.m, **limits)
        except InvalidArgumentError:
            found = _by_themselves(fleet, asked, how)
        return _with_values(found, fleet, asked.m)

    def following(self, parts: Sequence[pa.Table]) -> Task | None:
        """Compare them with all other pages, where there are any."""
        return None if len(parts) == 1 else Compared.of(self.asked, parts, 0.0)

    def answer(self, parts: Sequence[pa.Table]) -> pa.Table:
        """The best of the only page."""
        (found,) = parts
        if found.num_rows and not np.isfinite(found["distance"].to_numpy()).any():
            raise InvalidArgumentError(_ALONE)
        return found.drop_columns([VALUES]).slice(0, self.k)


@dataclass(frozen=True, slots=True)
class LeftOfPages(_Step):
    """All windows of each page without a neighbour in it that is nearer than enough.

    Args:
        asked: what is asked for.
        enough: how far the k-th best is at least.
    """

    asked: Asked
    enough: float

    def find(self, channels: Channels, how: Kernels) -> pa.Table:
        """Find them in one page."""
        (fleet,) = channels.values()
        found, _ = matrixprofile.windows_beyond(
            fleet, self.m, enough=self.enough, min_windows=self.asked.min_windows, **asdict(how)
        )
        return _with_values(found, fleet, self.m)

    def following(self, parts: Sequence[pa.Table]) -> Task | None:
        """Compare them with all other pages."""
        return Compared.of(self.asked, parts, self.enough)

    def answer(self, parts: Sequence[pa.Table]) -> pa.Table:
        """The best by their pages alone; they are compared with the others first."""
        return best(self, parts)


@dataclass(frozen=True, slots=True)
class Compared(_Step):
    """Windows compared with the pages that they are not of.

    Args:
        asked: what is asked for.
        windows: the windows, as `_with_values` lays them out, in Arrow's stream format.
        enough: nearer than this, a neighbour rules a window out.
    """

    asked: Asked
    windows: bytes
    enough: float

    @classmethod
    def of(cls, asked: Asked, parts: Sequence[pa.Table], enough: float) -> "Compared":
        """The windows of all pages."""
        sink = pa.BufferOutputStream()
        table = pa.concat_tables(parts).combine_chunks()
        with pa.ipc.new_stream(sink, table.schema) as writer:
            writer.write_table(table)
        return cls(asked, sink.getvalue().to_pybytes(), enough)

    def find(self, channels: Channels, how: Kernels) -> pa.Table:
        """Find the nearest neighbours in one page, where they are nearer than those known."""
        (fleet,) = channels.values()
        windows = self._table()
        of_others = ~np.isin(windows["device_id"].to_numpy(), np.array(fleet.device_ids, object))
        numbers = np.flatnonzero(of_others)
        rows = windows.take(numbers)
        devices, indices, distances = matrixprofile.nearest_elsewhere(
            _values(rows, self.m),
            fleet,
            rows["distance"].to_numpy(),
            enough=self.enough,
            **asdict(how),
        )
        nearer = np.flatnonzero(devices >= 0)
        at = fleet.offsets[devices[nearer]] + indices[nearer]
        columns: dict[str, Any] = {
            "number": numbers[nearer],
            "distance": distances[nearer],
            "neighbor_device_id": pa.array(
                [fleet.device_ids[device] for device in devices[nearer]], pa.string()
            ),
            "neighbor_index": indices[nearer],
            "neighbor_ts": _times(fleet, at),
        }
        return pa.table(columns)

    def following(self, parts: Sequence[pa.Table]) -> Task | None:
        """After the best of each page, all that may be as far; after those, there is the answer."""
        if self.enough > 0:
            return None
        rows = _greedy(self._nearest(parts), self.asked.sure, self.asked)
        if rows.num_rows < self.asked.sure:
            return LeftOfPages(self.asked, _LEAST)
        # A window computed in another order of devices may be off by rounding.
        return LeftOfPages(self.asked, float(rows["distance"][-1].as_py()) * (1 - 1e-9))

    def answer(self, parts: Sequence[pa.Table]) -> pa.Table:
        """The k that are farthest from all pages."""
        rows = self._nearest(parts)
        if rows.num_rows and not np.isfinite(rows["distance"].to_numpy()).any():
            raise InvalidArgumentError(_ALONE)
        return _greedy(rows, self.k, self.asked).drop_columns([VALUES])

    def _table(self) -> pa.Table:
        return pa.ipc.open_stream(self.windows).read_all()

    def _nearest(self, parts: Sequence[pa.Table]) -> pa.Table:
        """The windows with the nearest neighbours of all pages."""
        rows = self._table().to_pylist()
        for part in parts:
            for found in part.to_pylist():
                row = rows[found.pop("number")]
                if found["distance"] < row["distance"]:
                    row.update(found)
        return pa.Table.from_pylist(rows, self._table().schema)


def discords_task(
    m: int,
    k: int,
    against: Against,
    limits: tuple[int, int | None, int | None],
    *,
    several: bool,
) -> "DiscordsTask":
    """The task that finds discords of one kind or another.

    Args:
        m: the window's length.
        k: how many.
        against: what windows are compared with.
        limits: the least number of windows, how many of each device, in how many signals.
        several: whether there are several signals.

    Raises:
        InvalidArgumentError: there is no such kind, or none for several signals.
    """
    min_windows, each, dimensions = limits
    if against not in get_args(Against):
        raise InvalidArgumentError(
            f"expected discords against {', '.join(get_args(Against))}, got {against!r}"
        )
    if several and against != "self":
        raise InvalidArgumentError(
            f"expected one signal for discords against {against}, got several: only those against "
            "self are compared over several signals together"
        )
    if against == "fleet":
        return BestOfPages(Asked(m, k, each, min_windows))
    return Discords(m, k, against, min_windows, each, dimensions)


def _by_themselves(fleet: FleetSeries, asked: Asked, how: Kernels) -> list[Across]:
    """Windows that stand out in their own device, as far as anyone knows from nothing."""
    if int(np.diff(fleet.offsets).max(initial=0)) < asked.m:
        return []
    profile = matrixprofile.fleet_profile(fleet, asked.m, **asdict(how))
    found = profile.discords(asked.sure, each=asked.each, min_windows=asked.min_windows)
    return [
        Across(one.device_id, one.signal, one.index, one.event_ts, one.m, np.inf, None, -1, None)
        for one in found
    ]


def _with_values(found: Sequence[Across], fleet: FleetSeries, m: int) -> pa.Table:
    rows = findings_table(found, Across)
    places = {name: number for number, name in enumerate(fleet.device_ids)}
    values = []
    for one in found:
        start = int(fleet.offsets[places[str(one.device_id)]]) + one.index
        values.append(fleet.values[start : start + m])
    column: Any = pa.array(values, pa.list_(pa.float64()))
    return rows.append_column(VALUES, column)


def _values(rows: pa.Table, m: int) -> Floats:
    flat: Any = rows[VALUES].combine_chunks()
    return np.asarray(flat.flatten().to_numpy(), np.float64).reshape(-1, m)


def _times(fleet: FleetSeries, places: Any) -> Any:
    if fleet.event_ts is None:
        return pa.nulls(len(places), pa.timestamp("us", tz="UTC"))
    return pa.array(fleet.event_ts[places], pa.timestamp("us", tz="UTC"))


def _greedy(rows: pa.Table, k: int, asked: Asked) -> pa.Table:
    """Choose the farthest, none overlapping another of its device."""
    order = np.argsort(-rows["distance"].to_numpy(), kind="stable").tolist()
    device, index = rows["device_id"].to_pylist(), rows["index"].to_pylist()
    distance = rows["distance"].to_pylist()
    chosen: list[int] = []
    taken: dict[str, list[int]] = {}
    for row in order:
        own = taken.setdefault(device[row], [])
        apart = all(abs(other - index[row]) >= asked.m for other in own)
        full = asked.each is not None and len(own) >= asked.each
        if len(chosen) < k and apart and not full and _LEAST < distance[row] < np.inf:
            own.append(index[row])
            chosen.append(row)
    return rows.take(pa.array(chosen, pa.int64()))


DiscordsTask: TypeAlias = Discords | BestOfPages

_LEAST = 1e-8
_ALONE = (
    "expected at least two devices with a window without a gap, got fewer: choose a shorter "
    "window, or more devices"
)
