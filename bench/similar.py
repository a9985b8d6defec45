"""Devices that behave alike: the index against comparing all, and how both grow with the fleet.

Devices of a group of 40 drive the same tours in their own order, pace and noise, 240 reports each;
of a million devices 120 each, so that they fit into memory, of which 32 windows are indexed in the
place of 96. A query chooses 200 devices by the index and compares these window by window. Recall
is the share of the ten found that are as near as the ten nearest of all. The exponents say how
build and query grow from the line above: 1 is as the number of devices.
"""

import sys
from collections.abc import Iterable
from dataclasses import dataclass
from time import perf_counter

import numpy as np
from bench.memory import status
from bench.rows import Floor, Row, judged

from motifleet.matrixprofile import DeviceIndex, device_distances, similar_devices
from motifleet.matrixprofile.similar import chosen_devices
from motifleet.types import FleetSeries

TITLE = "Devices that behave alike, by an index, against comparing all"
M, K, GROUP, TOURS = 30, 10, 40, 4
RECALL, CHECKED = Floor("≥", 0.95, "of 10"), 2_000


@dataclass(frozen=True)
class Size:
    """A fleet.

    Args:
        devices: how many.
        reports: of each.
        parts: of each, a tour in each.
        windows: of each that are indexed.
        queries: how many devices are asked for.
        compared: how many of these are compared with all.
    """

    devices: int
    reports: int = 240
    parts: int = 3
    windows: int = 96
    queries: int = 20
    compared: int = 20


SMALL = (Size(1_000), Size(2_000, queries=200, compared=200), Size(10_000))
LARGE = (Size(100_000, compared=3), Size(1_000_000, 120, 2, 32, compared=3))


def simulated(size: Size, seed: int = 0) -> FleetSeries:
    """Devices in groups of 40 that share four tours; each drives some of them."""
    rng = np.random.default_rng(seed)
    devices, lane = size.devices, size.reports // size.parts
    groups = max(1, devices // GROUP)
    tours = rng.normal(size=(groups, TOURS, lane + 20)).cumsum(axis=2)
    values = np.empty((devices, size.reports))
    for device in range(devices):
        own = tours[device % groups]
        length, start = int(rng.integers(lane - 10, lane + 16)), int(rng.integers(0, 5))
        at = np.linspace(start, start + length, lane)
        order = rng.permutation(TOURS)[: size.parts]
        lanes = [np.interp(at, np.arange(own.shape[1]), own[tour]) for tour in order]
        noise = rng.normal(size=size.reports) * rng.uniform(0.02, 0.2)
        values[device] = np.concatenate(lanes) + noise
    names = tuple(f"device-{number}" for number in range(devices))
    offsets = np.arange(devices + 1) * size.reports
    return FleetSeries(values.ravel(), offsets, names, "signal")


def rows(sizes: Iterable[Size] = SMALL) -> list[Row]:
    """One row for each size, the growth since the one before it as an exponent."""
    found: list[Row] = []
    for size in sizes:
        row = measure(size)
        for kind in ("build", "query"):
            alike = bool(found) and found[-1]["reports"] == row["reports"]
            row[f"{kind} exponent"] = _exponent(found[-1], row, kind) if alike else None
        found.append(row)
        print(row, file=sys.stderr, flush=True)
    return found


def _exponent(before: Row, after: Row, kind: str) -> float:
    ratios = [float(str(after[name])) / float(str(before[name])) for name in _of(kind)]
    return float(np.log(ratios[1]) / np.log(ratios[0]))


def _of(kind: str) -> tuple[str, str]:
    return "devices", f"{kind} (s)"


def measure(size: Size) -> Row:
    """Build the index, ask it, and compare what it says with what is true."""
    fleet = simulated(size)
    index = DeviceIndex(M, windows=size.windows)
    start = perf_counter()
    index.extend(fleet)
    build = perf_counter() - start
    rng = np.random.default_rng(1)
    asked = rng.choice(size.devices, size.queries, replace=False).tolist()
    places = {name: place for place, name in enumerate(fleet.device_ids)}
    query, compare, recall = 0.0, 0.0, []
    for turn, number in enumerate(asked):
        start = perf_counter()
        names = index.candidates(fleet[number])
        few = chosen_devices(fleet, [places[name] for name in names])
        found = similar_devices(fleet[number], few, M, k=K)
        query += perf_counter() - start
        if turn < size.compared:
            start = perf_counter()
            truth = device_distances(fleet[number], fleet, M)
            compare += perf_counter() - start
            truth[number] = np.inf
            recall.append(np.mean(found.distances <= np.sort(truth)[K - 1] + 1e-9))
    return {
        "devices": size.devices,
        "reports": size.reports,
        "build (s)": build,
        "query (s)": query / size.queries,
        "comparing all (s)": compare / size.compared,
        "bytes per device": index.nbytes / size.devices,
        "memory at the peak (GB)": status("VmHWM") / 1e9,
        "recall at 10": float(np.mean(recall)),
        **judged(float(np.mean(recall)), RECALL if size.devices == CHECKED else None),
    }


if __name__ == "__main__":
    rows([each for each in (*SMALL, *LARGE) if str(each.devices) in sys.argv[1:]])
