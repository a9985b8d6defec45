"""Signals of a fleet in equal steps of time, as the matrix profile needs them.

Reports come when they come: a minute apart or about a minute, twice in a second, not at all for a
night. Each device's reports are laid into slots of one step:

- two neighbouring reports are as many slots apart as steps fit between them, rounded, and at
  least one: jitter and a slow clock leave no holes;
- a gap of more than one and a half steps leaves empty slots (NaN), so that no window spans it
  unseen; a gap longer than ``max_gap`` slots is cut to ``max_gap`` of them;
- of several reports less than half a step apart that fall into one slot the last one counts.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from motifleet.errors import InvalidArgumentError, UnknownColumnError
from motifleet.telemetry.arrow import pc
from motifleet.telemetry.schema import DEVICE_ID, EVENT_TS, signals_of
from motifleet.telemetry.steps import median_steps
from motifleet.types import FleetSeries, Floats, Ints

_MICROSECOND: Final = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True, eq=False)
class _Reports:
    """Values by device and time: device i's begin at ``bounds[i]``, each signal has a column."""

    bounds: Ints
    times: Ints
    values: list[Floats]

    def at(self, places: Ints) -> "_Reports":
        """Keep the reports at these places, which rise."""
        if len(places) == len(self.times):
            return self
        values = [column[places] for column in self.values]
        return _Reports(np.searchsorted(places, self.bounds), self.times[places], values)

    def each(self, of_devices: Ints) -> Ints:
        """Give each report what its device has."""
        return np.repeat(of_devices, np.diff(self.bounds))

    def firsts(self) -> Ints:
        """Where the first report of each device is, of those that have any."""
        return self.bounds[:-1][np.diff(self.bounds) > 0]

    def apart(self, steps: Ints) -> Ints:
        """The time since the report before it; for a device's first one its step."""
        apart = np.diff(self.times, prepend=0)
        firsts = self.firsts()
        apart[firsts] = steps[np.diff(self.bounds) > 0]
        return apart


def fleet_series(
    reports: pa.Table | Iterable[pa.Table],
    signal: str,
    *,
    step: timedelta | None = None,
    max_gap: int = 16,
) -> FleetSeries:
    """Lay the reports of one signal out in equal steps of time, a device after the other.

    Args:
        reports: report batches, in any order; a device may be in several.
        signal: the column to take; reports without a value of it are as good as none.
        step: the time between two slots; without it, for each device the median time between
            its reports.
        max_gap: how many empty slots a gap leaves at most.

    Returns:
        The series of all devices, by name. A real report keeps its own time; an empty slot has
        the time of the report before it and the steps since. A device whose reports all lack the
        signal has a series of length 0.

    Raises:
        UnknownColumnError: there is no such column.
        InvalidArgumentError: the column holds no numbers, the step is not above 0, ``max_gap`` is
            below 1, or there is no table.

    >>> times = pa.array([0, 60_000_000, 240_000_000], pa.timestamp("us", tz="UTC"))
    >>> reports = pa.table({"device_id": ["a"] * 3, "event_ts": times, "speed": [80.0, 82.0, 79.0]})
    >>> fleet_series(reports, "speed", step=timedelta(minutes=1))["a"].values
    array([80., 82., nan, nan, 79.])
    """
    return fleet_channels(reports, [signal], step=step, max_gap=max_gap)[signal]


def fleet_channels(
    reports: pa.Table | Iterable[pa.Table],
    signals: Sequence[str],
    *,
    step: timedelta | None = None,
    max_gap: int = 16,
) -> dict[str, FleetSeries]:
    """Lay the reports of several signals out in the same steps of time.

    As `fleet_series`, but a report counts that has a value of any of the signals, and a slot is
    NaN in those that it lacks. All series have the same devices, offsets and times.

    Raises:
        UnknownColumnError, InvalidArgumentError: as `fleet_series`; or no signal is named.

    >>> times = pa.array([0, 60_000_000], pa.timestamp("us", tz="UTC"))
    >>> columns = {"speed": [80.0, 82.0], "load": [None, 7.0]}
    >>> reports = pa.table({"device_id": ["a", "a"], "event_ts": times, **columns})
    >>> fleet_channels(reports, ["speed", "load"])["load"].values
    array([nan,  7.])
    """
    if not signals:
        raise InvalidArgumentError("expected the name of a signal or more, got none")
    if step is not None and step <= timedelta(0):
        raise InvalidArgumentError(f"expected a step above 0, got {step}")
    if max_gap < 1:
        raise InvalidArgumentError(f"expected a gap of at least 1 slot, got max_gap={max_gap}")
    signals = list(dict.fromkeys(signals))
    names, found = _sorted_reports(_signal_table(reports, signals))
    steps = (
        median_steps(found.bounds, found.times)
        if step is None
        else np.full(len(names), step // _MICROSECOND)
    )
    found = found.at(_last_in_slot(found, steps))
    return _laid_out(found, steps, max_gap, names, signals)


def _signal_table(reports: pa.Table | Iterable[pa.Table], signals: Sequence[str]) -> pa.Table:
    tables = [reports] if isinstance(reports, pa.Table) else list(reports)
    if not tables:
        raise InvalidArgumentError(f"expected reports to take {signals[0]!r} from, got no table")
    for table in tables:
        for signal in signals:
            _check_signal(table, signal)
    return pa.concat_tables(table.select([DEVICE_ID, EVENT_TS, *signals]) for table in tables)


def _check_signal(table: pa.Table, signal: str) -> None:
    if signal not in table.column_names:
        raise UnknownColumnError(signal, signals_of(table.schema))
    if signal not in signals_of(table.schema):
        raise InvalidArgumentError(
            f"expected a signal, got the {table.schema.field(signal).type} column {signal!r}: "
            f"the signals are {', '.join(signals_of(table.schema)) or 'none'}"
        )


def _sorted_reports(table: pa.Table) -> tuple[tuple[str, ...], _Reports]:
    """The devices' names in order, and the reports that have a value, by device and time."""
    devices = table.select([DEVICE_ID]).unify_dictionaries()[DEVICE_ID].combine_chunks()
    encoded: Any = devices
    if not pa.types.is_dictionary(devices.type):
        encoded = devices.dictionary_encode()
    codes = encoded.indices.to_numpy(zero_copy_only=False)
    names = np.array(encoded.dictionary.to_pylist(), dtype=object)
    there = np.flatnonzero(np.bincount(codes, minlength=len(names)))
    used = there[np.argsort(names[there])]
    rank = np.zeros(len(names), dtype=np.int64)
    rank[used] = np.arange(len(used))
    columns = [table.column(place).to_numpy() for place in range(2, table.num_columns)]
    values = [np.asarray(column, np.float64) for column in columns]
    times = pc.cast(table[EVENT_TS], pa.int64()).to_numpy()
    empty = np.isnan(values[0])
    for column in values[1:]:
        empty &= np.isnan(column)
    return tuple(names[used]), _in_order(rank[codes], times, values, ~empty, len(used))


def _in_order(
    codes: Ints, times: Ints, values: list[Floats], kept: NDArray[np.bool_], devices: int
) -> _Reports:
    """The reports that are kept, sorted by device and time where they are not yet."""
    if not kept.all():
        codes, times, values = codes[kept], times[kept], [column[kept] for column in values]
    falls = (codes[1:] == codes[:-1]) & (times[1:] < times[:-1])
    if bool(falls.any()) or bool(np.any(codes[1:] < codes[:-1])):
        order = np.lexsort((times, codes))
        codes, times, values = codes[order], times[order], [column[order] for column in values]
    return _Reports(np.searchsorted(codes, np.arange(devices + 1)), times, values)


def _last_in_slot(reports: _Reports, steps: Ints) -> Ints:
    """The reports that no later one of their slot comes too close to."""
    step, apart = reports.each(steps), reports.apart(steps)
    near = 2 * apart < step
    if not near.any():
        return np.arange(len(step))
    starts = np.zeros(len(steps), np.int64)
    starts[np.diff(reports.bounds) > 0] = reports.times[reports.firsts()]
    slots = (2 * (reports.times - reports.each(starts)) + step) // (2 * step)
    follows = np.flatnonzero(near)
    crowded = follows[slots[follows] == slots[follows - 1]]
    kept = np.ones(len(step), dtype=bool)
    kept[crowded - 1] = False
    return np.flatnonzero(kept)


def _laid_out(
    reports: _Reports, steps: Ints, max_gap: int, names: tuple[str, ...], signals: Sequence[str]
) -> dict[str, FleetSeries]:
    times, values, offsets = reports.times, reports.values, reports.bounds
    step, apart = reports.each(steps), reports.apart(steps)
    if 2 * int(np.max(apart - step, initial=0)) >= int(step.min(initial=1)):
        ahead = np.clip((2 * apart + step) // (2 * step), 1, max_gap + 1)
        ahead[reports.firsts()] = 1
        places = np.cumsum(ahead) - 1
        size = int(places[-1]) + 1
        before = np.repeat(np.arange(len(places)), np.diff(places, append=size))
        times = times[before] + (np.arange(size) - places[before]) * step[before]
        values = [_spread(column, places, size) for column in values]
        offsets = np.append(places, size)[offsets]
    when = times.view("datetime64[us]")
    return {
        signal: FleetSeries(column, offsets, names, signal, when)
        for signal, column in zip(signals, values, strict=True)
    }


def _spread(column: Floats, places: Ints, size: int) -> Floats:
    values = np.full(size, np.nan)
    values[places] = column
    return values
