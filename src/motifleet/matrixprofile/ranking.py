"""The best windows that do not overlap."""

from collections import Counter
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from motifleet.types import Floats, Ints


def disjoint(
    scores: Floats,
    offsets: Ints,
    m: int,
    k: int | None,
    *,
    partners: Ints | None = None,
    each: int | None = None,
) -> Iterator[tuple[int, int]]:
    """Yield device and index of the lowest finite scores, no window overlapping an earlier.

    Args:
        scores: shape (windows,), of all devices' windows laid end to end.
        offsets: shape (devices + 1,), where each device's windows begin.
        m: the window length.
        k: how many at most; None: all.
        partners: shape (windows,), a second window of the same device that may not overlap
            an earlier result either, as an index within the device.
        each: how many of one device at most; None: as many as there are.
    """
    if each == 1:
        lowest = _lowest_of_each(scores, offsets)
        # Alone in its device, a window overlaps no earlier one; its partner may not count.
        if partners is None or _all_finite(scores, offsets, partners, lowest):
            yield from lowest[:k]
            return
    free = np.isfinite(scores)
    count: Counter[int] = Counter()
    found = 0
    for window in _in_order(scores, free.copy(), k, m):
        if found == k:
            return
        if not free[window]:
            continue
        device = int(np.searchsorted(offsets, window, side="right")) - 1
        start, end = int(offsets[device]), int(offsets[device + 1])
        both = [window] if partners is None else [window, start + int(partners[window])]
        if not all(free[one] for one in both):
            continue
        for one in both:
            free[max(one - m + 1, start) : min(one + m, end)] = False
        count[device] += 1
        if count[device] == each:
            free[start:end] = False
        found += 1
        yield device, window - start


def _in_order(scores: Floats, left: NDArray[np.bool_], k: int | None, m: int) -> Iterator[int]:
    """Yield windows by their scores, the lowest first.

    Few are wanted of many: they are sorted a part at a time, so that what nobody asks for is not.
    """
    size = len(scores) if k is None else max(_PART, 4 * m * k)
    while len(candidates := np.flatnonzero(left)):
        if len(candidates) > 2 * size:
            limit = np.partition(scores[candidates], size)[size]
            candidates = candidates[scores[candidates] <= limit]
        yield from candidates[np.argsort(scores[candidates], kind="stable")].tolist()
        left[candidates] = False
        size *= 4


_PART = 4096


def _lowest_of_each(scores: Floats, offsets: Ints) -> list[tuple[int, int]]:
    """List the first lowest finite score of each device, the lowest first."""
    devices = np.flatnonzero(np.diff(offsets))
    spans = list(zip(offsets[devices].tolist(), offsets[devices + 1].tolist(), strict=True))
    index = np.array([scores[start:end].argmin() for start, end in spans], np.int64)
    least = scores[offsets[devices] + index]
    for place in np.flatnonzero(~np.isfinite(least)).tolist():
        own = scores[slice(*spans[place])]
        own = np.where(np.isfinite(own), own, np.inf)
        index[place] = own.argmin()
        least[place] = own[index[place]]
    order = np.argsort(least, kind="stable")[: np.count_nonzero(np.isfinite(least))]
    return list(zip(devices[order].tolist(), index[order].tolist(), strict=True))


def _all_finite(
    scores: Floats, offsets: Ints, partners: Ints, chosen: list[tuple[int, int]]
) -> bool:
    if not chosen:
        return True
    devices, indices = np.array(chosen).T
    starts = offsets[devices]
    return bool(np.isfinite(scores[starts + partners[starts + indices]]).all())


SAME = 1e-9
"""Z-normalised distances that differ by less, relative to √m, differ by rounding alone."""


def unlikeness(distances: Floats, m: int, *, normalize: bool = True) -> Floats:
    """Score discords for `disjoint`: the farthest first, none at distance 0.

    A window that is the same as another one stands out from nothing.
    """
    least = SAME * m**0.5 if normalize else 0.0
    return np.where(distances > least, -distances, np.inf)


def constant_windows(values: Floats, m: int) -> NDArray[np.bool_]:
    """Tell which windows hold m times the same value; shape (n - m + 1,)."""
    changes = np.concatenate([[0], np.cumsum(values[1:] != values[:-1])])
    return np.asarray(changes[m - 1 :] == changes[: len(values) - m + 1])


def idle_windows(values: Floats, m: int) -> NDArray[np.bool_]:
    """Tell which windows hold one value for more than half of them; shape (n - m + 1,).

    >>> idle_windows(np.array([0.0, 0, 0, 7, 8, 9]), 4)
    array([ True, False, False])
    """
    half = m // 2 + 1
    runs = constant_windows(values, half).astype(np.int64)
    before = np.concatenate([[0], np.cumsum(runs)])
    return np.asarray(before[m - half + 1 :] > before[: len(values) - m + 1])
