"""Discords of every length, where the right one is not known."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from motifleet.errors import InvalidArgumentError
from motifleet.matrixprofile import kernels
from motifleet.matrixprofile.findings import Discord, findings_table
from motifleet.matrixprofile.lengths import Lengths
from motifleet.matrixprofile.options import Progress, progress_function
from motifleet.matrixprofile.profile import check_length
from motifleet.matrixprofile.series import SeriesLike, as_series, fleet_values
from motifleet.types import FleetSeries, Floats, Frozen, Ints, Series

if TYPE_CHECKING:
    import pyarrow as pa
    from plotly.graph_objects import Figure


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class VariableDiscords(Frozen):
    """The discords of a series for every window length of a range.

    Args:
        lengths: shape (number of lengths,), the window lengths.
        found: for each length its discords, the farthest first.

    >>> import numpy as np
    >>> signal = np.sin(np.arange(900) * np.pi / 25)
    >>> signal[500:540] *= -1
    >>> found = variable_discords(signal, range(20, 101, 40))
    >>> found.lengths.tolist(), bool(found.scores().max() > 0.3)
    ([20, 60, 100], True)
    """

    lengths: Ints
    found: tuple[tuple[Discord, ...], ...]

    def __len__(self) -> int:
        return len(self.lengths)

    def __getitem__(self, m: int) -> tuple[Discord, ...]:
        """Return the discords of a window length."""
        places = np.flatnonzero(self.lengths == m)
        if len(places) == 0:
            raise InvalidArgumentError(
                f"expected one of the lengths from {self.lengths.min()} to {self.lengths.max()} "
                f"that were searched, got {m}"
            )
        return self.found[int(places[0])]

    def scores(self) -> Floats:
        """Compare lengths: each one's farthest discord, its distance / √(2 m), NaN if none.

        Distances grow with the length. Windows that have nothing in common are at √(2 m), so that
        1 is far for every length.
        """
        first = [each[0].distance if each else np.nan for each in self.found]
        return np.asarray(np.array(first) / np.sqrt(2.0 * self.lengths))

    def best(self, k: int = 3) -> list[Discord]:
        """Choose discords over all lengths, by distance / √m; none overlaps another.

        Args:
            k: how many at most.

        Raises:
            InvalidArgumentError: k is less than 1 or no integer.
        """
        k, chosen = kernels.result_count(k), list[Discord]()
        for each in sorted(self._all(), key=lambda one: -one.distance / one.m**0.5):
            if len(chosen) < k and not any(_overlap(each, other) for other in chosen):
                chosen.append(each)
        return chosen

    def to_arrow(self) -> "pa.Table":
        """Lay out one row for each discord: device, index, time, m, distance and neighbour."""
        return findings_table(list(self._all()), Discord)

    def plot(self) -> "Figure":
        """Draw where the discords of each length are, and how far the farthest of each is."""
        from motifleet.matrixprofile.lengths_figure import lengths_figure

        return lengths_figure(self)

    def _all(self) -> Iterator[Discord]:
        return (each for found in self.found for each in found)


def variable_discords(
    series: SeriesLike | FleetSeries,
    lengths: Sequence[int] | range,
    *,
    k: int = 1,
    progress: Progress | None = None,
    threads: int = 0,
    simd: str = "auto",
) -> VariableDiscords:
    """Find the discords of every window length in a range.

    What MERLIN finds (Nakamura and others, "MERLIN: Parameter-Free Discovery of Arbitrary Length
    Anomalies in Massive Time Series Archives", ICDM 2020): a discord of the wrong length can hide
    the anomaly. As there, what one length found spares work at the next, and each length's
    discords are exact, the first and all others; nothing needs a threshold.

    Args:
        series: n values, or one signal of many devices.
        lengths: the window lengths, such as ``range(20, 201, 10)``, each from 3 to n.
        k: how many discords of each length at most.
        progress: called now and then with the pairs of windows that the lengths done so far have,
            and their number; what it raises stops the work, as Ctrl-C does.
        threads: how many to use; 0: ``MOTIFLEET_THREADS``, else one for each core.
        simd: the instruction set, "auto": ``MOTIFLEET_SIMD``, else the widest there is.

    Raises:
        InvalidArgumentError: as for `matrix_profile`; or there is no length, or k is less than 1.

    >>> import numpy as np
    >>> signal = np.sin(np.arange(900) * np.pi / 25)
    >>> signal[500:540] *= -1
    >>> found = variable_discords(signal, range(20, 101, 20))
    >>> len(found), 450 < found.best(1)[0].index < 540
    (5, True)
    """
    searched = np.array([kernels.window_length(m) for m in lengths], np.int64)
    if len(searched) == 0:
        raise InvalidArgumentError("expected at least one window length, got none")
    k = kernels.result_count(k)
    told = progress_function(progress)
    search = Lengths(_checked(series, int(searched.max())), k, threads, simd)
    found = search.search_all(sorted(set(searched.tolist())), told)
    return VariableDiscords(searched, tuple(tuple(found[m]) for m in searched.tolist()))


def _checked(series: SeriesLike | FleetSeries, m: int) -> list[Series]:
    if isinstance(series, FleetSeries):
        return list(fleet_values(series))
    one = as_series(series)
    check_length(one, m)
    return [one]


def _overlap(one: Discord, other: Discord) -> bool:
    apart = one.index + one.m <= other.index or other.index + other.m <= one.index
    return one.device_id == other.device_id and not apart
