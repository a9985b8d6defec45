"""What is usual in a series, by statistics that a few unusual values do not move."""

import numpy as np

from motifleet.types import Floats

UPPER_QUARTILE, UPPER_QUARTILE_OF_ABSOLUTE = 0.6744897501960817, 1.1503493803760079
MEDIAN_OF_ABSOLUTE = UPPER_QUARTILE
"""Of normally distributed values, in standard deviations."""


def beyond_usual(values: Floats, *, both: bool = False) -> Floats:
    """Measure values in robust standard deviations beyond their median; 0 below it, NaN if NaN.

    The deviation is what the median absolute difference to the median stands for, or the upper
    quartile of the differences, if that stands for more. If both are 0, since three values in four
    are the same, it is the root of the mean square.

    Args:
        values: any number of them.
        both: whether values below the median are unusual too; both sides are measured alike.

    >>> beyond_usual(np.array([4.0, 5.0, 5.0, 6.0, 30.0, np.nan])).round(1)
    array([ 0. ,  0. ,  0. ,  0.7, 16.9,  nan])
    """
    there = values[~np.isnan(values)]
    if len(there) == 0:
        return np.full(len(values), np.nan)
    centre = np.median(there)
    away = np.abs(values - centre) if both else values - centre
    quartile = UPPER_QUARTILE_OF_ABSOLUTE if both else UPPER_QUARTILE
    deviation = _deviation(away[~np.isnan(values)], quartile)
    if deviation == 0:
        return np.where(np.isnan(values), np.nan, 0.0)
    return np.asarray(np.maximum(away / deviation, 0.0))


def _deviation(away: Floats, quartile: float) -> float:
    """Estimate a standard deviation from differences to the median."""
    middling = float(np.median(np.abs(away))) / MEDIAN_OF_ABSOLUTE
    upper = float(np.quantile(away, 0.75)) / quartile
    return max(middling, upper) or float(np.sqrt(np.mean(away * away)))


def moving_moments(values: Floats, m: int) -> tuple[Floats, Floats]:
    """Return the mean and the standard deviation of every window, shape (n - m + 1,) each.

    Windows with a NaN have numbers without a meaning.
    """
    there = values[~np.isnan(values)]
    filled = np.where(np.isnan(values), 0.0, values - (np.median(there) if len(there) else 0.0))
    size = float(np.abs(filled).max(initial=0.0)) or 1.0
    windows = np.lib.stride_tricks.sliding_window_view(filled / size, m)
    chunks = np.array_split(windows, max(windows.size // 2**22, 1))
    mean = np.concatenate([chunk.mean(axis=1) for chunk in chunks])
    deviation = np.concatenate([chunk.std(axis=1) for chunk in chunks])
    return mean * size, deviation * size


def beyond_neighbors(values: Floats) -> Floats:
    """Measure how far each report is from those around it, in robust standard deviations.

    That is how far it is outside of the range from the report before it to the one after it: on a
    slope or at a step, little or nothing. The deviation is that of the reports' differences to the
    mean of those two. The first and the last report are not judged: 0; missing ones are NaN.

    >>> beyond_neighbors(np.array([1.0, 2.0, 9.0, 3.0, 4.0, np.nan, 3.5, 5.0])).round(1)
    array([0. , 0. , 1.3, 0.2, 0.1, nan, 0.1, 0. ])
    """
    there = np.flatnonzero(~np.isnan(values))
    scores = np.where(np.isnan(values), np.nan, 0.0)
    each = values[there]
    before, here, after = each[:-2], each[1:-1], each[2:]
    outside = np.maximum(here - np.maximum(before, after), np.minimum(before, after) - here)
    bends = np.abs(here - before / 2 - after / 2)
    deviation = _deviation(bends, UPPER_QUARTILE_OF_ABSOLUTE) if len(bends) else 0.0
    if deviation > 0:
        scores[there[1:-1]] = np.maximum(outside, 0.0) / deviation
    return scores


def rolling_maximum(values: Floats, m: int) -> Floats:
    """Return the largest of every m neighbours, NaN if all are; shape (n - m + 1,)."""
    done = 1
    while done < m:
        step = min(done, m - done)
        values = np.fmax(values[:-step], values[step:])
        done += step
    return values
