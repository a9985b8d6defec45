"""The usual time between the reports of each device."""

import numpy as np

from motifleet.types import Ints


def median_steps(bounds: Ints, times: Ints) -> Ints:
    """Find the lower median of the times between the reports of each device, in microseconds.

    Args:
        bounds: shape (devices + 1,), where the reports of each device begin.
        times: shape (reports,), when they came, rising within a device.

    Returns:
        shape (devices,); 1 where a device has no two reports at different times.

    >>> median_steps(np.array([0, 4, 5]), np.array([0, 60, 120, 300, 7]))
    array([60,  1])
    """
    steps = np.ones(len(bounds) - 1, dtype=np.int64)
    apart = np.diff(times)
    some = np.flatnonzero(np.diff(bounds) > 1)
    starts, ends = bounds[some], bounds[some + 1] - 1
    # Most clocks are regular: the step in the middle is all that there is.
    steps[some] = guess = np.maximum(apart[(starts + ends - 1) // 2], 0)
    guesses = np.ones(len(bounds) - 1, dtype=np.int64)
    guesses[some] = guess
    off = apart != np.repeat(guesses, np.diff(bounds))[1:]
    seams = bounds[1:-1]
    off[seams[(seams > 0) & (seams <= len(apart))] - 1] = False
    devices = np.searchsorted(bounds, np.flatnonzero(off), side="right") - 1
    for device in np.union1d(devices, np.flatnonzero(steps < 1)).tolist():
        own = apart[bounds[device] : bounds[device + 1] - 1]
        own = own[own > 0]
        middle = (len(own) - 1) // 2
        steps[device] = np.partition(own, middle)[middle] if len(own) else 1
    return steps
