"""The nearest windows between two series, both ways."""

import numpy as np

from motifleet.matrixprofile import kernels
from motifleet.types import Floats, Ints

Side = tuple[Floats, Ints]


def nearest(a: Floats, b: Floats, m: int, threads: int, simd: str) -> tuple[Side, Side]:
    """Find for each window of a the nearest of b, and for each of b the nearest of a.

    Returns:
        distances and indices for a, then for b; infinity and -1 where there is none.
    """
    of_a, of_b = _nothing(len(a) - m + 1), _nothing(len(b) - m + 1)
    offsets = np.array([0, len(b)], np.int64)
    for place in np.flatnonzero(complete_windows(a, m)).tolist():
        distances = kernels.distance_profile(a[place : place + m], b, offsets, threads, simd)
        best = int(np.argmin(distances))
        if distances[best] < np.inf:
            of_a[0][place], of_a[1][place] = distances[best], best
        nearer = distances < of_b[0]
        of_b[0][nearer], of_b[1][nearer] = distances[nearer], place
    return of_a, of_b


def complete_windows(values: Floats, m: int) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Tell which windows have no missing or infinite value; shape (n - m + 1,)."""
    if len(values) < m:
        return np.zeros(0, np.bool_)
    missing = np.concatenate([[0], np.cumsum(~np.isfinite(values))])
    return np.asarray(missing[m:] == missing[:-m])


def _nothing(windows: int) -> Side:
    return np.full(windows, np.inf), np.full(windows, -1, np.int64)
