"""What may be called the channels of a device, made into equally long series with names."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, Protocol, TypeAlias

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from motifleet.errors import InvalidArgumentError
from motifleet.matrixprofile.series import SeriesLike, as_series
from motifleet.types import Series, Times

TIMES = "event_ts"


class ColumnTable(Protocol):
    """Columns that export themselves through the Arrow C stream: Arrow, pandas, Polars."""

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object: ...


ChannelsLike: TypeAlias = (
    NDArray[Any] | Mapping[str, SeriesLike] | Sequence[SeriesLike] | ColumnTable
)


def as_channels(series: ChannelsLike, name: str = "series") -> dict[str, Series]:
    """Make named series of rows, named columns or series, all of one length.

    A channel without a name is called by its number. The column ``event_ts`` of a table holds
    the times of the others.

    Raises:
        InvalidArgumentError: there is no channel, two have one name, a channel is no series of
            numbers, or they differ in length.

    >>> list(as_channels({"speed": [50, 51], "temperature": [81, 80]}))
    ['speed', 'temperature']
    """
    columns, times = _columns(series, name)
    if not columns:
        raise InvalidArgumentError(f"expected a {name} of at least one channel, got none")
    channels: dict[str, Series] = {}
    for label, values in columns:
        channel = as_series(values, f"channel {label!r}")
        called = label if isinstance(label, str) else channel.signal or str(label)
        if called in channels:
            raise InvalidArgumentError(
                f"expected channels with different names, got two {called!r}"
            )
        at = channel.event_ts if times is None else times
        channels[called] = Series(channel.values, channel.device_id, called, at)
    _check_lengths(channels, name)
    return channels


def chosen(asked: Collection[str | int], names: Sequence[str], purpose: str) -> list[str]:
    """Return the names of the channels asked for, by name or number, each once.

    Raises:
        InvalidArgumentError: there is no such channel.
    """
    if isinstance(asked, str) or not isinstance(asked, Collection):
        raise InvalidArgumentError(f"expected channels to {purpose} as a list, got {asked!r}")
    return list(dict.fromkeys(_named(channel, names, purpose) for channel in asked))


def _named(channel: str | int, names: Sequence[str], purpose: str) -> str:
    if isinstance(channel, str) and channel in names:
        return channel
    number = isinstance(channel, int | np.integer) and not isinstance(channel, bool)
    if number and 0 <= int(channel) < len(names):
        return names[int(channel)]
    raise InvalidArgumentError(
        f"expected channels to {purpose} out of {', '.join(names)} or their numbers from 0, "
        f"got {channel!r}"
    )


def _columns(series: Any, name: str) -> tuple[list[tuple[str | int, Any]], Times | None]:
    """Return labelled columns, and their times where a table has them."""
    if isinstance(series, Mapping):
        return [(str(label), values) for label, values in series.items()], None
    if hasattr(series, "__arrow_c_stream__") and not isinstance(series, pa.ChunkedArray):
        labels = getattr(series, "column_names", None) or getattr(series, "columns", None)
        if labels is not None:
            return _table(series, list(labels))
    if isinstance(series, np.ndarray) and series.ndim != 2:
        raise InvalidArgumentError(
            f"expected a {name} of shape (channels, n), got shape {series.shape}: "
            "matrix_profile takes a single channel"
        )
    if isinstance(series, Iterable) and not isinstance(series, str | bytes | Series):
        return list(enumerate(series)), None
    raise InvalidArgumentError(
        f"expected a {name} of channels, got a {type(series).__name__}: pass an array of shape "
        "(channels, n), named columns, a table, or a list of series"
    )


def _table(table: Any, labels: list[Any]) -> tuple[list[tuple[str | int, Any]], Times | None]:
    columns: list[tuple[str | int, Any]] = [
        (str(label), table[label]) for label in labels if label != TIMES
    ]
    if TIMES not in labels:
        return columns, None
    times = pa.chunked_array(table[TIMES])
    if not pa.types.is_timestamp(times.type):
        raise InvalidArgumentError(f"expected timestamps in column {TIMES!r}, got {times.type}")
    return columns, np.asarray(times.to_numpy(), "datetime64[us]")


def _check_lengths(channels: dict[str, Series], name: str) -> None:
    lengths = {label: len(channel) for label, channel in channels.items()}
    if len(set(lengths.values())) > 1:
        told = ", ".join(f"{label}: {length}" for label, length in lengths.items())
        raise InvalidArgumentError(
            f"expected channels of one length in the {name}, got {told}: lay them out at the "
            "same times, with NaN where one has no report"
        )
