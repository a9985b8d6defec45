"""Reading a table into Arrow, whole or in batches of bounded memory."""

import logging
from collections.abc import Iterable, Iterator
from dataclasses import replace

import pyarrow as pa
from pyiceberg.io.pyarrow import ArrowScan
from pyiceberg.table import DataScan, FileScanTask, Table

from motifleet.errors import UnknownDeviceError
from motifleet.tables.packing import packed
from motifleet.tables.schema import DEVICE, arrow_schema
from motifleet.tables.selection import Selection, plan

# Files are read in parallel as long as they have no more rows than this together.
_ROWS_AHEAD = 500_000


# Each read of a dictionary would warn that it is taken for text, which is what is wanted.
logging.getLogger("pyiceberg.io.pyarrow").addFilter(
    lambda record: "dictionary type" not in str(record.msg)
)


def read(table: Table, selection: Selection) -> pa.Table:
    """Read the selected rows into one Arrow table, in the order of the files.

    Raises:
        UnknownDeviceError: a named device is not in the table.
    """
    if selection.limit is not None:
        scan = checked_plan(table, selection)
        return pa.Table.from_batches(_limited(scan, selection.limit), schema=output_schema(scan))
    return to_table(checked_plan(table, selection))


def read_batches(table: Table, selection: Selection) -> Iterator[pa.RecordBatch]:
    """Read the selected rows in batches of bounded memory.

    Raises:
        UnknownDeviceError: a named device is not in the table.
    """
    scan = checked_plan(table, selection)
    if selection.limit is not None:
        return _limited(scan, selection.limit)
    return batches_of(scan, scan.plan_files())


def checked_plan(table: Table, selection: Selection) -> DataScan:
    """Plan the scan and check that every named device is in the table.

    Raises:
        UnknownDeviceError: a named device is not in the snapshot, at whatever time.
    """
    scan = plan(table, selection)
    if selection.devices:
        _check_devices(table, selection.devices, selection)
    return scan


def device_names(table: Table, selection: Selection) -> list[str]:
    """List the devices that have a row in the selection, sorted.

    Raises:
        UnknownColumnError: the table has no devices.
    """
    scan = plan(table, replace(selection, columns=[DEVICE]))
    found: set[str] = set()
    for batch in batches_of(scan, scan.plan_files()):
        found.update(str(device) for device in batch[DEVICE].unique().drop_null().to_pylist())
    return sorted(found)


def to_table(
    scan: DataScan,
    tasks: Iterable[FileScanTask] | None = None,
    dictionaries: tuple[str, ...] = (),
) -> pa.Table:
    """Read a scan, or some of its files, in parallel.

    Args:
        scan: what to read.
        tasks: only these of its files.
        dictionaries: columns of text that come as dictionaries of their values.
    """
    wanted = scan.plan_files() if tasks is None else tasks
    schema = output_schema(scan)
    for name in dictionaries:
        place = schema.get_field_index(name)
        kind: pa.DataType = pa.dictionary(pa.int32(), pa.string())
        schema = schema.set(place, schema.field(place).with_type(kind))
    rows = _arrow_scan(scan, dictionaries).to_table(wanted).select(schema.names)
    # Casting looks at every chunk of every column, also of those that are as they should be.
    return rows if rows.schema.equals(schema) else rows.cast(schema)


def batches_of(
    scan: DataScan, tasks: Iterable[FileScanTask], rows_ahead: int = _ROWS_AHEAD
) -> Iterator[pa.RecordBatch]:
    """Read the files, as many in parallel as have ``rows_ahead`` rows together, at least one."""
    schema, reader = output_schema(scan), _arrow_scan(scan)
    for together in packed(tasks, rows_of, rows_ahead):
        for batch in reader.to_record_batches(together):
            yield batch.select(schema.names).cast(schema)


def rows_of(task: FileScanTask) -> int:
    """Count the rows of a file, before any filter."""
    return task.file.record_count


def output_schema(scan: DataScan) -> pa.Schema:
    """Tell the Arrow schema of what a scan reads, in the order that was asked for."""
    schema = arrow_schema(scan.projection())
    if "*" in scan.selected_fields:
        return schema
    return pa.schema([schema.field(name) for name in dict.fromkeys(scan.selected_fields)])


def _arrow_scan(scan: DataScan, dictionaries: tuple[str, ...] = ()) -> ArrowScan:
    return ArrowScan(
        scan.table_metadata,
        scan.io,
        scan.projection(),
        scan.row_filter,
        dictionary_columns=dictionaries,
    )


def _limited(scan: DataScan, limit: int) -> Iterator[pa.RecordBatch]:
    left = limit
    if left == 0:
        return
    for batch in batches_of(scan, scan.plan_files(), rows_ahead=limit):
        yield batch.slice(0, left)
        left -= min(left, batch.num_rows)
        if left == 0:
            return


def _check_devices(table: Table, devices: Iterable[str], selection: Selection) -> None:
    named = Selection(devices=list(devices), as_of=selection.as_of)
    unknown = set(devices) - set(device_names(table, named))
    if unknown:
        known = device_names(table, Selection(as_of=selection.as_of))
        raise UnknownDeviceError(min(unknown), known)
