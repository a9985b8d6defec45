"""Two series with one another, random walks; both directions in one call.

stumpy takes a call for each direction.
"""

import numpy as np
from bench import errors
from bench.rows import Floor, Row, versus
from bench.timing import OURS, in_turns

from motifleet.matrixprofile import ab_join

TITLE = "AB-join in both directions, m = 100"
M, LENGTHS = 100, (1_440, 16_384)
FLOORS = {1_440: Floor("≥", 15)}


def rows() -> list[Row]:
    """Measure each length, one row for each; stumpy has been compiled before."""
    import stumpy

    def both(a: np.ndarray, b: np.ndarray) -> np.ndarray:
        pairs = ((a, b), (b, a))
        joins = [stumpy.stump(one, M, other, ignore_trivial=False) for one, other in pairs]
        return np.concatenate([join.P_ for join in joins])

    def measure(n: int) -> Row:
        a, b = np.random.default_rng(n).normal(size=(2, n)).cumsum(axis=1)
        best = in_turns({OURS: lambda: ab_join(a, b, M), "stumpy": lambda: both(a, b)})
        join = best[OURS].result
        return versus(
            f"n = {n:,} × {n:,}",
            "two calls of stumpy",
            best[OURS].seconds,
            best["stumpy"].seconds,
            floor=FLOORS.get(n),
            error=max(
                errors.of_ab_join(a, b, M, join.distances, join.indices),
                errors.of_ab_join(b, a, M, join.b_distances, join.b_indices),
            ),
            difference=errors.apart(
                np.concatenate([join.distances, join.b_distances]), best["stumpy"].result
            ),
        )

    both(*np.random.default_rng(0).normal(size=(2, 500)))
    return [measure(n) for n in LENGTHS]
