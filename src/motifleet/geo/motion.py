"""Trips, stops and distances of devices.

Between two reports a device either rests or moves. It rests where, from some report on, it stays
within ``min_trip`` metres of that report for at least ``min_stop`` seconds; all steps up to there
are rest. What is left is moving: a trip, if its way is at least ``min_trip`` metres, else part of
the rest around it. Where nothing was heard for more than ``max_gap`` seconds, trips and stops end.
The figures are Traccar's.
"""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from motifleet.errors import InvalidArgumentError
from motifleet.geo.arrow import table_of
from motifleet.geo.geodesic import earth_centred, surface_latitude
from motifleet.geo.track import Track, track
from motifleet.types import Floats, Ints


@dataclass(frozen=True, slots=True)
class MotionRules:
    """What counts as a trip and as a stop.

    Args:
        min_trip: metres; a shorter way is no trip.
        min_stop: seconds; a shorter rest is no stop.
        max_gap: seconds without a report after which nothing goes on.

    Raises:
        InvalidArgumentError: a figure is not above 0.
    """

    min_trip: float = 200.0
    min_stop: float = 180.0
    max_gap: float = 3600.0

    def __post_init__(self) -> None:
        for name in ("min_trip", "min_stop", "max_gap"):
            if not getattr(self, name) > 0:
                raise InvalidArgumentError(
                    f"expected {name} above 0, got {name}={getattr(self, name)}"
                )


TRACCAR = MotionRules()


def trips(reports: pa.Table, rules: MotionRules = TRACCAR) -> pa.Table:
    """The trips of each device, by device and time.

    Args:
        reports: whole devices: ``device_id``, ``event_ts``, ``longitude``, ``latitude``.
        rules: what a trip is.

    Returns:
        ``device_id``, ``start_ts``, ``end_ts``, ``start_longitude``, ``start_latitude``,
        ``end_longitude``, ``end_latitude``, ``distance_m`` along the reports, ``duration_s``,
        ``speed_kmh`` and ``max_speed_kmh`` (between two reports), ``reports``.
    """
    way, metres = _measured(reports, rules)
    first, last = _runs(way, ~_resting(way, metres, rules))
    x, y = way.points.longitude, way.points.latitude
    seconds = (way.times[last] - way.times[first]) / 1e6
    far = _sums(metres, first, last)
    return table_of(
        {
            "device_id": way.devices(first),
            "start_ts": way.at(first),
            "end_ts": way.at(last),
            "start_longitude": x[first],
            "start_latitude": y[first],
            "end_longitude": x[last],
            "end_latitude": y[last],
            "distance_m": far,
            "duration_s": seconds,
            "speed_kmh": _kmh(far, seconds),
            "max_speed_kmh": _greatest(_speeds(way, metres), first, last),
            "reports": last - first + 1,
        }
    )


def stops(reports: pa.Table, rules: MotionRules = TRACCAR) -> pa.Table:
    """The stops of each device, by device and time.

    Returns:
        ``device_id``, ``start_ts``, ``end_ts``, ``duration_s``, ``longitude`` and ``latitude`` (the
        middle of the reports), ``reports``.
    """
    way, metres = _measured(reports, rules)
    first, last = _runs(way, _resting(way, metres, rules))
    seconds = (way.times[last] - way.times[first]) / 1e6
    long = seconds >= rules.min_stop
    first, last = first[long], last[long]
    longitude, latitude = _middles(way, first, last)
    return table_of(
        {
            "device_id": way.devices(first),
            "start_ts": way.at(first),
            "end_ts": way.at(last),
            "duration_s": seconds[long],
            "longitude": longitude,
            "latitude": latitude,
            "reports": last - first + 1,
        }
    )


def distance(reports: pa.Table, *, max_gap: float = 3600.0) -> pa.Table:
    """How far each device went, by device.

    Args:
        reports: whole devices: ``device_id``, ``event_ts``, ``longitude``, ``latitude``.
        max_gap: over a gap of more seconds than this, neither way nor time is counted.

    Returns:
        ``device_id``, ``distance_m``, ``duration_s``, ``speed_kmh`` and ``max_speed_kmh`` (between
        two reports), ``reports`` that have a position.

    >>> times = pa.array([0, 3600], pa.timestamp("s")).cast(pa.timestamp("us", "UTC"))
    >>> reports = pa.table({"device_id": ["a", "a"], "event_ts": times,
    ...                     "longitude": [179.9, -179.9], "latitude": [60.0, 60.0]})
    >>> round(distance(reports)["speed_kmh"][0].as_py(), 3)
    11.16
    """
    rules = MotionRules(max_gap=max_gap)
    way, metres = _measured(reports, rules)
    first = np.flatnonzero(np.diff(way.codes, prepend=-1))
    last = np.append(first[1:], len(way)) - 1 if len(first) else first
    seconds = _sums(_seconds(way), first, last)
    far = _sums(metres, first, last)
    return table_of(
        {
            "device_id": way.devices(first),
            "distance_m": far,
            "duration_s": seconds,
            "speed_kmh": _kmh(far, seconds),
            "max_speed_kmh": _greatest(_speeds(way, metres), first, last),
            "reports": last - first + 1,
        }
    )


def _measured(reports: pa.Table, rules: MotionRules) -> tuple[Track, Floats]:
    way = track(reports, rules.max_gap)
    return way, way.steps()


def _resting(way: Track, metres: Floats, rules: MotionRules) -> NDArray[np.bool_]:
    """Whether the device rests on the step from each position to the next: shape (n,)."""
    resting = _still(way, rules)
    first, last = _runs(way, ~resting)
    for start, end in zip(*_short(metres, first, last, rules), strict=True):
        resting[start:end] = True
    return resting


def _short(metres: Floats, first: Ints, last: Ints, rules: MotionRules) -> tuple[Ints, Ints]:
    short = _sums(metres, first, last) < rules.min_trip
    return first[short], last[short]


def _still(way: Track, rules: MotionRules) -> NDArray[np.bool_]:
    """Steps of a rest: from a position on, none is ``min_trip`` away before ``min_stop`` is over.

    All positions look one report further at a time, until they have seen enough.
    """
    there = earth_centred(way.points.longitude, way.points.latitude)
    opened = np.zeros(len(way), dtype=np.int64)
    places = np.arange(len(way))
    ahead = 0
    while len(places):
        ahead += 1
        places = places[places + ahead < len(way)]
        other = places + ahead
        near = np.linalg.norm(there[other] - there[places], axis=1) < rules.min_trip
        goes_on = near & (way.stretch[other] == way.stretch[places])
        long = way.times[other] - way.times[places] >= rules.min_stop * 1e6
        done = goes_on & long
        opened += np.bincount(places[done], minlength=len(way))
        opened -= np.bincount(other[done], minlength=len(way))
        places = places[goes_on & ~long]
    return np.cumsum(opened) > 0


def _runs(way: Track, steps: NDArray[np.bool_]) -> tuple[Ints, Ints]:
    """The first and last position of each run of such steps within a stretch."""
    inside = steps.copy()
    if len(way):
        inside[:-1] &= way.stretch[1:] == way.stretch[:-1]
        inside[-1] = False
    edges = np.diff(inside.astype(np.int8), prepend=0, append=0)
    return np.flatnonzero(edges == 1), np.flatnonzero(edges == -1)


def _sums(values: Floats, first: Ints, last: Ints) -> Floats:
    """The sum of the steps from each first position to its last."""
    return _over(np.add, values, first, last)


def _seconds(way: Track) -> Floats:
    """Seconds from each position to the next; 0 at the end of a stretch."""
    seconds = np.diff(way.times, append=way.times[-1:]) / 1e6
    if len(way):
        seconds[:-1][way.stretch[1:] != way.stretch[:-1]] = 0
    return seconds


def _speeds(way: Track, metres: Floats) -> Floats:
    return _kmh(metres, _seconds(way))


def _kmh(metres: Floats, seconds: Floats) -> Floats:
    speeds = np.zeros(len(metres))
    np.divide(metres * 3.6, seconds, out=speeds, where=seconds > 0)
    return speeds


def _greatest(values: Floats, first: Ints, last: Ints) -> Floats:
    """The greatest value of the steps from each first position to its last."""
    return _over(np.maximum, values, first, last)


def _over(combine: np.ufunc, values: Floats, first: Ints, last: Ints) -> Floats:
    """The steps of each run combined; a run of no step is that of its position, which is 0."""
    if not len(first):
        return np.empty(0)
    bounds = np.column_stack([first, np.maximum(last, first + 1)]).ravel()
    return np.asarray(combine.reduceat(np.append(values, 0.0), bounds)[::2])


def _middles(way: Track, first: Ints, last: Ints) -> tuple[Floats, Floats]:
    """The middle of the positions from each first to its last, also across the antimeridian."""
    if not len(first):
        return np.empty(0), np.empty(0)
    there = np.append(earth_centred(way.points.longitude, way.points.latitude), np.zeros((1, 3)), 0)
    middle = np.add.reduceat(there, np.column_stack([first, last + 1]).ravel())[::2]
    longitude = np.degrees(np.arctan2(middle[:, 1], middle[:, 0]))
    flat = np.hypot(middle[:, 0], middle[:, 1])
    return longitude, surface_latitude(flat, middle[:, 2])
