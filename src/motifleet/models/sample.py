"""Reports with a label each, as a classifier learns from them."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from motifleet.errors import InvalidArgumentError, UnknownColumnError
from motifleet.models.source import Source
from motifleet.tables import Tables
from motifleet.telemetry import DEVICE_ID, EVENT_TS
from motifleet.types import Floats, Ints

Mask = NDArray[np.bool_]
_HOUR = 3_600_000_000
_MOST_HOURS = 1_000_000
_EVENT_COLUMNS = ("device_id", "kind", "start", "end")


@dataclass(frozen=True, slots=True)
class Label:
    """What is to be predicted.

    Args:
        column: a signal of the table that holds 0 and 1; or
        events: a table of events (device_id, kind, start, end): a report's label is whether a
            failure of its device begins within the next ``hours``. Reports during a failure, and
            those whose next hours are not over at the table's last report, have no label.
        hours: how far ahead.
        as_of: a snapshot of the events' table; None: the newest.

    Raises:
        InvalidArgumentError: not exactly one of the two is given, or the hours are out of bounds.
    """

    column: str | None = None
    events: str | None = None
    hours: float = 24.0
    as_of: int | str | None = None

    def __post_init__(self) -> None:
        if (self.column is None) == (self.events is None):
            raise InvalidArgumentError(
                "expected the label as one of --label COLUMN and --label-events TABLE, "
                f"got {'neither' if self.column is None else 'both'}"
            )
        if not 0 < self.hours <= _MOST_HOURS:
            raise InvalidArgumentError(
                f"expected hours above 0 and up to {_MOST_HOURS:,}, got {self.hours:g}"
            )

    @property
    def horizon(self) -> float:
        """How many microseconds the label looks ahead."""
        return 0.0 if self.events is None else self.hours * _HOUR

    def describe(self) -> str:
        """The label in words."""
        if self.column is not None:
            return self.column
        return f"a failure within {self.hours:g} hours, by {self.events}"


@dataclass(frozen=True, slots=True, eq=False)
class Sample:
    """Labelled reports by device and time.

    Args:
        device_ids: the devices' names, sorted.
        codes: shape (n,), each report's place in ``device_ids``.
        times: shape (n,), microseconds since 1970.
        signals: shape (n,) each.
        labels: shape (n,), 1 for a failure.
        known: shape (n,), whether the label is known; the others only serve as a past.
    """

    device_ids: tuple[str, ...]
    codes: Ints
    times: Ints
    signals: dict[str, Floats]
    labels: Ints
    known: Mask

    @property
    def offsets(self) -> Ints:
        """Where each device begins, and n at the end."""
        return np.searchsorted(self.codes, np.arange(len(self.device_ids) + 1)).astype(np.int64)


def read_sample(source: Source, signals: list[str], label: Label) -> Sample:
    """Read the reports of a pinned source with their labels.

    Raises:
        UnknownColumnError: there is no such column.
        InvalidArgumentError: the label is not 0 and 1, a signal holds an infinity or nothing at
            all, or there are no reports.
    """
    columns = signals if label.column is None else [*signals, label.column]
    if label.column is not None and label.column in signals:
        raise InvalidArgumentError(
            f"expected signals that are not the label itself, got {label.column!r} as both"
        )
    if label.column is not None and label.column not in source.schema().names:
        raise UnknownColumnError(label.column, source.signals(None))
    rows = source.read(columns)
    names, codes = _encoded(rows[DEVICE_ID])
    times = rows[EVENT_TS].cast(pa.int64()).to_numpy()
    values = {name: _signal(name, rows[name]) for name in signals}
    if label.column is not None:
        labels, known = _column_labels(label.column, rows[label.column])
    else:
        labels, known = _event_labels(source.tables, label, names, codes, times)
    return Sample(names, codes, times, values, labels, known)


def _encoded(devices: Any) -> tuple[tuple[str, ...], Ints]:
    encoded = devices.combine_chunks().dictionary_encode()
    # Rows are sorted by device, so the dictionary is in order too.
    return tuple(encoded.dictionary.to_pylist()), encoded.indices.to_numpy().astype(np.int64)


def _signal(name: str, column: Any) -> Floats:
    values: Floats = column.cast(pa.float64()).to_numpy()
    if np.isinf(values).any():
        raise InvalidArgumentError(
            f"expected finite numbers in signal {name!r}, got an infinity: leave such rows out "
            f"with --where"
        )
    if np.isnan(values).all():
        raise InvalidArgumentError(f"expected numbers in signal {name!r}, got none: leave it out")
    return values


def _column_labels(name: str, column: Any) -> tuple[Ints, Mask]:
    if not (pa.types.is_floating(column.type) or pa.types.is_integer(column.type)):
        raise InvalidArgumentError(
            f"expected a label column of 0 and 1, got the {column.type} column {name!r}"
        )
    values = column.cast(pa.float64()).to_numpy()
    known = ~np.isnan(values)
    others = np.setdiff1d(np.unique(values[known]), [0.0, 1.0])
    if len(others):
        raise InvalidArgumentError(
            f"expected a label column of 0 and 1, got {others[0]:g} in {name!r}"
        )
    return (values == 1.0).astype(np.int64), known


def _event_labels(
    tables: Tables, label: Label, names: tuple[str, ...], codes: Ints, times: Ints
) -> tuple[Ints, Mask]:
    events = _failures(tables, label)
    ahead = int(label.hours * _HOUR)
    labels = np.zeros(len(times), np.int64)
    known = times <= times.max() - ahead
    places = {name: place for place, name in enumerate(names)}
    for event in events.to_pylist():
        place = places.get(event["device_id"])
        if place is None:
            continue
        first, last = np.searchsorted(codes, [place, place + 1])
        of_device = times[first:last]
        begins, ends = event["start"], event["end"]
        before = (of_device >= begins - ahead) & (of_device < begins)
        labels[first:last][before] = 1
        known[first:last][(of_device >= begins) & (of_device < ends)] = False
    return labels, known


def _failures(tables: Tables, label: Label) -> pa.Table:
    table = str(label.events)
    schema = tables.scan(table, as_of=label.as_of, limit=0).schema
    missing = [name for name in _EVENT_COLUMNS if name not in schema.names]
    if missing:
        raise InvalidArgumentError(
            f"expected a table of events with the columns {', '.join(_EVENT_COLUMNS)}, "
            f"got {table!r} without {', '.join(missing)}"
        )
    rows = tables.scan(
        table, columns=list(_EVENT_COLUMNS), where="kind == 'failure'", as_of=label.as_of
    )
    for name in ("start", "end"):
        place = rows.column_names.index(name)
        rows = rows.set_column(place, name, rows[name].cast(pa.int64()))
    return rows
