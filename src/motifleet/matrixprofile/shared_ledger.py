"""Which windows may still be a motif that many devices share."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from motifleet.matrixprofile.findings import Match
from motifleet.types import Floats, Ints

Masks = list[NDArray[np.bool_]]


class Home(NamedTuple):
    """Where the windows of a device are: the group, the first one's place there, how many."""

    group: int
    start: int
    windows: int


@dataclass(slots=True)
class Ledger:
    """The windows of all groups, and from how many devices each is far, by several limits.

    Args:
        m: the window length.
        homes: where each device's windows are.
        free: shape (windows,) of each group: those that may be a motif.
        most: from so many devices a motif may be far.
        limits: what is farther is far, the least first.
        far: shape (limits, windows) of each group, counted so far.
    """

    m: int
    homes: Mapping[str, Home]
    free: Masks
    most: int
    limits: Floats = field(default_factory=lambda: np.zeros(0))
    far: list[Ints] = field(default_factory=list)

    def start(self, limits: Sequence[float]) -> None:
        """Begin to count by other limits."""
        self.limits = np.asarray(limits, np.float64)
        self.far = [np.zeros((len(limits), len(mask)), np.int64) for mask in self.free]

    def left(self, level: int = -1) -> Masks:
        """Tell which windows may be within a limit of enough devices, for all that was counted."""
        pairs = zip(self.free, self.far, strict=True)
        return [free & (far[level] <= self.most) for free, far in pairs]

    def take(self, occurrences: Iterable[Match]) -> None:
        """Leave out the windows that overlap some occurrences."""
        for each in occurrences:
            home = self.homes.get(str(each.device_id))
            if home is not None:
                first = home.start + max(each.index - self.m + 1, 0)
                last = home.start + min(each.index + self.m, home.windows)
                self.free[home.group][first:last] = False

    def size(self, masks: Masks) -> int:
        """Count the values that it takes to write windows one after the other."""
        total = 0
        for mask in masks:
            windows = np.flatnonzero(mask)
            if len(windows):
                total += int(np.minimum(np.diff(windows), self.m + 1).sum()) + self.m + 1
        return total

    def windows(self) -> int:
        """Count all windows."""
        return sum(map(len, self.free))


def pairs_of(groups: int, stride: int) -> list[tuple[int, ...]]:
    """The pairs of groups so far apart in a ring, each once; at 0 each group by itself.

    >>> pairs_of(4, 1), pairs_of(4, 2)
    ([(0, 1), (1, 2), (2, 3), (3, 0)], [(0, 2), (1, 3)])
    """
    if stride == 0:
        return [(number,) for number in range(groups)]
    twice = 2 * stride == groups
    return [(a, (a + stride) % groups) for a in range(groups // 2 if twice else groups)]


def homes_of(
    groups: Iterable[tuple[int, Sequence[str], Sequence[int]]],
) -> Iterator[tuple[str, Home]]:
    """Yield each device with where its windows are.

    Args:
        groups: number, devices, and how many windows each device has.
    """
    for number, names, windows in groups:
        starts = np.cumsum([0, *windows]).tolist()
        for name, start, count in zip(names, starts, windows, strict=False):
            yield name, Home(number, start, count)
