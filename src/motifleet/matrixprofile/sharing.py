"""What the search for shared motifs asks of a group of devices, or of two groups.

Each step is a pure function that can be pickled, from series to rows, so that an engine can send it
to where the series are.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from numpy.typing import NDArray

from motifleet.matrixprofile import _core
from motifleet.matrixprofile.findings import Match, findings_table
from motifleet.matrixprofile.matching import match
from motifleet.matrixprofile.nearest import complete_windows
from motifleet.matrixprofile.options import JoinOptions
from motifleet.matrixprofile.ranking import idle_windows
from motifleet.matrixprofile.spread import LONG, spread
from motifleet.matrixprofile.window_runs import WindowRuns, runs_of
from motifleet.types import FleetSeries, Floats, Ints, Series

if TYPE_CHECKING:
    import pyarrow as pa

How = tuple[int, str]
"""Threads, and the instruction set."""
Item = tuple[int, ...]
"""The numbers of the groups that a step is for, one or two."""
Mask = NDArray[np.bool_]


class Step(Protocol):
    """A question to one group of devices, or to two."""

    def find(self, item: Item, groups: Sequence[FleetSeries], how: How) -> "pa.Table":
        """Answer it for the groups of these numbers."""


@dataclass(frozen=True, slots=True)
class Look:
    """Which devices have a window without a gap, and which of their windows may be the motif.

    Args:
        m: the window length.
        constant: whether windows count that hold one value for more than half their length.
    """

    m: int
    constant: bool

    def find(self, item: Item, groups: Sequence[FleetSeries], how: How) -> "pa.Table":  # noqa: ARG002
        """Find a row for each device: its name, and its windows, those that may be it as true."""
        import pyarrow as pa

        series = whole(groups[0], self.m)
        usable = [self._usable(each.values) for each in series]
        kind: Any = pa.list_(pa.bool_())
        names = pa.array([str(each.device_id) for each in series], pa.string())
        return pa.table({"device_id": names, "usable": pa.array(usable, kind)})

    def _usable(self, values: Floats) -> Mask:
        complete = complete_windows(values, self.m)
        return complete if self.constant else complete & ~idle_windows(values, self.m)


@dataclass(frozen=True, slots=True)
class Fetch:
    """Some devices' series as they are.

    Args:
        names: the devices.
    """

    names: frozenset[str]

    def find(self, item: Item, groups: Sequence[FleetSeries], how: How) -> "pa.Table":  # noqa: ARG002
        """Find a row for each of the devices that is in the group."""
        import pyarrow as pa

        found = [each for each in groups[0] if each.device_id in self.names]
        moment = pa.timestamp("us")
        columns: dict[str, Any] = {
            "device_id": pa.array([each.device_id for each in found], pa.string()),
            "signal": pa.array([each.signal for each in found], pa.string()),
            "values": pa.array([each.values for each in found], pa.list_(pa.float64())),
            "event_ts": pa.array([each.event_ts for each in found], pa.list_(moment)),
        }
        return pa.table(columns)


def fetched(rows: "pa.Table") -> list[Series]:
    """Make series of the rows of `Fetch`."""

    def column(name: str) -> list[Any]:
        return [None if each.as_py() is None else each.values for each in rows[name]]

    names, signals = rows["device_id"].to_pylist(), rows["signal"].to_pylist()
    return [
        Series(
            np.asarray(values.to_numpy(zero_copy_only=False), np.float64),
            name,
            signal,
            None if times is None else times.to_numpy(zero_copy_only=False),
        )
        for name, signal, values, times in zip(
            names, signals, column("values"), column("event_ts"), strict=True
        )
    ]


@dataclass(frozen=True, slots=True)
class Extract:
    """The windows that are left, as runs of values.

    Args:
        m: the window length.
        left: of each group's windows, those that are left.
    """

    m: int
    left: Mapping[int, Mask]

    def find(self, item: Item, groups: Sequence[FleetSeries], how: How) -> "pa.Table":  # noqa: ARG002
        """Find the runs of a group."""
        side = Side.of(groups[0], self.m, self.left[item[0]])
        runs = [
            run
            for series, left in side.each()
            for run in runs_of(series, np.flatnonzero(left), self.m)
        ]
        return WindowRuns.table(runs)


@dataclass(frozen=True, slots=True)
class Apart:
    """How many devices each window is far from.

    Args:
        m: the window length.
        limits: what is farther is far, by each of them.
        left: of each group's windows, those that it matters for.
    """

    m: int
    limits: tuple[float, ...]
    left: Mapping[int, Mask]

    def find(self, item: Item, groups: Sequence[FleetSeries], how: How) -> "pa.Table":
        """Count, for each group, the devices of the other one; in one group, its other devices.

        Counts by one limit come after those by the one before.
        """
        import pyarrow as pa

        sides = [
            Side.of(group, self.m, self.left[number])
            for number, group in zip(item, groups, strict=True)
        ]
        pair = _Pair(sides[0], sides[-1], self.m, np.array(self.limits)[:, np.newaxis], how)
        counts = pair.both_ways() if pair.symmetric() else pair.one_way_each()
        kind: Any = pa.list_(pa.uint32())
        few = [each.ravel().astype(np.uint32) for each in counts]
        return pa.table({"group": list(item), "far": pa.array(few, kind)})


@dataclass(frozen=True, slots=True)
class Nearest:
    """How far each of some windows is from every device.

    Args:
        m: the window length.
        windows: the windows, as bytes.
    """

    m: int
    windows: bytes

    def find(self, item: Item, groups: Sequence[FleetSeries], how: How) -> "pa.Table":  # noqa: ARG002
        """Find a row for each device of the group: the distances; from its own, infinity."""
        import pyarrow as pa

        runs = WindowRuns.from_bytes(self.windows, self.m)
        series = whole(groups[0], self.m)
        found = list(distances_to(runs, series, how))
        kind: Any = pa.list_(pa.float64())
        names = pa.array([str(each.device_id) for each in series], pa.string())
        return pa.table({"device_id": names, "distances": pa.array(found, kind)})


@dataclass(frozen=True, slots=True)
class Occurrences:
    """All windows near to a pattern, none overlapping another.

    Args:
        pattern: its values.
        limit: how far they may be.
    """

    pattern: tuple[float, ...]
    limit: float

    def find(self, item: Item, groups: Sequence[FleetSeries], how: How) -> "pa.Table":  # noqa: ARG002
        """Find those of a group."""
        threads, simd = how
        near = {"k": None, "max_distance": self.limit, "threads": threads, "simd": simd}
        return findings_table(match(self.pattern, groups[0], **near), Match)  # type: ignore[arg-type]


def whole(group: FleetSeries, m: int) -> list[Series]:
    """List the devices that have a window without a gap."""
    return [each for each in group if complete_windows(each.values, m).any()]


def distances_to(runs: WindowRuns, series: Sequence[Series], how: How) -> Iterator[Floats]:
    """Yield, for each device, how far each window is from it; from its own device infinitely."""
    join = Join(runs.m, [runs.values, *(each.values for each in series)], how)

    def of(other: Series) -> Floats:
        found = join(runs.values, other.values)[0][runs.starts]
        found[runs.device_ids == other.device_id] = np.inf
        return found

    yield from join.each(of, series)


@dataclass(frozen=True, slots=True)
class Side:
    """A group's devices with a window without a gap, and which of their windows are left.

    Args:
        series: the devices.
        offsets: where each one's windows begin in the mask.
        left: shape (windows,).
    """

    series: list[Series]
    offsets: Ints
    left: Mask

    @classmethod
    def of(cls, group: FleetSeries, m: int, left: Mask) -> "Side":
        """Lay the windows of a group end to end."""
        series = whole(group, m)
        lengths = np.array([0, *(len(each) - m + 1 for each in series)], np.int64)
        return cls(series, np.cumsum(lengths), left)

    def span(self, device: int) -> slice:
        """The place of a device's windows."""
        return slice(int(self.offsets[device]), int(self.offsets[device + 1]))

    def each(self) -> Iterator[tuple[Series, Mask]]:
        """Yield each device with which of its windows are left."""
        for series, (start, end) in zip(self.series, pairwise(self.offsets.tolist()), strict=True):
            yield series, self.left[start:end]

    def alive(self) -> list[bool]:
        """Tell which devices have a window left."""
        return [bool(left.any()) for _, left in self.each()]

    def values(self) -> int:
        """Count the values of all devices."""
        return sum(map(len, self.series))


class Join:
    """Nearest neighbours of two series, as the kernel has them: each by one thread, or all."""

    def __init__(self, m: int, values: Sequence[Floats], how: How) -> None:
        threads, simd = how
        self.m, self.threads = m, threads
        self.long = max(map(len, values)) > LONG and len(values) < _FEW
        self.options = JoinOptions.checked(threads=threads if self.long else 1, simd=simd)

    def __call__(self, a: Floats, b: Floats) -> tuple[Floats, Floats]:
        """Find how far each window of one is from the other, and the other way round."""
        (of_a, _), (of_b, _) = _core.ab_join(a, b, self.m, self.options)
        return of_a, of_b

    def each(self, work: Callable[[Any], Any], items: Sequence[Any]) -> Iterator[Any]:
        """Do a work for all items, one after the other where each takes all threads."""
        return map(work, items) if self.long else spread(work, items, self.threads)


_FEW = 16


@dataclass(frozen=True, slots=True)
class _Pair:
    """Two groups, or one with itself.

    Args:
        a: the one.
        b: the other.
        m: the window length.
        limits: shape (limits, 1), what is farther is far.
        how: threads, and the instruction set.
    """

    a: Side
    b: Side
    m: int
    limits: Floats
    how: How

    def symmetric(self) -> bool:
        """Tell whether whole devices joined, both ways at once, are less work than what is left."""
        sides = (self.a, self.b)
        pairs = self.a.values() * self.b.values()
        if self.a is self.b:
            pairs //= 2
        left = [WindowRuns.size(side.each(), self.m) for side in sides]
        one_way = left[0] * self.b.values()
        return pairs <= one_way + (0 if self.a is self.b else left[1] * self.a.values())

    def both_ways(self) -> list[Ints]:
        """Join every device of one with all of the other."""
        a, b, same = self.a, self.b, self.a is self.b
        join = self._join()
        living, others = a.alive(), b.alive()

        def row(i: int) -> tuple[Ints, Ints]:
            span = a.span(i)
            own, theirs = self._none(span.stop - span.start), self._none(len(b.left))
            for j in range(i + 1 if same else 0, len(b.series)):
                if living[i] or others[j]:
                    one, other = join(a.series[i].values, b.series[j].values)
                    own += one > self.limits
                    theirs[:, b.span(j)] += other > self.limits
            return own, theirs

        counts = [self._none(len(a.left))]
        counts.append(counts[0] if same else self._none(len(b.left)))
        for i, (own, theirs) in enumerate(join.each(row, range(len(a.series)))):
            counts[0][:, a.span(i)] += own
            counts[1] += theirs
        return counts[:1] if same else counts

    def one_way_each(self) -> list[Ints]:
        """Join what is left of one with every device of the other, and the other way round."""
        counts = [self._one_way(self.a, self.b)]
        return counts if self.a is self.b else [*counts, self._one_way(self.b, self.a)]

    def _one_way(self, a: Side, b: Side) -> Ints:
        counts = self._none(len(a.left))
        runs = [
            run
            for series, left in a.each()
            for run in runs_of(series, np.flatnonzero(left), self.m)
        ]
        if runs:
            windows = WindowRuns.of(runs, self.m)
            far = self._none(len(windows))
            for found in distances_to(windows, b.series, self.how):
                far += (found > self.limits) & (found < np.inf)
            counts[:, a.left] = far
        return counts

    def _none(self, windows: int) -> Ints:
        return np.zeros((len(self.limits), windows), np.int64)

    def _join(self) -> Join:
        every = [*self.a.series, *self.b.series]
        return Join(self.m, [each.values for each in every], self.how)
