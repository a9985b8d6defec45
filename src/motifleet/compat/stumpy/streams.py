"""``stumpi``, ``aampi`` and ``floss``: profiles that grow with every value."""

from collections.abc import Callable
from typing import Any

import numpy as np

from motifleet.compat.stumpy.core import check_window_size, one_dimensional
from motifleet.compat.stumpy.ideal import DRAWS, SAMPLES, ideal_arc_curve
from motifleet.compat.stumpy.refused import refuse
from motifleet.matrixprofile import StreamSnapshot, distance_profile, exclusion_zone
from motifleet.matrixprofile.kernels import resolve_simd
from motifleet.matrixprofile.measure import LARGEST_OF_JOINS
from motifleet.matrixprofile.segmentation import arcs_over, corrected
from motifleet.matrixprofile.stream_terms import StreamTerms
from motifleet.matrixprofile.streaming import StreamingProfile, resumed
from motifleet.types import Floats, Ints


class _Incremental:
    """A matrix profile that is kept up with every value, as stumpy names its parts."""

    def __init__(self, T: Any, m: int, egress: bool, p: float, k: int, mp: Any) -> None:
        values = one_dimensional(T, "T")
        check_window_size(m, max_size=len(values))
        check_window_size(m, n=len(values))
        if k < 1:
            raise IndexError(f"expected a k of at least 1, got {k}")
        terms = StreamTerms(m, len(values) if egress else 0, k, p, resolve_simd("auto"))
        self._k = k
        if mp is None:
            self._stream = _empty(terms)
            self._stream.append(values)
        else:
            self._stream = _resumed(values, terms, np.asarray(mp))

    def update(self, t: float) -> None:
        """Append a value; with ``egress`` the oldest one goes."""
        self._stream.update(float(t))

    def _known(self) -> StreamSnapshot:
        return self._stream.snapshot()

    @property
    def P_(self) -> Floats:
        """The distances to the nearest neighbours; of k > 1, a column for each."""
        known = self._known()
        return known.distances.copy() if self._k == 1 else known.neighbor_distances

    @property
    def I_(self) -> Ints:
        """Where the nearest neighbours begin, counted from the first value of all."""
        known = self._known()
        return known.indices.copy() if self._k == 1 else known.neighbor_indices

    @property
    def left_P_(self) -> Floats:
        """The distances to the nearest earlier neighbours."""
        return self._known().left_distances

    @property
    def left_I_(self) -> Ints:
        """Where the nearest earlier neighbours begin."""
        return self._known().left_indices

    @property
    def T_(self) -> Floats:
        """The values, 0 where one is missing or infinite."""
        values = self._known().values
        return np.where(np.isfinite(values), values, 0.0)


class _Stumpi(_Incremental):
    """The z-normalised matrix profile."""


class aampi(_Incremental):  # noqa: N801
    """The plain matrix profile of a stream, by any norm p from 1 to 20.

    Raises:
        ValueError: T has more than one dimension, m is out of its bounds, or mp has another shape.
        TypeError: the values are not float64.
        IndexError: k is less than 1.
        NotImplementedError: p is out of its bounds.

    >>> stream = aampi(np.array([584.0, -11.0, 23.0, 79.0, 1001.0, 0.0]), m=3)
    >>> stream.update(-19.0)
    >>> stream.left_P_.round(4), stream.left_I_
    (array([      inf, 1131.0637,  985.3045, 1016.9941]), array([-1,  0,  1,  1]))
    """

    def __init__(
        self, T: Any, m: int, egress: bool = True, p: float = 2.0, k: int = 1, mp: Any = None
    ) -> None:
        super().__init__(T, m, egress, _checked_p("aampi", p), k, mp)


def stumpi(
    T: Any,
    m: int,
    egress: bool = True,
    normalize: bool = True,
    p: float = 2.0,
    k: int = 1,
    mp: Any = None,
    T_subseq_isconstant_func: Callable[..., Any] | None = None,
) -> _Incremental:
    """Start the matrix profile of a stream; ``normalize=False`` starts an `aampi`.

    Raises:
        ValueError: T has more than one dimension, m is out of its bounds, mp has another shape,
            or T_subseq_isconstant_func cannot be called.
        TypeError: the values are not float64.
        IndexError: k is less than 1.
        NotImplementedError: constant windows of one's own, or a p that is out of its bounds.

    >>> stream = stumpi(np.array([584.0, -11.0, 23.0, 79.0, 1001.0, 0.0]), m=3)
    >>> stream.update(-19.0)
    >>> stream.left_P_, stream.left_I_
    (array([       inf, 3.00009263, 2.69407392, 3.05656417]), array([-1,  0,  1,  2]))
    """
    if not normalize:
        return aampi(T, m, egress, p, k, mp)
    _check_func("stumpi", T_subseq_isconstant_func)
    return _Stumpi(T, m, egress, 0.0, k, mp)


class floss:  # noqa: N801
    """The corrected arc curve of a stream of fixed length (FLOSS), kept up with every value.

    As in stumpy, a window's neighbours are later ones, and the ideal curve is drawn from random
    numbers with the seed 0 unless ``custom_iac`` is given; NumPy's own random state is left alone.

    Raises:
        ValueError: mp is not that of windows of m in T, or T_subseq_isconstant_func cannot be
            called.
        NotImplementedError: constant windows of one's own, or a p that is out of its bounds.

    >>> from motifleet.compat.stumpy import stump
    >>> values = np.sin(np.arange(200) / 4)
    >>> stream = floss(stump(values, 25), values, 25, 25, excl_factor=1)
    >>> for value in np.abs(np.arange(60) / 12 % 2 - 1):
    ...     stream.update(value)
    >>> stream.cac_1d_.round(1)[[20, 80, 140]].tolist()
    [1.0, 0.4, 0.9]
    """

    def __init__(
        self,
        mp: Any,
        T: Any,
        m: int,
        L: int,
        excl_factor: int = 5,
        n_iter: int = SAMPLES,
        n_samples: int = DRAWS,
        custom_iac: Any = None,
        normalize: bool = True,
        p: float = 2.0,
        T_subseq_isconstant_func: Callable[..., Any] | None = None,
    ) -> None:
        _check_func("floss", T_subseq_isconstant_func)
        self._p = 0.0 if normalize else _checked_p("floss", p)
        self._T = np.array(T, np.float64)
        self._m, self._margin = m, L * excl_factor
        columns = np.asarray(mp)
        count = len(self._T) - m + 1
        if columns.ndim != 2 or columns.shape[0] != count or columns.shape[1] < 4:
            raise ValueError(f"expected mp of shape ({count}, 4), got {columns.shape}")
        self._right = columns[:, 3].astype(np.int64)
        self._distances = _pairs(self._T, m, self._right, self._p)
        none = self._right < 0
        self._right[none] = np.flatnonzero(none)
        ideal = custom_iac
        if ideal is None:
            ideal = ideal_arc_curve(count, one_sided=True, samples=n_iter, draws=n_samples)
        self._ideal = np.array(ideal, np.float64)
        self._appended = 0
        self._cac = np.full(count, -1.0)

    def update(self, t: float) -> None:
        """Append a value, drop the oldest one, and compute the curve anew."""
        self._T = np.append(self._T[1:], float(t))
        count = len(self._right)
        newest = count + self._appended
        self._distances = np.append(self._distances[1:], np.inf)
        self._right = np.append(self._right[1:], newest)
        away = _to_last(self._T, self._m, self._p)
        # The windows that count begin a place nearer to the newest than in a matrix profile.
        away[max(0, count - exclusion_zone(self._m)) :] = np.inf
        nearer = away < self._distances
        self._distances[nearer] = away[nearer]
        self._right[nearer] = newest
        self._appended += 1
        arcs = arcs_over(self._right - self._appended)
        self._cac = corrected(arcs, self._ideal, self._margin)

    @property
    def cac_1d_(self) -> Floats:
        """The corrected arc curve; -1 before the first update."""
        return self._cac.copy()

    @property
    def P_(self) -> Floats:
        """The distances to the nearest later windows."""
        return self._distances.copy()

    @property
    def I_(self) -> Ints:
        """Where the nearest later windows begin, counted from the first value of all."""
        return np.where(np.isinf(self._distances), -1, self._right)

    @property
    def T_(self) -> Floats:
        """The values."""
        return self._T.copy()


def _empty(terms: StreamTerms) -> StreamingProfile:
    none, nowhere = np.zeros(0), np.zeros(0, np.int64)
    return resumed(none, terms, none, nowhere, (none, nowhere))


def _resumed(values: Floats, terms: StreamTerms, mp: Any) -> StreamingProfile:
    m, k = terms.m, terms.k
    expected = (len(values) - m + 1, 2 * k + 2)
    if mp.shape != expected:
        raise ValueError(f"expected mp of shape {expected}, got {mp.shape}")
    left = mp[:, 2 * k].astype(np.int64)
    distances, indices = mp[:, :k].astype(np.float64), mp[:, k : 2 * k].astype(np.int64)
    return resumed(values, terms, distances, indices, (_pairs(values, m, left, terms.p), left))


def _pairs(values: Floats, m: int, others: Ints, p: float) -> Floats:
    """Measure each window's distance to another; p = 0: z-normalised. -1: there is none."""
    each = np.lib.stride_tricks.sliding_window_view(values, m)
    distances = np.full(len(each), np.inf)
    for i in np.flatnonzero(others >= 0):
        distances[i] = _apart(each[i], each[others[i]], p)[0]
    return distances


def _to_last(values: Floats, m: int, p: float) -> Floats:
    """Measure the distances of all windows to the last one."""
    if not np.isfinite(values[-m:]).all():
        return np.full(len(values) - m + 1, np.inf)
    return _apart(values[-m:], values, p)


def _apart(pattern: Floats, values: Floats, p: float) -> Floats:
    if p in (0, 2):
        return distance_profile(pattern, values, normalize=p == 0)
    finite = np.where(np.isfinite(values), values, np.nan)
    windows = np.lib.stride_tricks.sliding_window_view(finite, len(pattern))
    distances = np.linalg.norm(windows - pattern, ord=p, axis=1)
    return np.where(np.isnan(distances), np.inf, distances)


def _checked_p(name: str, p: float) -> float:
    if not 1 <= p <= LARGEST_OF_JOINS:
        refuse(f"{name}(…, p={p})", f"streams are kept for p from 1 to {LARGEST_OF_JOINS:.0f}")
    return float(p)


def _check_func(name: str, function: Any) -> None:
    if function is None:
        return
    if not callable(function):
        raise ValueError(
            "expected T_subseq_isconstant_func as a function, "
            f"got {type(function).__name__}: {function!r}"
        )
    refuse(f"{name}(…, T_subseq_isconstant_func=…)", "constant windows are those of a single value")
