"""When devices were in fences: visits, and the events of entering and leaving.

Every fence is looked at for itself, so that a report in two fences counts for both. A visit begins
with the first report inside and ends with the first outside. A device that is inside from its
first report on was not seen to enter; one that is still inside at its last report, or before a gap,
was not seen to leave.
"""

from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from motifleet.geo.arrow import ordered, pc, table_of
from motifleet.geo.locate import Locator
from motifleet.geo.positions import Positions, as_times
from motifleet.geo.track import track
from motifleet.types import Ints


def visits(reports: pa.Table, locator: Locator, *, max_gap: float = 3600.0) -> pa.Table:
    """The visits of each device to each fence, by device and time.

    Args:
        reports: whole devices: ``device_id``, ``event_ts``, ``longitude``, ``latitude``.
        locator: the fences.
        max_gap: a visit does not go on over more seconds than this without a report.

    Returns:
        - ``device_id``, ``fence``
        - ``first_ts`` and ``last_ts``: the first and the last report inside
        - ``entered``: whether it was outside at the report before
        - ``left_ts``: the first report outside; null where it was not seen to leave
        - ``reports``: how many inside
        - ``dwell_s``: from ``first_ts`` to ``left_ts``, else to ``last_ts``. Over fences that cover
          the land without overlap, such as states, dwell times add up to the time heard of.

    >>> from motifleet.geo import fences_from_wkt
    >>> yard = fences_from_wkt({"yard": "POLYGON ((8 47, 9 47, 9 48, 8 48, 8 47))"})
    >>> times = pa.array([0, 60, 120, 180], pa.timestamp("s")).cast(pa.timestamp("us", "UTC"))
    >>> reports = pa.table({"device_id": ["a"] * 4, "event_ts": times,
    ...                     "longitude": [7.5, 8.5, 8.6, 9.5], "latitude": [47.5] * 4})
    >>> visits(reports, Locator(yard)).select(["entered", "reports", "dwell_s"]).to_pylist()
    [{'entered': True, 'reports': 2, 'dwell_s': 120.0}]
    """
    way = track(reports, max_gap)
    places = np.arange(len(way))
    pairs = locator.pairs(Positions(places, way.points.longitude, way.points.latitude))
    order = np.lexsort((pairs.rows, pairs.fences))
    rows, fences = pairs.rows[order], pairs.fences[order]
    goes_on = (np.diff(rows) == 1) & (np.diff(fences) == 0)
    goes_on &= way.stretch[rows[1:]] == way.stretch[rows[:-1]] if len(rows) else goes_on
    starts = np.flatnonzero(np.concatenate([[True], ~goes_on])) if len(rows) else rows
    counts = np.diff(starts, append=len(rows))
    first = rows[starts]
    last = first + counts - 1
    entered = _same_stretch(way.stretch, first - 1, first)
    left = _same_stretch(way.stretch, last + 1, last)
    until = np.where(left, np.minimum(last + 1, max(len(way) - 1, 0)), last)
    found = table_of(
        {
            "device_id": way.devices(first),
            "fence": locator.named(fences[starts]).cast(pa.string()),
            "first_ts": way.at(first),
            "last_ts": way.at(last),
            "entered": entered,
            "left_ts": _masked(way.times[until], ~left),
            "reports": counts,
            "dwell_s": (way.times[until] - way.times[first]) / 1e6,
        }
    )
    return ordered(found, "device_id", "first_ts", "fence")


def events(visited: pa.Table) -> pa.Table:
    """The moments of entering and leaving, from visits: by device and time, leaving first.

    Returns:
        ``device_id``, ``event_ts`` (the first report inside, or outside), ``event`` (``enter`` or
        ``leave``), ``fence``, and the visit's ``dwell_s`` where it left.
    """
    entered = visited.filter(visited["entered"])
    left = visited.filter(pc.is_valid(visited["left_ts"]))
    both = pa.concat_tables(
        [
            _events(left, "leave", "left_ts", left["dwell_s"]),
            _events(entered, "enter", "first_ts", pa.nulls(len(entered), pa.float64())),
        ]
    )
    return ordered(both, "device_id", "event_ts", "-event", "fence")


def _events(visited: pa.Table, event: str, time: str, dwell: Any) -> pa.Table:
    return table_of(
        {
            "device_id": visited["device_id"],
            "event_ts": visited[time],
            "event": pa.array([event] * len(visited), pa.string()),
            "fence": visited["fence"],
            "dwell_s": dwell,
        }
    )


def _same_stretch(stretch: Ints, places: Ints, others: Ints) -> NDArray[np.bool_]:
    """Whether there is a position at each place, and in the other's stretch."""
    there = (places >= 0) & (places < len(stretch))
    inside = np.clip(places, 0, max(len(stretch) - 1, 0))
    same: NDArray[np.bool_] = there & (stretch[inside] == stretch[others])
    return same


def _masked(micros: Ints, missing: NDArray[np.bool_]) -> Any:
    return pc.if_else(
        pa.array(missing), pa.scalar(None, pa.timestamp("us", tz="UTC")), as_times(micros)
    )
