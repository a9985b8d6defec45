"""The multidimensional profile as its definition has it: all channels of all pairs, sorted."""

import numpy as np
from tests.reference.self_join import Floats, distance_matrix, distances, windows


def join_matrix(values: Floats, other: Floats, m: int) -> Floats:
    """All distances between the windows of two series."""
    each = windows(other, m)
    return np.array([distances(window, each) for window in windows(values, m)])


def mean_matrices(
    values: Floats,
    m: int,
    other: Floats | None = None,
    include: tuple[int, ...] = (),
    farthest: bool = False,
) -> Floats:
    """For every k the mean distances over the first k channels of each pair, shape (d, n, n')."""
    if other is None:
        apart = np.array([distance_matrix(channel, m) for channel in values])
    else:
        apart = np.array([join_matrix(a, b, m) for a, b in zip(values, other, strict=True)])
    rest = [channel for channel in range(len(values)) if channel not in include]
    ordered = np.sort(apart[rest], axis=0)
    if farthest:
        ordered = ordered[::-1]
    ordered = np.concatenate([apart[list(include)], ordered])
    return np.asarray(np.cumsum(ordered, axis=0) / np.arange(1, len(values) + 1)[:, None, None])
