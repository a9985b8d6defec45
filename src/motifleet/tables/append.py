"""Appending: data files first, then one commit that shows them all at once.

A batch lands whole or not at all. Its id stands in the snapshot that lands it; the commit holds
only if the table's newest snapshot is still the one whose history was searched for the id, so that
of two writers with the same batch id the second one always finds the first one's.
"""

import uuid
from contextlib import suppress
from typing import cast

import pyarrow as pa
from pyiceberg.exceptions import CommitFailedException, CommitStateUnknownException
from pyiceberg.table import Table
from pyiceberg.table.snapshots import Snapshot

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
from motifleet.tables.schema import conformed
from motifleet.tables.snapshots import BATCH_ID, added_rows
from motifleet.tables.values import Appended


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
    table = with_columns(target, batch.schema)
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
        remove_unless_landed(target, written, lambda table: _landed(table, batch_id))
        raise
    already = not is_ours(landed, written)
    if already:
        written.remove()
    return _appended(target, landed, already)


def _commit(target: Target, written: WrittenFiles, batch_id: str) -> Snapshot:
    for _ in attempts():
        with target.turns.turn(), suppress(CommitFailedException):
            table = target.load()
            return _landed(table, batch_id) or _fast_append(table, written, batch_id)
    raise gave_up(target)


def _fast_append(table: Table, written: WrittenFiles, batch_id: str) -> Snapshot:
    properties = {BATCH_ID: batch_id, WRITE_ID: written.write_id}
    transaction = OneAttempt(table)
    with transaction.update_snapshot(snapshot_properties=properties).fast_append() as snapshot:
        for file in written.files:
            snapshot.append_data_file(file)
    return cast(Snapshot, transaction.commit_transaction().current_snapshot())


def _landed(table: Table, batch_id: str) -> Snapshot | None:
    for snapshot in reversed(table.metadata.snapshots):
        if snapshot.summary and snapshot.summary[BATCH_ID] == batch_id:
            return snapshot
    return None


def _appended(target: Target, snapshot: Snapshot, already: bool) -> Appended:
    return Appended(target.name, added_rows(snapshot), snapshot.snapshot_id, already)
