"""One series with itself, a random walk; the nearest neighbours' distances and indices.

pyscamp computes in double precision, on all cores; quickmp gives distances alone.
"""

import os
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
from bench import errors
from bench.peers import quickmp
from bench.rows import Floor, Row, versus
from bench.timing import OURS, in_turns

from motifleet.matrixprofile import matrix_profile

TITLE = "Self-join with indices, m = 100"
M, LENGTHS = 100, (1_440, 16_384, 65_536, 131_072)
FLOORS = {
    (1_440, "stumpy"): Floor("≥", 30),
    (1_440, "quickmp"): Floor(">", 1),
    (131_072, "stumpy"): Floor("≥", 25),
    (131_072, "pyscamp"): Floor("≥", 6),
    (131_072, "quickmp"): Floor("≥", 6),
}
Distances = Callable[[np.ndarray], Any]


def rows() -> list[Row]:
    """Measure each length against each peer; those that compile have done so before."""
    compete = peers()
    for peer in compete.values():
        peer(walk_of(500))
    return [row for n in LENGTHS for row in measure(n, compete)]


def walk_of(n: int) -> np.ndarray:
    return np.random.default_rng(n).normal(size=n).cumsum()


def peers() -> dict[str, Distances]:
    """What each peer calls a self-join; what it returns begins with the distances."""
    import pyscamp
    import stumpy

    cores = os.cpu_count() or 1
    return {
        "stumpy": lambda walk: stumpy.stump(walk, M).P_,
        "pyscamp": lambda walk: pyscamp.selfjoin(walk, M, precision="double", threads=cores)[0],
        "quickmp": lambda walk: quickmp().selfjoin(walk, M),
    }


def measure(n: int, compete: dict[str, Distances]) -> list[Row]:
    walk = walk_of(n)
    works: dict[str, Callable[[], Any]] = {OURS: lambda: matrix_profile(walk, M)}
    works |= {name: partial(peer, walk) for name, peer in compete.items()}
    best = in_turns(works)
    ours, profile = best.pop(OURS)
    error = errors.of_self_join(walk, M, profile.distances, profile.indices)
    return [
        versus(
            f"n = {n:,}",
            name,
            ours,
            theirs,
            floor=FLOORS.get((n, name)),
            error=error,
            difference=errors.apart(profile.distances, distances),
        )
        for name, (theirs, distances) in best.items()
    ]
