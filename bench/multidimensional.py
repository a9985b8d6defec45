"""Several channels of one device with themselves, random walks: every number of channels.

The error is that of a sample of windows, over all numbers of channels.
"""

import numpy as np
from bench import errors
from bench.rows import Floor, Row, versus
from bench.timing import OURS, in_turns
from tests.reference.multidimensional import mean_matrices

from motifleet.matrixprofile import exclusion_zone, multidimensional_profile
from motifleet.types import Floats

TITLE = "Multidimensional self-join, m = 50"
M, SHAPES, SAMPLED = 50, ((4, 3_000), (4, 10_000)), 12
FLOORS = {(4, 10_000): Floor("≥", 80)}


def rows() -> list[Row]:
    """Measure each shape, one row for each; stumpy has been compiled before."""
    import stumpy

    def measure(channels: int, n: int) -> Row:
        walks = np.random.default_rng(n).normal(size=(channels, n)).cumsum(axis=1)
        best = in_turns(
            {
                OURS: lambda: multidimensional_profile(walks, M).distances,
                "mstump": lambda: stumpy.mstump(walks, M)[0],
            }
        )
        ours, distances = best[OURS]
        return versus(
            f"{channels} × {n:,}",
            "mstump",
            ours,
            best["mstump"].seconds,
            floor=FLOORS.get((channels, n)),
            error=error_of(walks, distances),
            difference=errors.apart(distances, best["mstump"].result),
        )

    stumpy.mstump(np.random.default_rng(0).normal(size=(2, 300)), M)
    return [measure(*shape) for shape in SHAPES]


def error_of(walks: Floats, distances: Floats) -> float:
    """The largest error at a sample of windows, each held against all others."""
    zone = exclusion_zone(M)
    places = np.random.default_rng(41).integers(0, distances.shape[1], SAMPLED).tolist()
    off = []
    for i in places:
        apart = mean_matrices(walks[:, i : i + M], M, walks)[:, 0]
        apart[:, max(0, i - zone) : i + zone + 1] = np.inf
        off.append(errors.apart(distances[:, i], apart.min(axis=1)))
    return max(off)
