"""How far one device is from each of a fleet, by the shapes that they share."""

import numpy as np

from motifleet.matrixprofile import _core, kernels
from motifleet.matrixprofile.measure import flag
from motifleet.matrixprofile.mp_distance import checked_share, fitting
from motifleet.matrixprofile.options import JoinOptions, Progress
from motifleet.matrixprofile.series import SeriesLike, fleet_values
from motifleet.types import FleetSeries, Floats

SHARE = 0.05
"""Which of the windows' distances counts, unless it is said otherwise."""


def device_distances(
    series: SeriesLike,
    fleet: FleetSeries,
    m: int,
    *,
    constant: bool = False,
    normalize: bool = True,
    p: float = 2.0,
    share: float = SHARE,
    progress: Progress | None = None,
    threads: int = 0,
    simd: str = "auto",
) -> Floats:
    """Measure how far a series is from every device of a fleet, in one call.

    The distance is MPdist (Gharghabi and others, ICDM 2018), as `mpdist` has it, of the windows
    that can be compared: of the distances from each such window of either series to the nearest of
    the other, the one at the given share, counted from the smallest. The rank is ⌈share · values⌉,
    where the windows that can be compared count as if they lay in a row: as many values as there
    are windows, and m - 1 more for each of the two series. Without gaps, and without windows that
    hold one value for long, it is the same as `mpdist`.

    Args:
        series: n values, at least m.
        fleet: one signal of many devices.
        m: the window length, at least 3.
        constant: whether windows count that hold one value for more than half their length.
            Vehicles that stand still, or have just begun to move, all have them in common, so by
            default they do not.
        normalize: whether a window's level and scale are taken out before it is compared; False
            for the plain distance, which sees both.
        p: of the norm that the plain distance is, from 1 (Manhattan) over 2 (Euclidean) to 20.
        share: from 0, the nearest windows alone, to 1, the farthest.
        progress: called now and then with the pairs of windows compared so far and their number;
            what it raises stops the work, as Ctrl-C does.
        threads: how many to use; 0: ``MOTIFLEET_THREADS``, else one for each core.
        simd: the instruction set, "auto": ``MOTIFLEET_SIMD``, else the widest there is.

    Returns:
        shape (devices,), infinity where nothing can be compared: the device is shorter than m, has
        gaps in all its windows, or seldom varies.

    Raises:
        InvalidArgumentError: m, share or p is out of its bounds, the series is shorter than m,
            or either is not one of numbers.

    >>> import numpy as np
    >>> rng = np.random.default_rng(1)
    >>> values = rng.normal(size=900)
    >>> values[400:500] = 5 * values[80:180]  # the second device does what the first did
    >>> fleet = FleetSeries(values, np.array([0, 300, 600, 900]), ("a", "b", "c"))
    >>> device_distances(fleet["a"], fleet, 20).round(1)
    array([0. , 0. , 3.3])
    """
    m, share = kernels.window_length(m), checked_share(share)
    values, fleet = fitting(series, m, "of the device").values, fleet_values(fleet)
    options = JoinOptions.checked(
        normalize=normalize, p=p, progress=progress, threads=threads, simd=simd
    )
    rank = share, flag("constant", constant)
    found = _core.mp_distances(values, fleet.values, fleet.offsets, m, rank, options)
    windows = int(kernels.window_offsets(fleet.offsets, m)[-1])
    options.finished((len(values) - m + 1) * windows)
    return np.asarray(found)
