"""Which distance stumpy's ``normalize`` and ``p`` stand for."""

import numpy as np

from motifleet.compat.stumpy.refused import refuse
from motifleet.matrixprofile.measure import LARGEST_OF_JOINS, Z_NORMALISED, Measure

NO_DISTANCE = "below 1 a norm is no distance"
TOO_LARGE = (
    f"above {LARGEST_OF_JOINS:g} the sum of the p-th powers of small differences vanishes beside "
    "that of large ones; core.mass_absolute takes any p"
)


def measure_of(name: str, normalize: bool, p: float, *, largest: float = np.inf) -> Measure:
    """Return the measure that is asked for; the p of z-normalised distances is not looked at."""
    if normalize:
        return Z_NORMALISED
    if not p >= 1:
        refuse(f"{name}(…, p={p})", NO_DISTANCE)
    if p > largest:
        refuse(f"{name}(…, p={p})", TOO_LARGE)
    return Measure(normalize=False, p=float(p))


def measure_of_join(name: str, normalize: bool, p: float) -> Measure:
    """Return the measure that is asked for, where windows are joined."""
    return measure_of(name, normalize, p, largest=LARGEST_OF_JOINS)
