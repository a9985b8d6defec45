"""Nearest neighbours of single windows in series too long for the whole matrix.

All windows are ranked by the transform, in float64; the foremost are measured in long double, from
their definition. What the transform may be off is far below what lies between the first and the
last of the foremost, or else these are equally near within it.
"""

import math

import numpy as np
from numpy.typing import NDArray
from tests.reference.joins import Ints
from tests.reference.self_join import Floats

Longs = NDArray[np.longdouble]
FOREMOST = 64
SAMPLED = 24


class Ranking:
    """One series whose windows are to be found."""

    def __init__(self, values: Floats, m: int, *, normalize: bool) -> None:
        self.values, self.m, self.normalize = values, m, normalize
        self.size = 1 << (len(values) - 1).bit_length()
        self.centre = values[len(values) // 2]
        centred = values - self.centre
        self.transform = np.fft.rfft(centred, self.size)
        long = centred.astype(np.longdouble)
        self.sums, self.squares = (moving_sums(each, m) for each in (long, long * long))

    def least(self, pattern: Floats, excluded: range) -> float:
        """The distance of the nearest window that is not excluded."""
        centred = pattern - self.centre
        if self.normalize:
            centred = centred - centred.mean()
        spectrum = np.fft.rfft(centred[::-1], self.size)
        dots = np.fft.irfft(self.transform * spectrum, self.size)[self.m - 1 : len(self.values)]
        if self.normalize:
            variances = self.squares - self.sums * self.sums / self.m
            rank = -dots / np.sqrt(variances.astype(float))
        else:
            rank = self.squares.astype(float) - 2 * dots
        rank[excluded.start : excluded.stop] = np.inf
        foremost = np.argpartition(rank, FOREMOST)[:FOREMOST]
        return min(self.distance(pattern, int(j)) for j in foremost)

    def distance(self, pattern: Floats, j: int) -> float:
        """The distance to window j, in long double."""
        one, other = (
            np.subtract(each, self.centre, dtype=np.longdouble)
            for each in (pattern, self.values[j : j + self.m])
        )
        if self.normalize:
            one, other = normalised(one), normalised(other)
        return math.sqrt(float(((one - other) ** 2).sum()))


def largest_error(
    values: Floats, ranking: Ranking, distances: Floats, indices: Ints, zone: int | None
) -> float:
    """The largest error of a sample of windows: of the least distance, of that to the index."""
    m, rng = ranking.m, np.random.default_rng(41)
    some = rng.integers(0, len(distances), SAMPLED).tolist()
    errors = []
    for i in {0, len(distances) - 1, int(distances.argmin()), int(distances.argmax()), *some}:
        pattern = values[i : i + m]
        excluded = range(0) if zone is None else range(max(0, i - zone), i + zone + 1)
        errors.append(abs(distances[i] - ranking.least(pattern, excluded)))
        errors.append(abs(distances[i] - ranking.distance(pattern, int(indices[i]))))
    return float(max(errors))


def moving_sums(values: Longs, m: int) -> Longs:
    running = np.concatenate([np.zeros(1, np.longdouble), np.cumsum(values)])
    return np.asarray(running[m:] - running[:-m])


def normalised(window: Longs) -> Longs:
    centred = window - window.mean()
    return np.asarray(centred / np.sqrt((centred * centred).mean()))
