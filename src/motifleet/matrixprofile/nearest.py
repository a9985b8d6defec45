"""The nearest windows between two series, both ways."""

import numpy as np

from motifleet.matrixprofile.join import ab_join
from motifleet.matrixprofile.measure import Z_NORMALISED, Measure
from motifleet.matrixprofile.options import Progress
from motifleet.types import Floats, Ints

Side = tuple[Floats, Ints]


def nearest(
    a: Floats,
    b: Floats,
    m: int,
    measure: Measure = Z_NORMALISED,
    *,
    progress: Progress | None = None,
    threads: int = 0,
    simd: str = "auto",
) -> tuple[Side, Side]:
    """Find for each window of a the nearest of b, and for each of b the nearest of a.

    Returns:
        distances and indices for a, then for b; infinity and -1 where there is none.
    """
    empty = not (np.isfinite(a).any() and np.isfinite(b).any())
    if min(len(a), len(b)) < m or empty:
        return _nothing(len(a) - m + 1), _nothing(len(b) - m + 1)
    join = ab_join(
        a,
        b,
        m,
        normalize=measure.normalize,
        p=measure.p,
        progress=progress,
        threads=threads,
        simd=simd,
    )
    return (join.distances, join.indices), (join.b_distances, join.b_indices)


def complete_windows(values: Floats, m: int) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Tell which windows have no missing or infinite value; shape (n - m + 1,)."""
    if len(values) < m:
        return np.zeros(0, np.bool_)
    missing = np.concatenate([[0], np.cumsum(~np.isfinite(values))])
    return np.asarray(missing[m:] == missing[:-m])


def _nothing(windows: int) -> Side:
    windows = max(windows, 0)
    return np.full(windows, np.inf), np.full(windows, -1, np.int64)
