"""What an approximate profile begins with: every s-th window, and what is next to its neighbour.

PreSCRIMP of Zhu and others, "Matrix Profile XI: SCRIMP++" (ICDM 2018): where window i is nearest to
window j, window i + 1 is likely near to j + 1.
"""

import numpy as np

from motifleet.compat.stumpy.sides import Neighbours, merged
from motifleet.matrixprofile import exclusion_zone
from motifleet.matrixprofile.kernels import distance_profile
from motifleet.matrixprofile.measure import Measure
from motifleet.types import Floats, Ints


def presampled(
    a: Floats, b: Floats | None, m: int, step: int | None, k: int, measure: Measure
) -> tuple[Floats, Ints]:
    """Approximate the k nearest neighbours of a's windows in b, or where that is None in a.

    Args:
        a: one series, at least m long.
        b: another one, at least m long.
        m: the window length.
        step: from one window that is looked at to the next; None: the exclusion zone.
        k: how many neighbours of each window are kept.
        measure: how windows are compared.

    Returns:
        distances and indices, shape (windows, k).
    """
    step = exclusion_zone(m) if step is None else step
    search = _Search(a, b, m, k, measure)
    for i in range(0, len(a) - m + 1, step):
        if np.isfinite(a[i : i + m]).all():
            search.look_from(i, step)
    return search.distances, search.indices


class _Search:
    def __init__(self, a: Floats, b: Floats | None, m: int, k: int, measure: Measure) -> None:
        self.a, self.b, self.within = a, a if b is None else b, b is None
        self.m, self.measure = m, measure
        none = Neighbours.none(len(a) - m + 1, k)
        self.distances, self.indices = none.distances, none.indices

    def look_from(self, i: int, step: int) -> None:
        """Measure all distances of window i, then those of its neighbours to its nearest one's."""
        profile = self._profile(i)
        j = int(np.argmin(profile))
        if profile[j] == np.inf:
            return
        self._offer(np.array([i]), np.array([j]), profile[[j]])
        beside = np.arange(-min(step - 1, i, j), step)
        beside = beside[(i + beside < len(self.distances)) & (j + beside < len(profile))]
        apart = self._pairs(i + beside, j + beside)
        self._offer(i + beside, j + beside, apart)
        if self.within:
            self._offer(j + beside, i + beside, apart)
            others = np.arange(len(profile))
            self._offer(others, np.full(len(profile), i), profile)

    def _profile(self, i: int) -> Floats:
        window = np.ascontiguousarray(self.a[i : i + self.m])
        span = np.array([0, len(self.b)], np.int64)
        profile = distance_profile(
            window,
            self.b,
            span,
            normalize=self.measure.normalize,
            p=self.measure.p,
            threads=0,
            simd="auto",
        )
        if self.within:
            zone = exclusion_zone(self.m)
            profile[max(i - zone, 0) : i + zone + 1] = np.inf
        return profile

    def _pairs(self, rows: Ints, columns: Ints) -> Floats:
        """Measure the distance of each of some windows of a to one of b."""
        steps = np.arange(self.m)
        one, other = self.a[rows[:, None] + steps], self.b[columns[:, None] + steps]
        if self.measure.normalize:
            return _apart_in_shape(one, other)
        whole = np.isfinite(one).all(axis=1) & np.isfinite(other).all(axis=1)
        differences = np.abs(one[whole] - other[whole])
        largest = differences.max(axis=1)
        shares = differences / np.where(largest > 0, largest, 1.0)[:, None]
        p = self.measure.p
        apart = np.full(len(one), np.inf)
        apart[whole] = largest * (shares**p).sum(axis=1) ** (1.0 / p)
        return apart

    def _offer(self, windows: Ints, neighbours: Ints, distances: Floats) -> None:
        """Keep the neighbours that are nearer, one for each of some windows."""
        nearer = distances < self.distances[windows, -1]
        at = windows[nearer]
        self.distances[at], self.indices[at] = merged(
            self.distances[at],
            self.indices[at],
            distances[nearer, None],
            neighbours[nearer, None],
        )


def _apart_in_shape(one: Floats, other: Floats) -> Floats:
    """Measure the z-normalised distance of each row to that of the other."""
    m = one.shape[1]
    whole = np.isfinite(one).all(axis=1) & np.isfinite(other).all(axis=1)
    flat, other_flat = ((each == each[:, :1]).all(axis=1) for each in (one, other))
    apart = np.where(flat & other_flat, 0.0, np.sqrt(m))
    vary = whole & ~flat & ~other_flat
    apart[vary] = np.linalg.norm(_normalised(one[vary]) - _normalised(other[vary]), axis=1)
    return np.where(whole, apart, np.inf)


def _normalised(windows: Floats) -> Floats:
    """Bring rows to mean 0 and deviation 1; scaled first, so that no square overflows."""
    centred = windows - windows[:, :1]
    centred /= np.abs(centred).max(axis=1, keepdims=True)
    centred -= centred.mean(axis=1, keepdims=True)
    return np.asarray(centred / centred.std(axis=1, keepdims=True))
