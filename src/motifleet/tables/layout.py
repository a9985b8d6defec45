"""Writing a batch as data files: one or more for each partition, sorted within."""

import os
import uuid
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
from pyiceberg.io.pyarrow import bin_pack_arrow_table, write_file
from pyiceberg.manifest import DataFile
from pyiceberg.partitioning import PartitionField, PartitionFieldValue, PartitionKey
from pyiceberg.table import Table, WriteTask

from motifleet.tables.ordering import order_of, ranks_of
from motifleet.tables.schema import DEVICE, TIME, holds_reports

# In Arrow's memory, where a report of 8 columns takes about 70 bytes: some 2 million reports.
_FILE_BYTES = 128 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class WrittenFiles:
    """Data files that lie in the table's folder, part of no snapshot yet.

    Args:
        table: the table as it was when they were written.
        write_id: unique to this write, part of each file's name.
        files: what the manifests will say of them.
    """

    table: Table
    write_id: str
    files: Sequence[DataFile]

    def remove(self) -> None:
        """Take the files away again, as far as the storage lets us."""
        _remove(self.table, [file.file_path for file in self.files])


def write_files(table: Table, batch: pa.Table) -> WrittenFiles:
    """Write the rows as data files of the table; when one fails, none is left behind.

    Args:
        table: with the schema of the batch.
        batch: at least one row.
    """
    write_id = uuid.uuid4()
    tasks = list(_tasks(table, batch, write_id))
    try:
        # Leaving the pool waits for the writers that still run, so that all can be removed.
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            files = list(pool.map(lambda task: _write(table, task), tasks))
    except BaseException:
        _remove(table, [_path(table, task) for task in tasks])
        raise
    return WrittenFiles(table, write_id.hex, files)


def _write(table: Table, task: WriteTask) -> DataFile:
    return next(iter(write_file(table.io, table.metadata, iter([task]))))


def _path(table: Table, task: WriteTask) -> str:
    name = task.generate_data_file_filename("parquet")
    return table.location_provider().new_data_location(name, task.partition_key)


def _remove(table: Table, paths: Sequence[str]) -> None:
    for path in paths:
        with suppress(OSError):
            table.io.delete(path)


def _tasks(table: Table, batch: pa.Table, write_id: uuid.UUID) -> Iterator[WriteTask]:
    number = 0
    for key, rows in _partitions(table, batch):
        for batches in bin_pack_arrow_table(rows, _FILE_BYTES):
            yield WriteTask(write_id, number, table.schema(), batches, partition_key=key)
            number += 1


def _partitions(table: Table, batch: pa.Table) -> Iterator[tuple[PartitionKey | None, pa.Table]]:
    """Sort by partition, device and time, and cut where the partition changes."""
    fields = table.spec().fields
    reports = holds_reports(table.schema())
    # Devices are few, reports many: buckets and ranks are found once for each device.
    coded = {DEVICE: batch[DEVICE].combine_chunks().dictionary_encode()} if reports else {}
    keys = [_partition_values(table, field, batch, coded) for field in fields]
    within = [pa.chunked_array([coded[DEVICE]]), batch[TIME]] if reports else []
    if not keys and not within:
        yield None, batch
        return
    order = order_of([*keys, *within])
    ordered = batch.take(order)
    for start, stop in _runs([ranks_of(key)[order] for key in keys], len(order)):
        values = [key[int(order[start])].as_py() for key in keys]
        yield _partition_key(table, values), ordered.slice(start, stop - start)


def _partition_values(
    table: Table, field: PartitionField, batch: pa.Table, coded: Mapping[str, Any]
) -> "pa.ChunkedArray[Any]":
    source = table.schema().find_field(field.source_id)
    transform = field.transform.pyarrow_transform(source.field_type)
    if source.name in coded:
        values = transform(coded[source.name].dictionary).take(coded[source.name].indices)
    else:
        values = transform(batch[source.name].combine_chunks())
    return pa.chunked_array([values])


def _runs(ranks: Sequence[np.ndarray], rows: int) -> Iterator[tuple[int, int]]:
    changes = np.zeros(rows, dtype=bool)
    for rank in ranks:
        changes[1:] |= rank[1:] != rank[:-1]
    starts = [0, *np.flatnonzero(changes).tolist()]
    yield from zip(starts, [*starts[1:], rows], strict=True)


def _partition_key(table: Table, values: Sequence[object]) -> PartitionKey | None:
    if not values:
        return None
    spec = table.spec()
    pairs = zip(spec.fields, values, strict=True)
    return PartitionKey([PartitionFieldValue(*pair) for pair in pairs], spec, table.schema())
