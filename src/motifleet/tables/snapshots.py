"""Snapshots: what they say, and which one was current at a time."""

from datetime import UTC, datetime

from pyiceberg.table import Table
from pyiceberg.table.snapshots import Snapshot

from motifleet.errors import UnknownSnapshotError
from motifleet.tables.times import parse_time
from motifleet.tables.values import SnapshotInfo

BATCH_ID = "motifleet.batch-id"


def list_snapshots(table: Table) -> list[SnapshotInfo]:
    """List all snapshots, the oldest first."""
    return [snapshot_info(each) for each in table.metadata.snapshots]


def find_snapshot(table: Table, as_of: int | str | datetime | None) -> SnapshotInfo:
    """Tell of the snapshot that is asked for; None: the newest.

    Raises:
        UnknownSnapshotError: there is none of that id or time, or none at all yet.
        InvalidArgumentError: neither an id nor a time.
    """
    wanted = snapshot_id(table, as_of)
    found = table.current_snapshot() if wanted is None else table.snapshot_by_id(wanted)
    if found is None:
        raise UnknownSnapshotError(f"table {_name(table)} has no snapshot yet: append to it first")
    return snapshot_info(found)


def snapshot_info(snapshot: Snapshot) -> SnapshotInfo:
    """Tell what a snapshot says of itself."""
    summary = snapshot.summary
    return SnapshotInfo(
        id=snapshot.snapshot_id,
        committed_at=datetime.fromtimestamp(snapshot.timestamp_ms / 1000, UTC),
        parent_id=snapshot.parent_snapshot_id,
        operation=summary.operation.value if summary else "unknown",
        added_rows=added_rows(snapshot),
        total_rows=count(snapshot, "total-records"),
        batch_id=summary[BATCH_ID] if summary else None,
    )


def added_rows(snapshot: Snapshot) -> int:
    """Count the rows that came with a snapshot."""
    return count(snapshot, "added-records")


def count(snapshot: Snapshot | None, key: str) -> int:
    """Look up a count in the snapshot's summary, 0 where it says nothing."""
    if snapshot is None or snapshot.summary is None:
        return 0
    return int(snapshot.summary[key] or 0)


def snapshot_id(table: Table, as_of: int | str | datetime | None) -> int | None:
    """Find the snapshot that is asked for.

    Args:
        table: whose snapshots.
        as_of: a snapshot's id, or a time: the snapshot that was current then; None: the newest.

    Raises:
        UnknownSnapshotError: there is none of that id, or there was none yet at that time.
        InvalidArgumentError: neither an id nor a time.
    """
    if as_of is None:
        return None
    if isinstance(as_of, int) or (isinstance(as_of, str) and as_of.strip().isdecimal()):
        return _by_id(table, int(as_of))
    return _by_time(table, parse_time("as_of", as_of))


def _by_id(table: Table, number: int) -> int:
    if table.snapshot_by_id(number) is None:
        raise UnknownSnapshotError(f"table {_name(table)} has no snapshot {number}; {_hint(table)}")
    return number


def _by_time(table: Table, time: datetime) -> int:
    snapshot = table.snapshot_as_of_timestamp(int(time.timestamp() * 1000))
    if snapshot is None:
        raise UnknownSnapshotError(
            f"table {_name(table)} had no snapshot yet at {time.isoformat()}; {_hint(table)}"
        )
    return snapshot.snapshot_id


def _hint(table: Table) -> str:
    snapshots = table.metadata.snapshots
    if not snapshots:
        return "it has none so far"
    first = snapshot_info(snapshots[0])
    return f"its first is {first.id} of {first.committed_at.isoformat()}"


def _name(table: Table) -> str:
    return repr(table.name()[-1])
