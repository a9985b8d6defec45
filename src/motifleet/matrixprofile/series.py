"""What may be called a series, made into one."""

from collections.abc import Sequence
from typing import Any, Protocol, TypeAlias

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from motifleet.errors import InvalidArgumentError
from motifleet.types import FleetSeries, Floats, Series, Times


class ArrowColumn(Protocol):
    """A column that exports itself through the Arrow C stream: Arrow, pandas, Polars."""

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object: ...


class ArrowArray(Protocol):
    """An array that exports itself through the Arrow C data interface."""

    def __arrow_c_array__(self, requested_schema: object | None = None) -> object: ...


SeriesLike: TypeAlias = Series | NDArray[Any] | Sequence[float] | ArrowColumn | ArrowArray


def as_series(values: SeriesLike, name: str = "series") -> Series:
    """Make a series of a NumPy array, a list, or an Arrow, pandas or Polars column.

    Nulls become NaN, integers and booleans float64. The name of a pandas or Polars column is
    taken as the signal, a pandas time index as the times (naive ones as UTC).

    Raises:
        InvalidArgumentError: it is not one-dimensional, or not of real numbers.

    >>> as_series([50, 51, 53]).values
    array([50., 51., 53.])
    """
    if isinstance(values, FleetSeries):
        raise InvalidArgumentError(
            f"expected a {name} of one device, got a fleet of {len(values)}: per_device does to "
            "each what is done to one"
        )
    if isinstance(values, Series):
        return Series(
            _as_floats(values.values, name), values.device_id, values.signal, values.event_ts
        )
    if hasattr(values, "__arrow_c_stream__") or hasattr(values, "__arrow_c_array__"):
        label = getattr(values, "name", None)
        signal = label if isinstance(label, str) else None
        return Series(_from_arrow(values, name), signal=signal, event_ts=_time_index(values))
    return Series(_as_floats(values, name))


def _as_floats(values: Any, name: str) -> Floats:
    if isinstance(values, np.ma.MaskedArray) and values.dtype.kind in "iufb":
        values = np.where(np.ma.getmaskarray(values), np.nan, values.data)
    try:
        array = np.asarray(values)
    except ValueError as error:
        raise _refusal(name, "rows of different lengths") from error
    if array.ndim != 1:
        raise _refusal(name, f"shape {array.shape}")
    if array.dtype == object and any(each is None for each in array):
        return _from_arrow(array.tolist(), name)
    if array.size and array.dtype.kind not in "iufb":
        raise _refusal(name, f"values of type {array.dtype}")
    return np.require(array, np.float64, ["C", "A"])


def _from_arrow(values: Any, name: str) -> Floats:
    try:
        streams = hasattr(values, "__arrow_c_stream__")
        column = pa.chunked_array(values if streams else [pa.array(values)])
    except (pa.ArrowException, TypeError, ValueError) as error:
        raise _refusal(name, f"a {type(values).__name__} that is no column of numbers") from error
    kind = column.type
    if not (pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_boolean(kind)):
        raise _refusal(name, f"a column of type {kind}")
    return _as_floats(column.to_numpy().astype(np.float64), name)


def _time_index(values: Any) -> Times | None:
    """Return the times of a pandas time index in UTC, None for any other column."""
    index: Any = getattr(values, "index", None)
    if getattr(getattr(index, "dtype", None), "kind", "") != "M":
        return None
    naive = index if index.tz is None else index.tz_convert(None)
    return np.asarray(naive.to_numpy(), "datetime64[us]")


def _refusal(name: str, came: str) -> InvalidArgumentError:
    return InvalidArgumentError(
        f"expected a {name} of real numbers in one dimension, got {came}: pass one column of them"
    )


def fleet_values(fleet: FleetSeries) -> FleetSeries:
    """Return the fleet with values and offsets as the kernels read them."""
    return FleetSeries(
        _as_floats(fleet.values, "fleet"),
        np.ascontiguousarray(fleet.offsets, np.int64),
        fleet.device_ids,
        fleet.signal,
        fleet.event_ts,
    )


def end_to_end(series: list[Series]) -> FleetSeries:
    """Lay series end to end as a fleet without names."""
    values = np.concatenate([each.values for each in series]) if series else np.zeros(0)
    offsets = np.concatenate([[0], np.cumsum([len(each) for each in series], dtype=np.int64)])
    return FleetSeries(values, offsets.astype(np.int64), ("",) * len(series))
