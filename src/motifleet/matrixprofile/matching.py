"""Where a pattern occurs."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from motifleet.errors import InvalidArgumentError
from motifleet.matrixprofile import _core, findings, kernels
from motifleet.matrixprofile.findings import Match
from motifleet.matrixprofile.kernels import Work
from motifleet.matrixprofile.measure import Measure
from motifleet.matrixprofile.options import Progress, progress_function
from motifleet.matrixprofile.ranking import disjoint
from motifleet.matrixprofile.series import SeriesLike, as_series, fleet_values
from motifleet.types import FleetSeries, Floats, Ints, Series


def distance_profile(
    pattern: SeriesLike,
    series: SeriesLike | FleetSeries,
    *,
    normalize: bool = True,
    p: float = 2.0,
    progress: Progress | None = None,
    threads: int = 0,
    simd: str = "auto",
) -> Floats:
    """Measure the distance of a pattern to every window of a series, or of every device.

    What MASS computes (Mueen and others, "The Fastest Similarity Search Algorithm for Time
    Series Subsequences under Euclidean Distance", 2015): z-normalised Euclidean distances. The
    plain ones are computed window by window, in n · m steps.

    Args:
        pattern: m values, all finite, at least 3.
        series: n values, or a fleet.
        normalize: whether a window's level and scale are taken out before it is compared; False
            for the plain distance, which sees both.
        p: of the norm that the plain distance is: 1 (Manhattan), 2 (Euclidean), any larger one, or
            infinity (the largest difference).
        progress: called now and then with the windows measured so far and their number; what it
            raises stops the work, as Ctrl-C does.
        threads: how many to use; 0: ``MOTIFLEET_THREADS``, else one for each core.
        simd: the instruction set, "auto": ``MOTIFLEET_SIMD``, else the widest there is.

    Returns:
        shape (n - m + 1,), infinity where a window has a missing value; of a fleet, the windows
        of all devices laid end to end. Empty where everything is shorter than the pattern.

    Raises:
        InvalidArgumentError: the pattern is too short or has missing values, either is not one
            of numbers, or the machine has no such instruction set.

    >>> distance_profile([1, 2, 4], [10, 20, 40, 10, 10]).round(3)
    array([0.   , 3.   , 3.246])
    >>> distance_profile([1, 2, 4], [10, 20, 40, 1, 2], normalize=False).round(3)
    array([41.243, 42.591, 39.064])
    >>> distance_profile([1, 2, 4], [10, 20, 40, 1, 2], normalize=False, p=1)
    array([63., 60., 42.])
    """
    search, measure = _Search.of(pattern, series), Measure.checked(normalize, p)
    work = Work.resolved(threads, simd, progress_function(progress))
    distances = search.distances(measure, work)
    search.finished(work)
    return distances


def match(
    pattern: SeriesLike,
    series: SeriesLike | FleetSeries,
    *,
    k: int | None = 10,
    max_distance: float | None = None,
    normalize: bool = True,
    p: float = 2.0,
    progress: Progress | None = None,
    threads: int = 0,
    simd: str = "auto",
) -> list[Match]:
    """Find the windows nearest to a pattern, the nearest first; no two of a device overlap.

    Args:
        pattern: m values, all finite, at least 3.
        series: the series to search, or a fleet: then the nearest of all devices.
        k: how many at most; None: all.
        max_distance: only windows at most this far; z-normalised Euclidean distance goes from 0
            (the same shape) to 2 √m (the shape upside down).
        normalize: whether a window's level and scale are taken out before it is compared; False
            for the plain distance, which sees both.
        p: of the norm that the plain distance is: 1 (Manhattan), 2 (Euclidean), any larger one, or
            infinity (the largest difference).
        progress: called now and then with the windows measured so far and their number; what it
            raises stops the work, as Ctrl-C does.
        threads: how many to use; 0: ``MOTIFLEET_THREADS``, else one for each core.
        simd: the instruction set, "auto": ``MOTIFLEET_SIMD``, else the widest there is.

    Raises:
        InvalidArgumentError: as for `distance_profile`; or k is less than 1, or max_distance is
            negative or no number.

    >>> import numpy as np
    >>> signal = np.sin(np.arange(400) / 9)
    >>> signal[100:104] = signal[300:304] = [54, 53, 52, 51]
    >>> [found.index for found in match([4, 3, 2, 1], signal, k=2)]
    [100, 300]
    """
    if k is not None:
        k = kernels.result_count(k)
    farthest = np.inf if max_distance is None else _checked(max_distance)
    search, measure = _Search.of(pattern, series), Measure.checked(normalize, p)
    work = Work.resolved(threads, simd, progress_function(progress))
    found = (
        search.nearest(k, farthest, work)
        if measure.normalize
        else search.nearest_plain(k, farthest, measure, work)
    )
    m = len(search.pattern)
    matches = [
        findings.match_at(search.sources[device], m, distance, index)
        for device, index, distance in found
    ]
    search.finished(work)
    return matches


@dataclass(frozen=True, slots=True)
class _Search:
    pattern: Floats
    sources: FleetSeries | list[Series]
    values: Floats
    offsets: Ints

    @classmethod
    def of(cls, pattern: SeriesLike, series: SeriesLike | FleetSeries) -> "_Search":
        values = _pattern(pattern)
        if isinstance(series, FleetSeries):
            fleet = fleet_values(series)
            return cls(values, fleet, fleet.values, fleet.offsets)
        one = as_series(series)
        return cls(values, [one], one.values, np.array([0, len(one)], np.int64))

    def distances(self, measure: Measure, work: Work) -> Floats:
        return _core.distance_profile(
            self.pattern, self.values, self.offsets, measure.normalize, measure.p, work
        )

    def finished(self, work: Work) -> None:
        """Tell whoever follows the progress that all windows are measured."""
        if work.progress is not None:
            windows = int(kernels.window_offsets(self.offsets, len(self.pattern))[-1])
            work.progress(windows, windows)

    def nearest(
        self, k: int | None, max_distance: float, work: Work
    ) -> Iterator[tuple[int, int, float]]:
        """Find device, index and distance of the nearest windows."""
        count = len(self.values) if k is None else min(k, len(self.values))
        found = _core.nearest(self.pattern, self.values, self.offsets, count, max_distance, work)
        return zip(*(column.tolist() for column in found), strict=True)

    def nearest_plain(
        self, k: int | None, max_distance: float, measure: Measure, work: Work
    ) -> Iterator[tuple[int, int, float]]:
        """Find device, index and plain distance of the nearest windows."""
        scores = self.distances(measure, work)
        scores = np.where(scores <= max_distance, scores, np.inf)
        m = len(self.pattern)
        offsets = kernels.window_offsets(self.offsets, m)
        for device, index in disjoint(scores, offsets, m, k):
            yield device, index, float(scores[offsets[device] + index])


def _pattern(pattern: SeriesLike) -> Floats:
    values = as_series(pattern, "pattern").values
    if len(values) < kernels.MIN_WINDOW:
        raise InvalidArgumentError(
            f"expected a pattern of at least {kernels.MIN_WINDOW} values, got {len(values)}"
        )
    if not np.isfinite(values).all():
        place = int(np.flatnonzero(~np.isfinite(values))[0])
        raise InvalidArgumentError(
            f"expected a pattern without gaps, got {values[place]} at index {place}: fill it first"
        )
    return values


def _checked(max_distance: float) -> float:
    if not isinstance(max_distance, int | float | np.number) or not max_distance >= 0:
        raise InvalidArgumentError(f"expected a max_distance of 0 or more, got {max_distance!r}")
    return float(max_distance)
