"""Self-joins of plain distances, by several norms, against stumpy.aamp."""

from collections.abc import Callable
from typing import Any

import numpy as np
from bench.self_join import best

from motifleet.matrixprofile import matrix_profile

N, M = 16_384, 100
NORMS = (1.0, 1.5, 2.0, 3.0)


def rows() -> list[dict[str, object]]:
    """Measure each norm, one row for each; stumpy has been compiled before."""
    import stumpy

    stumpy.aamp(np.random.default_rng(0).normal(size=500), M)
    return [_measure(p, stumpy.aamp) for p in NORMS]


def _measure(p: float, aamp: Callable[..., Any]) -> dict[str, object]:
    values = np.random.default_rng(N).normal(size=N).cumsum()
    ours, profile = best(lambda: matrix_profile(values, M, normalize=False, p=p), 5)
    theirs, result = best(lambda: aamp(values, M, p=p), 2)
    return {
        "p": p,
        "motifleet (s)": ours,
        "stumpy (s)": theirs,
        "times as fast": theirs / ours,
        "pairs per second": (N - M + 1) ** 2 / 2 / ours,
        "largest difference": float(np.abs(profile.distances - result.P_).max()),
    }
