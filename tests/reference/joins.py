"""Joins as their definition has it: every window against every other, all of them sorted."""

import math

import numpy as np
from numpy.typing import NDArray
from tests.reference.self_join import Floats, distances, windows

Ints = NDArray[np.int64]


def plain_distances(pattern: Floats, each: Floats) -> Floats:
    """The Euclidean distances of a pattern to windows; infinity where a value is missing."""
    result = np.full(len(each), np.inf)
    if not np.isfinite(pattern).all():
        return result
    usable = np.isfinite(each).all(axis=1)
    differences = each[usable] - pattern
    # Scaled first, so that no square overflows or vanishes.
    scale = np.abs(differences).max(initial=0.0)
    if scale > 0:
        differences = differences / scale
    result[usable] = scale * np.sqrt((differences**2).sum(axis=1))
    return result


def matrix(a: Floats, b: Floats, m: int, *, normalize: bool) -> Floats:
    """The distances of all windows of a to all of b."""
    measure = distances if normalize else plain_distances
    return np.array([measure(window, windows(b, m)) for window in windows(a, m)])


def self_matrix(values: Floats, m: int, *, normalize: bool) -> Floats:
    """The distances within a series; infinity within the exclusion zone of ⌈m / 4⌉."""
    full = matrix(values, values, m, normalize=normalize)
    lags = np.abs(np.subtract.outer(np.arange(len(full)), np.arange(len(full))))
    return np.where(lags <= math.ceil(m / 4), np.inf, full)


def nearest(distance_matrix: Floats, k: int) -> Floats:
    """The k least of each row, the least first; infinity where there are fewer."""
    padding = np.full((len(distance_matrix), k), np.inf)
    return np.sort(np.hstack([distance_matrix, padding]), axis=1)[:, :k]
