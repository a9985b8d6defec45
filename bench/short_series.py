"""Many short series in one call, and a single one, against calls of stumpy."""

from collections.abc import Callable
from typing import Any

import numpy as np
from bench.self_join import best

from motifleet.matrixprofile import fleet_profile
from motifleet.types import FleetSeries

N, M = 1_440, 30
DEVICES = (1, 1_000)
# A loop over all devices would take a minute and prove no more.
LOOP = 100


def rows() -> list[dict[str, object]]:
    """Measure each number of devices, one row for each; stumpy has been compiled before."""
    import stumpy

    stumpy.stump(np.random.default_rng(0).normal(size=500), M)
    return [_measure(devices, stumpy.stump) for devices in DEVICES]


def _measure(devices: int, stump: Callable[..., Any]) -> dict[str, object]:
    walks = np.random.default_rng(devices).normal(size=(devices, N)).cumsum(axis=1)
    names = tuple(f"device-{number}" for number in range(devices))
    fleet = FleetSeries(walks.ravel(), np.arange(devices + 1) * N, names)
    ours, profile = best(lambda: fleet_profile(fleet, M), 3 if devices > 1 else 200)
    looped = min(devices, LOOP)
    loop, results = best(
        lambda: [stump(walk, M) for walk in walks[:looped]], 2 if devices > 1 else 30
    )
    theirs = loop / looped * devices
    difference = max(
        np.abs(one.distances - result.P_.astype(float)).max()
        for one, result in zip(profile, results, strict=False)
    )
    return {
        "devices": devices,
        "points of each": N,
        "m": M,
        "motifleet (s)": ours,
        f"stumpy (s), of {LOOP} at most": theirs,
        "times as fast": theirs / ours,
        "largest difference": float(difference),
    }
