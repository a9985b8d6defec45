"""The way of one file's batches into a table, and of its rejected rows into another."""

from datetime import UTC, datetime
from hashlib import blake2b, file_digest
from pathlib import Path

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from motifleet.app.results import ImportResult
from motifleet.errors import InvalidArgumentError, UnknownTableError
from motifleet.tables import Tables
from motifleet.telemetry import TIME_TYPE, CheckedBatch, ColumnMapping

REJECTED = "rejected"


class Landing:
    """Lands the checked batches of a file or a simulation, each once.

    Args:
        tables: where the table is.
        result: what has become of the file so far; it names the table and the file.
        batches: the part of the batches' ids that tells this import from all others.

    Raises:
        InvalidArgumentError: the table is the one that rejected rows go to.
    """

    def __init__(self, tables: Tables, result: ImportResult, batches: str) -> None:
        if result.table == REJECTED:
            raise InvalidArgumentError(
                f"expected a table of reports, got {REJECTED!r}, where rejected rows go: "
                "choose another"
            )
        self.result = result
        self._tables = tables
        self._batches = batches
        self._number = 0
        try:
            snapshots = tables.snapshots(result.table)
        except UnknownTableError:
            snapshots = []
        self._before = snapshots[-1].id if snapshots else None
        self._landed = {snapshot.batch_id for snapshot in snapshots}

    def existing(self, keys: pa.Table) -> NDArray[np.bool_]:
        """Which reports of the next batch the table has from elsewhere."""
        if self._before is None or self._batch_id in self._landed:
            return np.zeros(keys.num_rows, dtype=bool)
        return self._tables.contains(self.result.table, keys, as_of=self._before)

    def land(self, batch: CheckedBatch) -> None:
        """Land a batch: the rejected rows first, so that an accepted batch is a finished one."""
        result = self.result
        if batch.rejected.num_rows:
            rejected = self._described(batch.rejected)
            batch_id = f"{self._batch_id}, {REJECTED} for {result.table}"
            self._tables.append(REJECTED, rejected, batch_id=batch_id)
            result.rejected += batch.rejected.num_rows
            result.reasons.update(batch.counts)
        if batch.accepted.num_rows:
            appended = self._tables.append(result.table, batch.accepted, batch_id=self._batch_id)
            result.snapshot_id = appended.snapshot_id
            if appended.already:
                result.already += appended.rows
            else:
                result.accepted += appended.rows
        self._number = batch.number + 1

    @property
    def _batch_id(self) -> str:
        return f"{self._batches}-{self._number}"

    def _described(self, rejected: pa.Table) -> pa.Table:
        """The rejected rows with the table they were meant for, their file and the time."""
        rows, now = rejected.num_rows, pa.scalar(datetime.now(UTC), TIME_TYPE)
        return (
            rejected.append_column("table", pa.repeat(self.result.table, rows))
            .append_column("source", pa.repeat(self.result.source, rows))
            .append_column("rejected_at", pa.repeat(now, rows))
        )


def file_batches(path: Path, mapping: ColumnMapping, batch_rows: int) -> str:
    """What the ids of a file's batches begin with: the same file, read the same way.

    >>> file = getfixture("tmp_path") / "reports.csv"
    >>> _ = file.write_text("device_id,event_ts")
    >>> file_batches(file, ColumnMapping(), 1000) == file_batches(file, ColumnMapping(), 500)
    False
    """
    with path.open("rb") as file:
        content = file_digest(file, "sha256").hexdigest()
    read = f"{content} {mapping} {batch_rows}"
    return blake2b(read.encode(), digest_size=12).hexdigest()
