"""Snippets: the stretches that stand for most of a series."""

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from motifleet.errors import InvalidArgumentError, TooShortError
from motifleet.matrixprofile import kernels
from motifleet.matrixprofile.findings import Place, place
from motifleet.matrixprofile.measure import Z_NORMALISED, Measure
from motifleet.matrixprofile.mp_distance import checked_share, mpdist_profile
from motifleet.matrixprofile.neighbors import table_of
from motifleet.matrixprofile.options import Progress, progress_function
from motifleet.matrixprofile.series import SeriesLike, as_series
from motifleet.matrixprofile.steps import Steps
from motifleet.types import Floats, Frozen, Ints, Series

if TYPE_CHECKING:
    import pyarrow as pa
    from plotly.graph_objects import Figure


@dataclass(frozen=True, slots=True)
class Snippet(Place):
    """A stretch of a series that stands for others.

    Args:
        fraction: of all stretches, how many it stands for: it is the nearest snippet of these.
        area: what is left between the series and its snippets once this one is among them: the
            sum over all stretches of the MPdist to the nearest.

    >>> import numpy as np
    >>> steps = np.arange(600)
    >>> signal = np.where(steps < 400, np.sin(steps / 3), np.abs(steps / 10 % 2 - 1))
    >>> signal += np.random.default_rng(1).normal(size=600) / 20
    >>> first = snippets(signal, 60).found[0]
    >>> first.m, round(first.fraction, 1)
    (60, 0.7)
    """

    fraction: float
    area: float


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Snippets(Frozen):
    """The stretches that stand for most of a series, the most typical one first.

    Args:
        series: the n values they are of.
        m: how long a snippet is.
        window: the length of the windows that MPdist compares.
        found: the snippets.
        profiles: shape (k, n - m + 1), MPdist of each snippet to every stretch.
        nearest: shape (n - m + 1,), which snippet each stretch is nearest to, the earlier found of
            equally near ones; -1 where its values are missing.

    >>> import numpy as np
    >>> steps = np.arange(600)
    >>> signal = np.where(steps < 400, np.sin(steps / 3), np.abs(steps / 10 % 2 - 1))
    >>> signal += np.random.default_rng(1).normal(size=600) / 20
    >>> found = snippets(signal, 60)
    >>> len(found), found.window, found.profiles.shape
    (2, 30, (2, 541))
    """

    series: Series
    m: int
    window: int
    found: tuple[Snippet, ...]
    profiles: Floats
    nearest: Ints

    def __len__(self) -> int:
        return len(self.found)

    def regimes(self) -> list[tuple[int, int, int]]:
        """List the runs of stretches nearest to one snippet: (snippet, first, one past the last).

        Runs of stretches with missing values are left out.
        """
        edges = np.flatnonzero(np.diff(self.nearest)) + 1
        starts = [0, *edges.tolist()]
        ends = [*edges.tolist(), len(self.nearest)]
        runs = zip(self.nearest[starts].tolist(), starts, ends, strict=True)
        return [(which, start, end) for which, start, end in runs if which >= 0]

    def to_dict(self) -> dict[str, Any]:
        """Return the fields as JSON has them, times in ISO 8601."""
        found = [each.to_dict() for each in self.found]
        return {"m": self.m, "window": self.window, "snippets": found}

    def to_arrow(self) -> "pa.Table":
        """Lay out one row for each stretch: ``event_ts`` where known, its snippet, and distances.

        ``snippet_1`` is the MPdist to the first one.
        """
        columns = {f"snippet_{number}": row for number, row in enumerate(self.profiles, 1)}
        return table_of(self.series, {"nearest": self.nearest, **columns})

    def plot(self) -> "Figure":
        """Draw the series above the distances to its snippets, with a line where each begins."""
        from motifleet.matrixprofile.curves import curves_figure

        names = [f"to snippet {number}" for number in range(1, len(self) + 1)]
        curves = dict(zip(names, self.profiles, strict=True))
        lines = [each.index for each in self.found]
        return curves_figure(self.series, self.m, curves, "MPdist", lines)


def snippets(
    series: SeriesLike,
    m: int,
    *,
    k: int = 2,
    window: int | None = None,
    share: float = 0.05,
    progress: Progress | None = None,
    threads: int = 0,
    simd: str = "auto",
) -> Snippets:
    """Find the stretches that stand for most of a series: what to show of it, if not all.

    Imani and others, "Matrix Profile XIII: Time Series Snippets" (ICBK 2018). The series is cut
    into stretches of m; one after the other that one is chosen which brings the series nearest to
    its snippets, measured by MPdist. The work grows with the square of the length.

    Args:
        series: n values at equal steps of time.
        m: how long a snippet is, from 3 to n / 2: several cycles of what repeats.
        k: how many at most.
        window: the length of the windows that MPdist compares, from 3 to m; None: half of m, at
            least 3.
        share: as for `mpdist`.
        progress: called now and then with the pairs of windows compared so far and their number;
            what it raises stops the work, as Ctrl-C does.
        threads: how many to use; 0: ``MOTIFLEET_THREADS``, else one for each core.
        simd: the instruction set, "auto": ``MOTIFLEET_SIMD``, else the widest there is.

    Raises:
        InvalidArgumentError: the series is not one of numbers, or m, k, window or share is out of
            its bounds.

    >>> import numpy as np
    >>> steps = np.arange(600)
    >>> signal = np.where(steps < 400, np.sin(steps / 3), np.abs(steps / 10 % 2 - 1))
    >>> noise = np.random.default_rng(1).normal(size=600) / 20
    >>> [round(each.fraction, 1) for each in snippets(signal + noise, 60).found]
    [0.7, 0.3]
    """
    series, m, k = as_series(series), kernels.window_length(m), kernels.result_count(k)
    if m > len(series) // 2:
        raise TooShortError(
            f"expected a snippet length m of at most {len(series) // 2}, half the length of the "
            f"series, got {m}: choose a shorter one"
        )
    window = kernels.window_length(
        max(-(-m // 2), kernels.MIN_WINDOW) if window is None else window
    )
    if window > m:
        raise InvalidArgumentError(f"expected a window of at most {m}, the length m, got {window}")
    rank = math.ceil(checked_share(share) * 2 * m)
    told = progress_function(progress)
    profiles = stretch_profiles(
        series.values, m, window, rank, progress=told, threads=threads, simd=simd
    )
    return _chosen(series, m, window, profiles, k)


def stretch_profiles(
    values: Floats,
    m: int,
    window: int,
    rank: int,
    *,
    progress: Progress | None = None,
    threads: int,
    simd: str,
    measure: Measure = Z_NORMALISED,
) -> Floats:
    """Measure MPdist of every whole stretch to all; shape (n // m, n - m + 1)."""
    starts = range(0, len(values) // m * m, m)
    rank = min(rank, 2 * (m - window + 1) - 1)
    pairs = len(starts) * (m - window + 1) * (len(values) - window + 1)
    steps = Steps(progress, pairs)
    rows = [
        mpdist_profile(
            values[start : start + m],
            values,
            window,
            rank,
            steps=steps,
            threads=threads,
            simd=simd,
            measure=measure,
        )
        for start in starts
    ]
    steps.finished()
    return np.array(rows)


def _chosen(series: Series, m: int, window: int, profiles: Floats, k: int) -> Snippets:
    there = np.asarray(np.isfinite(profiles).any(axis=0))
    usable = np.flatnonzero(np.isfinite(profiles[:, there]).any(axis=1)).tolist()
    least = np.full(int(there.sum()), np.inf)
    order: list[int] = []
    areas: list[float] = []
    while len(order) < k and len(order) < len(usable):
        left = [each for each in usable if each not in order]
        sums = [float(np.minimum(profiles[each, there], least).sum()) for each in left]
        best = int(np.argmin(sums))
        order.append(left[best])
        areas.append(sums[best])
        least = np.minimum(least, profiles[left[best], there])
    rows = profiles[order]
    nearest = np.where(there, rows.argmin(axis=0), -1) if order else np.full(len(there), -1)
    found = tuple(
        Snippet(
            **place(series, m, stretch * m),
            fraction=float(np.mean(nearest[there] == number)),
            area=area,
        )
        for number, (stretch, area) in enumerate(zip(order, areas, strict=True))
    )
    return Snippets(series, m, window, found, rows, nearest.astype(np.int64))
