"""A pattern over a fleet, the ten nearest windows, against a loop of stumpy.mass.

The loop is measured on a share of the devices and extrapolated; it only measures distances, and
chooses nothing.
"""

from time import perf_counter

import numpy as np

from motifleet.matrixprofile import match
from motifleet.types import FleetSeries

DEVICES, N, M, K = (10_000, 100_000), 1_440, 100, 10
SHARE = 300


def rows() -> list[dict[str, object]]:
    """One row for each fleet; stumpy has been compiled before."""
    import stumpy

    rng = np.random.default_rng(0)
    pattern = rng.normal(size=M).cumsum()
    devices = rng.normal(size=(SHARE, N)).cumsum(axis=1)
    stumpy.mass(pattern, devices[0])
    start = perf_counter()
    profiles = [stumpy.mass(pattern, device) for device in devices]
    theirs = (perf_counter() - start) / SHARE
    few = FleetSeries(devices.ravel(), np.arange(SHARE + 1) * N, tuple(map(str, range(SHARE))))
    nearest = match(pattern, few, k=1)[0].distance
    error = abs(nearest - min(profile.min() for profile in profiles))
    return [_measure(count, pattern, theirs, error) for count in DEVICES]


def _measure(count: int, pattern: np.ndarray, theirs: float, error: float) -> dict[str, object]:
    rng = np.random.default_rng(count)
    values = rng.normal(size=(count, N))
    np.cumsum(values, axis=1, out=values)
    names = tuple(map(str, range(count)))
    fleet = FleetSeries(values.ravel(), np.arange(count + 1) * N, names)
    ours = np.inf
    for _ in range(2):
        start = perf_counter()
        match(pattern, fleet, k=K)
        ours = min(ours, perf_counter() - start)
    return {
        "devices": count,
        "motifleet (s)": ours,
        f"stumpy.mass (s), from {SHARE} devices": theirs * count,
        "times as fast": theirs * count / ours,
        "largest difference": float(error),
    }
