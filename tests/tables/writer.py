"""A process that appends batches; the tests start it, several at once, and some they kill."""

import os
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa

from motifleet.config import Settings
from motifleet.tables import open_tables

ROWS = 6


def batch(writer: str, number: int) -> pa.Table:
    """Six reports of the writer's own device, the batch's number as their signal."""
    times = np.datetime64("2023-12-01T00:00", "us") + np.arange(ROWS) * np.timedelta64(1, "m")
    return pa.table(
        {
            "device_id": pa.array([f"truck-{writer}"] * ROWS),
            "event_ts": pa.array(times).cast(pa.timestamp("us", "UTC")),
            "batch": pa.array(np.full(ROWS, float(number))),
        }
    )


def append_batches(
    home: str, table: str, writer: str, count: int, batch_id: str | None = None
) -> Iterator[str]:
    """Append so many batches and yield the id of each one when it has landed."""
    with open_tables(Settings(home=Path(home))) as tables:
        for number in range(count):
            name = batch_id or f"{writer}/{number}"
            tables.append(table, batch(writer, number), batch_id=name)
            yield name


def run(log: str, **arguments: str | int | None) -> None:
    """Append, with a line in the log file for each batch that has landed."""
    file = os.open(log, os.O_CREAT | os.O_WRONLY | os.O_APPEND, 0o600)
    for name in append_batches(**arguments):  # type: ignore[arg-type]
        os.write(file, f"{name}\n".encode())


if "arguments" in globals():
    run(**globals()["arguments"])
