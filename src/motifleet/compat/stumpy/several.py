"""``mstump`` and ``maamp``: the multidimensional matrix profile."""

from typing import Any

import numpy as np

from motifleet.compat.stumpy.core import as_array, check_window_size
from motifleet.compat.stumpy.measures import measure_of_join
from motifleet.compat.stumpy.mmparray import mparray
from motifleet.compat.stumpy.refused import check_offered, refuse
from motifleet.compat.stumpy.warned import warned
from motifleet.matrixprofile import multidimensional_profile
from motifleet.types import Ints


def mstump(
    T: Any,
    m: int,
    include: Any = None,
    discords: bool = False,
    normalize: bool = True,
    p: float = 2.0,
    T_subseq_isconstant: Any = None,
) -> mparray:
    """Compute the multidimensional matrix profile of the rows of T.

    Raises:
        ValueError: T has one dimension, or m is out of its bounds.
        TypeError: the values are not float64.
        IndexError: a dimension to include is not there.
        NotImplementedError: p out of 1 to 20 with normalize=False, dimensions counted from the
            end, or constant windows of one's own.

    >>> P, I = mstump(
    ...     np.array(
    ...         [
    ...             [584.0, -11.0, 23.0, 79.0, 1001.0, 0.0, -19.0],
    ...             [1.0, 2.0, 4.0, 8.0, 16.0, 0.0, 32.0],
    ...         ]
    ...     ),
    ...     m=3,
    ... )
    >>> P[1].round(6).tolist(), I[1].tolist()
    ([0.777905, 2.361799, 1.500046, 2.922467, 0.777905], [4, 4, 0, 1, 0])
    """
    check_offered("mstump", T_subseq_isconstant=T_subseq_isconstant)
    if not normalize:
        return maamp(T, m, include, discords, p)
    return _profile(T, m, include, discords)


def maamp(T: Any, m: int, include: Any = None, discords: bool = False, p: float = 2.0) -> mparray:
    """Compute the multidimensional matrix profile of plain distances: as `mstump` without scaling.

    Raises:
        ValueError: T has one dimension, or m is out of its bounds.
        TypeError: the values are not float64.
        IndexError: a dimension to include is not there.
        NotImplementedError: p is out of 1 to 20, or dimensions are counted from the end.

    >>> values = np.array([[1.0, 2.0, 4.0, 9.0, 3.0, 5.0], [7.0, 2.0, 4.0, 8.0, 2.0, 4.0]])
    >>> P, I = maamp(values, m=3)
    >>> P.round(4).tolist(), I.tolist()
    ([[1.0, 7.4833, 7.0, 1.0], [4.562, 7.8037, 7.3406, 4.562]], [[3, 3, 0, 0], [3, 3, 0, 0]])
    """
    measure = measure_of_join("maamp", normalize=False, p=p)
    return _profile(T, m, include, discords, normalize=False, p=measure.p)


def _profile(T: Any, m: int, include: Any, discords: bool, **measure: Any) -> mparray:
    values = as_array(T)
    if values.ndim <= 1:
        raise ValueError(f"expected T of two dimensions, got {values.ndim}")
    check_window_size(m, max_size=values.shape[1], n=values.shape[1])
    always = [] if include is None else included(include, len(values)).tolist()
    if not np.isfinite(values).any():
        shape = (len(values), values.shape[1] - m + 1)
        return mparray(np.full(shape, np.inf), np.full(shape, -1, np.int64))
    profile = multidimensional_profile(
        values, m, include=always, farthest=bool(discords), **measure
    )
    return mparray(profile.distances, profile.indices)


def included(include: Any, dimensions: int) -> Ints:
    """Return the dimensions to include, each once; a warning if one was named twice."""
    numbers = np.asarray(include)
    if numbers.dtype.kind not in "iu" or (numbers >= dimensions).any():
        raise IndexError(f"expected dimensions from 0 to {dimensions - 1}, got {include}")
    if (numbers < 0).any():
        refuse(f"include={include}", "dimensions are counted from 0, not from the end")
    _, first = np.unique(numbers, return_index=True)
    if len(first) < len(numbers):
        warned("dimensions named twice in include are taken once")
    return numbers[np.sort(first)]
