"""Patterns in a file of reports, which lands nowhere."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pyarrow as pa

from motifleet.app.selection import Selection
from motifleet.errors import InvalidArgumentError, UnknownDeviceError
from motifleet.tables.times import parse_time
from motifleet.telemetry import ColumnMapping, fleet_channels, read_reports
from motifleet.types import FleetSeries


def is_file(table: str) -> bool:
    """Tell a file of reports from the name of a table: it has an extension, and is there."""
    return bool(Path(table).suffix) and Path(table).is_file()


def file_channels(
    path: str, signals: Sequence[str], selection: Selection, step: timedelta | None
) -> dict[str, FleetSeries]:
    """Lay out signals of a file's accepted reports at equal steps.

    Raises:
        ReadError: the file cannot be read as reports.
        UnknownDeviceError, UnknownColumnError: there is no such thing in it.
        InvalidArgumentError: the selection is by a filter or a snapshot, which only a table has.
    """
    if selection.where is not None or selection.as_of is not None:
        raise InvalidArgumentError(
            f"expected devices, a start or an end to choose reports of {path}, got a filter or a "
            "snapshot: import the file into a table first"
        )
    with read_reports(path, ColumnMapping()) as reader:
        batches = [_chosen(batch.accepted, selection) for batch in reader]
    channels = fleet_channels(batches, signals, step=step)
    names = next(iter(channels.values())).device_ids
    for device in selection.devices or ():
        if device not in names:
            raise UnknownDeviceError(device, names)
    return channels


def _chosen(reports: pa.Table, selection: Selection) -> pa.Table:
    devices, times = reports["device_id"], reports["event_ts"]
    chosen = np.ones(reports.num_rows, np.bool_)
    if selection.devices is not None:
        chosen &= np.isin(devices.to_numpy(zero_copy_only=False), selection.devices)
    at = times.to_numpy().astype("datetime64[us]")
    if selection.start is not None:
        chosen &= at >= _moment("start", selection.start)
    if selection.end is not None:
        chosen &= at < _moment("end", selection.end)
    return reports.filter(pa.array(chosen))


def _moment(argument: str, at: datetime | str) -> np.datetime64:
    return np.datetime64(parse_time(argument, at).astimezone(UTC).replace(tzinfo=None), "us")
