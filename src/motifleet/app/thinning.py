"""Fewer points of a long line, such that it looks the same."""

import numpy as np

from motifleet.types import Floats, Ints


def thinned(values: Floats, most: int) -> Ints:
    """The places to keep of a line: each stretch's lowest and highest value, and its gaps.

    Args:
        values: shape (n,); NaN is a gap.
        most: how many to keep, more or less.

    Returns:
        Places in rising order; all of them where there are no more than ``most``.

    >>> spike = np.zeros(100_000)
    >>> spike[54_321] = 1.0
    >>> kept = thinned(spike, 1_000)
    >>> len(kept) <= 1_001, 54_321 in kept
    (True, True)
    """
    count = len(values)
    if count <= most:
        return np.arange(count)
    stretch = -(-count // max(most // 2, 1))
    whole = np.full(-(-count // stretch) * stretch, np.nan)
    whole[:count] = values
    parts = whole.reshape(-1, stretch)
    gaps = np.isnan(parts)
    lowest = np.where(gaps, np.inf, parts).argmin(axis=1)
    highest = np.where(gaps, -np.inf, parts).argmax(axis=1)
    first_gap = gaps.argmax(axis=1)
    starts = np.arange(len(parts)) * stretch
    broken = gaps.any(axis=1)
    kept = np.concatenate(
        [starts + lowest, starts + highest, (starts + first_gap)[broken], [0, count - 1]]
    )
    found: Ints = np.unique(kept[kept < count])
    return found
