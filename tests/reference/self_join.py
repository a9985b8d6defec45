"""The self-join as its definition has it: every window against every other."""

import math

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def distances(pattern: Floats, each: Floats) -> Floats:
    """The z-normalised Euclidean distances of a pattern to windows, with their conventions."""
    m = len(pattern)
    usable = np.isfinite(each).all(axis=1)
    result = np.full(len(each), np.inf)
    if not np.isfinite(pattern).all():
        return result
    constant = (each == each[:, :1]).all(axis=1)
    if (pattern == pattern[0]).all():
        result[usable] = np.where(constant[usable], 0.0, math.sqrt(m))
        return result
    varying = usable & ~constant
    result[usable & constant] = math.sqrt(m)
    shape = normalised(pattern[None])[0]
    result[varying] = np.sqrt(((normalised(each[varying]) - shape) ** 2).sum(axis=1))
    return result


def normalised(windows: Floats) -> Floats:
    """Windows with mean 0 and standard deviation 1; scaled first, so that no square overflows."""
    centred = windows - windows[:, :1]
    centred = centred / np.abs(centred).max(axis=1, keepdims=True)
    centred = centred - centred.mean(axis=1, keepdims=True)
    return np.asarray(centred / np.sqrt((centred * centred).mean(axis=1, keepdims=True)))


def windows(values: Floats, m: int) -> Floats:
    """All windows of a series, shape (n - m + 1, m)."""
    return np.lib.stride_tricks.sliding_window_view(values, m)


def distance_matrix(values: Floats, m: int) -> Floats:
    """All distances; infinity within the exclusion zone of ⌈m / 4⌉."""
    zone = math.ceil(m / 4)
    each = windows(values, m)
    matrix = np.array([distances(window, each) for window in each])
    lags = np.abs(np.subtract.outer(np.arange(len(each)), np.arange(len(each))))
    return np.where(lags <= zone, np.inf, matrix)
