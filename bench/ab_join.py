"""Both directions of an AB-join in one call, against a call of stumpy for each."""

from collections.abc import Callable
from typing import Any

import numpy as np
from bench.self_join import best

from motifleet.matrixprofile import ab_join

LENGTHS = (1_440, 16_384)
M = 100


def rows() -> list[dict[str, object]]:
    """Measure each length, one row for each; stumpy has been compiled before."""
    import stumpy

    short = np.random.default_rng(0).normal(size=500)
    stumpy.stump(short, M, short, ignore_trivial=False)
    return [_measure(n, stumpy.stump) for n in LENGTHS]


def _measure(n: int, stump: Callable[..., Any]) -> dict[str, object]:
    rng = np.random.default_rng(n)
    a, b = rng.normal(size=n).cumsum(), rng.normal(size=n).cumsum()
    ours, join = best(lambda: ab_join(a, b, M), max(3, 300_000 // n))
    both = [(a, b, join.distances), (b, a, join.b_distances)]
    theirs, results = best(
        lambda: [stump(one, M, other, ignore_trivial=False) for one, other, _ in both],
        3 if n > 10_000 else 30,
    )
    differences = [
        np.abs(distances - result.P_.astype(float)).max()
        for (_, _, distances), result in zip(both, results, strict=True)
    ]
    return {
        "n of each": n,
        "motifleet (s)": ours,
        "two calls of stumpy (s)": theirs,
        "times as fast": theirs / ours,
        "pairs per second": (n - M + 1) ** 2 / ours,
        "largest difference": float(max(differences)),
    }
