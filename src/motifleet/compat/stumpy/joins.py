"""``stump`` and ``ostinato``: the joins of series with themselves and with one another."""

import warnings
from typing import Any

import numpy as np

from motifleet.compat.stumpy.core import check_window_size, equal, one_dimensional
from motifleet.compat.stumpy.mparray import mparray
from motifleet.compat.stumpy.refused import check_offered, refuse
from motifleet.matrixprofile import matrix_profile
from motifleet.matrixprofile.consensus import Ostinato
from motifleet.matrixprofile.nearest import nearest
from motifleet.types import Floats, Ints


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
        distances, indices, left and right indices, as columns of objects; left and right ones
        are -1 for a join with another series.

    Raises:
        ValueError: a series has more than one dimension, or m is out of its bounds.
        TypeError: the values are not float64.
        NotImplementedError: normalize=False, k > 1, or constant windows of one's own.
    """
    check_offered(
        "stump",
        normalize=normalize,
        T_A_subseq_isconstant=T_A_subseq_isconstant,
        T_B_subseq_isconstant=T_B_subseq_isconstant,
    )
    if k != 1:
        refuse("stump(…, k=…)", "not offered under this name yet; matrix_profile(…, k=…) is")
    if T_B is None and not ignore_trivial:
        warnings.warn("a self-join ignores trivial matches: ignore_trivial=True", stacklevel=2)
        ignore_trivial = True
    a = one_dimensional(T_A, "T_A")
    b = a if T_B is None else one_dimensional(T_B, "T_B")
    check_window_size(m, max_size=min(len(a), len(b)))
    if checked_trivial(a, b, ignore_trivial):
        check_window_size(m, n=len(a))
        columns = _self_join(a, m)
    else:
        columns = _ab_join(a, b, m)
    out = np.empty((len(a) - m + 1, 4), dtype=object)
    for number, column in enumerate(columns):
        out[:, number] = column
    _warn_if_small(columns[0])
    return mparray(out, m, 1, 4)


def checked_trivial(a: Floats, b: Floats, ignore_trivial: bool) -> bool:
    """Tell whether this is a self-join; warn where the series and the argument disagree."""
    same = equal(a, b)
    if same and not ignore_trivial:
        warnings.warn(
            "T_A and T_B are equal: for a self-join pass ignore_trivial=True", stacklevel=3
        )
    if ignore_trivial and not same:
        warnings.warn("T_A and T_B are not equal: ignore_trivial=False is used", stacklevel=3)
    return ignore_trivial and same


def _self_join(values: Floats, m: int) -> tuple[Floats, Ints, Ints, Ints]:
    if not np.isfinite(values).any():
        count = len(values) - m + 1
        none = np.full(count, -1, np.int64)
        return np.full(count, np.inf), none, none, none
    profile = matrix_profile(values, m)
    return profile.distances, profile.indices, profile.left_indices, profile.right_indices


def _ab_join(a: Floats, b: Floats, m: int) -> tuple[Floats, Ints, Ints, Ints]:
    (distances, indices), _ = nearest(a, b, m)
    none = np.full(len(indices), -1, np.int64)
    return distances, indices, none, none


def _warn_if_small(distances: Floats) -> None:
    if distances.mean() < 1e-6:
        warnings.warn(
            "nearly all distances are 0: for a self-join pass ignore_trivial=True", stacklevel=3
        )


def ostinato(
    Ts: list[Any],
    m: int,
    normalize: bool = True,
    p: float = 2.0,
    Ts_subseq_isconstant: Any = None,
) -> tuple[float, int, int]:
    """Find the consensus motif of several series.

    Returns:
        its radius, the number of its series, and where it begins there.

    Raises:
        ValueError: Ts is no list, or m is out of its bounds.
        TypeError: the values are not float64.
        NotImplementedError: normalize=False, or constant windows of one's own.

    >>> radius, series, index = ostinato(
    ...     [
    ...         np.array([584.0, -11.0, 23.0, 79.0, 1001.0, 0.0, 19.0]),
    ...         np.array([600.0, -10.0, 23.0, 17.0]),
    ...         np.array([1.0, 9.0, 6.0, 0.0]),
    ...     ],
    ...     m=3,
    ... )
    >>> round(radius, 6), series, index
    (1.237024, 0, 4)
    """
    check_offered("ostinato", normalize=normalize, Ts_subseq_isconstant=Ts_subseq_isconstant)
    if not isinstance(Ts, list):
        raise ValueError(f"expected Ts as a list, got a {type(Ts).__name__}")
    series = [one_dimensional(each, "each series of Ts") for each in Ts]
    for each in series:
        check_window_size(m, max_size=len(each))
    radius, number, index = Ostinato(series, m, 0, "auto").run(constant=True)
    return radius, max(number, 0), max(index, 0)
