"""What a pair of windows costs as a series grows; m = 100.

The time is to stay in proportion to the pairs. Each length is
held against the mean of all; the smaller ones run often, the longest one once.
"""

from functools import partial

import numpy as np
from bench.rows import Floor, Row
from bench.self_join import M, walk_of
from bench.timing import in_turns

from motifleet.matrixprofile import exclusion_zone, matrix_profile

TITLE = "Growth of the time: self-joins from n = 16,384 to 524,288"
LENGTHS = tuple(2**power for power in range(14, 20))
LOW, HIGH = Floor("≥", 0.8), Floor("≤", 1.2)


def pairs(n: int, m: int) -> float:
    """How many pairs of windows a self-join compares, each once."""
    lags = n - m - exclusion_zone(m)
    return lags * (lags + 1) / 2


def rows() -> list[Row]:
    """One row for each length."""
    walks = {n: walk_of(n) for n in LENGTHS}
    works = {f"{n}": partial(matrix_profile, walk, M) for n, walk in walks.items()}
    best = in_turns(works)
    per_pair = {n: best[f"{n}"].seconds / pairs(n, M) * 1e9 for n in LENGTHS}
    mean = float(np.mean(list(per_pair.values())))
    return [
        {
            "n": f"{n:,}",
            "seconds": best[f"{n}"].seconds,
            "ns per pair": each,
            "of the mean": each / mean,
            "floor": "0.8 to 1.2",
            "met": all(floor.judge(each / mean)["met"] for floor in (LOW, HIGH)),
        }
        for n, each in per_pair.items()
    ]
