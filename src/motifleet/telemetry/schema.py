"""The schema of a report: what its columns are called, what type they have, which is which.

| column | type | |
|---|---|---|
| ``device_id`` | string | always there, never null |
| ``event_ts`` | timestamp, microseconds, UTC | always there, never null |
| ``longitude``, ``latitude`` | float64, degrees, WGS84 | optional |
| labels, such as ``event_type`` and ``manufacturer`` | string | any number |
| signals | float64, null where the report has no value | any number |
"""

from collections.abc import Iterable
from typing import Any, Final

import pyarrow as pa

DEVICE_ID: Final = "device_id"
EVENT_TS: Final = "event_ts"
LONGITUDE: Final = "longitude"
LATITUDE: Final = "latitude"

TIME_TYPE: Final = pa.timestamp("us", tz="UTC")


def report_schema(
    *, labels: Iterable[str] = (), signals: Iterable[str] = (), position: bool = True
) -> pa.Schema:
    """The Arrow schema of a report batch with these labels and signals.

    >>> schema = report_schema(labels=["event_type"], signals=["speed"])
    >>> schema.names
    ['device_id', 'event_ts', 'longitude', 'latitude', 'event_type', 'speed']
    """
    fields: list[pa.Field[Any]] = [
        pa.field(DEVICE_ID, pa.string(), nullable=False),
        pa.field(EVENT_TS, TIME_TYPE, nullable=False),
    ]
    if position:
        fields += [pa.field(name, pa.float64()) for name in (LONGITUDE, LATITUDE)]
    fields += [pa.field(name, pa.string()) for name in labels]
    fields += [pa.field(name, pa.float64()) for name in signals]
    return pa.schema(fields)


def column_roles(schema: pa.Schema) -> dict[str, str]:
    """What each column of a report batch is: device, time, position, label or signal.

    >>> column_roles(report_schema(labels=["event_type"], position=False))
    {'device_id': 'device', 'event_ts': 'time', 'event_type': 'label'}
    """
    keys = {DEVICE_ID: "device", EVENT_TS: "time", LONGITUDE: "position", LATITUDE: "position"}
    return {
        field.name: keys.get(field.name, "signal" if field.type == pa.float64() else "label")
        for field in schema
    }


def signals_of(schema: pa.Schema) -> list[str]:
    """The names of the signals, in the schema's order.

    >>> signals_of(report_schema(labels=["event_type"], signals=["speed", "tank_level"]))
    ['speed', 'tank_level']
    """
    return [name for name, role in column_roles(schema).items() if role == "signal"]
