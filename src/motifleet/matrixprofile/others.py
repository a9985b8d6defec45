"""How near every window of a fleet is to the nearest on any other device, as far as it matters."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from motifleet.matrixprofile import _core, kernels
from motifleet.matrixprofile.nearest import nearest
from motifleet.matrixprofile.options import Progress
from motifleet.matrixprofile.ranking import disjoint, unlikeness
from motifleet.matrixprofile.spread import LONG, spread
from motifleet.matrixprofile.steps import Steps
from motifleet.types import FleetSeries, Floats, Ints

_MANY = 8
_BATCH = 1024


class Others:
    """Bounds of the distances of all windows to the nearest on another device.

    A bound is the distance to the nearest neighbour known so far. It falls with every device that a
    window is compared with, and is exact once the window was compared with all. Windows that span
    a gap, and those of devices with too few windows, are out of it from the start: minus infinity.

    Args:
        fleet: the series.
        m: the window length.
        min_windows: of a device, for its windows to count.
        how: what is told of the progress, threads, and the instruction set.
    """

    def __init__(
        self,
        fleet: FleetSeries,
        m: int,
        min_windows: int,
        how: tuple[Progress | None, int, str],
    ) -> None:
        self.fleet, self.m = fleet, m
        progress, self.threads, self.simd = how
        self.steps = Steps(progress, None)
        self.offsets = kernels.window_offsets(fleet.offsets, m)
        windows = np.diff(self.offsets)
        self.device = np.repeat(np.arange(len(fleet)), windows)
        self._starts = np.arange(self.offsets[-1]) + np.repeat(
            fleet.offsets[:-1] - self.offsets[:-1], windows
        )
        missing = np.concatenate([[0], np.cumsum(~np.isfinite(fleet.values))])
        complete = missing[self._starts + m] == missing[self._starts]
        counts = np.bincount(self.device, complete, minlength=len(fleet))
        self.usable = np.flatnonzero(counts > 0)
        counted = complete & (counts[self.device] >= min_windows)
        self.bounds = np.where(counted, np.inf, -np.inf)
        self.neighbor_devices = np.full(len(complete), -1)
        self.neighbors = np.full(len(complete), -1)
        self.exact = np.zeros(len(complete), np.bool_)

    def farthest(self, k: int, each: int | None) -> list[int]:
        """Find the k windows that are farthest from all other devices, none overlapping another.

        Windows are looked at by their bounds, the farthest first, until the k best are exact: all
        others are nearer to something already.
        """
        if len(self.usable) < 2:
            return []
        self._join(1, 0.0)
        enough, stride, count = 0.0, 1, 2 * k - 1
        while True:
            picks = self._picks(self.bounds, count, each)
            unsure = picks[~self.exact[picks]]
            if self.exact[picks[:k]].all():
                return [int(window) for window in picks[:k]]
            self._settle(unsure, enough)
            enough = self._enough(k, each)
            count = min(2 * count, max(_BATCH, 2 * k - 1))
            stride = self._join_more(stride, enough)

    def all_beyond(self, enough: float) -> list[int]:
        """Find all windows without a neighbour on another device nearer than that."""
        if len(self.usable) >= 2:
            self._join(1, enough)
            stride, before = 1, 0
            while stride != before:
                before, stride = stride, self._join_more(stride, enough)
            for part in self._parts(enough):
                self._settle(part, enough)
        found: list[int] = np.flatnonzero(self.bounds >= enough).tolist()
        return found

    def values(self, window: int) -> Floats:
        """The values of a window."""
        start = int(self._starts[window])
        return np.asarray(self.fleet.values[start : start + self.m])

    def _parts(self, enough: float) -> Sequence[Ints]:
        left = np.flatnonzero((self.bounds >= enough) & ~self.exact)
        return np.array_split(left, range(_BATCH, len(left), _BATCH))

    def _picks(self, bounds: Floats, count: int, each: int | None) -> Ints:
        scores = unlikeness(bounds, self.m)
        chosen = disjoint(scores, self.offsets, self.m, count, each=each)
        return np.array([self.offsets[device] + index for device, index in chosen], np.int64)

    def _enough(self, k: int, each: int | None) -> float:
        """How far the k-th best is at least.

        A window overlaps two others that do not overlap one another, at most. So of 2 k - 1 of
        these that are exact and at least that far, one is left whatever the first k - 1 are.
        """
        picks = self._picks(np.where(self.exact, self.bounds, 0.0), 2 * k - 1, each)
        return float(self.bounds[picks[-1]]) if len(picks) == 2 * k - 1 else 0.0

    def _settle(self, windows: Ints, enough: float) -> None:
        """Compare windows with all devices, each until it has a neighbour nearer than enough."""
        if len(windows) == 0:
            return
        patterns = np.stack([self.values(window) for window in windows.tolist()])
        devices, indices, distances = _core.elsewhere(
            patterns,
            self.bounds[windows],
            self.device[windows],
            enough,
            self.fleet.values,
            self.fleet.offsets,
            kernels.Work.resolved(
                self.threads, self.simd, self.steps.part(len(windows) * len(self.fleet))
            ),
        )
        nearer = devices >= 0
        self.bounds[windows] = distances
        self.neighbor_devices[windows[nearer]] = devices[nearer]
        self.neighbors[windows[nearer]] = indices[nearer]
        self.exact[windows] = distances >= enough

    def _join_more(self, stride: int, enough: float) -> int:
        """Join devices twice as far apart, where that is less work than window by window."""
        alive = self._alive(enough)
        if 2 * stride >= len(self.usable) or np.count_nonzero(alive) <= _MANY * len(self.usable):
            return stride
        self._join(2 * stride, enough)
        return 2 * stride

    def _join(self, stride: int, enough: float) -> None:
        """Join every device that has windows left with the one so many places further."""
        left = np.bincount(self.device[self._alive(enough)], minlength=len(self.fleet)) > 0
        following = np.roll(self.usable, -stride)
        pairs = [
            (a, b)
            for a, b in zip(self.usable.tolist(), following.tolist(), strict=True)
            if left[a] or left[b]
        ]
        long = bool((np.diff(self.fleet.offsets) > LONG).any())

        def join(pair: tuple[int, int]) -> tuple[tuple[Floats, Ints], tuple[Floats, Ints]]:
            a, b = (self.fleet[device].values for device in pair)
            threads = self.threads if long else 1
            follow = self.steps.part(0) if long else None
            return nearest(a, b, self.m, progress=follow, threads=threads, simd=self.simd)

        joined = map(join, pairs) if long else spread(join, pairs, self.threads)
        for (a, b), (of_a, of_b) in zip(pairs, joined, strict=True):
            self.steps.part(1)
            self._improve(a, b, of_a)
            self._improve(b, a, of_b)

    def _improve(self, device: int, other: int, found: tuple[Floats, Ints]) -> None:
        span = slice(int(self.offsets[device]), int(self.offsets[device + 1]))
        distances, indices = found
        nearer = distances < self.bounds[span]
        self.bounds[span][nearer] = distances[nearer]
        self.neighbor_devices[span][nearer] = other
        self.neighbors[span][nearer] = indices[nearer]

    def _alive(self, enough: float) -> NDArray[np.bool_]:
        return (self.bounds > enough) & ~self.exact
