"""Replacing a part of a table: new data files in the place of the old ones, in one commit.

A part is all rows that have one value in the column by which the table is partitioned, so that no
data file holds rows of two parts. The commit holds only if the newest snapshot is still the one
whose files were looked up: of two writers of one part the second replaces what the first wrote.
"""

from contextlib import suppress
from typing import cast

import pyarrow as pa
from pyiceberg.exceptions import CommitFailedException, CommitStateUnknownException
from pyiceberg.expressions import EqualTo, Reference
from pyiceberg.expressions.literals import literal
from pyiceberg.manifest import DataFile
from pyiceberg.table import Table
from pyiceberg.table.snapshots import Snapshot
from pyiceberg.transforms import IdentityTransform

from motifleet.errors import InvalidArgumentError, SchemaConflictError
from motifleet.tables.commit import (
    WRITE_ID,
    OneAttempt,
    Target,
    gave_up,
    is_ours,
    remove_unless_landed,
    with_columns,
)
from motifleet.tables.layout import WrittenFiles, write_files
from motifleet.tables.retry import attempts
from motifleet.tables.schema import conformed, iceberg_schema
from motifleet.tables.snapshots import added_rows
from motifleet.tables.values import Appended


def replace_part(target: Target, rows: pa.Table, column: str, value: str) -> Appended:
    """Put rows in the place of those that have a value in a column.

    Args:
        target: a table that is partitioned by the column.
        rows: each of them has the value; there may be none.
        column: the column that makes the parts.
        value: which part.

    Raises:
        SchemaConflictError: the table is not partitioned by that column.
        InvalidArgumentError: a row has another value.
    """
    _check_rows(rows, column, value)
    _check_partitioning(target.load(), column)
    table = with_columns(target, rows.schema)
    written = WrittenFiles(table, "", ())
    if rows.num_rows:
        written = write_files(table, conformed(rows, table.schema()))
    try:
        snapshot = _commit(target, written, column, value)
    except CommitStateUnknownException:
        # The commit may still arrive, and would then need the files.
        raise
    except BaseException:
        remove_unless_landed(target, written, lambda table: _of(table, written))
        raise
    if snapshot is None:
        return Appended(target.name, 0, None, already=False)
    return Appended(target.name, added_rows(snapshot), snapshot.snapshot_id, already=False)


def _commit(target: Target, written: WrittenFiles, column: str, value: str) -> Snapshot | None:
    for _ in attempts():
        with target.turns.turn(), suppress(CommitFailedException):
            table = target.load()
            old = _files(table, column, value)
            if not old and not written.files:
                return None
            return _overwrite(table, old, written)
    raise gave_up(target)


def _overwrite(table: Table, old: list[DataFile], written: WrittenFiles) -> Snapshot:
    transaction = OneAttempt(table)
    properties = {WRITE_ID: written.write_id}
    with transaction.update_snapshot(snapshot_properties=properties).overwrite() as snapshot:
        for file in old:
            snapshot.delete_data_file(file)
        for file in written.files:
            snapshot.append_data_file(file)
    return cast(Snapshot, transaction.commit_transaction().current_snapshot())


def _files(table: Table, column: str, value: str) -> list[DataFile]:
    part = EqualTo(term=Reference(column), value=literal(value))
    return [task.file for task in table.scan(row_filter=part).plan_files()]


def _of(table: Table, written: WrittenFiles) -> Snapshot | None:
    found = (each for each in reversed(table.metadata.snapshots) if is_ours(each, written))
    return next(found, None)


def _check_rows(rows: pa.Table, column: str, value: str) -> None:
    if column not in iceberg_schema(rows.schema).column_names:
        raise InvalidArgumentError(f"expected rows with the column {column!r}, got none")
    values = rows[column].unique().to_pylist()
    if values not in ([], [value]):
        raise InvalidArgumentError(
            f"expected {column} to be {value!r} in each row, got {values[:3]} too"
        )


def _check_partitioning(table: Table, column: str) -> None:
    schema = table.schema()
    fields = [
        (schema.find_field(field.source_id).name, field.transform) for field in table.spec().fields
    ]
    if fields != [(column, IdentityTransform())]:
        raise SchemaConflictError(
            f"expected a table that is made of parts by {column!r}, got {table.name()[-1]!r}, "
            "which is not: choose the name of such a table, or of none that is there yet"
        )
