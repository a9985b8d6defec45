"""Joins as their definition has it: every window against every other, all of them sorted."""

import math

import numpy as np
from numpy.typing import NDArray
from tests.reference.self_join import Floats, distances, windows

Ints = NDArray[np.int64]


def plain_distances(pattern: Floats, each: Floats, p: float = 2.0) -> Floats:
    """The p-norms of a pattern's differences to windows; infinity where a value is missing."""
    result = np.full(len(each), np.inf)
    if not np.isfinite(pattern).all():
        return result
    usable = np.isfinite(each).all(axis=1)
    differences = np.abs(each[usable] - pattern)
    # Scaled first, so that no power overflows, and the largest do not vanish.
    scale = differences.max(axis=1, initial=0.0)
    if p == math.inf:
        result[usable] = scale
        return result
    shares = differences / np.where(scale > 0, scale, 1.0)[:, None]
    result[usable] = scale * (shares**p).sum(axis=1) ** (1 / p)
    return result


def matrix(a: Floats, b: Floats, m: int, *, normalize: bool, p: float = 2.0) -> Floats:
    """The distances of all windows of a to all of b."""
    each = windows(b, m)
    return np.array(
        [
            distances(window, each) if normalize else plain_distances(window, each, p)
            for window in windows(a, m)
        ]
    )


def self_matrix(values: Floats, m: int, *, normalize: bool, p: float = 2.0) -> Floats:
    """The distances within a series; infinity within the exclusion zone of ⌈m / 4⌉."""
    full = matrix(values, values, m, normalize=normalize, p=p)
    lags = np.abs(np.subtract.outer(np.arange(len(full)), np.arange(len(full))))
    return np.where(lags <= math.ceil(m / 4), np.inf, full)


def nearest(distance_matrix: Floats, k: int) -> Floats:
    """The k least of each row, the least first; infinity where there are fewer."""
    padding = np.full((len(distance_matrix), k), np.inf)
    return np.sort(np.hstack([distance_matrix, padding]), axis=1)[:, :k]
