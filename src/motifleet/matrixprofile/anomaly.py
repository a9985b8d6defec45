"""One score for what is unusual: in shape, in level, in spread, or at a single point."""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Literal, TypeAlias, get_args

import numpy as np

from motifleet.matrixprofile import kernels
from motifleet.matrixprofile.findings import Place, place, time_at
from motifleet.matrixprofile.fleet import fleet_profile
from motifleet.matrixprofile.nearest import complete_windows
from motifleet.matrixprofile.neighbors import table_of
from motifleet.matrixprofile.options import Progress
from motifleet.matrixprofile.profile import MatrixProfile, matrix_profile
from motifleet.matrixprofile.ranking import disjoint
from motifleet.matrixprofile.robust import (
    beyond_neighbors,
    beyond_usual,
    moving_moments,
    rolling_maximum,
)
from motifleet.matrixprofile.series import SeriesLike
from motifleet.types import FleetSeries, Floats, Frozen, Ints, Series

if TYPE_CHECKING:
    import pyarrow as pa
    from plotly.graph_objects import Figure

Kind: TypeAlias = Literal["shape", "level", "spread", "point"]
KINDS: tuple[Kind, ...] = get_args(Kind)


@dataclass(frozen=True, slots=True)
class Anomaly(Place):
    """A window that is unusual in one respect or more.

    Args:
        score: how unusual, in robust standard deviations beyond the usual.
        kind: in which respect most: ``shape``, ``level``, ``spread`` or ``point``.
        scores: in each respect, but those that missing values leave nothing to judge by.
        peak_index: the report of the window that is least like those around it.
        peak_ts: when that was, where times are known.

    >>> import numpy as np
    >>> signal = np.sin(np.arange(600) / 5) + np.random.default_rng(1).normal(size=600) / 20
    >>> signal[400] += 3
    >>> found = anomaly_scores(signal, 40).anomalies(1)[0]
    >>> found.kind, found.peak_index, found.score > 10
    ('shape', 400, True)
    """

    score: float
    kind: Kind
    scores: dict[Kind, float]
    peak_index: int
    peak_ts: datetime | None


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class AnomalyScores(Frozen):
    """How unusual every window of a series is, in four respects and altogether.

    All are on one scale: robust standard deviations beyond what is usual for this series. 0 is
    the median of all windows and less; noise of one kind seldom reaches 5. All arrays but
    ``reports`` have shape (n - m + 1,), NaN where missing values leave nothing to score.

    Args:
        series: the n values it is of.
        m: the window length.
        shape: from the distance to the nearest other window, z-normalised.
        level: from the mean of the window.
        spread: from the standard deviation of the window.
        point: from the report of the window that is least like those around it.
        combined: the largest of the four.
        reports: shape (n,), how unlike those around it each report is, on the same scale.

    >>> import numpy as np
    >>> signal = np.sin(np.arange(600) / 5) + np.random.default_rng(1).normal(size=600) / 20
    >>> signal[300:340] += 2
    >>> scores = anomaly_scores(signal, 40)
    >>> len(scores), bool(scores.level[300] > 10 > scores.shape[300])
    (561, False)
    """

    series: Series
    m: int
    shape: Floats
    level: Floats
    spread: Floats
    point: Floats
    combined: Floats
    reports: Floats

    def __len__(self) -> int:
        return len(self.combined)

    def anomalies(self, k: int = 3, *, min_score: float = 0.0) -> list[Anomaly]:
        """Find the most unusual windows, most unusual first; none overlaps another, none has 0.

        Args:
            k: how many at most.
            min_score: only windows with this combined score or more.

        Raises:
            InvalidArgumentError: k is less than 1 or no integer.
        """
        k = kernels.result_count(k)
        usable = (self.combined >= min_score) & (self.combined > 0)
        # Every window with the same odd report has its score: the one it is in the middle of wins.
        aside = np.where(usable, np.abs(self._peaks() - np.arange(len(self)) - self.m // 2), 0)
        order = np.where(usable, -self.combined + 1e-9 * aside / self.m, np.inf)
        offsets = np.array([0, len(self)], np.int64)
        return [self._anomaly(index) for _, index in disjoint(order, offsets, self.m, k)]

    def to_arrow(self) -> "pa.Table":
        """Lay out one row for each window: ``event_ts`` where known, then the scores."""
        columns = {name: getattr(self, name) for name in ("combined", *KINDS)}
        return table_of(self.series, columns)

    def plot(self, *, anomalies: int = 1) -> "Figure":
        """Draw the series above its scores, with a line where each anomaly begins.

        Args:
            anomalies: how many to show; 0 for none.
        """
        from motifleet.matrixprofile.curves import curves_figure

        lines = [found.index for found in self.anomalies(anomalies)] if anomalies else []
        curves = {name: getattr(self, name) for name in ("combined", *KINDS)}
        return curves_figure(self.series, self.m, curves, "score", lines)

    def _peaks(self) -> Ints:
        """Where the least usual report of each window is."""
        unusual = np.where(np.isnan(self.reports), -1.0, self.reports)
        windows = np.lib.stride_tricks.sliding_window_view(unusual, self.m)
        return np.asarray(windows.argmax(axis=1) + np.arange(len(self)), np.int64)

    def _anomaly(self, index: int) -> Anomaly:
        each = {name: float(getattr(self, name)[index]) for name in KINDS}
        scores = {name: score for name, score in each.items() if not np.isnan(score)}
        kind = max(scores, key=lambda name: scores[name])
        peak = index + int(np.argmax(np.nan_to_num(self.reports[index : index + self.m], nan=-1.0)))
        return Anomaly(
            **place(self.series, self.m, index),
            score=float(self.combined[index]),
            kind=kind,
            scores=scores,
            peak_index=peak,
            peak_ts=time_at(self.series, peak),
        )


def anomaly_scores(
    series: SeriesLike,
    m: int,
    *,
    share: float = 1.0,
    progress: Progress | None = None,
    threads: int = 0,
    simd: str = "auto",
) -> AnomalyScores:
    """Score every window of a series by its shape, its level, its spread and its points.

    A discord is unusual in shape. Z-normalisation takes level and scale out before shapes are
    compared, so that the same shape at an unusual level, or ten times as loud, is no discord; and
    in a long window of noise a single odd report is one difference among many. Each has its own
    score here, brought to one scale: the value's excess over the median of all windows, divided by
    a robust standard deviation (what the median absolute difference to the median stands for in
    normally distributed values, or the upper quartile, if that stands for more). Levels and
    spreads are unusual on both sides, shapes and points above. A report's own score is from how
    far it is outside of the range from the report before it to the one after it; its deviation is
    that of the reports' differences to the mean of those two.

    Args:
        series: n values at equal steps of time; missing and infinite ones are left out.
        m: the window length, from 3 to n.
        share: compare only so large a share of the pairs, chosen at random but always alike.
            Scores of shapes are then those of an approximate profile, the others exact.
        progress: called now and then with the pairs of windows compared so far and their number;
            what it raises stops the work, as Ctrl-C does.
        threads: how many to use; 0: ``MOTIFLEET_THREADS``, else one for each core.
        simd: the instruction set, "auto": ``MOTIFLEET_SIMD``, else the widest there is.

    Raises:
        InvalidArgumentError: as for `matrix_profile`.

    A day repeats, and four times something goes wrong, each in another respect:

    >>> import numpy as np
    >>> turn, rng = np.arange(50) * np.pi / 25, np.random.default_rng(7)
    >>> day = np.sin(turn) + np.sin(2 * turn) / 2
    >>> signal = np.tile(day, 40) + rng.normal(size=2000) / 20
    >>> signal[300:350] = signal[300:350][::-1]  # the day runs backwards
    >>> signal[750:800] += 2  # a usual day at another level
    >>> signal[1200:1250] *= 3  # a usual day three times as strong
    >>> signal[1620] += 1  # one odd report
    >>> scores = anomaly_scores(signal, 50)
    >>> [(each.index, each.kind) for each in scores.anomalies(5, min_score=6)]
    [(750, 'level'), (1200, 'spread'), (327, 'shape'), (277, 'shape'), (1595, 'point')]

    No respect alone would have found all of them. The scores of the four windows in each:

    >>> for name in ("shape", "level", "spread", "point", "combined"):
    ...     print(name, getattr(scores, name)[[327, 750, 1200, 1595]].round().astype(int))
    shape [87  0  0 13]
    level [ 58 180   0   1]
    spread [ 32   1 156   1]
    point [ 2  3  5 15]
    combined [ 87 180 156  15]
    """
    profile = matrix_profile(series, m, share=share, progress=progress, threads=threads, simd=simd)
    return _scores_of(profile)


def fleet_anomalies(
    fleet: FleetSeries,
    m: int,
    *,
    k: int = 3,
    min_score: float = 0.0,
    min_windows: int = 1,
    share: float = 1.0,
    progress: Progress | None = None,
    threads: int = 0,
    simd: str = "auto",
) -> list[Anomaly]:
    """Find the most unusual windows of a fleet, each by what is usual for its own device.

    Args:
        fleet: one signal of many devices.
        m: the window length, at least 3.
        k: how many at most; none overlaps another one of its device.
        min_score: only windows with this combined score or more.
        min_windows: devices with fewer windows without a gap are passed over: what is usual is
            not known of them.
        share: compare only so large a share of the pairs, chosen at random but always alike.
            Scores of shapes are then those of an approximate profile, the others exact.
        progress: called now and then with the pairs of windows compared so far and their number;
            what it raises stops the work, as Ctrl-C does.
        threads: how many to use; 0: ``MOTIFLEET_THREADS``, else one for each core.
        simd: the instruction set, "auto": ``MOTIFLEET_SIMD``, else the widest there is.

    Raises:
        InvalidArgumentError: as for `fleet_profile`; or k is less than 1 or no integer.

    >>> import numpy as np
    >>> values = np.tile(np.sin(np.arange(40) * np.pi / 20), 30)
    >>> values += np.random.default_rng(7).normal(size=1200) / 20
    >>> values[700:740] += 3
    >>> fleet = FleetSeries(values, np.array([0, 600, 1200]), ("truck-1", "truck-2"))
    >>> (found,) = fleet_anomalies(fleet, 40, k=1)
    >>> found.device_id, found.index, found.kind
    ('truck-2', 100, 'level')
    """
    k = kernels.result_count(k)
    profiles = fleet_profile(fleet, m, share=share, progress=progress, threads=threads, simd=simd)
    found = [
        anomaly
        for profile in profiles
        if np.isfinite(profile.distances).sum() >= max(min_windows, 1)
        for anomaly in _scores_of(profile).anomalies(k, min_score=min_score)
    ]
    return sorted(found, key=lambda anomaly: -anomaly.score)[:k]


def _scores_of(profile: MatrixProfile) -> AnomalyScores:
    source, m = profile.series, profile.m
    values = np.where(np.isfinite(source.values), source.values, np.nan)
    whole = complete_windows(values, m)
    mean, deviation = (np.where(whole, each, np.nan) for each in moving_moments(values, m))
    shape = beyond_usual(np.where(np.isfinite(profile.distances), profile.distances, np.nan))
    level, spread = beyond_usual(mean, both=True), beyond_usual(deviation, both=True)
    reports = beyond_neighbors(values)
    point = rolling_maximum(reports, m)
    combined = np.fmax(np.fmax(shape, level), np.fmax(spread, point))
    return AnomalyScores(source, m, shape, level, spread, point, combined, reports)
