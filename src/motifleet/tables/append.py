"""Appending: data files first, then one commit that shows them all at once.

A batch lands whole or not at all. Its id stands in the snapshot that lands it; the commit holds
only if the table's newest snapshot is still the one whose history was searched for the id, so that
of two writers with the same batch id the second one always finds the first one's.
"""

import uuid
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import cast

import pyarrow as pa
from pyiceberg.exceptions import CommitFailedException, CommitStateUnknownException
from pyiceberg.table import Table, TableProperties, Transaction
from pyiceberg.table.metadata import TableMetadata
from pyiceberg.table.snapshots import Snapshot
from pyiceberg.types import NestedField

from motifleet.errors import MotifleetError, StorageError
from motifleet.tables.layout import WrittenFiles, write_files
from motifleet.tables.retry import attempts
from motifleet.tables.schema import conformed, missing_columns
from motifleet.tables.snapshots import BATCH_ID, added_rows
from motifleet.tables.turns import Turns
from motifleet.tables.values import Appended

_WRITE_ID = "motifleet.write-id"


@dataclass(frozen=True, slots=True)
class Target:
    """The table to append to.

    Args:
        name: its name.
        load: opens it as it is now.
        turns: among the writers of this machine.
    """

    name: str
    load: Callable[[], Table]
    turns: Turns


def append_batch(target: Target, batch: pa.Table, batch_id: str | None) -> Appended:
    """Land a batch once, however often it is appended and whoever else appends.

    Args:
        target: where to.
        batch: the rows; a column that the table lacks is added to it.
        batch_id: the batch's name; None: a new one.
    """
    batch_id = batch_id or uuid.uuid4().hex
    if landed := _landed(target.load(), batch_id):
        return _appended(target, landed, already=True)
    table = _with_columns(target, batch.schema)
    rows = conformed(batch, table.schema())
    if rows.num_rows == 0:
        return Appended(target.name, 0, None, already=False)
    return _land(target, write_files(table, rows), batch_id)


def _land(target: Target, written: WrittenFiles, batch_id: str) -> Appended:
    try:
        landed = _commit(target, written, batch_id)
    except CommitStateUnknownException:
        # The commit may still arrive, and would then need the files.
        raise
    except BaseException:
        _remove_unless_landed(target, written, batch_id)
        raise
    already = not _is_ours(landed, written)
    if already:
        written.remove()
    return _appended(target, landed, already)


def _remove_unless_landed(target: Target, written: WrittenFiles, batch_id: str) -> None:
    # Where even the table cannot be read any more, files that nothing refers to do no harm.
    with suppress(MotifleetError):
        landed = _landed(target.load(), batch_id)
        if landed is None or not _is_ours(landed, written):
            written.remove()


def _commit(target: Target, written: WrittenFiles, batch_id: str) -> Snapshot:
    for _ in attempts():
        with target.turns.turn(), suppress(CommitFailedException):
            table = target.load()
            return _landed(table, batch_id) or _fast_append(table, written, batch_id)
    raise _gave_up(target)


def _fast_append(table: Table, written: WrittenFiles, batch_id: str) -> Snapshot:
    properties = {BATCH_ID: batch_id, _WRITE_ID: written.write_id}
    transaction = _Transaction(_without_retry(table))
    with transaction.update_snapshot(snapshot_properties=properties).fast_append() as snapshot:
        for file in written.files:
            snapshot.append_data_file(file)
    return cast(Snapshot, transaction.commit_transaction().current_snapshot())


class _Transaction(Transaction):
    """PyIceberg's transaction, which copies the whole history some 15 times for each append.

    As long as nothing is staged the copy says what the table itself says.
    """

    @property
    def table_metadata(self) -> TableMetadata:
        return super().table_metadata if self._updates else self._table.metadata


def _without_retry(table: Table) -> Table:
    """Switch off PyIceberg's own retry, which would not look for the batch id again."""
    properties = {**table.metadata.properties, TableProperties.COMMIT_NUM_RETRIES: "0"}
    table.metadata = table.metadata.model_copy(update={"properties": properties})
    return table


def _with_columns(target: Target, schema: pa.Schema) -> Table:
    """Add the columns of the batch that the table lacks.

    This is a commit of its own before any data is written: the data files carry the numbers of the
    columns, and those are only certain once the columns are part of the table.
    """
    for _ in attempts():
        table = target.load()
        missing = missing_columns(table.schema(), schema)
        if not missing:
            return table
        with target.turns.turn(), suppress(CommitFailedException):
            _add_columns(table, missing)
    raise _gave_up(target)


def _add_columns(table: Table, missing: list[NestedField]) -> None:
    with table.update_schema() as update:
        for field in missing:
            update.add_column(field.name, field.field_type)


def _landed(table: Table, batch_id: str) -> Snapshot | None:
    for snapshot in reversed(table.metadata.snapshots):
        if snapshot.summary and snapshot.summary[BATCH_ID] == batch_id:
            return snapshot
    return None


def _is_ours(snapshot: Snapshot, written: WrittenFiles) -> bool:
    return snapshot.summary is not None and snapshot.summary[_WRITE_ID] == written.write_id


def _appended(target: Target, snapshot: Snapshot, already: bool) -> Appended:
    return Appended(target.name, added_rows(snapshot), snapshot.snapshot_id, already)


def _gave_up(target: Target) -> StorageError:
    return StorageError(
        f"could not commit to table {target.name!r} for a minute, other writers were quicker "
        "each time; append again with the same batch id"
    )
