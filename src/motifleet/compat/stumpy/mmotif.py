"""``mmotifs`` and ``aamp_mmotifs``: motifs in the dimensions that describe them best."""

from collections.abc import Callable
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from motifleet.compat.stumpy.core import as_array, finite, mass
from motifleet.compat.stumpy.matches import MaxDistance, _filled, _matches
from motifleet.compat.stumpy.measures import measure_of
from motifleet.compat.stumpy.refused import check_offered
from motifleet.compat.stumpy.subspaces import maamp_mdl, mdl
from motifleet.compat.stumpy.warned import warned
from motifleet.matrixprofile import distance_profile, exclusion_zone
from motifleet.types import Floats, Ints

Found: TypeAlias = tuple[Floats, Ints, list[Ints], list[Floats]]
Distances: TypeAlias = Callable[[Ints, int], Floats]
"""To every window from the one at an index, the mean over some dimensions."""


def mmotifs(
    T: Any,
    P: Any,
    I: Any,  # noqa: E741
    min_neighbors: int = 1,
    max_distance: MaxDistance = None,
    cutoffs: Any = None,
    max_matches: int | None = 10,
    max_motifs: int = 1,
    atol: float = 1e-8,
    k: int | None = None,
    include: Any = None,
    normalize: bool = True,
    p: float = 2.0,
    T_subseq_isconstant: Any = None,
) -> Found:
    """Find the motifs of T from its multidimensional matrix profile P and indices I.

    Returns:
        distances and indices, a row for each motif, filled up with NaN and -1; its dimensions;
        and the bits of each k.

    Raises:
        TypeError: T is not float64.
        NotImplementedError: p < 1, or constant windows of one's own.

    >>> values = np.random.default_rng(1).normal(size=(3, 200))
    >>> values[:2, 120:140] = values[:2, 30:50]
    >>> from motifleet.compat.stumpy import mstump
    >>> profile = mstump(values, 20)
    >>> distances, indices, subspaces, bits = mmotifs(values, *profile, cutoffs=np.inf, k=1)
    >>> indices.tolist(), sorted(subspaces[0].tolist())
    ([[30, 120]], [0, 1])
    """
    check_offered("mmotifs", T_subseq_isconstant=T_subseq_isconstant)
    limits = min_neighbors, max_distance, cutoffs, max_matches, max_motifs, atol, k, include
    if not normalize:
        return aamp_mmotifs(T, P, I, *limits, p)
    values = as_array(T)
    m = values.shape[-1] - P.shape[-1] + 1

    def distances(dimensions: Ints, index: int) -> Floats:
        rows = values[dimensions]
        each = [mass(row[index : index + m], row, query_idx=index) for row in rows]
        return np.asarray(np.mean(each, axis=0))

    return _Search(values, P, I, mdl, distances).run(*limits)


def aamp_mmotifs(
    T: Any,
    P: Any,
    I: Any,  # noqa: E741
    min_neighbors: int = 1,
    max_distance: MaxDistance = None,
    cutoffs: Any = None,
    max_matches: int | None = 10,
    max_motifs: int = 1,
    atol: float = 1e-8,
    k: int | None = None,
    include: Any = None,
    p: float = 2.0,
) -> Found:
    """Find the motifs of T as `mmotifs` does, by plain distances.

    As in stumpy, the i-th of a motif's dimensions has no distance where the i-th dimension of T
    has a gap; a gap of its own is filled with zeros.

    Raises:
        TypeError: T is not float64.
        NotImplementedError: p < 1.

    >>> values = np.random.default_rng(1).normal(size=(3, 200))
    >>> values[:2, 120:140] = values[:2, 30:50]
    >>> from motifleet.compat.stumpy import maamp
    >>> profile = maamp(values, 20)
    >>> distances, indices, subspaces, bits = aamp_mmotifs(values, *profile, cutoffs=np.inf, k=1)
    >>> indices.tolist(), sorted(subspaces[0].tolist())
    ([[30, 120]], [0, 1])
    """
    p = measure_of("aamp_mmotifs", normalize=False, p=p).p
    values = as_array(T)
    m = values.shape[-1] - P.shape[-1] + 1
    filled = np.nan_to_num(finite(values))
    windows = np.lib.stride_tricks.sliding_window_view(np.isfinite(values), m, axis=-1)
    whole = np.asarray(windows.all(axis=-1))

    def distances(dimensions: Ints, index: int) -> Floats:
        rows = filled[dimensions]
        each = [distance_profile(row[index : index + m], row, normalize=False, p=p) for row in rows]
        masked = np.where(whole[: len(rows)], each, np.inf)
        return np.asarray(masked.mean(axis=0))

    limits = min_neighbors, max_distance, cutoffs, max_matches, max_motifs, atol, k, include
    return _Search(values, P, I, maamp_mdl, distances).run(*limits)


class _Search:
    """The search for motifs: the lowest point of the profile that describes it best, in turn."""

    def __init__(
        self, values: Floats, P: Any, indices: Ints, bits: Callable[..., Any], distances: Distances
    ) -> None:
        self.m = values.shape[-1] - P.shape[-1] + 1
        self.values = np.nan_to_num(finite(values))
        self.profile, self.indices = np.array(P, np.float64), indices
        self.bits, self.distances = bits, distances

    def run(
        self,
        min_neighbors: int,
        max_distance: MaxDistance,
        cutoffs: Any,
        max_matches: int | None,
        max_motifs: int,
        atol: float,
        k: int | None,
        include: Any,
    ) -> Found:
        if max_motifs < 1:
            warned(f"max_motifs={max_motifs} is less than 1: 1 is used")
        limits = self._limits(cutoffs)
        found = list[tuple[NDArray[Any], Ints, Floats]]()
        while len(found) < max(max_motifs, 1):
            lowest = self.profile.argmin(axis=1)
            nearest = self.indices[np.arange(len(lowest)), lowest]
            bits, subspaces = self.bits(self.values, self.m, lowest, nearest, include)
            best = int(np.argmin(bits)) if k is None else k
            at, distance = int(lowest[best]), self.profile[best, lowest[best]]
            too_far = isinstance(max_distance, float) and distance > max_distance
            if distance > limits[best] or not np.isfinite(distance) or nearest[best] < 0 or too_far:
                break
            matches = _matches(
                self.distances(subspaces[best], at), self.m, max_distance, max_matches, atol, at
            )
            if len(matches) > min_neighbors:
                found.append((matches, subspaces[best], bits))
            # Where nothing is near enough, not even the window itself, it is not to come again.
            self._exclude(matches[:, 1] if len(matches) else np.array([at]))
        return (
            _filled([each[0][:, 0] for each in found], np.nan, np.float64),
            _filled([each[0][:, 1] for each in found], -1, np.int64),
            [each[1] for each in found],
            [each[2] for each in found],
        )

    def _limits(self, cutoffs: Any) -> Floats:
        """Return the largest distance of each profile: two standard deviations below the mean."""
        if cutoffs is None:
            there = finite(self.profile)
            usual = np.nanmean(there, axis=1) - 2.0 * np.nanstd(there, axis=1)
            return np.asarray(np.fmax(usual, np.nanmin(there, axis=1)))
        return np.broadcast_to(cutoffs, len(self.profile))

    def _exclude(self, places: NDArray[Any]) -> None:
        zone = exclusion_zone(self.m)
        for at in places.astype(int).tolist():
            self.profile[:, max(at - zone, 0) : at + zone + 1] = np.inf
