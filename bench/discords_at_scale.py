"""Discords against the fleet, and motifs that half of it shares: exact, and how the time grows.

Devices of 1,440 reports, windows of 60, random walks with a noisy daily shape. The ten windows
farthest from those of every other device, and the shape that is nearest on half of the devices.
"Of all pairs" is the time that all joins of two devices would take, from a share of them; the
exponents say how the time grows from the line above.
"""

import sys
from collections.abc import Sequence
from time import perf_counter

import numpy as np
from bench.rows import Row

from motifleet.matrixprofile import ab_join, fleet_discords, shared_motifs
from motifleet.types import FleetSeries

TITLE = "What no other device does, and what half of the fleet shares, 1,440 reports each"
N, M, K, JOINS = 1_440, 60, 10, 20
DISCORDS, SHARED = (250, 500, 1_000), (50, 100, 200, 1_000)


def fleet_of(devices: int) -> FleetSeries:
    """Walks around a shape of the day that all devices have at a time of their own."""
    rng = np.random.default_rng(devices)
    shape = np.sin(np.arange(N) * 2 * np.pi / 360) * 4
    rows = [
        np.roll(shape, int(rng.integers(N))) + rng.normal(size=N).cumsum() / 6
        for _ in range(devices)
    ]
    names = tuple(f"device-{number}" for number in range(devices))
    return FleetSeries(np.concatenate(rows), np.arange(devices + 1) * N, names, "signal")


def rows() -> list[Row]:
    """One row for each work and size."""
    found: list[Row] = []
    for work, sizes in (("discords", DISCORDS), ("shared by half", SHARED)):
        found += measured(work, sizes)
    return found


def measured(work: str, sizes: Sequence[int]) -> list[Row]:
    """The rows of one work."""
    found: list[Row] = []
    for devices in sizes:
        fleet = fleet_of(devices)
        start = perf_counter()
        for other in range(1, JOINS + 1):
            ab_join(fleet[0], fleet[other], M)
        every = (perf_counter() - start) / JOINS * devices * (devices - 1) / 2
        start = perf_counter()
        if work == "discords":
            fleet_discords(fleet, M, k=K)
        else:
            shared_motifs(fleet, M, k=1)
        seconds = perf_counter() - start
        exponent = None
        if found:
            last = found[-1]
            grown = seconds / float(str(last["seconds"]))
            exponent = float(np.log(grown) / np.log(devices / float(str(last["devices"]))))
        found.append(
            {
                "work": work,
                "devices": devices,
                "seconds": seconds,
                "all pairs (s)": every,
                "of all pairs": seconds / every,
                "exponent": exponent,
            }
        )
        print(found[-1], file=sys.stderr, flush=True)
    return found


if __name__ == "__main__":
    rows()
