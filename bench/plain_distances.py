"""Self-joins of plain distances, of a random walk, by several norms."""

import numpy as np
from bench import errors
from bench.rows import Row, versus
from bench.self_join import walk_of
from bench.timing import OURS, in_turns
from tests.reference.joins import plain_distances
from tests.reference.self_join import windows

from motifleet.matrixprofile import exclusion_zone, matrix_profile
from motifleet.types import Floats

TITLE = "Self-join of plain distances, n = 16,384, m = 100"
N, M, SAMPLED = 16_384, 100, 12
NORMS = (1.0, 1.5, 2.0, 3.0)


def rows() -> list[Row]:
    """Measure each norm, one row for each; stumpy has been compiled before."""
    import stumpy

    walk = walk_of(N)

    def measure(p: float) -> Row:
        best = in_turns(
            {
                OURS: lambda: matrix_profile(walk, M, normalize=False, p=p).distances,
                "stumpy": lambda: stumpy.aamp(walk, M, p=p).P_,
            }
        )
        (ours, distances), (theirs, known) = best.values()
        return versus(
            f"p = {p:g}",
            "stumpy.aamp",
            ours,
            theirs,
            error=error_of(walk, distances, p),
            difference=errors.apart(distances, known),
        )

    stumpy.aamp(walk_of(500), M)
    return [measure(p) for p in NORMS]


def error_of(walk: Floats, distances: Floats, p: float) -> float:
    """The largest error at a sample of windows."""
    each, zone = windows(walk, M), exclusion_zone(M)
    off = []
    for i in np.random.default_rng(41).integers(0, len(each), SAMPLED).tolist():
        apart = plain_distances(each[i], each, p)
        apart[max(0, i - zone) : i + zone + 1] = np.inf
        off.append(abs(float(distances[i] - apart.min())))
    return max(off)
