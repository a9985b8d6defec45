"""What really happened in a simulated fleet: the manoeuvres, the faults, the failures."""

from collections.abc import Iterator
from operator import itemgetter
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa

from motifleet.telemetry.schema import TIME_TYPE
from motifleet.telemetry.simulators.degradation import CAUSES, degradations
from motifleet.telemetry.simulators.faults import sensor_faults
from motifleet.telemetry.simulators.plan import Plan
from motifleet.telemetry.simulators.reports import device_id
from motifleet.telemetry.simulators.routes import atlas


class _Event(NamedTuple):
    row: int
    start: int
    end: int
    kind: str
    name: str
    signal: str | None
    detail: str


def truth(plan: Plan) -> pa.Table:
    """The events of a plan's devices, by device and start; ``end`` is the first minute after."""
    minutes = plan.span.minutes
    happened = (*_manoeuvres(plan), *_breakdowns(plan), *_faults(plan))
    events = sorted((e for e in happened if e.start < minutes), key=itemgetter(0, 1))
    ids = [device_id(int(number)) for number in plan.vehicles.numbers]
    starts = plan.span.moments(np.array([e.start for e in events], np.int64))
    ends = plan.span.moments(np.array([min(e.end, minutes) for e in events], np.int64))
    columns: dict[str, pa.Array[Any]] = {
        "device_id": pa.array([ids[e.row] for e in events], pa.string()),
        "kind": pa.array([e.kind for e in events], pa.string()),
        "name": pa.array([e.name for e in events], pa.string()),
        "start": pa.array(starts, TIME_TYPE),
        "end": pa.array(ends, TIME_TYPE),
        "signal": pa.array([e.signal for e in events], pa.string()),
        "detail": pa.array([e.detail for e in events], pa.string()),
    }
    return pa.table(columns)


def _manoeuvres(plan: Plan) -> Iterator[_Event]:
    tours = plan.tours
    columns = (tours.route, tours.start, tours.halt, tours.pause, tours.end, tours.free)
    rows, slots = np.nonzero(tours.length)
    listed = [column[rows, slots].tolist() for column in columns]
    for row, route, start, halt, pause, end, free in zip(rows.tolist(), *listed, strict=True):
        tour = atlas().tours[route]
        for mark in tour.profile.marks:
            begins = start + mark.start + pause * (mark.start >= halt)
            ends = start + mark.end + pause * (mark.end > halt)
            yield _Event(row, begins, ends, "manoeuvre", mark.name, None, tour.name)
        if free > end:
            yield _Event(row, end, free, "manoeuvre", "refuelling", "tank_level", tour.name)


def _breakdowns(plan: Plan) -> Iterator[_Event]:
    for row, signal, onset, failure, repaired in degradations(plan):
        cause, begins = CAUSES[signal], max(0, onset)
        course = "had begun before the first report" if onset < 0 else "from its onset"
        yield _Event(row, begins, failure, "degradation", cause, signal, course)
        yield _Event(row, failure, repaired, "failure", "breakdown", None, f"by {cause}")


def _faults(plan: Plan) -> Iterator[_Event]:
    for row, name, signal, start, end in sensor_faults(plan):
        yield _Event(row, start, end, "sensor fault", name, signal, f"the {signal} sensor")
