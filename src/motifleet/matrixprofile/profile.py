"""The matrix profile of one series."""

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from motifleet.errors import TooShortError
from motifleet.matrixprofile import _core, extremes, kernels
from motifleet.matrixprofile.findings import Discord, Motif
from motifleet.matrixprofile.neighbors import SelfNeighbors, all_windows, table_of
from motifleet.matrixprofile.options import JoinOptions, Progress
from motifleet.matrixprofile.series import SeriesLike, as_series
from motifleet.types import Ints, Series

if TYPE_CHECKING:
    import pyarrow as pa
    from plotly.graph_objects import Figure


@dataclass(frozen=True, slots=True, eq=False, repr=False, kw_only=True)
class MatrixProfile(SelfNeighbors):
    """For every window of a series, its nearest neighbours in the same series.

    Distances are Euclidean, z-normalised unless ``normalize`` is False; a window without a
    neighbour has distance infinity and index -1. "Left" neighbours begin earlier, "right" ones
    later. Of n values there are n - m + 1 windows.

    Args:
        series: the n values it is of.

    >>> import numpy as np
    >>> matrix_profile(np.sin(np.arange(200)), 25)
    MatrixProfile(m=25, distances[176], ..., series=Series(values[200]))
    """

    series: Series

    def __len__(self) -> int:
        return len(self.distances)

    @property
    def offsets(self) -> Ints:
        """Where the windows of the one series begin and end: ``[0, n - m + 1]``."""
        return all_windows(len(self))

    def all_series(self) -> list[Series]:
        """List the one series."""
        return [self.series]

    def motifs(self, k: int = 3, *, constant: bool = False) -> list[Motif]:
        """Find the closest pairs of windows, the closest first.

        No window of a pair overlaps one of an earlier pair; the two of one pair are more than
        an exclusion zone apart. There are fewer than k where the series has no room for more.

        Args:
            k: how many at most.
            constant: whether windows that hold a single value count. A parked vehicle's are all
                at distance 0 from one another, so by default they do not.

        Raises:
            InvalidArgumentError: k is less than 1 or no integer.

        >>> import numpy as np
        >>> signal = np.random.default_rng(1).normal(size=300)
        >>> signal[200:230] = 3 * signal[50:80] + 7
        >>> [(found.index, found.neighbor_index) for found in matrix_profile(signal, 30).motifs(1)]
        [(50, 200)]
        """
        return extremes.best_motifs(self, k, constant=constant)

    def discords(self, k: int = 3, *, neighbor: int = 1) -> list[Discord]:
        """Find the windows farthest from any other, farthest first; none overlaps another.

        A window at distance 0 is the same as another one, and no discord: a constant series has
        none, nor has one that repeats itself exactly.

        A fault that came twice makes windows that are each other's nearest neighbours, and no
        discords ("twin freaks"): rank by the distance to the second nearest to find them.

        Distances compare shapes. Where a signal is flat its noise is its shape, and one stretch
        of noise is far from every other: look at the values before an alarm is raised.

        Args:
            k: how many at most.
            neighbor: which of the nearest neighbours counts, at most the k of the profile.

        Raises:
            InvalidArgumentError: k is less than 1 or no integer, or the profile holds no such
                neighbour.

        >>> import numpy as np
        >>> signal = np.sin(np.arange(600) * np.pi / 25)
        >>> signal[400:410] += 0.8
        >>> 350 < matrix_profile(signal, 50).discords(1)[0].index < 410
        True
        """
        return extremes.best_discords(extremes.of_neighbor(self, neighbor), k)

    def to_arrow(self) -> "pa.Table":
        """Lay out one row for each window: ``event_ts`` where known, then distances and indices."""
        return table_of(self.series, self.arrays())

    def plot(self, *, motifs: int = 1, discords: int = 1) -> "Figure":
        """Draw the series with its motifs and discords highlighted, above its profile.

        Args:
            motifs: how many motifs to show; 0 for none.
            discords: how many discords to show; 0 for none.
        """
        from motifleet.matrixprofile.figure import profile_figure

        return profile_figure(
            self,
            self.motifs(motifs) if motifs else [],
            self.discords(discords) if discords else [],
        )


def matrix_profile(
    series: SeriesLike,
    m: int,
    *,
    k: int = 1,
    normalize: bool = True,
    p: float = 2.0,
    share: float = 1.0,
    progress: Progress | None = None,
    threads: int = 0,
    simd: str = "auto",
) -> MatrixProfile:
    """Find the nearest neighbour of every window of a series in the series itself.

    The z-normalised self-join of Yeh and others, "Matrix Profile I" (ICDM 2016), computed along
    diagonals as in Zimmerman and others, "Matrix Profile XIV" (SoCC 2019). The work grows with
    the square of the length. Of equally near neighbours on both sides it is the left one that is
    kept; which one of those on one side depends on the instruction set. The result does not depend
    on the number of threads, but for neighbours at plain distances that differ by rounding alone.

    Args:
        series: n values at equal steps of time; NaN where one is missing.
        m: the window length, from 3 to n.
        k: how many nearest neighbours of each window are kept. Each is outside the exclusion
            zone of the window, they may be close to one another.
        normalize: whether a window's level and scale are taken out before it is compared; False
            for the plain distance, which sees both.
        p: of the norm that the plain distance is, from 1 (Manhattan) over 2 (Euclidean) to 20;
            whole ones take a small part of the time that others do.
        share: compare only so large a share of the pairs, blocks of diagonals chosen at random
            but always alike: a fast approximation, as in Zhu and others, "Matrix Profile XI:
            SCRIMP++" (ICDM 2018). Distances are then upper bounds.
        progress: called now and then with the pairs of windows compared so far and their number;
            what it raises stops the work, as Ctrl-C does.
        threads: how many to use; 0: ``MOTIFLEET_THREADS``, else one for each core.
        simd: the instruction set, "auto": ``MOTIFLEET_SIMD``, else the widest there is.

    Raises:
        InvalidArgumentError: the series is not one of numbers or has none, m is out of its
            bounds, as is another argument, or the machine has no such instruction set.

    >>> import numpy as np
    >>> signal = np.sin(np.arange(200) * 2 * np.pi / 50)
    >>> profile = matrix_profile(signal, 25)
    >>> len(profile), bool(profile.distances.max() < 1e-6)
    (176, True)
    """
    series, m = as_series(series), kernels.window_length(m)
    check_length(series, m)
    options = JoinOptions.checked(
        k=k,
        normalize=normalize,
        p=p,
        share=share,
        progress=progress,
        threads=threads,
        simd=simd,
        windows=len(series) - m + 1,
    )
    span = np.array([0, len(series)], np.int64)
    sides = _core.self_join(series.values, span, m, options)
    if progress is not None:
        options.finished(int(kernels.pairs(np.array(len(series) - m + 1), m)))
    fields = options.self_fields(sides)
    return MatrixProfile(
        series=series, m=m, **fields, normalize=options.normalize, p=options.p, share=options.share
    )


def check_length(series: Series, m: int) -> None:
    """Refuse a series that is shorter than a window, or has no value at all."""
    if m > len(series):
        raise TooShortError(
            f"expected a window length m of at most {len(series)}, the length of the series, "
            f"got {m}: choose a shorter window"
        )
    if not (math.isfinite(series.values[0]) or np.isfinite(series.values).any()):
        raise TooShortError(
            f"expected a series with values, got {len(series)} that are all NaN or infinite: "
            "there is nothing to compare"
        )
