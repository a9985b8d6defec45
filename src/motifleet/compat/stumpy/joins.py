"""``stump``, ``aamp``, ``ostinato``: joins of series with themselves and with one another."""

from typing import Any

import numpy as np

from motifleet.compat.stumpy.core import check_window_size, equal, one_dimensional
from motifleet.compat.stumpy.measures import measure_of_join
from motifleet.compat.stumpy.mparray import mparray
from motifleet.compat.stumpy.refused import check_offered, refuse
from motifleet.compat.stumpy.sides import joined
from motifleet.compat.stumpy.warned import warned
from motifleet.matrixprofile.consensus import Ostinato
from motifleet.matrixprofile.pieces import pieces
from motifleet.types import Floats

ZEROS = "it would take them for zeros in some of the distances: fill them or leave them out"


def stump(
    T_A: Any,
    m: int,
    T_B: Any = None,
    ignore_trivial: bool = True,
    normalize: bool = True,
    p: float = 2.0,
    k: int = 1,
    T_A_subseq_isconstant: Any = None,
    T_B_subseq_isconstant: Any = None,
) -> mparray:
    """Compute the matrix profile of T_A, or the one of its windows in T_B.

    Returns:
        k columns of distances, k of indices, then left and right indices, all objects; left and
        right ones are -1 for a join with another series.

    Raises:
        ValueError: a series has more than one dimension, or m is out of its bounds.
        TypeError: the values are not float64.
        NotImplementedError: p is below 1 or above 20, or constant windows of one's own.

    >>> profile = stump(np.array([584.0, -11.0, 23.0, 79.0, 1001.0, 0.0, -19.0]), m=3)
    >>> profile.P_.round(4).tolist(), profile.I_.tolist()
    ([0.1163, 2.6941, 3.0001, 2.6941, 0.1163], [4, 3, 0, 1, 0])
    >>> profile[0].tolist()
    [0.11633857113690557, 4, -1, 4]
    """
    check_offered(
        "stump",
        T_A_subseq_isconstant=T_A_subseq_isconstant,
        T_B_subseq_isconstant=T_B_subseq_isconstant,
    )
    measure = measure_of_join("stump", normalize, p)
    if T_B is None and not ignore_trivial:
        warned("a self-join ignores trivial matches: ignore_trivial=True")
        ignore_trivial = True
    a = one_dimensional(T_A, "T_A")
    b = a if T_B is None else one_dimensional(T_B, "T_B")
    check_window_size(m, max_size=min(len(a), len(b)))
    trivial = checked_trivial(a, b, ignore_trivial)
    if trivial:
        check_window_size(m, n=len(a))
    found = joined(a, None if trivial else b, m, k, measure)
    out = np.empty((len(a) - m + 1, 2 * k + 2), dtype=object)
    indices = np.column_stack([found.indices, found.left_indices, found.right_indices])
    for part in pieces(len(out), 4 * k):
        out[part, :k], out[part, k:] = found.distances[part], indices[part]
    _warn_if_small(found.distances[:, 0])
    return mparray(out, m, k, 4)


def aamp(
    T_A: Any,
    m: int,
    T_B: Any = None,
    ignore_trivial: bool = True,
    p: float = 2.0,
    k: int = 1,
) -> mparray:
    """Compute the matrix profile of plain distances: as `stump` with ``normalize=False``.

    >>> aamp(np.array([584.0, -11.0, 23.0, 79.0, 1001.0, 0.0, -19.0]), m=3, p=1.0).P_
    mparray([ 470., 1133., 1629., 1147.,  470.])
    """
    return stump(T_A, m, T_B, ignore_trivial, False, p, k)


def checked_trivial(a: Floats, b: Floats, ignore_trivial: bool) -> bool:
    """Tell whether this is a self-join; warn where the series and the argument disagree."""
    same = equal(a, b)
    if same and not ignore_trivial:
        warned("T_A and T_B are equal: for a self-join pass ignore_trivial=True")
    if ignore_trivial and not same:
        warned("T_A and T_B are not equal: ignore_trivial=False is used")
    return ignore_trivial and same


def _warn_if_small(distances: Floats) -> None:
    if distances.mean() < 1e-6:
        warned("nearly all distances are 0: for a self-join pass ignore_trivial=True")


def ostinato(
    Ts: list[Any],
    m: int,
    normalize: bool = True,
    p: float = 2.0,
    Ts_subseq_isconstant: Any = None,
) -> tuple[float, int, np.int64]:
    """Find the consensus motif of several series.

    Returns:
        its radius, the number of its series, and where it begins there.

    Raises:
        ValueError: Ts is no list, or m is out of its bounds.
        TypeError: the values are not float64.
        NotImplementedError: constant windows of one's own; or, of plain distances, missing values
            or p below 1 or above 20.

    >>> radius, series, index = ostinato(
    ...     [
    ...         np.array([584.0, -11.0, 23.0, 79.0, 1001.0, 0.0, 19.0]),
    ...         np.array([600.0, -10.0, 23.0, 17.0]),
    ...         np.array([1.0, 9.0, 6.0, 0.0]),
    ...     ],
    ...     m=3,
    ... )
    >>> round(radius, 6), series, index
    (1.237024, 0, np.int64(4))
    """
    check_offered("ostinato", Ts_subseq_isconstant=Ts_subseq_isconstant)
    measure = measure_of_join("ostinato", normalize, p)
    if not isinstance(Ts, list):
        raise ValueError(f"expected Ts as a list, got a {type(Ts).__name__}")
    series = [one_dimensional(each, "each series of Ts") for each in Ts]
    for each in series:
        check_window_size(m, max_size=len(each))
    if not (normalize or all(np.isfinite(each).all() for each in series)):
        refuse("ostinato(…, normalize=False) of series with missing values", ZEROS)
    radius, number, index = Ostinato(series, m, 0, "auto", measure).run(constant=True)
    return radius, max(number, 0), np.int64(max(index, 0))


def aamp_ostinato(Ts: list[Any], m: int, p: float = 2.0) -> tuple[float, int, np.int64]:
    """Find the consensus motif by plain distances: as `ostinato` with ``normalize=False``.

    >>> series = [np.array([1.0, 2.0, 4.0, 9.0, 3.0]), np.array([7.0, 2.0, 4.0, 8.0])]
    >>> aamp_ostinato(series, m=3)
    (1.0, 0, np.int64(1))
    """
    return ostinato(Ts, m, False, p)
