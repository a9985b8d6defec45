"""The telemetry inside a model: one signal of many devices as an Arrow file."""

from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from motifleet.errors import ReadError
from motifleet.types import FleetSeries

_TIME = pa.timestamp("us", tz="UTC")


def write_telemetry(fleet: FleetSeries, path: Path) -> None:
    """Write a fleet's signal, a device after the other, uncompressed, so that it can be mapped."""
    lengths = np.diff(fleet.offsets)
    codes = np.repeat(np.arange(len(fleet), dtype=np.int32), lengths)
    devices = pa.DictionaryArray.from_arrays(codes, pa.array(fleet.device_ids, pa.string()))
    columns: dict[str, Any] = {"device_id": devices, "value": pa.array(fleet.values)}
    if fleet.event_ts is not None:
        columns["event_ts"] = pa.array(fleet.event_ts, _TIME)
    table = pa.table(columns).replace_schema_metadata({"signal": fleet.signal or ""})
    with pa.OSFile(str(path), "wb") as file, pa.ipc.new_file(file, table.schema) as writer:
        writer.write_table(table.combine_chunks())


def read_telemetry(path: Path | str) -> FleetSeries:
    """Map a fleet's signal into memory.

    Raises:
        ReadError: the file is none that `write_telemetry` wrote.

    >>> fleet = FleetSeries(np.array([1.0, 2.0, 5.0]), np.array([0, 2, 3]), ("a", "b"), "speed")
    >>> path = getfixture("tmp_path") / "telemetry.arrow"
    >>> write_telemetry(fleet, path)
    >>> read_telemetry(path)["a"].values
    array([1., 2.])
    """
    try:
        with pa.memory_map(str(path)) as file:
            table = pa.ipc.open_file(file).read_all().combine_chunks()
        devices: Any = table["device_id"].combine_chunks()
        codes, names = devices.indices.to_numpy(), devices.dictionary.to_pylist()
        values = table["value"].combine_chunks().to_numpy()
    except (OSError, pa.ArrowException, KeyError, AttributeError) as error:
        raise ReadError(f"expected a model's telemetry in {path}, got none: {error}") from error
    offsets = np.searchsorted(codes, np.arange(len(names) + 1)).astype(np.int64)
    times = table["event_ts"].to_numpy() if "event_ts" in table.column_names else None
    signal = (table.schema.metadata or {}).get(b"signal", b"").decode() or None
    return FleetSeries(values, offsets, tuple(names), signal, times)
