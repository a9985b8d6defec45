"""The features of a report: its signals, and what they were lately, in the past and in shape.

This file is used by training and travels inside the model, so that a model computes its features
as they were computed when it was trained. It needs NumPy alone; `past` and `discord` need
Motifleet's matrix profile too.
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

Column = NDArray[np.float64]
FEATURES = ("rolling", "past", "discord")
HISTORY = 1440
"""How many reports of its device a window is compared with."""


def feature_names(signals: Sequence[str], chosen: Sequence[str], window: int) -> list[str]:
    """The names of a model's features, in their order.

    >>> feature_names(["speed"], ["past"], 60)
    ['speed', 'speed past 60']
    """
    names = list(signals)
    for kind in chosen:
        shown = (" mean", " spread", " change") if kind == "rolling" else (f" {kind}",)
        names += [f"{signal}{each} {window}" for signal in signals for each in shown]
    return names


def feature_matrix(
    signals: Mapping[str, Column], offsets: Sequence[int], chosen: Sequence[str], window: int
) -> NDArray[np.float32]:
    """Compute the features of reports that lie by device and time.

    Args:
        signals: shape (n,) each, NaN where a report has no value.
        offsets: where each device begins, and n at the end.
        chosen: of ``FEATURES``.
        window: how many reports of a device a feature looks at.

    Returns:
        shape (n, features); a report's features depend on itself and earlier ones of its device.

    >>> level = {"level": np.array([1.0, 2.0, 6.0, 5.0])}
    >>> feature_matrix(level, [0, 3, 4], ["rolling"], 2)[:, 1].tolist()
    [1.0, 1.5, 4.0, 5.0]
    """
    columns = list(signals.values())
    for kind in chosen:
        for values in signals.values():
            columns += _computed(kind, values, np.asarray(offsets), window)
    matrix = np.empty((len(columns[0]), len(columns)), np.float32)
    for place, column in enumerate(columns):
        matrix[:, place] = column
    return matrix


def _computed(kind: str, values: Column, offsets: Any, window: int) -> Iterator[Column]:
    if kind == "rolling":
        yield from _rolling(values, offsets, window)
    else:
        yield _distances(values, offsets, window, shape_only=kind == "discord")


def _rolling(values: Column, offsets: Any, window: int) -> Iterator[Column]:
    """Mean and spread of the last reports, and the mean's change from the device's own so far."""
    starts = np.repeat(offsets[:-1], np.diff(offsets))
    ends = np.arange(1, len(values) + 1)
    begins = np.maximum(starts, ends - window)
    there = ~np.isnan(values)
    level = float(values[there].mean()) if there.any() else 0.0
    around = np.where(there, values - level, 0.0)
    sums, squares, counts = (
        np.concatenate([[0.0], np.cumsum(each)]) for each in (around, around**2, there)
    )
    with np.errstate(invalid="ignore", divide="ignore"):
        count = counts[ends] - counts[begins]
        mean = (sums[ends] - sums[begins]) / count
        spread = (squares[ends] - squares[begins]) / count - mean**2
        so_far = (sums[ends] - sums[starts]) / (counts[ends] - counts[starts])
    yield mean + level
    yield np.sqrt(np.maximum(spread, 0.0))
    yield mean - so_far


def _distances(values: Column, offsets: Any, window: int, *, shape_only: bool) -> Column:
    """How far the window that a report completes is from the nearest earlier one of its device."""
    from motifleet.matrixprofile import StreamingProfile

    far = np.full(len(values), np.nan)
    for start, end in pairwise(offsets.tolist()):
        if end - start >= window:
            stream = StreamingProfile(window, history=HISTORY, normalize=shape_only)
            left = stream.append(values[start:end]).left_distances
            far[start:end] = left / np.sqrt(window)
    far[np.isinf(far)] = np.nan
    return far
