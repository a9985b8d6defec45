"""``stimp`` and ``aamp_stimp``: the profiles of every window length, as one picture."""

from collections import deque
from typing import Any

import numpy as np

from motifleet.compat.stumpy.anytime import scrump
from motifleet.compat.stumpy.core import get_max_window_size
from motifleet.compat.stumpy.joins import stump
from motifleet.compat.stumpy.refused import check_offered, refuse
from motifleet.matrixprofile.pieces import pieces
from motifleet.types import Floats, Ints

SORTED, SAMPLE = 1 << 18, 1 << 16
"""Values that are sorted at once, and those that tell where to cut."""
TWO = "stumpy takes p for 2.0 here, whatever it is: pass p=2.0"


class stimp:  # noqa: N801
    """The pan matrix profile: one profile with every `update`, in breadth-first order.

    With a percentage below 1 a profile is that of `scrump` after one update.

    Raises:
        TypeError: the values are not float64.
        NotImplementedError: plain distances with p other than 2, or constant windows of one's own.

    >>> values = np.sin(np.arange(120) / 4)
    >>> pan = stimp(values, 10, 30, 5, percentage=1.0)
    >>> pan.update()
    >>> pan.update()
    >>> pan.M_.tolist(), pan.PAN_.shape
    ([20, 15, 30, 10, 25], (5, 120))
    """

    def __init__(
        self,
        T: Any,
        min_m: int = 3,
        max_m: int | None = None,
        step: int = 1,
        percentage: float = 0.01,
        pre_scrump: bool = True,
        normalize: bool = True,
        p: float = 2.0,
        T_subseq_isconstant_func: Any = None,
    ) -> None:
        check_offered("stimp", T_subseq_isconstant_func=T_subseq_isconstant_func)
        if not normalize and p != 2.0:
            refuse(f"stimp(…, normalize=False, p={p})", TWO)
        self._normalize = normalize
        self._percentage, self._first = float(np.clip(percentage, 0.0, 1.0)), pre_scrump
        self._T = T.copy()
        largest = get_max_window_size(len(self._T))
        if max_m is None:
            lengths = np.arange(min_m, max(min_m + 1, largest) + 1, step)
        else:
            low, high = sorted([min_m, max_m])
            lengths = np.arange(max(3, low), min(largest, high) + 1, step)
        self._order = breadth_first(len(lengths))
        self._M = lengths[self._order].astype(np.int64)
        self._done = 0
        self._PAN = np.empty((len(lengths), len(self._T)))
        for row in self._PAN:
            row[:] = np.inf

    def update(self) -> None:
        """Compute the profile of the next window length; nothing once all are done."""
        if self._done < len(self._M):
            profile = self._profile(int(self._M[self._done]))
            self._PAN[self._order[self._done], : len(profile)] = profile
            self._done += 1

    def _profile(self, m: int) -> Floats:
        if self._percentage >= 1.0:
            return stump(self._T, m, normalize=self._normalize).P_
        share, first = self._percentage, self._first
        found = scrump(self._T, m, percentage=share, pre_scrump=first, normalize=self._normalize)
        found.update()
        return found.P_

    def _largest(self) -> Floats:
        """The largest distances that there can be of the window lengths done."""
        lengths = np.sqrt(self._M[: self._done])
        if self._normalize:
            return np.asarray(2.0 * lengths)
        return np.asarray(np.ptp(self._T[np.isfinite(self._T)]) * lengths)

    def pan(
        self,
        threshold: float = 0.2,
        normalize: bool = True,
        contrast: bool = True,
        binary: bool = True,
        clip: bool = True,
    ) -> Floats:
        """Return the picture: a row for each length, those not done as the next one that is.

        Args:
            threshold: the share of the nearest that contrast brings out.
            normalize: whether distances are divided by the largest there can be: 2 √m or, of plain
                ones, √m times the range of the values.
            contrast: whether ranks are spread around the threshold.
            binary: whether all up to the threshold is 0, the rest 1.
            clip: whether all is brought between 0 and 1.
        """
        done, width = self._order[: self._done], self._PAN.shape[1]
        rows, largest = np.empty((len(done), width)), self._largest()
        for at, number in enumerate(done.tolist()):
            for part in pieces(width):
                row = self._PAN[number, part]
                row = np.where(np.isinf(row), np.nan, row)
                rows[at, part] = np.minimum(1.0, row / largest[at]) if normalize else row
        flat = rows.reshape(-1)
        ranks = ranked(flat) if contrast else None
        for part in pieces(flat.size):
            if ranks is not None:
                share = _shares(ranks[part], flat.size)
                flat[part] = 1.0 / (1.0 + np.exp(-10 * (share - threshold)))
            if binary:
                flat[part] = np.where(flat[part] <= threshold, 0.0, 1.0)
            if clip:
                flat[part] = np.clip(flat[part], 0.0, 1.0)
        return self._repeated(rows, done)

    def _repeated(self, rows: Floats, done: Ints) -> Floats:
        """Draw the rows that are not done as the next one that is."""
        picture, order = np.empty_like(self._PAN), np.argsort(done)
        start = 0
        for at in order.tolist():
            for number in range(start, int(done[at]) + 1):
                picture[number] = rows[at]
            start = int(done[at]) + 1
        for row in picture[start:]:
            row[:] = np.nan
        known = [row[part] for row in rows for part in pieces(len(row))]
        highest = max(
            (np.nanmax(each) for each in known if not np.isnan(each).all()), default=np.nan
        )
        for row in picture:
            for part in pieces(len(row)):
                row[part] = np.where(np.isnan(row[part]), highest, row[part])
        return picture

    @property
    def PAN_(self) -> Floats:
        """The picture with every step."""
        return self.pan()

    @property
    def M_(self) -> Ints:
        """The window lengths in the order in which they are computed."""
        return self._M

    @property
    def P_(self) -> list[Floats]:
        """The profiles in the order of `M_`, those not done of infinities."""
        lengths = zip(self._order, self._M, strict=True)
        return [self._PAN[row][: len(self._T) - m + 1] for row, m in lengths]


class aamp_stimp(stimp):  # noqa: N801
    """The pan matrix profile of plain distances: `stimp` with ``normalize=False``.

    >>> values = np.sin(np.arange(120) / 4)
    >>> pan = aamp_stimp(values, 10, 30, 5, percentage=1.0)
    >>> pan.update()
    >>> int(pan.M_[0]), len(pan.P_[0]), bool(pan.P_[0].max() < 1)
    (20, 101, True)
    """

    def __init__(
        self,
        T: Any,
        min_m: int = 3,
        max_m: int | None = None,
        step: int = 1,
        percentage: float = 0.01,
        pre_scraamp: bool = True,
        p: float = 2.0,
    ) -> None:
        how = percentage, pre_scraamp
        super().__init__(T, min_m, max_m, step, *how, normalize=False, p=p)


def breadth_first(count: int) -> Ints:
    """Order so many numbers: the middle one, then the middles of both halves, and so on.

    >>> breadth_first(7).tolist()
    [3, 1, 5, 0, 2, 4, 6]
    """
    order, spans = list[int](), deque([(0, count)])
    while spans:
        start, stop = spans.popleft()
        if start < stop:
            middle = (start + stop) // 2
            order.append(middle)
            spans += [(start, middle), (middle + 1, stop)]
    return np.array(order, np.int64)


def _shares(ranks: Ints, count: int) -> Floats:
    """Which share of all is below each, from 0 to 1."""
    last = max(count - 1, 1)
    return np.where(ranks == last, 1.0, ranks * (1.0 / last))


def ranked(values: Floats) -> Ints:
    """Return the rank of each value among all, of equal ones the first the least; NaN the last.

    Many are sorted in parts, between values that cut them evenly.

    >>> ranked(np.array([0.5, np.nan, 0.25, 0.5])).tolist()
    [1, 3, 0, 2]
    """
    count = -(-len(values) // SORTED)
    sample = np.sort(values[:: max(len(values) // SAMPLE, 1)])
    cuts = np.unique(sample[np.arange(1, count) * len(sample) // max(count, 1)])
    part = np.empty(len(values), np.int16)
    for piece in pieces(len(values)):
        part[piece] = np.searchsorted(cuts, values[piece], side="right")
    ranks, before = np.empty(len(values), np.int64), 0
    for number in range(len(cuts) + 1):
        own = [piece.start + np.flatnonzero(part[piece] == number) for piece in pieces(len(part))]
        places = np.concatenate([np.zeros(0, np.int64), *own])
        order = values[places].argsort(kind="stable")
        ranks[places[order]] = np.arange(before, before + len(places))
        before += len(places)
    return ranks
