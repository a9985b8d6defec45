"""How far devices are apart, as the definition has it: every window against every other."""

import itertools
import math

import numpy as np
from tests.reference.joins import matrix
from tests.reference.self_join import Floats, windows


def longest_run(window: Floats) -> int:
    """How often one value follows itself at most."""
    longest = run = 1
    for before, value in itertools.pairwise(window.tolist()):
        run = run + 1 if value == before else 1
        longest = max(longest, run)
    return longest


def device_distance(
    a: Floats, b: Floats, m: int, share: float, *, constant: bool, normalize: bool, p: float = 2.0
) -> float:
    """MPdist of the windows that can be compared; infinity where there are none."""
    if min(len(a), len(b)) < m:
        return math.inf
    distances = matrix(a, b, m, normalize=normalize, p=p)
    if not constant:
        for side, axis in ((a, 0), (b, 1)):
            idle = [longest_run(window) > m // 2 for window in windows(side, m)]
            for number in np.flatnonzero(idle).tolist():
                np.moveaxis(distances, axis, 0)[number] = np.inf
    nearest = np.concatenate([distances.min(axis=1), distances.min(axis=0)])
    nearest = np.sort(nearest[np.isfinite(nearest)])
    if not len(nearest):
        return math.inf
    rank = math.ceil(share * (len(nearest) + 2 * (m - 1)))
    return float(nearest[min(rank, len(nearest) - 1)])


def all_distances(
    device: Floats, others: list[Floats], m: int, share: float, **how: bool
) -> Floats:
    """The distances of a device to all others."""
    return np.array([device_distance(device, other, m, share, **how) for other in others])
