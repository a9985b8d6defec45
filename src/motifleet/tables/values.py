"""What the tables room tells about its tables."""

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Literal, TypeAlias

Role: TypeAlias = Literal["device", "time", "position", "label", "signal"]


class _Value:
    """A value that can be written as JSON."""

    __slots__ = ()

    def to_dict(self) -> dict[str, Any]:
        """Give the fields as JSON has them, times in ISO 8601."""
        return {key: _plain(value) for key, value in asdict(self).items()}  # type: ignore[call-overload]


@dataclass(frozen=True, slots=True)
class Appended(_Value):
    """What an append did.

    Args:
        table: the table's name.
        rows: how many rows the batch landed, now or, if ``already``, earlier.
        snapshot_id: the snapshot that holds them; None for a batch without rows.
        already: the batch id had landed before, so nothing was written.
    """

    table: str
    rows: int
    snapshot_id: int | None
    already: bool


@dataclass(frozen=True, slots=True)
class TableInfo(_Value):
    """A table in a list.

    Args:
        name: the table's name.
        rows: rows of the current snapshot.
        snapshots: how many snapshots are kept.
        last_commit: when the current snapshot was committed, in UTC.
    """

    name: str
    rows: int
    snapshots: int
    last_commit: datetime | None


@dataclass(frozen=True, slots=True)
class ColumnInfo(_Value):
    """A column of a table.

    Args:
        name: the column's name.
        type: its Iceberg type, such as "string", "timestamptz" or "double".
        role: what it is to a fleet.
    """

    name: str
    type: str
    role: Role


@dataclass(frozen=True, slots=True)
class SnapshotInfo(_Value):
    """A snapshot of a table.

    Args:
        id: the snapshot's number.
        committed_at: when it was committed, in UTC.
        parent_id: the snapshot before it.
        operation: "append" and the like, as Iceberg names it.
        added_rows: rows that came with it.
        total_rows: rows of the table as of it.
        batch_id: the id of the batch that it landed.
    """

    id: int
    committed_at: datetime
    parent_id: int | None
    operation: str
    added_rows: int
    total_rows: int
    batch_id: str | None


@dataclass(frozen=True, slots=True)
class TableDescription(_Value):
    """A table, looked at closely; nothing but metadata was read for it.

    Args:
        name: the table's name.
        location: the folder or address of its files.
        columns: its columns, in order.
        partitioning: such as ("day(event_ts)", "bucket(16, device_id)").
        sorted_by: the columns that each data file is sorted by.
        rows: rows of the current snapshot.
        files: its data files.
        bytes: their size.
        first_report: the earliest ``event_ts``, where the table has one.
        last_report: the latest ``event_ts``.
        snapshot: the current snapshot, None before the first append.
    """

    name: str
    location: str
    columns: tuple[ColumnInfo, ...]
    partitioning: tuple[str, ...]
    sorted_by: tuple[str, ...]
    rows: int
    files: int
    bytes: int
    first_report: datetime | None
    last_report: datetime | None
    snapshot: SnapshotInfo | None


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, dict):
        return {key: _plain(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    return value
