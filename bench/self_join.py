"""The self-join with indices against stumpy."""

from collections.abc import Callable
from time import perf_counter
from typing import Any

import numpy as np

from motifleet.matrixprofile import matrix_profile

LENGTHS = (1_440, 16_384, 65_536)
M = 100


def rows() -> list[dict[str, object]]:
    """Measure each length, one row for each; stumpy has been compiled before."""
    import stumpy

    stumpy.stump(np.random.default_rng(0).normal(size=500), M)
    return [_measure(n, stumpy.stump) for n in LENGTHS]


def _measure(n: int, stump: Callable[..., Any]) -> dict[str, object]:
    walk = np.random.default_rng(n).normal(size=n).cumsum()
    repeats = max(2, min(30, 300_000 // n))
    ours, profile = best(lambda: matrix_profile(walk, M), repeats)
    theirs, result = best(lambda: stump(walk, M), 2 if n > 20_000 else 3 if n > 5_000 else 30)
    lags = n - M + 1 - (-(-M // 4) + 1)
    pairs = lags * (lags + 1) / 2
    return {
        "n": n,
        "motifleet (s)": ours,
        "stumpy (s)": theirs,
        "times as fast": theirs / ours,
        "pairs per second": pairs / ours,
        "largest difference": float(np.abs(profile.distances - result.P_.astype(float)).max()),
    }


def best(work: Callable[[], Any], repeats: int) -> tuple[float, Any]:
    best = float("inf")
    for _ in range(repeats):
        start = perf_counter()
        result = work()
        best = min(best, perf_counter() - start)
    return best, result
