"""Discords against the fleet: windows that are far from those of every other device."""

from typing import Any

import numpy as np

from motifleet.errors import InvalidArgumentError
from motifleet.matrixprofile import _core, findings, kernels
from motifleet.matrixprofile.findings import Across, place
from motifleet.matrixprofile.options import Progress, progress_function
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
    progress: Progress | None = None,
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
        progress: called now and then with the pairs of devices, or of a window and a device, that
            were compared so far and None, since nobody knows how many there will be; what it
            raises stops the work, as Ctrl-C does.
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
    others = _others(fleet, m, min_windows, (progress, threads, simd))
    k = kernels.result_count(k)
    each = None if each is None else kernels.integer_from("a number each", each, 1)
    if len(others.usable) < 2:
        raise InvalidArgumentError(
            f"expected at least two devices with a window of {others.m} values without a gap, got "
            f"{len(others.usable)}: choose a shorter window, or more devices"
        )
    found = others.farthest(k, each)
    others.steps.finished()
    return [_across(others, window) for window in found]


def windows_beyond(
    fleet: FleetSeries,
    m: int,
    *,
    enough: float,
    min_windows: int = 1,
    progress: Progress | None = None,
    threads: int = 0,
    simd: str = "auto",
) -> tuple[list[Across], Floats]:
    """Find all windows without a neighbour nearer than ``enough`` on any other device.

    Windows of a device without others are all beyond, at distance infinity from nothing (-1).

    Args:
        fleet: one signal of any number of devices.
        m: the window length, at least 3.
        enough: nearer than this a neighbour rules a window out.
        min_windows: devices with fewer windows without a gap have none that are beyond.
        progress: called now and then with the pairs of devices, or of a window and a device, that
            were compared so far and None, since nobody knows how many there will be; what it
            raises stops the work, as Ctrl-C does.
        threads: how many to use; 0: ``MOTIFLEET_THREADS``, else one for each core.
        simd: the instruction set, "auto": ``MOTIFLEET_SIMD``, else the widest there is.

    Returns:
        them, overlapping ones too, and their values; shape (windows, m).

    Raises:
        InvalidArgumentError: as `fleet_discords`.

    >>> rng, steps = np.random.default_rng(3), np.arange(400)
    >>> rows = [np.sin((steps + 7 * i) / 9) + rng.normal(size=400) / 20 for i in range(3)]
    >>> rows[2][90:130] = np.abs(steps[:40] / 5 % 2 - 1)
    >>> fleet = FleetSeries(np.concatenate(rows), np.arange(4) * 400, ("a", "b", "c"))
    >>> found, values = windows_beyond(fleet, 40, enough=5.0)
    >>> {each.device_id for each in found}, values.shape[1]
    ({'c'}, 40)
    """
    others = _others(fleet, m, min_windows, (progress, threads, simd))
    found = others.all_beyond(enough)
    others.steps.finished()
    values = np.array([others.values(window) for window in found]).reshape(-1, others.m)
    return [_across(others, window) for window in found], values


def nearest_elsewhere(
    windows: Floats,
    fleet: FleetSeries,
    bounds: Floats,
    *,
    enough: float = 0.0,
    progress: Progress | None = None,
    threads: int = 0,
    simd: str = "auto",
) -> tuple[Ints, Ints, Floats]:
    """Find the nearest window of a fleet to each of some windows of other devices.

    Args:
        windows: shape (windows, m), all finite.
        fleet: the series to search.
        bounds: shape (windows,), only what is nearer is of interest.
        enough: the search for a window ends once a neighbour nearer than this is found.
        progress: called now and then with the pairs of devices, or of a window and a device, that
            were compared so far and None, since nobody knows how many there will be; what it
            raises stops the work, as Ctrl-C does.
        threads: how many to use; 0: ``MOTIFLEET_THREADS``, else one for each core.
        simd: the instruction set, "auto": ``MOTIFLEET_SIMD``, else the widest there is.

    Raises:
        InvalidArgumentError: windows and bounds are not as many, or an argument is out of its
            bounds.

    Returns:
        devices, indices, distances; -1 as the device and the bound where nothing is nearer.

    >>> values = np.random.default_rng(3).normal(size=400)
    >>> fleet = FleetSeries(values, np.array([0, 200, 400]), ("a", "b"))
    >>> windows = np.stack([3 * values[250:280] + 1, np.arange(30.0)])
    >>> devices, indices, distances = nearest_elsewhere(windows, fleet, np.array([1.0, 1.0]))
    >>> devices, indices[0], distances.round(6)
    (array([ 1, -1]), np.int64(50), array([0., 1.]))
    """
    fleet = fleet_values(fleet)
    found = _core.elsewhere(
        np.require(windows, np.float64, ["C", "A"]),
        np.require(bounds, np.float64, ["C", "A"]),
        np.full(len(bounds), -1),
        enough,
        fleet.values,
        fleet.offsets,
        kernels.Work.resolved(threads, simd, progress_function(progress)),
    )
    if progress is not None:
        progress(len(bounds) * len(fleet), None)
    return found


def _others(
    fleet: FleetSeries, m: int, min_windows: int, how: tuple[Progress | None, int, str]
) -> Others:
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
