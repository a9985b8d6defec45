"""``fluss``: the corrected arc curve and the places of regimes."""

from typing import Any

import numpy as np

from motifleet.compat.stumpy.ideal import ideal_arc_curve
from motifleet.matrixprofile.segmentation import arcs_over, corrected
from motifleet.types import Floats, Ints


def fluss(
    I: Any,  # noqa: E741
    L: int,
    n_regimes: int,
    excl_factor: int = 5,
    custom_iac: Any = None,
) -> tuple[Floats, Ints]:
    """Compute the corrected arc curve of matrix profile indices, and where regimes change.

    The ideal curve that it is corrected by is stumpy's own, which is drawn from random numbers
    with the seed 0; unlike there, the random state of NumPy is left alone.

    Returns:
        the curve, and the n_regimes - 1 places, that of the lowest point first.

    >>> from motifleet.compat.stumpy import stump
    >>> steps = np.arange(600)
    >>> values = np.where(steps < 350, np.sin(steps / 4), np.abs(steps / 12 % 2 - 1))
    >>> noise = np.random.default_rng(1).normal(size=600) / 20
    >>> curve, places = fluss(stump(values + noise, 25).I_, 25, 2)
    >>> abs(int(places[0]) - 350) < 25, bool(curve.min() < 0.3)
    (True, True)
    """
    indices = np.asarray(I).astype(np.int64)
    ideal = ideal_arc_curve(len(indices)) if custom_iac is None else np.asarray(custom_iac)
    curve = corrected(arcs_over(indices), ideal, L * excl_factor)
    left, places = curve.copy(), np.empty(n_regimes - 1, np.int64)
    for number in range(n_regimes - 1):
        places[number] = at = int(np.argmin(left))
        left[max(at - excl_factor * L, 0) : at + excl_factor * L] = 1.0
    return curve, places
