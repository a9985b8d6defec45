"""Random numbers that belong to one device, whatever else is simulated.

Each device has generators of its own, keyed by seed and device number (Philox: Salmon et al.,
"Parallel random numbers: as easy as 1, 2, 3", SC 2011), so that a device's telemetry depends
neither on how many devices there are nor on how they are batched.
"""

from enum import IntEnum

import numpy as np


class Stream(IntEnum):
    """What a device draws random numbers for; the streams never overlap."""

    PLAN = 0
    NOISE = 1
    FAULT = 2


def device_generator(seed: int, device: int, stream: Stream) -> np.random.Generator:
    """The generator of one device for one purpose.

    >>> device_generator(7, 3, Stream.PLAN).integers(100, size=3).tolist()
    [52, 48, 29]
    """
    key, counter = np.array([seed, device], np.uint64), np.array([0, 0, 0, stream], np.uint64)
    return np.random.Generator(np.random.Philox(key=key, counter=counter))
