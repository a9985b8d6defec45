"""Patterns over a table: a group of whole devices at a time, the best of all groups kept."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from heapq import nlargest, nsmallest
from operator import attrgetter
from typing import TypeVar

import numpy as np

from motifleet.app.progress import Progress
from motifleet.errors import InvalidArgumentError
from motifleet.matrixprofile import (
    Discord,
    Finding,
    FleetProfile,
    Match,
    Motif,
    fleet_profile,
    match,
)
from motifleet.types import FleetSeries, Floats

Found = TypeVar("Found", bound=Finding)


@dataclass(frozen=True, slots=True)
class Search:
    """One signal over groups of whole devices, so that memory is bounded by the largest group.

    Args:
        groups: the devices' series, a group at a time.
        signal: the signal's name, for messages.
        devices: how many devices there are in all groups.
        threads: threads of the kernels; 0: one for each core.
        simd: the kernels' instruction set.
        progress: told the number of devices done.
    """

    groups: Iterable[FleetSeries]
    signal: str
    devices: int
    threads: int
    simd: str
    progress: Progress

    def motifs(self, m: int, k: int) -> list[Motif]:
        """The k closest pairs of windows within a device, the closest first."""
        found = (profile.motifs(k) for profile in self._profiles(m))
        return _best(found, k, largest=False)

    def discords(self, m: int, k: int, min_windows: int) -> list[Discord]:
        """The k windows farthest from any other of their device, the farthest first."""
        found = (profile.discords(k, min_windows=min_windows) for profile in self._profiles(m))
        return _best(found, k, largest=True)

    def matches(
        self, pattern: Floats | Sequence[float], k: int, max_distance: float | None
    ) -> list[Match]:
        """The k windows nearest to a pattern, over all devices, the nearest first."""
        found = (
            match(
                pattern,
                group,
                k=k,
                max_distance=max_distance,
                threads=self.threads,
                simd=self.simd,
            )
            for group in self._long_enough(len(pattern))
        )
        return _best(found, k, largest=False)

    def _profiles(self, m: int) -> Iterator[FleetProfile]:
        return (
            fleet_profile(group, m, threads=self.threads, simd=self.simd)
            for group in self._long_enough(m)
        )

    def _long_enough(self, m: int) -> Iterator[FleetSeries]:
        """The groups, counted; an error after the last if no device of any had m values."""
        done, longest = 0, 0
        self.progress(done, self.devices)
        for group in self.groups:
            yield group
            done += len(group)
            longest = max(longest, int(np.diff(group.offsets).max(initial=0)))
            self.progress(done, self.devices)
        if longest < m:
            raise InvalidArgumentError(self._too_short(m, longest))

    def _too_short(self, m: int, longest: int) -> str:
        if longest == 0:
            return f"expected values of {self.signal!r}, got none: every report lacks it (NaN)"
        return (
            f"expected a window of at most {longest} reports, the longest series of "
            f"{self.signal!r} there is, got {m}"
        )


def _best(groups: Iterable[Sequence[Found]], k: int, *, largest: bool) -> list[Found]:
    pick = nlargest if largest else nsmallest
    best: list[Found] = []
    for group in groups:
        best = pick(k, [*best, *group], key=attrgetter("distance"))
    return best
