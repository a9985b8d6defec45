"""Committing: optimistic, by turns, tried again where another writer was quicker."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

import pyarrow as pa
from pyiceberg.exceptions import CommitFailedException
from pyiceberg.table import Table, TableProperties, Transaction
from pyiceberg.table.metadata import TableMetadata
from pyiceberg.table.snapshots import Snapshot
from pyiceberg.types import NestedField

from motifleet.errors import MotifleetError, StorageError
from motifleet.tables.layout import WrittenFiles
from motifleet.tables.retry import attempts
from motifleet.tables.schema import missing_columns
from motifleet.tables.turns import Turns

WRITE_ID = "motifleet.write-id"


@dataclass(frozen=True, slots=True)
class Target:
    """The table to write to.

    Args:
        name: its name.
        load: opens it as it is now.
        turns: among the writers of this machine.
    """

    name: str
    load: Callable[[], Table]
    turns: Turns


class OneAttempt(Transaction):
    """PyIceberg's transaction, which copies the whole history some 15 times for each append.

    As long as nothing is staged the copy says what the table itself says. PyIceberg's own retry is
    switched off: it would not look again at what the table holds by then.
    """

    def __init__(self, table: Table) -> None:
        properties = {**table.metadata.properties, TableProperties.COMMIT_NUM_RETRIES: "0"}
        table.metadata = table.metadata.model_copy(update={"properties": properties})
        super().__init__(table)

    @property
    def table_metadata(self) -> TableMetadata:
        """What the table will be."""
        return super().table_metadata if self._updates else self._table.metadata


def with_columns(target: Target, schema: pa.Schema) -> Table:
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
    raise gave_up(target)


def _add_columns(table: Table, missing: list[NestedField]) -> None:
    with table.update_schema() as update:
        for field in missing:
            update.add_column(field.name, field.field_type)


def is_ours(snapshot: Snapshot, written: WrittenFiles) -> bool:
    """Whether a snapshot came of this write."""
    return snapshot.summary is not None and snapshot.summary[WRITE_ID] == written.write_id


def remove_unless_landed(
    target: Target, written: WrittenFiles, landed: Callable[[Table], Snapshot | None]
) -> None:
    """Take the files of a failed write away, but not where it landed after all.

    Args:
        target: where they were to go.
        written: the files.
        landed: finds the snapshot with what was to be written, if there is one.
    """
    # Where even the table cannot be read any more, files that nothing refers to do no harm.
    with suppress(MotifleetError):
        snapshot = landed(target.load())
        if snapshot is None or not is_ours(snapshot, written):
            written.remove()


def gave_up(target: Target) -> StorageError:
    """Make the error of a commit that others were quicker than for too long."""
    return StorageError(
        f"could not commit to table {target.name!r} for a minute, other writers were quicker "
        "each time; try the same again"
    )
