"""Discords against the fleet: windows that are far from those of every other device."""

from typing import Any

import numpy as np

from motifleet.errors import InvalidArgumentError
from motifleet.matrixprofile import _core, findings, kernels
from motifleet.matrixprofile.findings import Across, place
from motifleet.matrixprofile.others import Others
from motifleet.matrixprofile.series import fleet_values
from motifleet.types import FleetSeries, Floats, Ints


def fleet_discords(
    fleet: FleetSeries,
    m: int,
    *,
    k: int = 3,
    each: int | None = None,
    min_windows: int = 1,
    threads: int = 0,
    simd: str = "auto",
) -> list[Across]:
    """Find the windows that are farthest from those of every other device, the farthest first.

    What a device does that no other does, however often it does it itself. The answer is exact, and
    few pairs of devices are compared for it: a window is ruled out by the first neighbour that is
    nearer than the k-th best discord, as in DRAG and MERLIN (Nakamura and others, "MERLIN:
    Parameter-Free Discovery of Arbitrary Length Anomalies in Massive Time Series Archives", ICDM
    2020). Devices are joined with the next one, and with some further ones as long as many windows
    are left; these are then compared with all devices one by one, the most promising first.

    Args:
        fleet: one signal of at least two devices.
        m: the window length, at least 3.
        k: how many at most; none overlaps another of its device.
        each: how many of one device at most; None: as many as there are.
        min_windows: devices with fewer windows without a gap have no discords.
        threads: how many to use; 0: ``MOTIFLEET_THREADS``, else one for each core.
        simd: the instruction set, "auto": ``MOTIFLEET_SIMD``, else the widest there is.

    Raises:
        InvalidArgumentError: fewer than two devices have a window without a gap, or an argument
            is out of its bounds.

    >>> rng, steps = np.random.default_rng(3), np.arange(400)
    >>> rows = [np.sin((steps + 7 * i) / 9) + rng.normal(size=400) / 20 for i in range(4)]
    >>> rows[2][90:130] = rows[2][290:330] = np.abs(steps[:40] / 5 % 2 - 1)
    >>> fleet = FleetSeries(np.concatenate(rows), np.arange(5) * 400, ("a", "b", "c", "d"))
    >>> [(one.device_id, one.index // 200) for one in fleet_discords(fleet, 40, k=2)]
    [('c', 1), ('c', 0)]
    """
    others = _others(fleet, m, min_windows, (threads, simd))
    k = kernels.result_count(k)
    each = None if each is None else kernels.integer_from("a number each", each, 1)
    if len(others.usable) < 2:
        raise InvalidArgumentError(
            f"expected at least two devices with a window of {others.m} values without a gap, got "
            f"{len(others.usable)}: choose a shorter window, or more devices"
        )
    return [_across(others, window) for window in others.farthest(k, each)]


def windows_beyond(
    fleet: FleetSeries,
    m: int,
    *,
    enough: float,
    min_windows: int = 1,
    threads: int = 0,
    simd: str = "auto",
) -> tuple[list[Across], Floats]:
    """Find all windows without a neighbour nearer than ``enough`` on any other device.

    Windows of a device without others are all beyond, at distance infinity from nothing (-1).

    Returns:
        them, overlapping ones too, and their values; shape (windows, m).

    Raises:
        InvalidArgumentError: as `fleet_discords`.
    """
    others = _others(fleet, m, min_windows, (threads, simd))
    found = others.all_beyond(enough)
    values = np.array([others.values(window) for window in found]).reshape(-1, others.m)
    return [_across(others, window) for window in found], values


def nearest_elsewhere(
    windows: Floats,
    fleet: FleetSeries,
    bounds: Floats,
    *,
    enough: float = 0.0,
    threads: int = 0,
    simd: str = "auto",
) -> tuple[Ints, Ints, Floats]:
    """Find the nearest window of a fleet to each of some windows of other devices.

    Args:
        windows: shape (windows, m), all finite.
        fleet: the series to search.
        bounds: shape (windows,), only what is nearer is of interest.
        enough: the search for a window ends once a neighbour nearer than this is found.
        threads: how many to use; 0: ``MOTIFLEET_THREADS``, else one for each core.
        simd: the instruction set, "auto": ``MOTIFLEET_SIMD``, else the widest there is.

    Returns:
        devices, indices, distances; -1 as the device and the bound where nothing is nearer.
    """
    fleet = fleet_values(fleet)
    return _core.elsewhere(
        np.require(windows, np.float64, ["C", "A"]),
        np.require(bounds, np.float64, ["C", "A"]),
        np.full(len(bounds), -1),
        enough,
        fleet.values,
        fleet.offsets,
        kernels.resolve_threads(threads),
        kernels.resolve_simd(simd),
    )


def _others(fleet: FleetSeries, m: int, min_windows: int, how: tuple[int, str]) -> Others:
    return Others(fleet_values(fleet), kernels.window_length(m), min_windows, how)


def _across(others: Others, window: int) -> Across:
    fleet, device = others.fleet, int(others.device[window])
    index, distance = window - int(others.offsets[device]), float(others.bounds[window])
    other = int(others.neighbor_devices[window])
    if other < 0:
        where: dict[str, Any] = place(fleet[device], others.m, index)
        return Across(
            **where, distance=distance, neighbor_device_id=None, neighbor_index=-1, neighbor_ts=None
        )
    pair = fleet[device], fleet[other]
    return findings.across(pair, others.m, distance, (index, int(others.neighbors[window])))
