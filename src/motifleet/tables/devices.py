"""A fleet's reports device by device, and which reports a table holds already."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, TypeAlias, cast

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray
from pyiceberg.table import DataScan, FileScanTask, Table
from pyiceberg.transforms import BucketTransform

from motifleet.errors import InvalidArgumentError
from motifleet.tables.ordering import order_of
from motifleet.tables.packing import packed
from motifleet.tables.scan import batches_of, checked_plan, rows_of, to_table
from motifleet.tables.schema import DEVICE, DEVICE_BUCKETS, TIME, holds_reports
from motifleet.tables.selection import Selection, check_columns, is_device, plan
from motifleet.types import Ints

Files: TypeAlias = list[FileScanTask]
Values: TypeAlias = "pa.ChunkedArray[Any] | pa.Array[Any]"


def read_by_device(table: Table, selection: Selection, max_rows: int) -> Iterator[pa.Table]:
    """Read groups of whole devices, each sorted by device and time.

    Args:
        table: a table of reports.
        selection: where it names columns, device and time are put before them.
        max_rows: how many rows a group has at most, except for a single device with more.

    Raises:
        UnknownColumnError: the table has no device or time.
        UnknownDeviceError: a named device is not in the table.
    """
    if max_rows < 1:
        raise InvalidArgumentError(f"expected max_rows of at least 1, got {max_rows}")
    check_columns([DEVICE, TIME], table.schema())
    return _groups(checked_plan(table, _with_keys(selection)), max_rows)


def holds_keys(
    table: Table, keys: pa.Table, as_of: int | str | datetime | None = None
) -> NDArray[np.bool_]:
    """Tell which pairs of device and time the table holds.

    Args:
        table: a table of reports.
        keys: columns ``device_id`` and ``event_ts``.
        as_of: a snapshot's id or a time; None: the newest.

    Returns:
        shape (rows of keys,); only files whose time range meets that of the keys are read.

    Raises:
        InvalidArgumentError: the keys lack one of the two columns.
    """
    if not {DEVICE, TIME} <= set(keys.column_names):
        raise InvalidArgumentError(
            f"expected keys with the columns {DEVICE!r} and {TIME!r}, got {keys.column_names}"
        )
    if not holds_reports(table.schema()) or keys[TIME].null_count == keys.num_rows:
        return np.zeros(keys.num_rows, dtype=bool)
    lookup = _KeyLookup(keys)
    scan = plan(table, replace(lookup.range(), as_of=as_of))
    for batch in batches_of(scan, scan.plan_files()):
        lookup.mark(batch)
    return lookup.found()


class _KeyLookup:
    """Numbers each pair of device and time of the keys, and marks the pairs that it is shown."""

    def __init__(self, keys: pa.Table) -> None:
        self._devices = keys[DEVICE].unique().drop_null()
        self._times = keys[TIME].unique().drop_null()
        self._codes, self._places = np.unique(self._encode(keys), return_inverse=True)
        self._seen = np.zeros(len(self._codes), dtype=bool)

    def range(self) -> Selection:
        first, last = pc.min(self._times).as_py(), pc.max(self._times).as_py()
        end = last + timedelta(microseconds=1)
        return Selection(columns=[DEVICE, TIME], start=first, end=end)

    def mark(self, batch: pa.RecordBatch) -> None:
        codes = self._encode(batch)
        codes = codes[codes >= 0]
        places = np.minimum(np.searchsorted(self._codes, codes), len(self._codes) - 1)
        self._seen[places[self._codes[places] == codes]] = True

    def found(self) -> NDArray[np.bool_]:
        return self._seen[self._places]

    def _encode(self, rows: pa.Table | pa.RecordBatch) -> Ints:
        devices, times = _places(rows[DEVICE], self._devices), _places(rows[TIME], self._times)
        return np.where((devices < 0) | (times < 0), -1, devices * len(self._times) + times)


def _places(values: Values, known: Values) -> Ints:
    found = pc.index_in(values, value_set=known).fill_null(-1)
    return found.to_numpy(zero_copy_only=False).astype(np.int64)


def _groups(scan: DataScan, max_rows: int) -> Iterator[pa.Table]:
    for buckets in packed(_buckets(scan), _rows, max_rows):
        files = [file for bucket in buckets for file in bucket]
        if _rows(files) <= max_rows:
            yield from _sorted_group(scan, files)
        else:
            yield from _split_by_device(scan, files, max_rows)


def _split_by_device(scan: DataScan, files: Files, max_rows: int) -> Iterator[pa.Table]:
    counts = _rows_of_devices(scan, files)
    for devices in packed(sorted(counts), counts.__getitem__, max_rows):
        yield from _sorted_group(scan.filter(is_device(devices)), files)


def _sorted_group(scan: DataScan, files: Files) -> Iterator[pa.Table]:
    rows = to_table(scan, files)
    if rows.num_rows:
        yield rows.combine_chunks().take(order_of([rows[DEVICE], rows[TIME]]))


def _buckets(scan: DataScan) -> list[Files]:
    """Sort the files into buckets of devices: no device has rows in two of these lists."""
    buckets: dict[int | None, Files] = defaultdict(list)
    for task in scan.plan_files():
        buckets[_bucket(scan, task)].append(task)
    if None in buckets:
        return [[task for files in buckets.values() for task in files]]
    return [files for _, files in sorted(buckets.items(), key=lambda item: item[0] or 0)]


def _bucket(scan: DataScan, task: FileScanTask) -> int | None:
    device = scan.table_metadata.schema().find_field(DEVICE).field_id
    fields = scan.table_metadata.specs()[task.file.spec_id].fields
    for place, field in enumerate(fields):
        if field.source_id == device and field.transform == BucketTransform(DEVICE_BUCKETS):
            return cast(int, task.file.partition[place])
    return None


def _rows(files: Files) -> int:
    return sum(map(rows_of, files))


def _rows_of_devices(scan: DataScan, files: Files) -> Counter[str]:
    counts: Counter[str] = Counter()
    for batch in batches_of(scan.select(DEVICE), files):
        devices, rows = pc.value_counts(batch[DEVICE]).flatten()
        for device, count in zip(devices, rows, strict=True):
            counts[str(device)] += int(count)
    return counts


def _with_keys(selection: Selection) -> Selection:
    if selection.columns is None:
        return selection
    others = [name for name in selection.columns if name not in (DEVICE, TIME)]
    return replace(selection, columns=[DEVICE, TIME, *others])
