"""The usual time between the reports of each device."""

import numpy as np

from motifleet.types import Ints


def median_steps(codes: Ints, times: Ints, devices: int) -> Ints:
    """Find the lower median of the times between the reports of each device, in microseconds.

    Args:
        codes: shape (reports,), which device each report is of, in rising order.
        times: shape (reports,), when it came, rising within a device.
        devices: how many devices there are.

    Returns:
        shape (devices,); 1 where a device has no two reports at different times.

    >>> median_steps(np.array([0, 0, 0, 0, 1]), np.array([0, 60, 120, 300, 7]), 2)
    array([60,  1])
    """
    apart = np.diff(times)
    counted = np.flatnonzero((codes[1:] == codes[:-1]) & (apart > 0))
    apart, codes = apart[counted], codes[counted]
    counts = np.bincount(codes, minlength=devices)
    some = np.flatnonzero(counts)
    starts = np.cumsum(counts)[some] - counts[some]
    steps = np.ones(devices, dtype=np.int64)
    if len(some) == 0:
        return steps
    middle = (counts[some] - 1) // 2
    guess = apart[starts + middle]
    # Most clocks are regular: the step in the middle is nearly always the median already.
    guesses = np.repeat(guess, counts[some])
    below = np.add.reduceat(apart < guesses, starts, dtype=np.int64)
    up_to = np.add.reduceat(apart <= guesses, starts, dtype=np.int64)
    steps[some] = guess
    for place in np.flatnonzero((below > middle) | (up_to <= middle)).tolist():
        own = apart[starts[place] : starts[place] + counts[some[place]]]
        steps[some[place]] = np.partition(own, middle[place])[middle[place]]
    return steps
