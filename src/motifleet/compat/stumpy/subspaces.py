"""``subspace`` and ``mdl``: which dimensions two windows have in common.

Windows are discretised, so that what they share can be counted in bits: by the quantiles of the
normal distribution where they are z-normalised, else by equal steps between the least and the
greatest value of T.
"""

from collections.abc import Callable
from functools import lru_cache
from statistics import NormalDist
from typing import Any, TypeAlias

import numpy as np

from motifleet.compat.stumpy.core import as_array, check_window_size, finite
from motifleet.compat.stumpy.refused import check_offered
from motifleet.compat.stumpy.several import included
from motifleet.matrixprofile.ranking import constant_windows
from motifleet.types import Floats, Ints

Discretize: TypeAlias = Callable[[Floats], Any]
STILL = 1e-7
"""A standard deviation below this is taken for 1."""


def subspace(
    T: Any,
    m: int,
    subseq_idx: int,
    nn_idx: int,
    k: int,
    include: Any = None,
    discords: bool = False,
    discretize_func: Discretize | None = None,
    n_bit: int = 8,
    normalize: bool = True,
    p: float = 2.0,
    T_subseq_isconstant: Any = None,
) -> Ints:
    """Return the k + 1 dimensions in which two windows are most alike, or least with discords.

    Raises:
        ValueError: m is out of its bounds, or a window is not whole.
        TypeError: the values are not float64.
        NotImplementedError: constant windows of one's own.

    >>> series = np.array(
    ...     [[584.0, -11.0, 23.0, 79.0, 1001.0, 0.0, -19.0], [1.0, 2.0, 4.0, 8.0, 16.0, 0.0, 32.0]]
    ... )
    >>> subspace(series, 3, 0, 4, k=1)
    array([0, 1])
    """
    check_offered("subspace", T_subseq_isconstant=T_subseq_isconstant)
    if not normalize:
        options = include, discords, discretize_func, n_bit, p
        return maamp_subspace(T, m, subseq_idx, nn_idx, k, *options)
    shapes = Shapes(_checked(T, m), m, discretize_func, n_bit)
    return _nearest(*shapes.pair(subseq_idx, nn_idx), k, include, discords, 2)


def maamp_subspace(
    T: Any,
    m: int,
    subseq_idx: int,
    nn_idx: int,
    k: int,
    include: Any = None,
    discords: bool = False,
    discretize_func: Discretize | None = None,
    n_bit: int = 8,
    p: float = 2.0,
) -> Ints:
    """Return the k + 1 dimensions as `subspace` does, of windows that are not z-normalised.

    >>> values = np.random.default_rng(1).normal(size=(3, 200))
    >>> values[:2, 120:140] = values[:2, 30:50]
    >>> sorted(maamp_subspace(values, 20, 30, 120, 1).tolist())
    [0, 1]
    """
    levels = Levels(_checked(T, m), m, discretize_func, n_bit)
    return _nearest(*levels.pair(subseq_idx, nn_idx), k, include, discords, p)


def mdl(
    T: Any,
    m: int,
    subseq_idx: Any,
    nn_idx: Any,
    include: Any = None,
    discords: bool = False,
    discretize_func: Discretize | None = None,
    n_bit: int = 8,
    normalize: bool = True,
    p: float = 2.0,
    T_subseq_isconstant: Any = None,
) -> tuple[Floats, list[Ints]]:
    """Count, for each k, the bits that two windows take where one is told by the other.

    Returns:
        the bits and the subspaces; the k with the fewest bits is the natural one.

    Raises:
        ValueError: m is out of its bounds, or a window is not whole.
        TypeError: the values are not float64.
        NotImplementedError: constant windows of one's own.

    >>> series = np.array(
    ...     [[584.0, -11.0, 23.0, 79.0, 1001.0, 0.0, -19.0], [1.0, 2.0, 4.0, 8.0, 16.0, 0.0, 32.0]]
    ... )
    >>> bits, subspaces = mdl(series, 3, [0, 0], [2, 4])
    >>> bits.round(1).tolist(), [each.tolist() for each in subspaces]
    ([80.0, 111.5], [[1], [0, 1]])
    """
    check_offered("mdl", T_subseq_isconstant=T_subseq_isconstant)
    if not normalize:
        return maamp_mdl(T, m, subseq_idx, nn_idx, include, discords, discretize_func, n_bit, p)
    shapes = Shapes(_checked(T, m), m, discretize_func, n_bit)
    return shapes.bits(subseq_idx, nn_idx, include, discords, 2)


def maamp_mdl(
    T: Any,
    m: int,
    subseq_idx: Any,
    nn_idx: Any,
    include: Any = None,
    discords: bool = False,
    discretize_func: Discretize | None = None,
    n_bit: int = 8,
    p: float = 2.0,
) -> tuple[Floats, list[Ints]]:
    """Count bits as `mdl` does, of windows that are not z-normalised.

    >>> values = np.random.default_rng(1).normal(size=(3, 200))
    >>> values[:2, 120:140] = values[:2, 30:50]
    >>> bits, subspaces = maamp_mdl(values, 20, np.array([30, 30, 30]), np.array([120, 120, 120]))
    >>> int(bits.argmin()), sorted(subspaces[1].tolist())
    (1, [0, 1])
    """
    levels = Levels(_checked(T, m), m, discretize_func, n_bit)
    return levels.bits(subseq_idx, nn_idx, include, discords, p)


def _checked(T: Any, m: int) -> Floats:
    values = as_array(T)
    check_window_size(m, max_size=values.shape[1], n=values.shape[1])
    return values


class Levels:
    """The windows of all dimensions, discretised as they are; missing values are 0."""

    def __init__(self, values: Floats, m: int, discretize: Discretize | None, n_bit: int) -> None:
        self.values, self.m, self.n_bit = values, m, n_bit
        self.discretize = discretize or self._usual

    def pair(self, index: int, neighbor: int) -> tuple[Any, Any]:
        """Return two windows, each of shape (d, m)."""
        return self.discretize(self._window(index)), self.discretize(self._window(neighbor))

    def bits(
        self, indices: Any, neighbors: Any, include: Any, discords: bool, p: float
    ) -> tuple[Floats, list[Ints]]:
        """Return the bits for each k, and the subspaces."""
        sizes, subspaces = np.empty(len(self.values)), list[Ints]()
        for k in range(len(self.values)):
            one, other = self.pair(indices[k], neighbors[k])
            subspaces.append(_nearest(one, other, k, include, discords, p))
            differences = (one - other)[subspaces[k]]
            kinds = len(np.unique(differences))
            plain = 2 * one.size - differences.size
            sizes[k] = self.n_bit * (plain + kinds) + differences.size * np.log2(kinds)
        return sizes, subspaces

    def _window(self, index: int) -> Floats:
        window = self.values[:, index : index + self.m]
        check_window_size(self.m, max_size=window.shape[1])
        return np.nan_to_num(finite(window))

    def _usual(self, window: Floats) -> Any:
        there = self.values[np.isfinite(self.values)]
        low, high = there.min(), there.max()
        steps = 2**self.n_bit - 1.0
        return np.round((window - low) / (high - low) * steps).astype(np.int64) + 1


class Shapes(Levels):
    """The windows of all dimensions, z-normalised and discretised."""

    def _window(self, index: int) -> Floats:
        window = super()._window(index)
        deviation = window.std(axis=1, keepdims=True)
        deviation[deviation < STILL] = 1.0
        shape = (window - window.mean(axis=1, keepdims=True)) / deviation
        own = self.values[:, index : index + self.m]
        still = [constant_windows(row, self.m)[0] and np.isfinite(row).all() for row in own]
        shape[still] = 0.0
        return np.asarray(shape)

    def _usual(self, window: Floats) -> Any:
        return np.digitize(window, _quantiles(self.n_bit), right=True)


@lru_cache
def _quantiles(n_bit: int) -> Floats:
    count, normal = 2**n_bit, NormalDist()
    return np.array([normal.inv_cdf(number / count) for number in range(1, count)])


def _nearest(one: Any, other: Any, k: int, include: Any, discords: bool, p: float) -> Ints:
    """Order the dimensions, the nearest first and the included ones before all others.

    With discords stumpy numbers the dimensions from the last one, and so does this.
    """
    apart = np.linalg.norm(one - other, axis=1, ord=p)
    order = (apart[::-1] if discords else apart).argsort(kind="stable")
    if include is not None:
        first = np.isin(order, included(include, len(order)))
        order = np.concatenate([order[first], order[~first]])
    return np.asarray(order[: k + 1])
