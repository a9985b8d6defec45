"""The search for discords of one length after the other, each from what the last one found."""

import numpy as np
from numpy.typing import NDArray

from motifleet.matrixprofile import _core, findings, kernels
from motifleet.matrixprofile.findings import Discord
from motifleet.matrixprofile.fleet import fleet_profile
from motifleet.matrixprofile.options import Progress
from motifleet.matrixprofile.ranking import SAME
from motifleet.matrixprofile.series import end_to_end
from motifleet.matrixprofile.steps import Steps
from motifleet.types import FleetSeries, Floats, Ints, Series

SHARE = 0.5
"""Of the work for a whole profile, how much is spent on an attempt to do without."""
LONGEST_PAUSE = 7
"""Lengths after which another attempt is made, where the ones before failed."""
PAIRS, PRODUCTS, CALL = 3e9, 4e9, 1e-4
"""Pairs of windows compared, values multiplied, both in a second, and seconds for a call."""


class Lengths:
    """Discords of rising lengths, each exact.

    The window that was nearest to another at one length is near to it at the next: its distance
    there bounds that to the nearest from above. Only windows whose bound exceeds the discords
    found so far have to be looked at, the farthest first (as in DRAG and MERLIN, whose threshold
    the bounds take the place of). Where too many remain, the whole profile is computed.
    """

    def __init__(self, series: list[Series], k: int, threads: int, simd: str) -> None:
        self.series, self.fleet, self.k = series, end_to_end(series), k
        self.threads, self.simd = kernels.resolve_threads(threads), kernels.resolve_simd(simd)
        self.neighbors = np.zeros(0, np.int64)
        self.offsets: Ints | None = None
        self.profiles = 0
        # Lengths for which no attempt is made, after attempts that failed.
        self.pause = self.patience = 0
        self.follow: Progress | None = None

    def search_all(self, lengths: list[int], progress: Progress | None) -> dict[int, list[Discord]]:
        """Find the discords of all lengths, which rise."""
        pairs = {m: self._pairs(m) for m in lengths}
        steps, found = Steps(progress, sum(pairs.values())), {}
        for m in lengths:
            self.follow = steps.part(pairs[m])
            found[m] = self.search(m)
        steps.finished()
        return found

    def _pairs(self, m: int) -> int:
        windows = np.diff(kernels.window_offsets(self.fleet.offsets, m))
        return int(kernels.pairs(windows, m).sum())

    def search(self, m: int) -> list[Discord]:
        """Find the discords of a length that is greater than all before it."""
        search = None
        if self.offsets is not None and self.pause == 0:
            search = self._by_bounds(m, self.offsets)
            self.patience = 0 if search else min(2 * self.patience + 1, LONGEST_PAUSE)
            self.pause = self.patience
        elif self.pause:
            self.pause -= 1
        if search is None:
            search = self._by_profile(m)
        self.neighbors, self.offsets = search.neighbors, search.offsets
        return [self._discord(search, window) for window in search.found]

    def _by_profile(self, m: int) -> "_Search":
        self.profiles += 1
        profile = fleet_profile(
            self.fleet, m, progress=self.follow, threads=self.threads, simd=self.simd
        )
        search = _Search(self, m, profile.offsets, profile.distances, profile.indices)
        search.exact[:] = True
        search.run(self.k, 0)
        return search

    def _by_bounds(self, m: int, before: Ints) -> "_Search | None":
        """Search by the bounds; None where that is more work than a profile."""
        offsets = kernels.window_offsets(self.fleet.offsets, m)
        neighbors = self._lengthened(m, before, offsets)
        work = kernels.Work(self.goes_on(), self.threads, self.simd)
        bounds = _core.pair_distances(self.fleet.values, self.fleet.offsets, m, neighbors, work)
        search = _Search(self, m, offsets, bounds, neighbors)
        windows = np.diff(offsets)
        row = float(windows.max(initial=0)) * m / PRODUCTS + CALL
        whole = float(kernels.pairs(windows, m).sum()) / PAIRS
        return search if search.run(self.k, int(SHARE * whole / row)) else None

    def goes_on(self) -> Progress | None:
        """Tell during work of unknown extent that it goes on, if not how far it is."""
        told = self.follow
        return None if told is None else lambda *_: told(0, 1)

    def _lengthened(self, m: int, before: Ints, offsets: Ints) -> Ints:
        """Keep the neighbours that are windows of the new length too, outside the wider zone."""
        here = np.arange(before[-1]) - np.repeat(before[:-1], np.diff(before))
        limit = np.repeat(np.diff(offsets), np.diff(before))
        kept = here < limit
        here, limit, neighbors = here[kept], limit[kept], self.neighbors[kept]
        lost = (neighbors >= limit) | (np.abs(neighbors - here) <= kernels.exclusion_zone(m))
        return np.where(lost, -1, neighbors)

    def _discord(self, search: "_Search", window: int) -> Discord:
        device, start, _ = search.device(window)
        distance, neighbor = float(search.near[window]), int(search.neighbors[window])
        return findings.discord(self.series[device], search.m, distance, window - start, neighbor)


class _Search:
    """The search at one length, by bounds on all windows' distances to their nearest."""

    def __init__(
        self, lengths: Lengths, m: int, offsets: Ints, bounds: Floats, neighbors: Ints
    ) -> None:
        self.lengths, self.m, self.offsets = lengths, m, offsets
        self.near, self.neighbors = bounds.copy(), neighbors.copy()
        self.exact = np.zeros(len(bounds), np.bool_)
        # What may still be a discord, by its bound.
        self.ranked = np.where(_complete(lengths.fleet, offsets, m), bounds, -np.inf)
        self.found: list[int] = []

    def run(self, k: int, most: int) -> bool:
        """Choose the k farthest windows; False where more than so many have to be measured."""
        unknown = np.isposinf(self.ranked) & ~self.exact
        self.ranked[np.isposinf(self.ranked) & self.exact] = -np.inf
        if unknown.sum() > most:
            return False
        while len(self.found) < k and len(self.ranked):
            window = int(np.argmax(self.ranked))
            if self.ranked[window] <= SAME * self.m**0.5:
                break
            if self.exact[window]:
                self.found.append(window)
                self._close(window)
            elif most == 0:
                return False
            else:
                most -= 1
                self._measure(window)
        return True

    def _close(self, window: int) -> None:
        """Take out what overlaps a window that was chosen."""
        _, start, end = self.device(window)
        self.ranked[max(window - self.m + 1, start) : min(window + self.m, end)] = -np.inf

    def _measure(self, window: int) -> None:
        """Measure a window against all of its device: its own distance, and bounds of theirs."""
        device, start, end = self.device(window)
        values, index = self.lengths.series[device].values, window - start
        distances = kernels.distance_profile(
            values[index : index + self.m],
            values,
            np.array([0, len(values)], np.int64),
            normalize=True,
            progress=self.lengths.goes_on(),
            threads=self.lengths.threads,
            simd=self.lengths.simd,
        )
        zone = kernels.exclusion_zone(self.m)
        distances[max(index - zone, 0) : index + zone + 1] = np.inf
        nearer = distances < self.near[start:end]
        self.near[start:end][nearer] = distances[nearer]
        self.neighbors[start:end][nearer] = index
        nearest = int(np.argmin(distances))
        self.near[window] = distances[nearest]
        self.exact[window] = True
        self.neighbors[window] = nearest if distances[nearest] < np.inf else -1
        open_ = self.ranked[start:end] > -np.inf
        self.ranked[start:end][open_] = self.near[start:end][open_]
        if np.isposinf(self.near[window]):
            self.ranked[window] = -np.inf

    def device(self, window: int) -> tuple[int, int, int]:
        device = int(np.searchsorted(self.offsets, window, side="right")) - 1
        return device, int(self.offsets[device]), int(self.offsets[device + 1])


def _complete(fleet: FleetSeries, offsets: Ints, m: int) -> NDArray[np.bool_]:
    """Tell which windows of a fleet have no missing value, laid end to end."""
    missing = np.concatenate([[0], np.cumsum(~np.isfinite(fleet.values))])
    starts = np.arange(offsets[-1]) + np.repeat(fleet.offsets[:-1] - offsets[:-1], np.diff(offsets))
    return np.asarray(missing[starts + m] == missing[starts])
