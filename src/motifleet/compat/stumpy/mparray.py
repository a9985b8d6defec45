"""The array that a matrix profile is returned in."""

from typing import Any

import numpy as np

from motifleet.types import Floats, Ints


class mparray(np.ndarray[tuple[int, ...], np.dtype[Any]]):  # noqa: N801
    """An array of objects: k columns of distances, k of indices, then left and right indices."""

    _m: int
    _k: int
    _excl_zone_denom: float

    def __new__(cls, input_array: Any, m: int, k: int, excl_zone_denom: float) -> "mparray":
        """View an array as a matrix profile of window length m with k neighbours."""
        array = np.asarray(input_array).view(cls)
        array._m, array._k, array._excl_zone_denom = m, k, excl_zone_denom
        return array

    def __array_finalize__(self, source: Any) -> None:
        """Take over what a slice or a copy is of."""
        if source is not None:
            self._m = getattr(source, "_m", 0)
            self._k = getattr(source, "_k", 1)
            self._excl_zone_denom = getattr(source, "_excl_zone_denom", 4)

    @property
    def P_(self) -> Floats:
        """The distances to the nearest neighbours."""
        return self._columns(0).astype(np.float64)

    @property
    def I_(self) -> Ints:
        """Where the nearest neighbours begin."""
        return self._columns(self._k).astype(np.int64)

    @property
    def left_I_(self) -> Ints:
        """Where the nearest earlier neighbours begin."""
        return self[:, 2 * self._k].astype(np.int64)

    @property
    def right_I_(self) -> Ints:
        """Where the nearest later neighbours begin."""
        return self[:, 2 * self._k + 1].astype(np.int64)

    def _columns(self, first: int) -> np.ndarray[tuple[int, ...], np.dtype[Any]]:
        columns = self[:, first : first + self._k]
        return columns.ravel() if self._k == 1 else columns
