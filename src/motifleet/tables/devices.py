"""A fleet's reports in pages of whole devices."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TypeAlias, cast

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pyiceberg.expressions import And, GreaterThanOrEqual, LessThanOrEqual, Reference
from pyiceberg.expressions.literals import literal
from pyiceberg.table import DataScan, FileScanTask, Table
from pyiceberg.transforms import BucketTransform

from motifleet.errors import InvalidArgumentError
from motifleet.tables.failures import translated
from motifleet.tables.ordering import order_of
from motifleet.tables.packing import packed
from motifleet.tables.scan import batches_of, checked_plan, output_schema, rows_of, to_table
from motifleet.tables.schema import DEVICE, DEVICE_BUCKETS, TIME, check_columns
from motifleet.tables.selection import Selection

Files: TypeAlias = list[FileScanTask]

MAX_ROWS = 2_000_000


@dataclass(frozen=True, slots=True)
class Page:
    """Some whole devices of a table, as of one snapshot: what is read at a time.

    Args:
        number: its place among all pages, from 0.
        buckets: the buckets of devices it is of; -1 stands for files that are in none.
        first: the first device, where a bucket is too large for one page.
        last: the last device, itself included.
        rows: how many rows are read for it, before any filter.
    """

    number: int
    buckets: tuple[int, ...]
    first: str | None
    last: str | None
    rows: int


class ByDevice:
    """Reads pages of whole devices, each sorted by device and time.

    The table is planned once. The same selection of the same snapshot always has the same pages.
    """

    def __init__(self, table: Table, selection: Selection) -> None:
        check_columns([DEVICE, TIME], table.schema())
        self._doing = f"read table {table.name()[-1]!r}"
        self._scan = checked_plan(table, _with_keys(selection))
        self._files = _buckets(self._scan)

    def pages(self, max_rows: int = MAX_ROWS) -> list[Page]:
        """List the pages; every device is in exactly one.

        Args:
            max_rows: of a page at most; a device with more is a page of its own.

        Raises:
            InvalidArgumentError: max_rows is below 1.
        """
        if max_rows < 1:
            raise InvalidArgumentError(f"expected max_rows of at least 1, got {max_rows}")
        pages: list[Page] = []
        for buckets in packed(self._files, self._rows, max_rows):
            rows = sum(map(self._rows, buckets))
            if rows <= max_rows:
                pages.append(Page(len(pages), tuple(buckets), None, None, rows))
            else:
                pages.extend(self._split(len(pages), buckets[0], max_rows))
        return pages

    def read(self, page: Page) -> pa.Table:
        """Read a page, sorted by device and time; the device as a dictionary.

        Args:
            page: one of :meth:`pages`, of the same selection of the same snapshot.
        """
        scan = self._scan
        if page.first is not None and page.last is not None:
            scan = scan.filter(_between(page.first, page.last))
        files = [file for bucket in page.buckets for file in self._files[bucket]]
        with translated(self._doing):
            return _sorted(to_table(scan, files, dictionaries=(DEVICE,)))

    def plain(self, page: Page) -> pa.Table:
        """Read a page with the device as text."""
        return self.read(page).cast(output_schema(self._scan))

    def _rows(self, bucket: int) -> int:
        return sum(map(rows_of, self._files[bucket]))

    def _split(self, number: int, bucket: int, max_rows: int) -> Iterator[Page]:
        with translated(self._doing):
            counts = _rows_of_devices(self._scan, self._files[bucket])
        for devices in packed(sorted(counts), counts.__getitem__, max_rows):
            rows = sum(counts[device] for device in devices)
            yield Page(number, (bucket,), devices[0], devices[-1], rows)
            number += 1


def _sorted(rows: pa.Table) -> pa.Table:
    if rows.num_rows == 0:
        return rows
    rows = rows.unify_dictionaries().combine_chunks()
    order = order_of([rows[DEVICE], rows[TIME]])
    return rows if bool(np.all(np.diff(order) == 1)) else rows.take(order)


def _between(first: str, last: str) -> And:
    lower = GreaterThanOrEqual(term=Reference(DEVICE), value=literal(first))
    return And(lower, LessThanOrEqual(term=Reference(DEVICE), value=literal(last)))


def _buckets(scan: DataScan) -> dict[int, Files]:
    """Sort the files into buckets of devices: no device has rows in two of these lists."""
    buckets: dict[int, Files] = defaultdict(list)
    for task in scan.plan_files():
        buckets[_bucket(scan, task)].append(task)
    if NO_BUCKET in buckets:
        buckets = {NO_BUCKET: [task for files in buckets.values() for task in files]}
    return {
        bucket: sorted(files, key=lambda task: task.file.file_path)
        for bucket, files in sorted(buckets.items())
    }


NO_BUCKET = -1


def _bucket(scan: DataScan, task: FileScanTask) -> int:
    device = scan.table_metadata.schema().find_field(DEVICE).field_id
    fields = scan.table_metadata.specs()[task.file.spec_id].fields
    for place, field in enumerate(fields):
        if field.source_id == device and field.transform == BucketTransform(DEVICE_BUCKETS):
            return cast(int, task.file.partition[place])
    return NO_BUCKET


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
