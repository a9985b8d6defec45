"""What is made of profiles, as the definitions have it: every pair of windows, no shortcuts."""

import math

import numpy as np
from tests.reference.distance_profile import distance_profile
from tests.reference.joins import matrix as plain_matrix
from tests.reference.self_join import Floats, windows


def cross(a: Floats, b: Floats, m: int) -> Floats:
    """All distances from the windows of one series to those of another."""
    return np.array([distance_profile(window, b) for window in windows(a, m)])


def mpdist(a: Floats, b: Floats, m: int, share: float, *, p: float | None = None) -> float:
    """The distance of a rank among all nearest neighbours, the largest finite one before it."""
    matrix = cross(a, b, m) if p is None else plain_matrix(a, b, m, normalize=False, p=p)
    every = sorted([*matrix.min(axis=1), *matrix.min(axis=0)])
    rank = min(math.ceil(share * (len(a) + len(b))), len(every) - 1)
    finite = [each for each in every[: rank + 1] if each < math.inf]
    return finite[-1] if finite else math.inf


def arcs(indices: list[int]) -> list[int]:
    """How many arcs begin at or before each place and end after it."""
    spans = [sorted((i, j)) for i, j in enumerate(indices) if j >= 0]
    return [sum(low <= at < high for low, high in spans) for at in range(len(indices))]


def radius(series: list[Floats], owner: int, at: int, m: int) -> float:
    """How far a window is from the device that is farthest from it."""
    window = series[owner][at : at + m]
    others = [each for number, each in enumerate(series) if number != owner]
    return max(float(distance_profile(window, each).min()) for each in others)


def least_radius(series: list[Floats], m: int) -> float:
    """The radius of the consensus motif."""
    return min(
        radius(series, owner, at, m)
        for owner, values in enumerate(series)
        for at in range(len(values) - m + 1)
    )
