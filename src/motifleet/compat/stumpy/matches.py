"""``match`` and ``motifs``: the windows that are near to one."""

from collections.abc import Callable
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from motifleet.compat.stumpy.core import as_array, finite, mass, mass_absolute, one_dimensional
from motifleet.compat.stumpy.measures import measure_of
from motifleet.compat.stumpy.refused import check_offered
from motifleet.compat.stumpy.warned import warned
from motifleet.matrixprofile import exclusion_zone
from motifleet.matrixprofile.measure import Measure
from motifleet.types import Floats, Ints

MaxDistance: TypeAlias = float | Callable[[Floats], float] | None


def match(
    Q: Any,
    T: Any,
    M_T: Floats | None = None,
    Σ_T: Floats | None = None,
    max_distance: MaxDistance = None,
    max_matches: int | None = None,
    atol: float = 1e-8,
    query_idx: int | None = None,
    normalize: bool = True,
    p: float = 2.0,
    T_subseq_isfinite: Any = None,
    T_subseq_isconstant: Any = None,
    Q_subseq_isconstant: Any = None,
) -> NDArray[Any]:
    """Find the windows of T near to Q; ``M_T`` and ``Σ_T`` are not needed.

    Returns:
        one row of objects for each: its distance and where it begins, the nearest first.

    Raises:
        ValueError: Q has missing values, or is shorter than 3 or longer than T.
        TypeError: the values are not float64.
        NotImplementedError: p < 1, or constant windows of one's own.

    >>> series = np.array([584.0, -11.0, 23.0, 79.0, 1001.0])
    >>> match(np.array([-11.1, 23.4, 79.5, 1001.0]), series)[:, 1].tolist()
    [1]
    """
    check_offered(
        "match",
        T_subseq_isconstant=T_subseq_isconstant,
        Q_subseq_isconstant=Q_subseq_isconstant,
    )
    query, series = np.atleast_2d(as_array(Q)), np.atleast_2d(as_array(T))
    if not np.isfinite(query).all():
        raise ValueError("expected Q without missing or infinite values")
    rows = range(len(series))
    if normalize:
        each = np.array([mass(query[row], series[row], query_idx=query_idx) for row in rows])
    else:
        masks = _masks(T_subseq_isfinite if M_T is None else M_T, len(series))
        each = np.array([mass_absolute(query[row], series[row], masks[row], p) for row in rows])
    return _matches(each.mean(axis=0), query.shape[1], max_distance, max_matches, atol, query_idx)


def _masks(masks: Any, count: int) -> Any:
    return [None] * count if masks is None else np.atleast_2d(masks)


def aamp_match(
    Q: Any,
    T: Any,
    T_subseq_isfinite: Any = None,
    max_distance: MaxDistance = None,
    max_matches: int | None = None,
    atol: float = 1e-8,
    query_idx: int | None = None,
    p: float = 2.0,
) -> NDArray[Any]:
    """Find the windows of T near to Q by plain distances: as `match` with ``normalize=False``.

    >>> series = np.array([584.0, -11.0, 23.0, 79.0, 1001.0])
    >>> aamp_match(np.array([-11.0, 23.0, 80.0]), series, p=1.0)[:, 1].tolist()
    [1]
    """
    limits = max_distance, max_matches, atol, query_idx
    return match(Q, T, T_subseq_isfinite, None, *limits, normalize=False, p=p)


def _matches(
    distances: Floats,
    m: int,
    max_distance: MaxDistance,
    max_matches: int | None,
    atol: float,
    first: int | None,
) -> NDArray[Any]:
    """Take the nearest window that is not within the exclusion zone of a nearer one, in turn."""
    limit = max_distance
    if not isinstance(limit, float):
        limit = (limit or _usual_cutoff)(distances)
    left, zone, found = distances.copy(), exclusion_zone(m), list[list[Any]]()
    at = int(np.argmin(left)) if first is None else first
    while np.isfinite(left[at]) and left[at] <= atol + limit:
        if max_matches is not None and len(found) >= max_matches:
            break
        found.append([left[at], at])
        left[max(at - zone, 0) : at + zone + 1] = np.inf
        at = int(np.argmin(left))
    return np.array(found, dtype=object)


def _usual_cutoff(distances: Floats) -> float:
    """Two standard deviations below the mean, or the least distance if that is more."""
    there = finite(distances)
    return float(np.nanmax([np.nanmean(there) - 2.0 * np.nanstd(there), np.nanmin(there)]))


def motifs(
    T: Any,
    P: Any,
    min_neighbors: int = 1,
    max_distance: MaxDistance = None,
    cutoff: float | None = None,
    max_matches: int | None = 10,
    max_motifs: int = 1,
    atol: float = 1e-8,
    normalize: bool = True,
    p: float = 2.0,
    T_subseq_isconstant: Any = None,
) -> tuple[Floats, Ints]:
    """Find the motifs of T and the matches of each, from its matrix profile P.

    Returns:
        distances and indices, a row for each motif; shorter rows are filled with NaN and -1.

    Raises:
        ValueError: T or P has more than one dimension.
        TypeError: T is not float64.
        NotImplementedError: p < 1, or constant windows of one's own.

    >>> values = np.random.default_rng(1).normal(size=200)
    >>> values[120:140] = values[30:50]
    >>> from motifleet.compat.stumpy import stump
    >>> distances, indices = motifs(values, stump(values, 20).P_, max_matches=2)
    >>> distances.round(6).tolist(), indices.tolist()
    ([[0.0, 0.0]], [[30, 120]])
    """
    check_offered("motifs", T_subseq_isconstant=T_subseq_isconstant)
    measure = measure_of("motifs", normalize, p)
    series = one_dimensional(T, "T")
    if P.ndim != 1:
        raise ValueError(f"expected P of one dimension, got {P.ndim}")
    if max_motifs < 1:
        warned(f"max_motifs={max_motifs} is less than 1: 1 is used")
    profile = P.astype(np.float64)
    limit = _usual_cutoff(profile) if cutoff is None else cutoff
    if limit == 0.0:
        warned("the cutoff is 0.0: few motifs, if any, will be found")
    if not normalize:
        # As in stumpy: where a value is missing, the matches of plain distances have zero.
        series = np.where(np.isfinite(series), series, 0.0)
    search = _Motifs(series, profile, limit, max_distance, atol, measure)
    found = search.run(max(max_motifs, 1), min_neighbors, max_matches or len(profile))
    if not found:
        warned("no motif was found: raise cutoff or max_distance")
    distances = _filled([each[:, 0] for each in found], np.nan, np.float64)
    return distances, _filled([each[:, 1] for each in found], -1, np.int64)


def aamp_motifs(
    T: Any,
    P: Any,
    min_neighbors: int = 1,
    max_distance: MaxDistance = None,
    cutoff: float | None = None,
    max_matches: int | None = 10,
    max_motifs: int = 1,
    atol: float = 1e-8,
    p: float = 2.0,
) -> tuple[Floats, Ints]:
    """Find motifs and their matches by plain distances: as `motifs` with ``normalize=False``.

    >>> values = np.random.default_rng(1).normal(size=200)
    >>> values[120:140] = values[30:50] + 0.01
    >>> from motifleet.compat.stumpy import aamp
    >>> distances, indices = aamp_motifs(values, aamp(values, 20).P_, max_matches=2)
    >>> distances.round(4).tolist(), indices.tolist()
    ([[0.0, 0.0447]], [[30, 120]])
    """
    limits = min_neighbors, max_distance, cutoff, max_matches, max_motifs, atol
    return motifs(T, P, *limits, normalize=False, p=p)


class _Motifs:
    """The search for motifs: the lowest point of what is left of a profile, in turn."""

    def __init__(
        self,
        series: Floats,
        profile: Floats,
        cutoff: float,
        limit: MaxDistance,
        atol: float,
        measure: Measure,
    ) -> None:
        self.series, self.profile, self.cutoff = series, profile, cutoff
        self.limit, self.atol, self.measure = limit, atol, measure
        self.m = len(series) - len(profile) + 1

    def run(self, count: int, min_neighbors: int, most: int) -> list[NDArray[Any]]:
        found: list[NDArray[Any]] = []
        for _ in range(len(self.profile)):
            at = int(np.argmin(self.profile))
            if len(found) >= count or not self._good(self.profile[at]):
                break
            matches = match(
                self.series[at : at + self.m],
                self.series,
                max_distance=self.limit,
                # As in stumpy: all matches of plain distances are taken out of the profile.
                max_matches=most if self.measure.normalize else None,
                atol=self.atol,
                query_idx=at,
                normalize=self.measure.normalize,
                p=self.measure.p,
            )
            if len(matches) > min_neighbors:
                found.append(matches[:most])
            self._exclude([int(row[1]) for row in matches] or [at])
        return found

    def _good(self, value: float) -> bool:
        too_far = isinstance(self.limit, float) and value > self.limit
        return bool(np.isfinite(value)) and value <= self.cutoff and not too_far

    def _exclude(self, places: list[int]) -> None:
        zone = exclusion_zone(self.m)
        for at in places:
            self.profile[max(at - zone, 0) : at + zone + 1] = np.inf


def _filled(rows: list[NDArray[Any]], value: float, kind: Any) -> NDArray[Any]:
    if not rows:
        return np.array([[]])
    filled = np.full((len(rows), max(map(len, rows))), value, dtype=kind)
    for number, row in enumerate(rows):
        filled[number, : len(row)] = row
    return filled
