"""The search for the window that has the nearest windows on many devices, a group at a time."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from motifleet.matrixprofile import kernels
from motifleet.matrixprofile.nearest import complete_windows, nearest
from motifleet.matrixprofile.ranking import idle_windows
from motifleet.matrixprofile.spread import LONG, spread
from motifleet.types import FleetSeries, Floats, Ints, Series

Groups = Callable[[], Iterator[FleetSeries]]
"""Reads the groups of devices that a fleet is made of, always the same."""

BUDGET = 16_000_000
"""Distances that are held at a time."""
TOGETHER = 64
"""Devices that windows are compared with before it is seen which of them are out."""
SEEDS, TRIED = 4, 16
"""Devices of a group whose windows are tried first, and devices that these are compared with."""
SLACK = 1e-9
"""A window that is not nearer than a bound by this share may have it by rounding."""


@dataclass(frozen=True, slots=True)
class Centre:
    """A window, and how far away the last of the wanted devices has one like it."""

    radius: float
    device_id: str
    index: int


@dataclass(frozen=True, slots=True)
class Sharing:
    """Windows by the radius within which so many other devices have a window like them.

    Args:
        groups: reads the fleet.
        m: the window length.
        constant: whether windows count that hold one value for more than half their length.
        how: threads, and the instruction set.
    """

    groups: Groups
    m: int
    constant: bool
    how: tuple[int, str]

    def devices(self) -> list[str]:
        """List the devices that have a complete window."""
        return [str(each.device_id) for group in self.groups() for each in self._whole(group)]

    def seeds(self, others: int, devices: int) -> list[Centre]:
        """Windows that many devices may have, by their radius over a few devices."""
        found: list[Centre] = []
        for group in self.groups():
            whole = self._whole(group)
            if len(whole) < 2:
                continue
            tried = [whole[at] for at in _evenly(len(whole), TRIED)]
            rank = max(1, round(others / (devices - 1) * (len(tried) - 1)))
            for series in tried[:SEEDS]:
                found += self._best(series, [each for each in tried if each is not series], rank)
        return found

    def _best(self, series: Series, others: Sequence[Series], rank: int) -> list[Centre]:
        """The windows of a series with the least radius over some others, none overlapping."""
        windows = np.flatnonzero(self.usable(series.values))
        if not len(windows):
            return []
        distances = np.column_stack(list(self._columns([(series, windows)], others, 1)))
        radii = np.partition(distances, rank - 1, axis=1)[:, rank - 1]
        chosen: list[Centre] = []
        for place in np.argsort(radii, kind="stable").tolist():
            at = int(windows[place])
            if all(abs(at - each.index) >= self.m for each in chosen):
                chosen.append(Centre(float(radii[place]), str(series.device_id), at))
            if len(chosen) == SEEDS:
                break
        return chosen

    def radius(self, pattern: Floats, device_id: str, others: int) -> float:
        """How far away the last of so many other devices has a window like a pattern."""
        near: list[float] = []
        for group in self.groups():
            for series, least in zip(group, self._least(pattern, group), strict=True):
                if series.device_id != device_id and np.isfinite(least):
                    near.append(float(least))
        return sorted(near)[others - 1] if len(near) >= others else float("inf")

    def blocks(self, devices: int) -> Iterator[list[Series]]:
        """Yield devices, as many together as their distances to all others fit into the budget."""
        for group in self.groups():
            block: list[Series] = []
            held = 0
            for series in self._whole(group):
                size = (len(series) - self.m + 1) * devices
                if block and held + size > BUDGET:
                    yield block
                    block, held = [], 0
                block.append(series)
                held += size
            if block:
                yield block

    def within(
        self,
        block: Sequence[Series],
        bound: float,
        others: int,
        devices: int,
        told: Callable[[int], None],
    ) -> list[Centre]:
        """Find the windows of some devices with a radius of at most a bound.

        A window is out once fewer devices are left to see than it would still need.

        Args:
            block: the devices.
            bound: the largest radius.
            others: how many other devices have to have a window like it.
            devices: how many there are in all.
            told: called with the devices seen so far.
        """
        states = [_State.of(series, self.usable(series.values), devices) for series in block]
        seen, limit = 0, bound * (1 + SLACK)
        for group in self.groups():
            whole = self._whole(group)
            for start in range(0, len(whole), TOGETHER):
                few = whole[start : start + TOGETHER]
                alive = [state for state in states if len(state.windows)]
                if not alive:
                    return []
                self._compare(alive, few, seen)
                seen += len(few)
                told(seen)
                for state in alive:
                    state.drop(seen, limit, others - (devices - seen))
        return [found for state in states for found in state.centres(others, limit)]

    def _compare(self, states: "Sequence[_State]", few: Sequence[Series], seen: int) -> None:
        pairs = [(state, other) for state in states for other in few]
        length = max(len(each) for _, each in pairs)
        one = length > LONG
        threads = self.how[0] if one else 1

        def column(pair: tuple["_State", Series]) -> Floats:
            state, other = pair
            if other.device_id == state.series.device_id:
                return np.full(len(state.windows), np.inf)
            return self._distances(state.series, state.windows, other, threads)

        found = map(column, pairs) if one else spread(column, pairs, self.how[0])
        places = range(seen, seen + len(few))
        where = ((state, place) for state in states for place in places)
        for (state, place), distances in zip(where, found, strict=True):
            state.distances[:, place] = distances

    def _columns(
        self, sides: Sequence[tuple[Series, Ints]], others: Sequence[Series], threads: int
    ) -> Iterator[Floats]:
        for series, windows in sides:
            for other in others:
                yield self._distances(series, windows, other, threads)

    def _distances(self, series: Series, windows: Ints, other: Series, threads: int) -> Floats:
        """To the nearest window of another device, for each of these windows."""
        values, simd = series.values, self.how[1]
        if len(windows) > _FEW:
            (found, _), _ = nearest(values, other.values, self.m, threads=threads, simd=simd)
            return found[windows]
        span = np.array([0, len(other)], np.int64)
        return np.array(
            [
                kernels.distance_profile(
                    np.ascontiguousarray(values[at : at + self.m]),
                    other.values,
                    span,
                    normalize=True,
                    threads=threads,
                    simd=simd,
                ).min()
                for at in windows.tolist()
            ]
        )

    def _least(self, pattern: Floats, group: FleetSeries) -> list[float]:
        threads, simd = self.how
        found = kernels.distance_profile(
            np.ascontiguousarray(pattern),
            group.values,
            group.offsets,
            normalize=True,
            threads=threads,
            simd=simd,
        )
        ends = kernels.window_offsets(group.offsets, self.m).tolist()
        return [float(found[a:b].min()) if b > a else np.inf for a, b in pairwise(ends)]

    def _whole(self, group: FleetSeries) -> list[Series]:
        return [each for each in group if complete_windows(each.values, self.m).any()]

    def usable(self, values: Floats) -> NDArray[np.bool_]:
        """Tell which windows may be the motif."""
        whole = complete_windows(values, self.m)
        return whole if self.constant else whole & ~idle_windows(values, self.m)


_FEW = 4


@dataclass(slots=True)
class _State:
    """The windows of a device that are not out yet, and how far each is from devices seen."""

    series: Series
    windows: Ints
    distances: Floats

    @classmethod
    def of(cls, series: Series, usable: NDArray[np.bool_], devices: int) -> "_State":
        windows = np.flatnonzero(usable)
        return cls(series, windows, np.full((len(windows), devices), np.inf))

    def drop(self, seen: int, limit: float, needed: int) -> None:
        """Leave those out that are near to fewer of the devices seen than needed."""
        near = np.count_nonzero(self.distances[:, :seen] <= limit, axis=1)
        if (left := near >= needed).all():
            return
        self.windows, self.distances = self.windows[left], self.distances[left]

    def centres(self, others: int, limit: float) -> Iterator[Centre]:
        if not len(self.windows):
            return
        radii = np.partition(self.distances, others - 1, axis=1)[:, others - 1]
        for place in np.flatnonzero(radii <= limit).tolist():
            name, at = str(self.series.device_id), int(self.windows[place])
            yield Centre(float(radii[place]), name, at)


def _evenly(count: int, most: int) -> list[int]:
    places: list[int] = np.unique(np.linspace(0, count - 1, min(count, most)).astype(int)).tolist()
    return places
