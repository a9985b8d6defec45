"""What stumpy's functions share: the checks of their arguments, and the measures of ``core``."""

from typing import Any

import numpy as np

from motifleet.compat.stumpy.measures import measure_of
from motifleet.compat.stumpy.refused import CORE, check_offered, not_offered, refuse
from motifleet.compat.stumpy.warned import warned
from motifleet.matrixprofile import distance_profile, exclusion_zone
from motifleet.matrixprofile.measure import Z_NORMALISED, Measure
from motifleet.types import Floats


def as_array(values: Any) -> Floats:
    """Return a copy as an array of float64; a DataFrame's columns become rows.

    Raises:
        TypeError: the values are not float64.
        AttributeError: they cannot be copied, as a tuple.
    """
    values = values.copy() if hasattr(values, "copy") else values.clone()
    if type(values).__name__ == "DataFrame":
        values = values.transpose()
    array = np.array(values.to_numpy() if hasattr(values, "to_numpy") else values)
    if not np.issubdtype(array.dtype, np.float64):
        raise TypeError(
            f"expected values of type float64, got {array.dtype}: pass them .astype(np.float64)"
        )
    return array


def one_dimensional(values: Any, name: str) -> Floats:
    """Return a copy as an array of one dimension; ValueError if it has more."""
    array = as_array(values)
    if array.ndim != 1:
        raise ValueError(f"expected {name} of one dimension, got {array.ndim}")
    return array


def check_window_size(m: int, max_size: int | None = None, n: int | None = None) -> None:
    """Check a window length as stumpy does: ValueError out of its bounds, a warning if it is large.

    Args:
        m: the window length.
        max_size: the largest that there can be.
        n: the length of the series of a self-join.
    """
    if m <= 2:
        raise ValueError(f"expected a window size of at least 3, got {m}")
    if max_size is not None and m > max_size:
        raise ValueError(f"expected a window size of at most {max_size}, got {m}")
    if n is not None and (n - m + 1) // 2 <= exclusion_zone(m):
        warned(f"a window size of {m} leaves some windows of {n} values without a neighbour")


def get_max_window_size(n: int) -> int:
    """Return the largest window size with which every window of a self-join has a neighbour.

    >>> get_max_window_size(100)
    79
    """
    return int(n - (n + 3) // 5) - 1


def equal(a: Floats, b: Floats) -> bool:
    """Tell whether two series are the same, a missing value equal to another."""
    return a.shape == b.shape and bool(np.array_equal(finite(a), finite(b), equal_nan=True))


def finite(values: Floats) -> Floats:
    """Return the values with infinite ones as NaN."""
    return np.where(np.isfinite(values), values, np.nan)


def mass(
    Q: Any,
    T: Any,
    M_T: Floats | None = None,
    Σ_T: Floats | None = None,
    normalize: bool = True,
    p: float = 2.0,
    T_subseq_isfinite: Any = None,
    T_subseq_isconstant: Any = None,
    Q_subseq_isconstant: Any = None,
    query_idx: int | None = None,
) -> Floats:
    """Measure the distance of Q to every window of T; ``M_T`` and ``Σ_T`` are not needed.

    Raises:
        ValueError: a series has more than one dimension, or Q is shorter than 3 or longer than T.
        TypeError: the values are not float64.
        NotImplementedError: p < 1, or constant windows of one's own.

    >>> mass(np.array([-11.1, 23.4, 79.5, 1001.0]), np.array([584.0, -11.0, 23.0, 79.0, 1001.0]))
    array([3.18792463e+00, 1.11...e-03])
    """
    check_offered(
        "mass",
        T_subseq_isconstant=T_subseq_isconstant,
        Q_subseq_isconstant=Q_subseq_isconstant,
    )
    if not normalize:
        mask = T_subseq_isfinite if M_T is None else M_T
        return mass_absolute(Q, T, mask, p, query_idx)
    return _measured(Q, T, Z_NORMALISED, query_idx)


def mass_absolute(
    Q: Any,
    T: Any,
    T_subseq_isfinite: Any = None,
    p: float = 2.0,
    query_idx: int | None = None,
) -> Floats:
    """Measure the plain distance of Q to every window of T: the p-norm of their difference.

    Windows that T_subseq_isfinite denies are at infinity, too.

    Raises:
        ValueError: a series has more than one dimension, or Q is shorter than 3 or longer than T.
        TypeError: the values are not float64.
        NotImplementedError: p < 1, or T_subseq_isfinite affirms a window with a NaN.

    >>> mass_absolute(np.array([1.0, 2.0, 4.0]), np.array([1.0, 2.0, 4.0, 8.0]), p=1.0)
    array([0., 7.])
    """
    distances = _measured(Q, T, measure_of("mass_absolute", False, p), query_idx)
    if T_subseq_isfinite is None or not np.isfinite(as_array(Q)).all():
        return distances
    mask = np.asarray(T_subseq_isfinite, np.bool_)
    windows = np.lib.stride_tricks.sliding_window_view(_flat(T, "T"), len(Q))
    if np.isnan(windows[mask]).any():
        refuse("mass_absolute(…, T_subseq_isfinite=…) of a window with a NaN", "it has no distance")
    return np.where(mask, distances, np.inf)


def _measured(Q: Any, T: Any, measure: Measure, query_idx: int | None) -> Floats:
    query, series = _flat(Q, "Q"), _flat(T, "T")
    m = len(query)
    check_window_size(m, max_size=m)
    if m > len(series):
        raise ValueError(f"expected Q of at most {len(series)} values, the length of T, got {m}")
    if query_idx is not None:
        _check_own(query, series, int(query_idx))
    if not np.isfinite(query).all():
        return np.full(len(series) - m + 1, np.inf)
    distances = distance_profile(query, series, normalize=measure.normalize, p=measure.p)
    if query_idx is not None and (measure.normalize or np.isfinite(distances[int(query_idx)])):
        distances[int(query_idx)] = 0
    return distances


def _flat(values: Any, name: str) -> Floats:
    array = as_array(values)
    if array.ndim == 2 and array.shape[1] == 1:
        array = array.ravel()
    if array.ndim != 1:
        raise ValueError(f"expected {name} of one dimension, got {array.ndim}")
    return array


def _check_own(query: Floats, series: Floats, at: int) -> None:
    window = series[at : at + len(query)]
    if not np.allclose(finite(query), finite(window), equal_nan=True):
        warned(f"Q is not the window of T at query_idx={at}")


def __getattr__(name: str) -> Any:
    raise not_offered(__name__, name, CORE)
