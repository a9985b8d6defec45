"""The reports of a block of simulated vehicles as an Arrow batch."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from motifleet.telemetry.schema import TIME_TYPE, report_schema
from motifleet.telemetry.simulators.degradation import Degradation, degradations
from motifleet.telemetry.simulators.faults import inject, sensor_faults
from motifleet.telemetry.simulators.physics import SENSORS, signals
from motifleet.telemetry.simulators.plan import Plan
from motifleet.telemetry.simulators.routes import atlas
from motifleet.telemetry.simulators.timeline import Timeline, timeline
from motifleet.telemetry.simulators.vehicles import MAKES
from motifleet.types import Floats

SCHEMA = report_schema(labels=["manufacturer", "event_type"], signals=SENSORS)
EVENT_TYPES = ("ok", "low tank", "engine warning", "breakdown")
LOW_TANK_PERCENT, HOT_ENGINE_CELSIUS = 15.0, 108.0


def device_id(number: int) -> str:
    """The name of a simulated vehicle.

    >>> device_id(42)
    'truck-000042'
    """
    return f"truck-{number:06d}"


def reports(plan: Plan) -> pa.RecordBatch:
    """One report a minute of each vehicle of a plan, by vehicle and time."""
    line, trouble = timeline(plan), degradations(plan)
    values = signals(plan, line, trouble)
    inject(values, plan, sensor_faults(plan))
    events = _event_types(values, trouble)
    longitude, latitude = _positions(plan, line)
    count = len(plan.vehicles.numbers)
    ids = [device_id(int(number)) for number in plan.vehicles.numbers]
    columns: list[pa.Array[Any]] = [
        _labels(ids, np.repeat(np.arange(count), plan.span.minutes)),
        pa.array(np.tile(plan.span.moments(np.arange(plan.span.minutes)), count), TIME_TYPE),
        pa.array(longitude.ravel()),
        pa.array(latitude.ravel()),
        _labels([m.name for m in MAKES], np.repeat(plan.vehicles.make, plan.span.minutes)),
        _labels(EVENT_TYPES, events.ravel()),
        *(pa.array(signal.ravel()) for signal in values.values()),
    ]
    return pa.RecordBatch.from_arrays(columns, schema=SCHEMA)


def _labels(names: Sequence[str], codes: NDArray[np.integer]) -> pa.StringArray:
    return pa.array(names, pa.string()).take(codes)


def _event_types(values: dict[str, Floats], trouble: list[Degradation]) -> NDArray[np.int8]:
    events = (values["tank_level"] < LOW_TANK_PERCENT).astype(np.int8)
    events[values["engine_temperature"] > HOT_ENGINE_CELSIUS] = 2
    for each in trouble:
        events[each.row, each.failure : each.repaired] = 3
    return events


def _positions(plan: Plan, line: Timeline) -> tuple[Floats, Floats]:
    """To about a metre; each vehicle has a place of its own in the yard."""
    bay = (plan.vehicles.numbers[:, None] % 97 - 48) * 1e-5
    longitude = atlas().longitude[line.place] + bay
    latitude = atlas().latitude[line.place] + bay
    return np.round(longitude, 5, out=longitude), np.round(latitude, 5, out=latitude)
