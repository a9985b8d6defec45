"""The AB-join of two series: what they share, and what one of them has alone."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from motifleet.matrixprofile import _core, extremes, findings, kernels
from motifleet.matrixprofile.findings import Across
from motifleet.matrixprofile.neighbors import Neighbors, all_windows, table_of
from motifleet.matrixprofile.options import JoinOptions, Progress
from motifleet.matrixprofile.profile import check_length
from motifleet.matrixprofile.ranking import constant_windows, disjoint, unlikeness
from motifleet.matrixprofile.series import SeriesLike, as_series
from motifleet.types import Floats, Ints, Series

if TYPE_CHECKING:
    import pyarrow as pa
    from plotly.graph_objects import Figure


@dataclass(frozen=True, slots=True, eq=False, repr=False, kw_only=True)
class Join(Neighbors):
    """For every window of a series a, its nearest neighbours in a series b; and the reverse.

    A window without a neighbour has distance infinity and index -1. There is no exclusion zone.
    The arrays without ``b_`` are of the windows of a, indices being places in b.

    Args:
        a: the series of n values.
        b: the other, of n_b values.
        b_distances: shape (n_b - m + 1,), of each window of b to the nearest of a.
        b_indices: where that one begins in a.
        b_neighbor_distances: shape (n_b - m + 1, k), to the k nearest in a, the nearest first.
        b_neighbor_indices: where they begin.

    >>> import numpy as np
    >>> from motifleet.matrixprofile import ab_join
    >>> signal = np.random.default_rng(1).normal(size=300)
    >>> signal[200:230] = signal[50:80]
    >>> join = ab_join(signal[:150], signal[150:], 30)
    >>> join.distances[50].round(6), int(join.indices[50]), len(join.b_distances)
    (np.float64(0.0), 50, 121)
    """

    a: Series
    b: Series
    b_distances: Floats
    b_indices: Ints
    b_neighbor_distances: Floats
    b_neighbor_indices: Ints

    def __len__(self) -> int:
        return len(self.distances)

    @property
    def offsets(self) -> Ints:
        """Where the windows of a begin and end: ``[0, n - m + 1]``."""
        return all_windows(len(self))

    def all_series(self) -> list[Series]:
        """List the series whose windows have neighbours: a."""
        return [self.a]

    def motifs(self, k: int = 3, *, constant: bool = False) -> list[Across]:
        """Find the patterns that the two series share, the closest pair of windows first.

        Neither window of a pair overlaps one of an earlier pair in its series.

        Args:
            k: how many at most.
            constant: whether windows that hold a single value count.

        Raises:
            InvalidArgumentError: k is less than 1 or no integer.
        """
        k = kernels.result_count(k)
        # Both series end to end, so far apart that no window of one reaches the other.
        start_of_b = len(self) + self.m
        apart = np.full(self.m, np.inf)
        distances = [self._ranked(self.a, self.distances, constant), apart]
        distances.append(self._ranked(self.b, self.b_distances, constant))
        nowhere = np.full(self.m, -1)
        partners = np.concatenate([self.indices + start_of_b, nowhere, self.b_indices])
        scores = np.concatenate(distances)
        ends = np.array([0, len(scores)], np.int64)
        pairs = disjoint(scores, ends, self.m, k, partners=partners)
        both = [(index, int(partners[index])) for _, index in pairs]
        return [
            findings.across(
                (self.a, self.b), self.m, float(scores[at[0]]), (min(at), max(at) - start_of_b)
            )
            for at in both
        ]

    def _ranked(self, series: Series, distances: Floats, constant: bool) -> Floats:
        if constant:
            return distances
        return np.where(constant_windows(series.values, self.m), np.inf, distances)

    def discords(self, k: int = 3, *, neighbor: int = 1) -> list[Across]:
        """Find the windows of a that are farthest from all of b, the farthest first.

        A window at distance 0 is the same as one of b, and no discord.

        Args:
            k: how many at most; none overlaps another.
            neighbor: which of the nearest neighbours counts, at most the k of the join.

        Raises:
            InvalidArgumentError: k is less than 1 or no integer, or the join holds no such
                neighbour.
        """
        k, ranked = kernels.result_count(k), extremes.of_neighbor(self, neighbor)
        chosen = disjoint(
            unlikeness(ranked.distances, self.m, normalize=self.normalize), self.offsets, self.m, k
        )
        return [
            findings.across(
                (self.a, self.b),
                self.m,
                float(ranked.distances[index]),
                (index, int(ranked.indices[index])),
            )
            for _, index in chosen
        ]

    def to_arrow(self) -> "pa.Table":
        """Lay out one row for each window of a: ``event_ts`` where known, distance, index."""
        return table_of(self.a, {"distance": self.distances, "index": self.indices})

    def plot(self, *, motifs: int = 1, discords: int = 1) -> "Figure":
        """Draw both series with their findings highlighted, above the distances of a's windows.

        Args:
            motifs: how many motifs to show; 0 for none.
            discords: how many discords to show; 0 for none.
        """
        from motifleet.matrixprofile.join_figure import join_figure

        return join_figure(
            self,
            self.motifs(motifs) if motifs else [],
            self.discords(discords) if discords else [],
        )


def ab_join(
    a: SeriesLike,
    b: SeriesLike,
    m: int,
    *,
    k: int = 1,
    normalize: bool = True,
    p: float = 2.0,
    share: float = 1.0,
    progress: Progress | None = None,
    threads: int = 0,
    simd: str = "auto",
) -> Join:
    """Find, for every window of each of two series, its nearest neighbour in the other.

    One pass over all pairs serves both directions; otherwise as `matrix_profile`, but without an
    exclusion zone. Of equally near neighbours the result is always the same one, whatever the
    number of threads, but at plain distances that differ by rounding alone.

    Args:
        a: n values at equal steps of time; NaN where one is missing.
        b: another series, of any length.
        m: the window length, from 3 to the length of the shorter one.
        k: how many nearest neighbours of each window are kept.
        normalize: whether a window's level and scale are taken out before it is compared; False
            for the plain distance, which sees both.
        p: of the norm that the plain distance is, from 1 (Manhattan) over 2 (Euclidean) to 20;
            whole ones take a small part of the time that others do.
        share: compare only so large a share of the pairs, chosen at random but always alike.
            Distances are then upper bounds.
        progress: called now and then with the pairs of windows compared so far and their number;
            what it raises stops the work, as Ctrl-C does.
        threads: how many to use; 0: ``MOTIFLEET_THREADS``, else one for each core.
        simd: the instruction set, "auto": ``MOTIFLEET_SIMD``, else the widest there is.

    Raises:
        InvalidArgumentError: a series is not one of numbers or has none, m is out of its bounds,
            as is another argument, or the machine has no such instruction set.

    >>> import numpy as np
    >>> rng = np.random.default_rng(2)
    >>> a, b = rng.normal(size=400), rng.normal(size=300)
    >>> b[200:240] = 5 * a[90:130] + 1
    >>> shared = ab_join(a, b, 40).motifs(1)[0]
    >>> shared.index, shared.neighbor_index, round(shared.distance, 6)
    (90, 200, 0.0)
    """
    a, b, m = as_series(a, "series a"), as_series(b, "series b"), kernels.window_length(m)
    check_length(a, m)
    check_length(b, m)
    options = JoinOptions.checked(
        k=k,
        normalize=normalize,
        p=p,
        share=share,
        progress=progress,
        threads=threads,
        simd=simd,
        windows=len(a) + len(b),
    )
    sides = _core.ab_join(a.values, b.values, m, options)
    options.finished((len(a) - m + 1) * (len(b) - m + 1))
    fields = options.fields(("", "b_"), sides)
    return Join(
        a=a, b=b, m=m, **fields, normalize=options.normalize, p=options.p, share=options.share
    )
