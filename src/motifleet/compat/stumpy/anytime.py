"""``scrump``, ``scraamp`` and what they may begin with: profiles that get better step by step."""

from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from motifleet.compat.stumpy.core import check_window_size, get_max_window_size, one_dimensional
from motifleet.compat.stumpy.joins import checked_trivial
from motifleet.compat.stumpy.measures import measure_of_join
from motifleet.compat.stumpy.presampled import presampled
from motifleet.compat.stumpy.refused import check_offered
from motifleet.compat.stumpy.sides import Neighbours, joined
from motifleet.compat.stumpy.warned import warned
from motifleet.matrixprofile import exclusion_zone
from motifleet.types import Floats, Ints

T = TypeVar("T", bound=np.generic)


def prescrump(
    T_A: Any,
    m: int,
    T_B: Any = None,
    s: int | None = None,
    normalize: bool = True,
    p: float = 2.0,
    k: int = 1,
    T_A_subseq_isconstant: Any = None,
    T_B_subseq_isconstant: Any = None,
) -> tuple[Floats, Ints]:
    """Approximate a matrix profile from every s-th window and what is next to its neighbour.

    The exact one is faster here: see `stump`.

    Returns:
        distances, which are never too small, and indices; of shape (windows, k) where k > 1.

    Raises:
        ValueError: a series has more than one dimension, or m is out of its bounds.
        TypeError: the values are not float64.
        NotImplementedError: p is below 1 or above 20, or constant windows of one's own.

    >>> values = np.array([584.0, -11.0, 23.0, 79.0, 1001.0, 0.0, -19.0])
    >>> distances, indices = prescrump(values, 3)
    >>> distances.round(4).tolist(), indices.tolist()
    ([0.1163, 2.6941, 3.0001, 2.6941, 0.1163], [4, 3, 0, 1, 0])
    """
    check_offered(
        "prescrump",
        T_A_subseq_isconstant=T_A_subseq_isconstant,
        T_B_subseq_isconstant=T_B_subseq_isconstant,
    )
    measure = measure_of_join("prescrump", normalize, p)
    a = one_dimensional(T_A, "T_A")
    b = None if T_B is None else one_dimensional(T_B, "T_B")
    check_window_size(m, max_size=len(a) if b is None else min(len(a), len(b)))
    distances, indices = presampled(a, b, m, s, k, measure)
    return _flat(distances), _flat(indices)


def prescraamp(
    T_A: Any, m: int, T_B: Any = None, s: int | None = None, p: float = 2.0, k: int = 1
) -> tuple[Floats, Ints]:
    """Approximate a profile of plain distances: as `prescrump` with ``normalize=False``.

    >>> values = np.array([584.0, -11.0, 23.0, 79.0, 1001.0, 0.0, -19.0])
    >>> distances, indices = prescraamp(values, 3, p=1.0)
    >>> distances.round(6).tolist(), indices.tolist()
    ([470.0, 1133.0, 1629.0, 1147.0, 470.0], [4, 4, 0, 1, 0])
    """
    return prescrump(T_A, m, T_B, s, normalize=False, p=p, k=k)


class scrump:  # noqa: N801
    """A matrix profile that every `update` brings nearer to the exact one.

    An update compares another share of all pairs of windows; after ⌈1 / percentage⌉ of them the
    profile is that of `stump`, before that no distance is too small. Which pairs come first is
    random but always alike, and other than in stumpy; NumPy's random state is left alone.

    Raises:
        ValueError: a series has more than one dimension, m is out of its bounds, or percentage is
            negative.
        ZeroDivisionError: percentage is 0.
        TypeError: the values are not float64.
        NotImplementedError: p is below 1 or above 20, or constant windows of one's own.

    >>> values = np.array([584.0, -11.0, 23.0, 79.0, 1001.0, 0.0, -19.0])
    >>> profile = scrump(values, 3, percentage=1.0)
    >>> profile.update()
    >>> profile.P_.round(4).tolist(), profile.I_.tolist()
    ([0.1163, 2.6941, 3.0001, 2.6941, 0.1163], [4, 3, 0, 1, 0])
    """

    def __init__(
        self,
        T_A: Any,
        m: int,
        T_B: Any = None,
        ignore_trivial: bool = True,
        percentage: float = 0.01,
        pre_scrump: bool = False,
        s: int | None = None,
        normalize: bool = True,
        p: float = 2.0,
        k: int = 1,
        T_A_subseq_isconstant: Any = None,
        T_B_subseq_isconstant: Any = None,
    ) -> None:
        check_offered(
            "scrump",
            T_A_subseq_isconstant=T_A_subseq_isconstant,
            T_B_subseq_isconstant=T_B_subseq_isconstant,
        )
        self._measure = measure_of_join("scrump", normalize, p)
        if T_B is None and not ignore_trivial:
            warned("a self-join ignores trivial matches: ignore_trivial=True")
            ignore_trivial = True
        self._a = one_dimensional(T_A, "T_A")
        self._b = self._other(T_B, m, ignore_trivial)
        self._m, self._k = m, k
        self._found = Neighbours.none(len(self._a) - m + 1, k)
        if pre_scrump:
            self._found = self._presampled(s)
        self._updates, self._done = _updates(percentage), 0

    def update(self) -> None:
        """Compare the next share of the pairs; nothing once all are compared."""
        if self._done < self._updates:
            part = self._done / self._updates, (self._done + 1) / self._updates
            self._done += 1
            found = joined(self._a, self._b, self._m, self._k, self._measure, part)
            self._found = self._found.merged(found)

    @property
    def P_(self) -> Floats:
        """The distances so far, infinite where there is none; of shape (windows, k) if k > 1."""
        return _flat(self._found.distances)

    @property
    def I_(self) -> Ints:
        """Where the neighbours so far begin, -1 where there is none."""
        return _flat(self._found.indices)

    @property
    def left_I_(self) -> Ints:
        """Where the nearest earlier neighbours begin, of the pairs that updates compared."""
        return self._found.left_indices.copy()

    @property
    def right_I_(self) -> Ints:
        """Where the nearest later neighbours begin, of the pairs that updates compared."""
        return self._found.right_indices.copy()

    def _other(self, T_B: Any, m: int, ignore_trivial: bool) -> Floats | None:
        """Return the other series; None for a self-join."""
        a = self._a
        b = a if T_B is None else one_dimensional(T_B, "T_B")
        check_window_size(m, max_size=min(len(a), len(b)))
        if not checked_trivial(a, b, ignore_trivial):
            return b
        check_window_size(m, n=len(a))
        if len(a) - m <= exclusion_zone(m):
            raise ValueError(
                f"expected a window size of at most {get_max_window_size(len(a))} for a self-join "
                f"of {len(a)} values, got {m}"
            )
        return None

    def _presampled(self, step: int | None) -> Neighbours:
        nearest = presampled(self._a, self._b, self._m, step, self._k, self._measure)
        none = Neighbours.none(len(self._a) - self._m + 1, self._k)
        left, right = none.left_distances, none.right_distances
        return Neighbours(*nearest, left, none.left_indices, right, none.right_indices)


class scraamp(scrump):  # noqa: N801
    """A profile of plain distances that gets better step by step: `scrump`, normalize=False.

    >>> values = np.array([584.0, -11.0, 23.0, 79.0, 1001.0, 0.0, -19.0])
    >>> profile = scraamp(values, 3, percentage=1.0, p=1.0)
    >>> profile.update()
    >>> profile.P_.round(6).tolist(), profile.I_.tolist()
    ([470.0, 1133.0, 1629.0, 1147.0, 470.0], [4, 4, 0, 1, 0])
    """

    def __init__(
        self,
        T_A: Any,
        m: int,
        T_B: Any = None,
        ignore_trivial: bool = True,
        percentage: float = 0.01,
        pre_scraamp: bool = False,
        s: int | None = None,
        p: float = 2.0,
        k: int = 1,
    ) -> None:
        how = ignore_trivial, percentage, pre_scraamp, s
        super().__init__(T_A, m, T_B, *how, normalize=False, p=p, k=k)


def _updates(percentage: float) -> int:
    if percentage < 0:
        raise ValueError(f"expected a percentage above 0, got {percentage}")
    return int(np.ceil(1.0 / percentage))


def _flat(columns: NDArray[T]) -> NDArray[T]:
    return columns[:, 0].copy() if columns.shape[1] == 1 else columns.copy()
