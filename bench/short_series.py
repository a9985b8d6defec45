"""What a self-join of 1,440 values takes its time for, on one core; m = 100.

A call that comes after something else finds the caches full of that; all other lines are of calls
that come after their like. The kernel alone is called with arguments that are checked already; "no
pairs" compares one block of diagonals, which is the least that it does. What the pairs would take
is reckoned by the pace of a series of 16,384 values on one core, in which nearer neighbours are far
rarer. The rest is what short series have more of: rows in which something is nearer, which leave
the loop, and neighbours so near that they are measured again. Below is what the floor against
stumpy leaves for all of it together.
"""

from functools import partial

import numpy as np
from bench.rows import Row
from bench.self_join import M, walk_of
from bench.time_growth import pairs
from bench.timing import OURS, in_turns

from motifleet.matrixprofile import _core, matrix_profile
from motifleet.matrixprofile.options import JoinOptions

TITLE = "Where the time goes: a self-join of 1,440 values"
N, LONG, FLOOR = 1_440, 16_384, 30


def rows() -> list[Row]:
    """One row for each part of the time."""
    import stumpy

    walk, span = walk_of(N), np.array([0, N], np.int64)
    whole, barely = (
        JoinOptions.checked(threads=1, simd="auto", share=share) for share in (1.0, 1e-9)
    )
    stumpy.stump(walk, M)
    best = in_turns(
        {
            OURS: partial(matrix_profile, walk, M, threads=1),
            "again": partial(matrix_profile, walk, M, threads=1),
            "kernel": lambda: _core.self_join(walk, span, M, whole),
            "no pairs": lambda: _core.self_join(walk, span, M, barely),
            "long": partial(matrix_profile, walk_of(LONG), M, threads=1),
            "stumpy": lambda: stumpy.stump(walk, M),
        }
    )
    names = (OURS, "again", "kernel", "no pairs")
    call, again, kernel, least = (best[name].seconds for name in names)
    walked = best["long"].seconds / pairs(LONG, M) * pairs(N, M)
    parts = {
        "the whole call": call,
        "caches that something else has filled": call - again,
        "Python: arguments checked, the result made": again - kernel,
        "no pairs: windows prepared, results written": least,
        "pairs, at a long series' pace": walked,
        "what is nearer, and measured again": kernel - least - walked,
        f"a {FLOOR}th of stumpy's time": best["stumpy"].seconds / FLOOR,
    }
    return [
        {"part": part, "microseconds": seconds * 1e6, "of the call": seconds / call}
        for part, seconds in parts.items()
    ]
