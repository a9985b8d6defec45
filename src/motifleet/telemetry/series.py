"""One signal of a fleet in equal steps of time, as the matrix profile needs it.

Reports come when they come: a minute apart or about a minute, twice in a second, not at all for a
night. Each device's reports are laid into slots of one step:

- two neighbouring reports are as many slots apart as steps fit between them, rounded, and at
  least one: jitter and a slow clock leave no holes;
- a gap of more than one and a half steps leaves empty slots (NaN), so that no window spans it
  unseen; a gap longer than ``max_gap`` slots is cut to ``max_gap`` of them;
- of several reports less than half a step apart that fall into one slot the last one counts.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

import numpy as np
import pyarrow as pa

from motifleet.errors import InvalidArgumentError, UnknownColumnError
from motifleet.telemetry.arrow import pc
from motifleet.telemetry.schema import DEVICE_ID, EVENT_TS, signals_of
from motifleet.types import FleetSeries, Floats, Ints

_MICROSECOND: Final = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True, eq=False)
class _Reports:
    """Values by device and time: the codes number the devices."""

    codes: Ints
    times: Ints
    values: Floats

    def at(self, places: Ints) -> "_Reports":
        return _Reports(self.codes[places], self.times[places], self.values[places])

    def in_order(self) -> "_Reports":
        """Sorted by device and time, where they are not yet."""
        devices, times = np.diff(self.codes), np.diff(self.times)
        if bool(np.all((devices > 0) | ((devices == 0) & (times >= 0)))):
            return self
        return self.at(np.lexsort((self.times, self.codes)))

    def steps_back(self) -> tuple[Ints, Ints]:
        """Which reports follow another of their device, and the time since it."""
        follows = np.flatnonzero(self.codes[1:] == self.codes[:-1]) + 1
        return follows, self.times[follows] - self.times[follows - 1]


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
    if step is not None and step <= timedelta(0):
        raise InvalidArgumentError(f"expected a step above 0, got {step}")
    if max_gap < 1:
        raise InvalidArgumentError(f"expected a gap of at least 1 slot, got max_gap={max_gap}")
    names, found = _sorted_reports(_signal_table(reports, signal))
    steps = (
        _median_steps(found, len(names))
        if step is None
        else np.full(len(names), step // _MICROSECOND)
    )
    found = found.at(_last_in_slot(found, steps))
    return _laid_out(found, steps, max_gap, names, signal)


def _signal_table(reports: pa.Table | Iterable[pa.Table], signal: str) -> pa.Table:
    tables = [reports] if isinstance(reports, pa.Table) else list(reports)
    if not tables:
        raise InvalidArgumentError(f"expected reports to take {signal!r} from, got no table")
    for table in tables:
        if signal not in table.column_names:
            raise UnknownColumnError(signal, signals_of(table.schema))
        if signal not in signals_of(table.schema):
            raise InvalidArgumentError(
                f"expected a signal, got the {table.schema.field(signal).type} column {signal!r}: "
                f"the signals are {', '.join(signals_of(table.schema)) or 'none'}"
            )
    return pa.concat_tables(table.select([DEVICE_ID, EVENT_TS, signal]) for table in tables)


def _sorted_reports(table: pa.Table) -> tuple[tuple[str, ...], _Reports]:
    """The devices' names in order, and the reports that have a value, by device and time."""
    encoded = table[DEVICE_ID].combine_chunks().dictionary_encode()
    names = np.array(encoded.dictionary.to_pylist(), dtype=object)
    order = np.argsort(names)
    rank = np.empty(len(names), dtype=np.int64)
    rank[order] = np.arange(len(names))
    reports = _Reports(
        rank[encoded.indices.to_numpy(zero_copy_only=False)],
        pc.cast(table[EVENT_TS], pa.int64()).to_numpy(),
        table.column(2).to_numpy(),
    )
    there = np.flatnonzero(~np.isnan(reports.values))
    reports = reports.at(there)
    return tuple(names[order]), reports.in_order()


def _median_steps(reports: _Reports, devices: int) -> Ints:
    """The median time between the reports of each device; 1 µs where there is none."""
    follows, apart = reports.steps_back()
    follows, apart = follows[apart > 0], apart[apart > 0]
    codes = reports.codes[follows]
    apart = apart[np.lexsort((apart, codes))]
    ends = np.cumsum(np.bincount(codes, minlength=devices))
    starts = np.concatenate([[0], ends[:-1]])
    steps = np.ones(devices, dtype=np.int64)
    some = np.flatnonzero(ends > starts)
    steps[some] = apart[(starts[some] + ends[some] - 1) // 2]
    return steps


def _last_in_slot(reports: _Reports, steps: Ints) -> Ints:
    """The reports that no later one of their slot comes too close to."""
    step = steps[reports.codes]
    firsts = np.searchsorted(reports.codes, reports.codes)
    slots = (2 * (reports.times - reports.times[firsts]) + step) // (2 * step)
    follows, apart = reports.steps_back()
    crowded = (slots[follows] == slots[follows - 1]) & (2 * apart < step[follows])
    kept = np.ones(len(step), dtype=bool)
    kept[follows[crowded] - 1] = False
    return np.flatnonzero(kept)


def _laid_out(
    reports: _Reports, steps: Ints, max_gap: int, names: tuple[str, ...], signal: str
) -> FleetSeries:
    follows, apart = reports.steps_back()
    step = steps[reports.codes]
    ahead = np.ones(len(step), dtype=np.int64)
    ahead[follows] = np.clip((2 * apart + step[follows]) // (2 * step[follows]), 1, max_gap + 1)
    places = np.cumsum(ahead) - 1
    size = int(places[-1]) + 1 if len(places) else 0
    values = np.full(size, np.nan)
    values[places] = reports.values
    before = np.repeat(np.arange(len(places)), np.diff(places, append=size))
    since = np.arange(size) - places[before]
    times = (reports.times[before] + since * step[before]).view("datetime64[us]")
    ends = np.searchsorted(reports.codes, np.arange(len(names)), side="right")
    offsets = np.concatenate([[0], np.append(places, size)[ends]])
    return FleetSeries(values, offsets, names, signal, times)
