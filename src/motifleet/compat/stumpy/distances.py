"""``mpdist`` and ``snippets``: how far stretches and series are apart."""

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from motifleet.compat.stumpy.core import as_array, check_window_size, one_dimensional
from motifleet.compat.stumpy.joins import checked_trivial
from motifleet.compat.stumpy.measures import measure_of, measure_of_join
from motifleet.compat.stumpy.refused import check_offered, refuse
from motifleet.matrixprofile.mp_distance import ranked
from motifleet.matrixprofile.nearest import nearest
from motifleet.matrixprofile.snippet import stretch_profiles
from motifleet.types import Floats, Ints

FILTERED = "they go through a filter that is not made for them: fill them or leave them out"


def mpdist(
    T_A: Any,
    T_B: Any,
    m: int,
    percentage: float = 0.05,
    k: int | None = None,
    normalize: bool = True,
    p: float = 2.0,
    T_A_subseq_isconstant: Any = None,
    T_B_subseq_isconstant: Any = None,
) -> float:
    """Measure how far two series are apart by the k-th of their windows' nearest neighbours.

    Raises:
        ValueError: a series has more than one dimension, or m is out of its bounds.
        TypeError: the values are not float64.
        NotImplementedError: p is below 1 or above 20, or constant windows of one's own.

    >>> a = np.array([584.0, -11.0, 23.0, 79.0, 1001.0, 0.0, -19.0])
    >>> b = np.array([600.0, -10.0, 23.0, 17.0])
    >>> round(mpdist(a, b, m=3), 6)
    np.float64(0.00482)
    """
    check_offered(
        "mpdist",
        T_A_subseq_isconstant=T_A_subseq_isconstant,
        T_B_subseq_isconstant=T_B_subseq_isconstant,
    )
    a, b = one_dimensional(T_A, "T_A"), one_dimensional(T_B, "T_B")
    check_window_size(m, max_size=min(len(a), len(b)))
    checked_trivial(a, b, ignore_trivial=False)
    (of_a, _), (of_b, _) = nearest(a, b, m, measure_of_join("mpdist", normalize, p))
    each = np.concatenate([of_a, of_b])
    rank = math.ceil(float(np.clip(percentage, 0.0, 1.0)) * (len(a) + len(b)))
    return np.float64(ranked(each[:, None], rank if k is None else int(k))[0])


def snippets(
    T: Any,
    m: int,
    k: int,
    percentage: float = 1.0,
    s: int | None = None,
    mpdist_percentage: float = 0.05,
    mpdist_k: int | None = None,
    normalize: bool = True,
    p: float = 2.0,
    mpdist_T_subseq_isconstant: Any = None,
) -> tuple[Floats, Ints, Floats, Floats, Floats, Ints]:
    """Find the k stretches that stand for most of T.

    Returns:
        the snippets, where they begin, their MPdist to every stretch, the fraction that each
        stands for, the areas under what is left, and their regimes: number, start and stop.

    Raises:
        ValueError: m is less than 3 or more than half the length of T.
        TypeError: the values are not float64.
        NotImplementedError: p < 1, constant windows of one's own, or plain distances of missing
            values.

    >>> steps = np.arange(600)
    >>> values = np.where(steps < 400, np.sin(steps / 3), np.abs(steps / 10 % 2 - 1))
    >>> values += np.random.default_rng(1).normal(size=600) / 20
    >>> _, places, _, fractions, _, _ = snippets(values, 60, 2)
    >>> places.tolist(), fractions.round(1).tolist()
    ([60, 240], [0.5, 0.5])
    """
    check_offered("snippets", mpdist_T_subseq_isconstant=mpdist_T_subseq_isconstant)
    measure, series = measure_of("snippets", normalize, p), as_array(T)
    check_window_size(m, max_size=series.shape[0] // 2)
    size = math.ceil(float(np.clip(percentage, 0.0, 1.0)) * m) if s is None else int(s)
    share = float(np.clip(mpdist_percentage, 0.0, 1.0))
    rank = math.ceil(share * 2 * m) if mpdist_k is None else int(mpdist_k)
    if not (normalize or np.isfinite(series).all()):
        refuse("snippets(…, normalize=False) of missing values", FILTERED)
    distances = stretch_profiles(
        series, m, min(size, m), rank, threads=0, simd="auto", measure=measure
    )
    if not normalize:
        # As in stumpy: of plain distances, the last stretch is none if the series ends with it.
        distances = distances[: -(-len(series) // m) - 1]
    chosen, areas = _chosen(distances, k)
    profiles = distances[chosen]
    fractions, regimes = _regimes(profiles)
    stretches = np.array([series[number * m : number * m + m] for number in chosen])
    return stretches, np.array(chosen, np.int64) * m, profiles, fractions, areas, regimes


def aampdist(
    T_A: Any,
    T_B: Any,
    m: int,
    percentage: float = 0.05,
    k: int | None = None,
    p: float = 2.0,
) -> float:
    """Measure how far two series are apart: as `mpdist` with ``normalize=False``.

    >>> a, b = np.array([1.0, 2.0, 4.0, 9.0, 3.0]), np.array([7.0, 2.0, 4.0, 8.0])
    >>> round(aampdist(a, b, m=3), 6)
    np.float64(1.0)
    """
    return mpdist(T_A, T_B, m, percentage, k, normalize=False, p=p)


def aampdist_snippets(
    T: Any,
    m: int,
    k: int,
    percentage: float = 1.0,
    s: int | None = None,
    mpdist_percentage: float = 0.05,
    mpdist_k: int | None = None,
    p: float = 2.0,
) -> tuple[Floats, Ints, Floats, Floats, Floats, Ints]:
    """Find stretches that stand for most of T: as `snippets` with ``normalize=False``.

    >>> steps = np.arange(600)
    >>> values = np.where(steps < 400, np.sin(steps / 3), np.abs(steps / 10 % 2 - 1))
    >>> values += np.random.default_rng(1).normal(size=600) / 20
    >>> _, places, _, fractions, _, _ = aampdist_snippets(values, 60, 2)
    >>> places.tolist(), fractions.round(1).tolist()
    ([420, 240], [0.7, 0.3])
    """
    return snippets(T, m, k, percentage, s, mpdist_percentage, mpdist_k, normalize=False, p=p)


def _chosen(distances: Floats, k: int) -> tuple[list[int], Floats]:
    """Choose in turn the stretch that leaves the least area to the nearest one chosen."""
    least, chosen, areas = np.full(distances.shape[1], np.inf), list[int](), np.empty(k)
    for number in range(k):
        sums = np.minimum(distances, least).sum(axis=1)
        chosen.append(int(np.argmin(sums)))
        areas[number] = sums[chosen[-1]]
        least = np.minimum(least, distances[chosen[-1]])
    return chosen, areas


def _regimes(profiles: Floats) -> tuple[Floats, Ints]:
    """Give each stretch to the earliest chosen snippet that is nearest to it."""
    least = profiles.min(axis=0)
    fractions, rows = np.empty(len(profiles)), []
    for number, profile in enumerate(profiles):
        own: NDArray[np.bool_] = profile <= least
        fractions[number] = own.sum() / len(least)
        # A stretch that has been given is marked by a least distance that no other has.
        least = least - own
        edges = np.flatnonzero(np.diff(np.concatenate([[0], own, [0]]).astype(np.int64)))
        rows += [[number, start, stop] for start, stop in edges.reshape(-1, 2).tolist()]
    return fractions, np.array(rows, np.int64).reshape(-1, 3)
