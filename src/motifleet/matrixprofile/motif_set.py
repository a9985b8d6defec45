"""Motif sets: a motif with all the windows that are like it."""

import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING, Any

import numpy as np

from motifleet.errors import InvalidArgumentError
from motifleet.matrixprofile import findings, kernels
from motifleet.matrixprofile.extremes import Profiles
from motifleet.matrixprofile.findings import Match, Motif
from motifleet.matrixprofile.fleet import fleet_profile
from motifleet.matrixprofile.matching import distance_profile
from motifleet.matrixprofile.options import Progress
from motifleet.matrixprofile.profile import matrix_profile
from motifleet.matrixprofile.ranking import constant_windows, disjoint
from motifleet.matrixprofile.series import SeriesLike, end_to_end
from motifleet.types import FleetSeries, Floats, Frozen

if TYPE_CHECKING:
    import pyarrow as pa
    from plotly.graph_objects import Figure

NARROWEST, WIDEST = 0.04, 0.4
"""Bounds of the default radius as shares of √m: correlations of 0.98 and 0.8."""


@dataclass(frozen=True, slots=True, repr=False)
class MotifSet(Frozen):
    """A motif and every window that is like it.

    Args:
        seed: the closest pair of windows, that the set was grown from.
        radius: how far a member may be from the nearer window of the seed.
        members: at least two windows, none overlapping another, the windows of the seed first,
            then nearest first; ``distance`` is that to the nearer window of the seed.
        windows: shape (members, m), their values.

    >>> import numpy as np
    >>> from motifleet.matrixprofile import motif_sets
    >>> signal = np.random.default_rng(1).normal(size=300)
    >>> signal[200:230] = signal[50:80]
    >>> signal[120:150] = 2 * signal[50:80]
    >>> (found,) = motif_sets(signal, 30, k=1)
    >>> len(found), found.seed.index, found.windows.shape
    (3, 50, (3, 30))
    """

    seed: Motif
    radius: float
    members: tuple[Match, ...]
    windows: Floats = field(compare=False)

    def __len__(self) -> int:
        return len(self.members)

    def to_dict(self) -> dict[str, Any]:
        """Return the fields as JSON has them, times in ISO 8601."""
        members = [member.to_dict() for member in self.members]
        return {"seed": self.seed.to_dict(), "radius": self.radius, "members": members}

    def to_arrow(self) -> "pa.Table":
        """Lay out one row for each member: device, signal, index, time, m and distance."""
        return findings.findings_table(self.members)

    def plot(self) -> "Figure":
        """Draw the members over one another, the seed's two in colour: as they are, and shapes."""
        from motifleet.matrixprofile.windows_figure import windows_figure

        title = f"{len(self)} windows of {self.seed.m} reports that are alike"
        return windows_figure(self.windows, self.members, [0, 1], title)


def motif_sets(
    series: SeriesLike | FleetSeries,
    m: int,
    *,
    k: int = 3,
    radius: float | None = None,
    constant: bool = False,
    share: float = 1.0,
    progress: Progress | None = None,
    threads: int = 0,
    simd: str = "auto",
) -> list[MotifSet]:
    """Find what comes back, and every time that it does; the closest seed first.

    The range motifs of Mueen and others, "Exact Discovery of Time Series Motifs" (SDM 2009), grown
    from the motifs of the matrix profile. The closest pair of windows is the seed; all windows
    within the radius of one of its two are members; the next seed is the closest pair of which
    neither window overlaps a member. No member overlaps another one, of its own set or of an
    earlier one: a seed whose two windows overlap grows a set only with a third. Of a fleet, the
    two windows of a seed are of one device, and the members of any.

    Args:
        series: n values, or one signal of many devices.
        m: the window length, at least 3.
        k: how many sets at most.
        radius: how far a member may be from the nearer window of its seed, and the two windows of
            a seed from one another. None: twice the distance of the seed's two, but at least
            0.2 √m (a correlation of 0.98), and at most 0.63 √m (one of 0.8) or the seed's own
            distance, where that is more.
        constant: whether a set may be grown from windows that hold a single value.
        share: compare only so large a share of the pairs, chosen at random but always alike.
            Seeds may then be farther apart than the closest; members are exact.
        progress: called now and then with the pairs of windows compared so far and their number;
            what it raises stops the work, as Ctrl-C does.
        threads: how many to use; 0: ``MOTIFLEET_THREADS``, else one for each core.
        simd: the instruction set, "auto": ``MOTIFLEET_SIMD``, else the widest there is.

    Raises:
        InvalidArgumentError: as for `matrix_profile`; or k is less than 1, or the radius is
            negative or no number.

    >>> import numpy as np
    >>> signal = np.random.default_rng(1).normal(size=600)
    >>> for start in (150, 300, 520):
    ...     signal[start : start + 30] = signal[50:80] * start
    >>> (found,) = motif_sets(signal, 30, k=1)
    >>> sorted(member.index for member in found.members)
    [50, 150, 300, 520]
    """
    k, radius = kernels.result_count(k), _checked(radius)
    how: dict[str, Any] = {"progress": progress, "threads": threads, "simd": simd}
    profiles: Profiles = (
        fleet_profile(series, m, share=share, **how)
        if isinstance(series, FleetSeries)
        else matrix_profile(series, m, share=share, **how)
    )
    search = _Search(profiles, radius, progress, threads, simd)
    return list(islice(search.sets(constant), k))


def default_radius(m: int, distance: float) -> float:
    """How far members may be from a seed whose two windows are at that distance.

    >>> default_radius(100, 1.0), default_radius(100, 1.5), default_radius(100, 9.0)
    (2.0, 3.0, 9.0)
    """
    widest = max(math.sqrt(WIDEST * m), distance)
    return min(max(2 * distance, math.sqrt(NARROWEST * m)), widest)


class _Search:
    """The windows that are still free, and the sets that are grown of them."""

    def __init__(
        self,
        profiles: Profiles,
        radius: float | None,
        progress: Progress | None,
        threads: int,
        simd: str,
    ) -> None:
        self.profiles, self.radius = profiles, radius
        self.progress, self.threads, self.simd = progress, threads, simd
        self.series = profiles.all_series()
        self.fleet = end_to_end(self.series)
        self.free = np.isfinite(profiles.distances)
        self.fertile = self.free.copy()

    def sets(self, constant: bool) -> Iterator[MotifSet]:
        """Yield the sets, the one of the closest seed first."""
        m, profiles = self.profiles.m, self.profiles
        if not constant:
            flat = [constant_windows(each.values, m) for each in self.series if len(each) >= m]
            self.fertile &= ~np.concatenate([*flat, np.zeros(0, np.bool_)])
        candidates = np.flatnonzero(self.fertile)
        order = np.argsort(profiles.distances[candidates], kind="stable")
        for window in candidates[order].tolist():
            if self.radius is not None and profiles.distances[window] > self.radius:
                return
            device = int(np.searchsorted(profiles.offsets, window, side="right")) - 1
            start = int(profiles.offsets[device])
            both_free = self.free[window] and self.free[start + profiles.indices[window]]
            if both_free and self.fertile[window]:
                found = self._grow(device, window - start)
                if found is None:
                    self._give_up(device, window)
                else:
                    yield found

    def _grow(self, device: int, index: int) -> MotifSet | None:
        """Gather the members of a seed and take them out; None where it is alone."""
        profiles, m, start = self.profiles, self.profiles.m, int(self.profiles.offsets[device])
        distance = float(profiles.distances[start + index])
        neighbor = int(profiles.indices[start + index])
        seed = findings.motif(self.series[device], m, distance, index, neighbor)
        radius = default_radius(m, distance) if self.radius is None else self.radius
        scores = self._scores(device, seed, radius)
        chosen = list(disjoint(scores, profiles.offsets, m, None))
        if len(chosen) < 2:
            return None
        self._take(chosen)
        members = tuple(
            findings.match_at(
                self.series[owner],
                m,
                max(float(scores[profiles.offsets[owner] + place]), 0.0),
                place,
            )
            for owner, place in chosen
        )
        windows = [self.series[owner].values[at : at + m] for owner, at in chosen]
        return MotifSet(seed, radius, members, np.array(windows))

    def _scores(self, device: int, seed: Motif, radius: float) -> Floats:
        """Distances to the nearer window of the seed; its own windows come before all others."""
        values, own = self.series[device].values, int(self.profiles.offsets[device])
        ends = (seed.index, seed.neighbor_index)
        each = [
            distance_profile(
                values[at : at + seed.m],
                self.fleet,
                progress=self._follow(),
                threads=self.threads,
                simd=self.simd,
            )
            for at in ends
        ]
        scores = np.minimum(*each)
        scores[(scores > radius) | ~self.free] = np.inf
        scores[own + seed.index] = -2.0
        scores[own + seed.neighbor_index] = -1.0
        return scores

    def _follow(self) -> Progress | None:
        """The pairs are all compared by now: what is told is that work goes on."""
        told, windows = self.progress, np.diff(self.profiles.offsets)
        pairs = int(kernels.pairs(windows, self.profiles.m).sum())
        return None if told is None else lambda *_: told(pairs, pairs)

    def _give_up(self, device: int, window: int) -> None:
        """Try no seed that is the same but for a small shift: it would be alone as well."""
        zone = kernels.exclusion_zone(self.profiles.m)
        start, end = (int(at) for at in self.profiles.offsets[device : device + 2])
        self.fertile[max(window - zone, start) : min(window + zone + 1, end)] = False

    def _take(self, chosen: list[tuple[int, int]]) -> None:
        m, offsets = self.profiles.m, self.profiles.offsets
        for device, index in chosen:
            start, end = int(offsets[device]), int(offsets[device + 1])
            self.free[max(start + index - m + 1, start) : min(start + index + m, end)] = False


def _checked(radius: float | None) -> float | None:
    if radius is None:
        return None
    if not isinstance(radius, int | float | np.number) or not radius >= 0:
        raise InvalidArgumentError(f"expected a radius of 0 or more, got {radius!r}")
    return float(radius)
