"""The synthetic fleet of the hands-on lab: one report a minute, each of a random device."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, Literal, NamedTuple, TypeAlias

import numpy as np
import pyarrow as pa

from motifleet.errors import InvalidArgumentError
from motifleet.telemetry.schema import TIME_TYPE, report_schema
from motifleet.telemetry.simulators.checks import expect_count, expect_seed, in_utc
from motifleet.types import Floats

FIRST_REPORT = datetime(2023, 12, 1, 1, tzinfo=UTC)
MANUFACTURERS = ("New World Corp", "AI Inc.", "Hot Data Ltd")
EVENT_TYPES = {
    1: ("tank below 10%", "tank below 5%", "device error", "system malfunction"),
    2: ("system ok", "system malfunction", "gas below 5%", "tires low"),
}
WEST, SOUTH = -93.6295, 41.5949
FAILURE_SHARE = 0.1
FIRST_DEVICE = 0x1000000000000
DRAWN = (
    "device_id",
    "manufacturer",
    "event_type",
    "longitude",
    "latitude",
    "iot_signal_1",
    "iot_signal_2",
    "iot_signal_3",
    "iot_signal_4",
    "iot_failure",
)

Chunk: TypeAlias = "pa.Array[Any]"


class _Lab(NamedTuple):
    devices: int
    reports: int
    start: datetime
    part: Literal[1, 2]


def simulate_lab(
    *,
    devices: int = 40,
    reports: int = 1440,
    seed: int = 0,
    start: datetime = FIRST_REPORT,
    part: Literal[1, 2] = 1,
    batch_rows: int = 100_000,
) -> Iterator[pa.RecordBatch]:
    """Simulate the lab's telemetry: every column independent and uniform.

    Columns: device_id, event_ts, longitude and latitude within a degree of Des Moines,
    manufacturer, event_type and the signals iot_signal_1 (whole numbers 1 to 10), iot_signal_2
    (iot_signal_1 plus 0 to 2), iot_signal_3 (50 to 55), iot_signal_4 (100 to 107). Part 2 has
    event types of its own and the signal iot_failure, 1.0 in a tenth of the reports.

    The same seed gives the same reports, whatever ``batch_rows`` is.

    Args:
        devices: how many devices there are to report.
        reports: how many reports, one a minute.
        seed: from 0 to 2**64 - 1.
        start: the first report's time; a naive one is taken as UTC.
        part: 1 or 2, the part of the lab.
        batch_rows: reports in a batch.

    Raises:
        InvalidArgumentError: a number is out of its bounds.

    >>> batch = next(simulate_lab(seed=1))
    >>> batch.num_rows, batch["device_id"][0].as_py(), str(batch["event_ts"][0])
    (1440, '0x1000000000014', '2023-12-01 01:00:00+00:00')
    """
    counts = {"devices": devices, "reports": reports, "batch_rows": batch_rows}
    for name, value in counts.items():
        expect_count(name, value)
    expect_seed(seed)
    if part not in EVENT_TYPES:
        raise InvalidArgumentError(f"expected part 1 or 2 of the lab, got {part}")
    return _batches(_Lab(devices, reports, in_utc(start), part), seed, batch_rows)


def _batches(lab: _Lab, seed: int, batch_rows: int) -> Iterator[pa.RecordBatch]:
    # A generator for each column, and one number for each cell: batches then cut one stream.
    rngs = {name: np.random.default_rng([seed, i]) for i, name in enumerate(DRAWN)}
    for first in range(0, lab.reports, batch_rows):
        rows = min(batch_rows, lab.reports - first)
        yield _batch(lab, first, {name: rng.random(rows) for name, rng in rngs.items()})


def _batch(lab: _Lab, first: int, u: dict[str, Floats]) -> pa.RecordBatch:
    ids = [f"{FIRST_DEVICE + number:#015x}" for number in range(lab.devices)]
    columns: dict[str, Chunk] = {
        "device_id": _one_of(ids, u["device_id"]),
        "event_ts": _minutes(lab.start, first, len(u["device_id"])),
        "longitude": pa.array(np.round(WEST + u["longitude"], 6)),
        "latitude": pa.array(np.round(SOUTH + u["latitude"], 6)),
        "manufacturer": _one_of(MANUFACTURERS, u["manufacturer"]),
        "event_type": _one_of(EVENT_TYPES[lab.part], u["event_type"]),
    }
    signals = _signals(u, lab.part)
    columns |= {name: pa.array(signal) for name, signal in signals.items()}
    schema = report_schema(labels=["manufacturer", "event_type"], signals=signals)
    return pa.RecordBatch.from_arrays(list(columns.values()), schema=schema)


def _signals(u: dict[str, Floats], part: int) -> dict[str, Floats]:
    first = _whole(u["iot_signal_1"], 1, 10)
    signals = {
        "iot_signal_1": first,
        "iot_signal_2": first + _whole(u["iot_signal_2"], 0, 2),
        "iot_signal_3": _whole(u["iot_signal_3"], 50, 55),
        "iot_signal_4": _whole(u["iot_signal_4"], 100, 107),
    }
    failure = (u["iot_failure"] < FAILURE_SHARE).astype(np.float64)
    return signals | {"iot_failure": failure} if part == 2 else signals


def _whole(u: Floats, low: int, high: int) -> Floats:
    numbers: Floats = low + np.floor(u * (high - low + 1))
    return numbers


def _one_of(names: list[str] | tuple[str, ...], u: Floats) -> Chunk:
    return pa.array(names, pa.string()).take((u * len(names)).astype(np.int64))


def _minutes(start: datetime, first: int, rows: int) -> Chunk:
    begin = np.datetime64(start.replace(tzinfo=None), "us")
    return pa.array(begin + np.arange(first, first + rows).astype("timedelta64[m]"), TIME_TYPE)
