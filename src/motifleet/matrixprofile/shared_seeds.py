"""Windows that many devices may have, as far as a few devices tell."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import combinations

import numpy as np

from motifleet.matrixprofile.findings import Match
from motifleet.matrixprofile.ranking import disjoint
from motifleet.matrixprofile.sharing import How, Join, Mask
from motifleet.matrixprofile.window_runs import Run, runs_of
from motifleet.types import Floats, Ints, Series


@dataclass(slots=True)
class Seeds:
    """The windows of a few devices, by how far the last of the wanted share of these is.

    Args:
        m: the window length.
        series: the devices.
        usable: of each one's windows, those that may be the motif.
        rank: which of the other devices' distances counts, from 1.
        how: threads, and the instruction set.
    """

    m: int
    series: Sequence[Series]
    usable: Sequence[Mask]
    rank: int
    how: How
    radii: Floats = field(init=False)
    offsets: Ints = field(init=False)

    def __post_init__(self) -> None:
        self.offsets = np.cumsum([0, *map(len, self.usable)])
        near = self._near()
        radii = [np.partition(each, self.rank - 1, axis=1)[:, self.rank - 1] for each in near]
        self.radii = np.where(np.concatenate(self.usable), np.concatenate(radii), np.inf)

    def _near(self) -> list[Floats]:
        """How far each window is from every device, its own infinitely; (windows, devices)."""
        count = len(self.series)
        near = [np.full((len(usable), count), np.inf) for usable in self.usable]
        values = [each.values for each in self.series]
        pairs = list(combinations(range(count), 2))
        join = Join(self.m, values, self.how)
        joined = join.each(lambda pair: join(values[pair[0]], values[pair[1]]), pairs)
        for (a, b), (of_a, of_b) in zip(pairs, joined, strict=True):
            near[a][:, b], near[b][:, a] = of_a, of_b
        return near

    def free(self) -> "Free":
        """All of them."""
        return Free(self, self.radii.copy())


@dataclass(slots=True)
class Free:
    """The windows that overlap nothing found so far.

    Args:
        seeds: all windows.
        radii: their radii, infinity where they are not free.
    """

    seeds: Seeds
    radii: Floats

    def take(self, occurrences: Iterable[Match]) -> None:
        """Leave out the windows that overlap some occurrences."""
        offsets, m = self.seeds.offsets, self.seeds.m
        places = {str(each.device_id): at for at, each in enumerate(self.seeds.series)}
        for each in occurrences:
            at = places.get(str(each.device_id))
            if at is not None:
                first = max(offsets[at] + each.index - m + 1, offsets[at])
                self.radii[first : min(offsets[at] + each.index + m, offsets[at + 1])] = np.inf

    def best(self, count: int) -> list[Run]:
        """The best so many, none overlapping another."""
        chosen = disjoint(self.radii, self.seeds.offsets, self.seeds.m, count)
        return [
            run
            for device, index in chosen
            for run in runs_of(self.seeds.series[device], np.array([index]), self.seeds.m)
        ]
