"""Devices that behave alike: the index against comparing all, and how both grow with the fleet.

Devices of a group drive the same tours in their own order, pace and noise, 240 reports each, so
that a million of them fit into memory. ``python -m bench.similar 100000 1000000`` measures other
sizes than those of ``make bench``, which take minutes and more.
"""

import sys
from time import perf_counter

import numpy as np
from bench.rows import Row

from motifleet.matrixprofile import DeviceIndex, device_distances, similar_devices
from motifleet.matrixprofile.similar import chosen_devices
from motifleet.types import FleetSeries

TITLE = "devices that behave alike, 240 reports each, by an index, against comparing all"
SIZES = (1_000, 10_000)
N, M, K, QUERIES, GROUP, PARTS = 240, 30, 10, 20, 40, 3


def simulated(devices: int, seed: int = 0) -> FleetSeries:
    """Devices in groups of 40 that share four tours of 80 reports; each drives three of them."""
    rng = np.random.default_rng(seed)
    groups = max(1, devices // GROUP)
    tours = rng.normal(size=(groups, 4, N // PARTS + 20)).cumsum(axis=2)
    values = np.empty((devices, N))
    for device in range(devices):
        own = tours[device % groups]
        length, start = int(rng.integers(70, 96)), int(rng.integers(0, 5))
        at = np.linspace(start, start + length, N // PARTS)
        order = rng.permutation(4)[:PARTS]
        lanes = [np.interp(at, np.arange(own.shape[1]), own[tour]) for tour in order]
        values[device] = np.concatenate(lanes) + rng.normal(size=N) * rng.uniform(0.02, 0.2)
    names = tuple(f"device-{number}" for number in range(devices))
    return FleetSeries(values.ravel(), np.arange(devices + 1) * N, names, "signal")


def rows(sizes: tuple[int, ...] = SIZES) -> list[Row]:
    """One row for each size, the growth since the one before it as an exponent."""
    found: list[Row] = []
    for devices in sizes:
        row = _measure(devices)
        if found:
            more = np.log(devices / float(str(found[-1]["devices"])))
            for kind in ("build", "query"):
                last = float(str(found[-1][f"{kind} (s)"]))
                row[f"{kind} exponent"] = float(
                    np.log(float(str(row[f"{kind} (s)"])) / last) / more
                )
        else:
            row |= {"build exponent": float("nan"), "query exponent": float("nan")}
        found.append(row)
    return found


def _measure(devices: int) -> Row:
    fleet = simulated(devices)
    index = DeviceIndex(M)
    start = perf_counter()
    index.extend(fleet)
    build = perf_counter() - start
    rng = np.random.default_rng(1)
    asked = rng.choice(devices, QUERIES, replace=False).tolist()
    places = {name: place for place, name in enumerate(fleet.device_ids)}
    exact = asked[: max(3, min(QUERIES, 200_000 // devices))]
    query, compare, recall = 0.0, 0.0, []
    for number in asked:
        start = perf_counter()
        names = index.candidates(fleet[number])
        few = chosen_devices(fleet, [places[name] for name in names])
        found = similar_devices(fleet[number], few, M, k=K)
        query += perf_counter() - start
        if number in exact:
            start = perf_counter()
            truth = device_distances(fleet[number], fleet, M)
            compare += perf_counter() - start
            truth[number] = np.inf
            recall.append(np.mean(found.distances <= np.sort(truth)[K - 1] + 1e-9))
    return {
        "devices": devices,
        "build (s)": build,
        "query (s)": query / QUERIES,
        "comparing all (s)": compare / len(exact),
        "bytes per device": index.nbytes / devices,
        "recall at 10": float(np.mean(recall)),
    }


if __name__ == "__main__":
    for measured in rows(tuple(map(int, sys.argv[1:])) or SIZES):
        print(measured, flush=True)
