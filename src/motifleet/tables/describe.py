"""What can be said of a table from its metadata alone."""

from datetime import UTC, datetime, timedelta

from pyiceberg.partitioning import PartitionField
from pyiceberg.table import Table
from pyiceberg.transforms import BucketTransform

from motifleet.tables.schema import TIME, holds_reports, role
from motifleet.tables.snapshots import count, snapshot_info
from motifleet.tables.values import ColumnInfo, TableDescription, TableInfo

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def summarise(table: Table) -> TableInfo:
    """Describe a table in a list of tables."""
    snapshot = table.current_snapshot()
    return TableInfo(
        name=table.name()[-1],
        rows=count(snapshot, "total-records"),
        snapshots=len(table.metadata.snapshots),
        last_commit=snapshot_info(snapshot).committed_at if snapshot else None,
    )


def describe(table: Table) -> TableDescription:
    """Describe a table in full."""
    snapshot = table.current_snapshot()
    first, last = _time_range(table)
    return TableDescription(
        name=table.name()[-1],
        location=table.location(),
        columns=_columns(table),
        partitioning=tuple(_expression(table, field) for field in table.spec().fields),
        sorted_by=tuple(_column(table, field.source_id) for field in table.sort_order().fields),
        rows=count(snapshot, "total-records"),
        files=count(snapshot, "total-data-files"),
        bytes=count(snapshot, "total-files-size"),
        first_report=first,
        last_report=last,
        snapshot=snapshot_info(snapshot) if snapshot else None,
    )


def _columns(table: Table) -> tuple[ColumnInfo, ...]:
    return tuple(
        ColumnInfo(field.name, str(field.field_type), role(field.name, field.field_type))
        for field in table.schema().fields
    )


def _expression(table: Table, field: PartitionField) -> str:
    column, transform = _column(table, field.source_id), field.transform
    if isinstance(transform, BucketTransform):
        return f"bucket({transform.num_buckets}, {column})"
    return f"{transform}({column})"


def _column(table: Table, field_id: int) -> str:
    return table.schema().find_field(field_id).name


def _time_range(table: Table) -> tuple[datetime | None, datetime | None]:
    """Find the first and the last report's time in the bounds that each data file declares."""
    if not holds_reports(table.schema()):
        return None, None
    files = [task.file for task in table.scan().plan_files()]
    key = table.schema().find_field(TIME).field_id
    if not files or any(key not in file.lower_bounds for file in files):
        return None, None
    return (
        min(_time(file.lower_bounds[key]) for file in files),
        max(_time(file.upper_bounds[key]) for file in files),
    )


def _time(bound: bytes) -> datetime:
    return _EPOCH + timedelta(microseconds=int.from_bytes(bound, "little", signed=True))
