"""Segmentation: where a series changes from one regime to another."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from motifleet.errors import InvalidArgumentError
from motifleet.matrixprofile import kernels
from motifleet.matrixprofile.findings import Place, place
from motifleet.matrixprofile.neighbors import table_of
from motifleet.matrixprofile.options import Progress
from motifleet.matrixprofile.profile import matrix_profile
from motifleet.matrixprofile.series import SeriesLike
from motifleet.types import Floats, Frozen, Ints, Series

if TYPE_CHECKING:
    import pyarrow as pa
    from plotly.graph_objects import Figure


@dataclass(frozen=True, slots=True)
class Boundary(Place):
    """Where one regime ends and the next begins.

    Args:
        score: the corrected arc curve there: 0 if no window before it has its nearest neighbour
            after it or the other way round, 1 if as many have as chance would have it.

    >>> import numpy as np
    >>> steps = np.arange(600)
    >>> signal = np.where(steps < 350, np.sin(steps / 4), np.abs(steps / 12 % 2 - 1))
    >>> signal += np.random.default_rng(1).normal(size=600) / 20
    >>> (found,) = segment(signal, 25).boundaries(1)
    >>> abs(found.index - 350) <= 25, found.score < 0.3
    (True, True)
    """

    score: float


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Segmentation(Frozen):
    """How much of what is nearest lies across each place of a series.

    Args:
        series: the n values it is of.
        m: the window length.
        arcs: shape (n - m + 1,), how many windows have their nearest neighbour on the other side.
        curve: shape (n - m + 1,), those in proportion to what chance would have, at most 1; the
            ends, where few can, are 1.
        zone: how many windows a boundary keeps from the ends and from other boundaries.

    >>> import numpy as np
    >>> steps = np.arange(600)
    >>> signal = np.where(steps < 350, np.sin(steps / 4), np.abs(steps / 12 % 2 - 1))
    >>> signal += np.random.default_rng(1).normal(size=600) / 20
    >>> found = segment(signal, 25)
    >>> len(found), found.zone, bool(found.curve[350] < 0.3 < found.curve[200])
    (576, 125, True)
    """

    series: Series
    m: int
    arcs: Ints
    curve: Floats
    zone: int

    def __len__(self) -> int:
        return len(self.curve)

    def boundaries(self, k: int = 1) -> list[Boundary]:
        """Find the places that the fewest arcs cross, the fewest first.

        There are fewer than k where no place is left that fewer cross than chance would have.

        Args:
            k: how many at most; regimes are one more.

        Raises:
            InvalidArgumentError: k is less than 1 or no integer.
        """
        k, curve = kernels.result_count(k), self.curve.copy()
        found: list[Boundary] = []
        while len(found) < k and len(curve) and curve.min() < 1:
            index = int(np.argmin(curve))
            score = float(self.curve[index])
            found.append(Boundary(**place(self.series, self.m, index), score=score))
            curve[max(index - self.zone, 0) : index + self.zone] = 1
        return found

    def to_arrow(self) -> "pa.Table":
        """Lay out one row for each window: ``event_ts`` where known, arcs and curve."""
        return table_of(self.series, {"arcs": self.arcs, "curve": self.curve})

    def plot(self, *, boundaries: int = 1) -> "Figure":
        """Draw the series above its curve, with the boundaries as vertical lines.

        Args:
            boundaries: how many to show; 0 for none.
        """
        from motifleet.matrixprofile.curves import curves_figure

        lines = [found.index for found in self.boundaries(boundaries)] if boundaries else []
        curves = {"corrected arc curve": self.curve}
        return curves_figure(self.series, self.m, curves, "arcs / chance", lines)


def segment(
    series: SeriesLike,
    m: int,
    *,
    zone: int = 5,
    share: float = 1.0,
    progress: Progress | None = None,
    threads: int = 0,
    simd: str = "auto",
) -> Segmentation:
    """Find where a series changes its behaviour: from one regime to another.

    FLUSS of Gharghabi and others, "Matrix Profile VIII: Domain Agnostic Online Semantic
    Segmentation at Superhuman Performance Levels" (ICDM 2017). Draw an arc from every window to
    its nearest neighbour. What repeats within a regime has its arcs within it, so that few arcs
    cross a boundary. With neighbours at random 2 i (w - i) / w arcs would cross place i of w; the
    curve is the share of these that do.

    Args:
        series: n values at equal steps of time.
        m: the window length, from 3 to n: about one cycle of what repeats.
        zone: how many windows' lengths a boundary keeps from the ends and from the next one; 5 in
            the paper.
        share: compare only so large a share of the pairs, chosen at random but always alike: arcs
            to near windows, if not the nearest, cross a boundary as seldom.
        progress: called now and then with the pairs of windows compared so far and their number;
            what it raises stops the work, as Ctrl-C does.
        threads: how many to use; 0: ``MOTIFLEET_THREADS``, else one for each core.
        simd: the instruction set, "auto": ``MOTIFLEET_SIMD``, else the widest there is.

    Raises:
        InvalidArgumentError: as for `matrix_profile`; or the zone is negative or no integer.

    >>> import numpy as np
    >>> steps = np.arange(600)
    >>> signal = np.where(steps < 350, np.sin(steps / 4), np.abs(steps / 12 % 2 - 1))
    >>> noise = np.random.default_rng(1).normal(size=600) / 20
    >>> (found,) = segment(signal + noise, 25).boundaries(1)
    >>> abs(found.index - 350) <= 25, found.score < 0.3
    (True, True)
    """
    width = kernels.integer("a zone", zone)
    if width < 0:
        raise InvalidArgumentError(f"expected a zone of 0 windows or more, got {width}")
    profile = matrix_profile(series, m, share=share, progress=progress, threads=threads, simd=simd)
    arcs = arcs_over(profile.indices)
    curve = corrected(arcs, ideal_arcs(len(arcs)), width * profile.m)
    return Segmentation(profile.series, profile.m, arcs, curve, width * profile.m)


def arcs_over(indices: Ints) -> Ints:
    """Count the arcs over each place: from each window to its neighbour; none where that is -1.

    >>> arcs_over(np.array([2, 3, 0, 2, -1]))
    array([2, 3, 2, 0, 0])
    """
    here = np.arange(len(indices))
    there = np.where(indices < 0, here, indices)
    begin = np.bincount(np.minimum(here, there), minlength=len(indices))
    end = np.bincount(np.maximum(here, there), minlength=len(indices))
    return np.asarray(np.cumsum(begin - end), np.int64)


def ideal_arcs(windows: int) -> Floats:
    """Count the arcs over each place, if every window's neighbour were any, at random."""
    here = np.arange(windows)
    return np.asarray(2.0 * here * (windows - here) / max(windows, 1))


def corrected(arcs: Ints, ideal: Floats, edge: int) -> Floats:
    """Divide arcs by the ideal ones; 1 at most, and on so many places at both ends."""
    curve = np.minimum(arcs / np.where(ideal == 0, 1e-10, ideal), 1.0)
    if edge > 0:
        curve[:edge] = curve[-edge:] = 1.0
    return curve
