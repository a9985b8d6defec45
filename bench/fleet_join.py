"""The self-joins of many short series, random walks, in one call.

stumpy's loop runs over a share of the devices, and its time is that of all by proportion; quickmp
takes all in one call too, and gives distances alone. One series shows what a call costs.
"""

import numpy as np
from bench import errors
from bench.peers import quickmp
from bench.rows import Floor, Row, versus
from bench.timing import OURS, in_turns

from motifleet.matrixprofile import fleet_profile
from motifleet.types import FleetSeries

TITLE = "Many devices × 1,440 values in one call, m = 30"
N, M = 1_440, 30
DEVICES = (1, 1_000)
# A loop over all devices would take a minute and prove no more.
LOOP, CHECKED = 100, 3
FLOORS = {(1_000, "a loop of stumpy"): Floor("≥", 20), (1_000, "quickmp's batch"): Floor("≥", 4)}


def fleet_of(walks: np.ndarray) -> FleetSeries:
    """One device for each row."""
    devices, n = walks.shape
    names = tuple(f"device-{number}" for number in range(devices))
    return FleetSeries(walks.ravel(), np.arange(devices + 1) * n, names)


def rows() -> list[Row]:
    """Measure each number of devices; stumpy has been compiled before."""
    import stumpy

    stumpy.stump(np.random.default_rng(0).normal(size=500), M)
    return [row for devices in DEVICES for row in measure(devices)]


def measure(devices: int) -> list[Row]:
    import stumpy

    walks = np.random.default_rng(devices).normal(size=(devices, N)).cumsum(axis=1)
    fleet, share = fleet_of(walks), min(devices, LOOP)
    best = in_turns(
        {
            OURS: lambda: fleet_profile(fleet, M),
            "a loop of stumpy": lambda: [stumpy.stump(walk, M).P_ for walk in walks[:share]],
            "quickmp's batch": lambda: quickmp().selfjoin_batch(walks, M),
        }
    )
    ours, profiles = best.pop(OURS)
    each = [profile for profile, _ in zip(profiles, range(share), strict=False)]
    found = np.array([profile.distances for profile in each])
    error = max(
        errors.of_self_join(walk, M, profile.distances, profile.indices)
        for walk, profile in zip(walks[:CHECKED], each[:CHECKED], strict=True)
    )
    parts = {"a loop of stumpy": devices / share, "quickmp's batch": 1.0}
    return [
        versus(
            f"{devices:,} × {N:,}",
            name,
            ours,
            seconds * parts[name],
            floor=FLOORS.get((devices, name)),
            error=error,
            difference=errors.apart(found, result[:share]),
        )
        for name, (seconds, result) in best.items()
    ]
