"""The multidimensional profile as its definition has it: all channels of all pairs, sorted."""

import math

import numpy as np
from tests.reference.self_join import Floats, distances, windows


def p_distances(pattern: Floats, each: Floats, p: float) -> Floats:
    """The p-norms of a pattern's differences to windows; infinity where a value is missing."""
    result = np.full(len(each), np.inf)
    if not np.isfinite(pattern).all():
        return result
    usable = np.isfinite(each).all(axis=1)
    apart = np.abs(each[usable] - pattern)
    # Scaled first, so that no power overflows or vanishes.
    scale = apart.max(initial=0.0)
    if scale > 0:
        apart = apart / scale
    result[usable] = scale * (apart**p).sum(axis=1) ** (1 / p)
    return result


def join_matrix(values: Floats, other: Floats, m: int, p: float | None = None) -> Floats:
    """All distances between the windows of two series; z-normalised without p."""
    each = windows(other, m)
    if p is None:
        return np.array([distances(window, each) for window in windows(values, m)])
    return np.array([p_distances(window, each, p) for window in windows(values, m)])


def mean_matrices(
    values: Floats,
    m: int,
    other: Floats | None = None,
    include: tuple[int, ...] = (),
    *,
    farthest: bool = False,
    p: float | None = None,
) -> Floats:
    """For every k the mean distances over the first k channels of each pair, shape (d, n, n')."""
    others = values if other is None else other
    apart = np.array([join_matrix(a, b, m, p) for a, b in zip(values, others, strict=True)])
    if other is None:
        places = np.arange(apart.shape[1])
        near = np.abs(np.subtract.outer(places, places)) <= math.ceil(m / 4)
        apart[:, near] = np.inf
    rest = [channel for channel in range(len(values)) if channel not in include]
    ordered = np.sort(apart[rest], axis=0)
    if farthest:
        ordered = ordered[::-1]
    ordered = np.concatenate([apart[list(include)], ordered])
    return np.asarray(np.cumsum(ordered, axis=0) / np.arange(1, len(values) + 1)[:, None, None])
