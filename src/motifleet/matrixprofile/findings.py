"""What is found: a window, where it is, and what it is near to."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from types import UnionType
from typing import TYPE_CHECKING, Any, Literal, TypeVar, get_args, get_origin, get_type_hints

import numpy as np

from motifleet.types import Series

if TYPE_CHECKING:
    import pyarrow as pa


Found = TypeVar("Found", bound="Place")


@dataclass(frozen=True, slots=True)
class Place:
    """A window of a device's signal.

    Args:
        device_id: the device, where it is known.
        signal: the signal, where it is known.
        index: where the window begins in the device's series.
        event_ts: when it begins, where times are known.
        m: how many reports it holds.

    >>> Place("truck-1", "speed", 50, None, 30).to_dict()
    {'device_id': 'truck-1', 'signal': 'speed', 'index': 50, 'event_ts': None, 'm': 30}
    """

    device_id: str | None
    signal: str | None
    index: int
    event_ts: datetime | None
    m: int

    def to_dict(self) -> dict[str, Any]:
        """Return the fields as JSON has them, times in ISO 8601."""
        fields = asdict(self)
        times = {key: at.isoformat() for key, at in fields.items() if isinstance(at, datetime)}
        return fields | times


@dataclass(frozen=True, slots=True)
class Finding(Place):
    """A window of a device's signal, compared with another.

    Args:
        distance: the z-normalised Euclidean distance to what it is compared with.

    >>> from motifleet.matrixprofile import match
    >>> found = match([1, 2, 4], [3, 10, 20, 40, 3], k=1)[0]
    >>> isinstance(found, Finding), found.index, round(found.distance, 6)
    (True, 1, 0.0)
    """

    distance: float


@dataclass(frozen=True, slots=True)
class Pair(Finding):
    """A window and its nearest neighbour in the same series.

    Args:
        neighbor_index: where the neighbour begins.
        neighbor_ts: when it begins, where times are known.
    """

    neighbor_index: int
    neighbor_ts: datetime | None


@dataclass(frozen=True, slots=True)
class Motif(Pair):
    """Two windows of one series that are alike.

    ``index`` is the earlier one, ``neighbor_index`` the later.

    >>> import numpy as np
    >>> from motifleet.matrixprofile import matrix_profile
    >>> signal = np.random.default_rng(1).normal(size=300)
    >>> signal[200:230] = signal[50:80]
    >>> found = matrix_profile(signal, 30).motifs(1)[0]
    >>> found.index, found.neighbor_index, round(found.distance, 6)
    (50, 200, 0.0)
    """


@dataclass(frozen=True, slots=True)
class Discord(Pair):
    """A window that is unlike all others of its series, and the one it is least unlike.

    >>> import numpy as np
    >>> from motifleet.matrixprofile import matrix_profile
    >>> signal = np.random.default_rng(1).normal(size=300)
    >>> signal[200:230] = signal[50:80]
    >>> signal[120:124] = 9.0
    >>> found = matrix_profile(signal, 30).discords(1)[0]
    >>> 90 < found.index < 124, found.distance > 5
    (True, True)
    """


@dataclass(frozen=True, slots=True)
class Across(Finding):
    """A window, and its nearest neighbour in another series.

    Args:
        neighbor_device_id: the other series' device, where it is known.
        neighbor_index: where the neighbour begins there.
        neighbor_ts: when it begins, where times are known.

    >>> import numpy as np
    >>> from motifleet.matrixprofile import ab_join
    >>> signal = np.random.default_rng(1).normal(size=300)
    >>> signal[200:230] = signal[50:80]
    >>> found = ab_join(signal[:150], signal[150:], 30).motifs(1)[0]
    >>> found.index, found.neighbor_index, found.neighbor_device_id is None
    (50, 50, True)
    """

    neighbor_device_id: str | None
    neighbor_index: int
    neighbor_ts: datetime | None


@dataclass(frozen=True, slots=True)
class Match(Finding):
    """A window that is near to a pattern.

    >>> import numpy as np
    >>> from motifleet.matrixprofile import match
    >>> signal = np.random.default_rng(1).normal(size=300)
    >>> signal[200:230] = signal[50:80]
    >>> [(found.index, round(found.distance, 6)) for found in match(signal[50:80], signal, k=2)]
    [(50, 0.0), (200, 0.0)]
    """


def findings_table(found: Sequence[Place], kind: type[Place] = Match) -> "pa.Table":
    """Lay out one row for each finding, a column for each of its fields.

    Args:
        found: motifs, discords, matches or any other findings, all of one kind.
        kind: what kind, where there may be none; it names the columns.

    >>> found = [Match("truck-7", "speed", 12, None, 30, 0.5)]
    >>> findings_table(found).column_names
    ['device_id', 'signal', 'index', 'event_ts', 'm', 'distance']
    """
    import pyarrow as pa

    hints = get_type_hints(type(found[0]) if found else kind)
    columns = {name: of for name, hint in hints.items() if (of := _arrow_type(hint)) is not None}
    rows = [{name: getattr(each, name) for name in columns} for each in found]
    return pa.Table.from_pylist(rows, pa.schema(columns))


def findings_from(rows: "pa.Table", kind: type[Found]) -> list[Found]:
    """Make findings of a table's rows; what `findings_table` laid out comes back as it was.

    Args:
        rows: a column for each field of the kind, and perhaps others.
        kind: what the rows are: motifs, discords, matches or others.

    >>> found = [Match("truck-7", "speed", 12, None, 30, 0.5)]
    >>> findings_from(findings_table(found), Match) == found
    True
    """
    hints = get_type_hints(kind)
    columns = {name: _values(rows[name], hint) for name, hint in hints.items()}
    return [
        kind(**dict(zip(columns, values, strict=True)))
        for values in zip(*columns.values(), strict=True)
    ]


def _values(column: Any, hint: Any) -> list[Any]:
    values: list[Any] = column.to_pylist()
    if get_origin(hint) is tuple:
        return [tuple(value) for value in values]
    if datetime in get_args(hint):
        return [None if at is None else at.replace(tzinfo=UTC) for at in values]
    return values


def _arrow_type(hint: Any) -> Any:
    """Return the Arrow type of a field, None for one that is no value of a row."""
    import pyarrow as pa

    arguments = get_args(hint)
    if get_origin(hint) is tuple:
        return pa.list_(pa.string()) if arguments[0] is str else None
    if get_origin(hint) is Literal:
        return pa.string()
    moment = pa.timestamp("us", tz="UTC")
    kinds = {str: pa.string(), int: pa.int64(), float: pa.float64(), datetime: moment}
    plain = arguments if isinstance(hint, UnionType) else [hint]
    return next((kinds[each] for each in plain if each in kinds), None)


def name_of_place(found: Place) -> str:
    """Name a window by its device, if known, and by its time or number."""
    at = found.index if found.event_ts is None else f"{found.event_ts:%Y-%m-%d %H:%M:%S}"
    return f"{found.device_id}, {at}" if found.device_id else str(at)


def motif(series: Series, m: int, distance: float, first: int, second: int) -> Motif:
    """Make the motif of two windows of a series."""
    earlier, later = sorted((first, second))
    return Motif(**_finding(series, m, distance, earlier), **_neighbor(series, later))


def discord(series: Series, m: int, distance: float, index: int, neighbor: int) -> Discord:
    """Make the discord of a series that begins at an index."""
    return Discord(**_finding(series, m, distance, index), **_neighbor(series, neighbor))


def across(pair: tuple[Series, Series], m: int, distance: float, at: tuple[int, int]) -> Across:
    """Make the finding of a window of the first series and one of the second."""
    (a, b), (index, neighbor) = pair, at
    return Across(
        **_finding(a, m, distance, index),
        neighbor_device_id=b.device_id,
        **_neighbor(b, neighbor),
    )


def match_at(series: Series, m: int, distance: float, index: int) -> Match:
    """Make the match in a series that begins at an index."""
    return Match(**_finding(series, m, distance, index))


def place(series: Series, m: int, index: int) -> dict[str, Any]:
    """Return the fields of a place."""
    return {
        "device_id": series.device_id,
        "signal": series.signal,
        "index": index,
        "event_ts": time_at(series, index),
        "m": m,
    }


def _finding(series: Series, m: int, distance: float, index: int) -> dict[str, Any]:
    return {**place(series, m, index), "distance": distance}


def _neighbor(series: Series, index: int) -> dict[str, Any]:
    return {"neighbor_index": index, "neighbor_ts": time_at(series, index)}


def time_at(series: Series, index: int) -> datetime | None:
    """Return the time of a report, None where it is not known."""
    if series.event_ts is None or np.isnat(series.event_ts[index]):
        return None
    at: datetime = series.event_ts[index].astype("datetime64[us]").item()
    return at.replace(tzinfo=UTC)
