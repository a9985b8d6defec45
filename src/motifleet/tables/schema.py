"""From the schema of a batch to the schema, partitioning and sort order of a table."""

from collections.abc import Iterable
from typing import Any

import pyarrow as pa
from pyiceberg.io.pyarrow import schema_to_pyarrow
from pyiceberg.partitioning import UNPARTITIONED_PARTITION_SPEC, PartitionField, PartitionSpec
from pyiceberg.schema import Schema
from pyiceberg.table.sorting import UNSORTED_SORT_ORDER, SortField, SortOrder
from pyiceberg.transforms import BucketTransform, DayTransform, IdentityTransform
from pyiceberg.types import (
    BinaryType,
    BooleanType,
    DateType,
    DoubleType,
    FloatType,
    IcebergType,
    IntegerType,
    LongType,
    NestedField,
    StringType,
    TimestampType,
    TimestamptzType,
)

from motifleet.errors import InvalidArgumentError, SchemaConflictError, UnknownColumnError
from motifleet.tables.values import Role

DEVICE = "device_id"
TIME = "event_ts"
POSITION = ("longitude", "latitude")
DEVICE_BUCKETS = 16

_TYPES: dict[pa.DataType, IcebergType] = {
    pa.string(): StringType(),
    pa.float64(): DoubleType(),
    pa.float32(): FloatType(),
    pa.int64(): LongType(),
    pa.int32(): IntegerType(),
    pa.bool_(): BooleanType(),
    pa.date32(): DateType(),
    pa.binary(): BinaryType(),
    pa.timestamp("us"): TimestampType(),
    pa.timestamp("us", tz="UTC"): TimestamptzType(),
}


def iceberg_schema(schema: pa.Schema) -> Schema:
    """Translate the schema of a batch: the same columns, each of them optional.

    Raises:
        InvalidArgumentError: a column has no name or the name of another, or a type that tables do
            not hold, or ``device_id`` and ``event_ts`` are not a string and a UTC time.
    """
    _check_names(schema.names)
    fields = [
        NestedField(number, field.name, _iceberg_type(field), required=False)
        for number, field in enumerate(schema, start=1)
    ]
    result = Schema(*fields)
    _check_report_keys(result)
    return result


def holds_reports(schema: Schema) -> bool:
    """Whether the table's rows are reports: a device and a time each."""
    return {DEVICE, TIME} <= set(schema.column_names)


def partitioning(schema: Schema, parts: str | None = None) -> PartitionSpec:
    """Partition reports by day and by bucket of devices, and other rows not at all.

    Args:
        schema: the table's.
        parts: a column whose every value is a part of its own, in place of all that.
    """
    if parts is not None:
        check_columns([parts], schema)
        source = schema.find_field(parts).field_id
        return PartitionSpec(PartitionField(source, 1000, IdentityTransform(), f"_{parts}"))
    if not holds_reports(schema):
        return UNPARTITIONED_PARTITION_SPEC
    device, time = schema.find_field(DEVICE).field_id, schema.find_field(TIME).field_id
    return PartitionSpec(
        PartitionField(time, 1000, DayTransform(), f"_{TIME}_day"),
        PartitionField(device, 1001, BucketTransform(DEVICE_BUCKETS), f"_{DEVICE}_bucket"),
    )


def sort_order(schema: Schema) -> SortOrder:
    """Sort reports by device and time within each file."""
    if not holds_reports(schema):
        return UNSORTED_SORT_ORDER
    keys = (schema.find_field(name).field_id for name in (DEVICE, TIME))
    return SortOrder(*(SortField(source_id=key, transform=IdentityTransform()) for key in keys))


def check_columns(names: Iterable[str], schema: Schema) -> None:
    """Refuse columns that the table does not have.

    Raises:
        UnknownColumnError: names the first of them and the near miss.
    """
    for name in names:
        if name not in schema.column_names:
            raise UnknownColumnError(name, schema.column_names)


def arrow_schema(schema: Schema) -> pa.Schema:
    """Tell the Arrow schema in which a table is read: plain strings in place of large ones."""
    fields = schema_to_pyarrow(schema, include_field_ids=False)
    return pa.schema([pa.field(field.name, _plain_type(field.type)) for field in fields])


def missing_columns(schema: Schema, batch: pa.Schema) -> list[NestedField]:
    """List the columns of the batch that the table lacks.

    Raises:
        SchemaConflictError: a column that both have is of another type in the batch.
    """
    known = {field.name: field.field_type for field in schema.fields}
    incoming = iceberg_schema(batch).fields
    for field in incoming:
        if (expected := known.get(field.name, field.field_type)) != field.field_type:
            raise SchemaConflictError(
                f"expected column {field.name!r} of type {expected}, as the table has it, "
                f"got {field.field_type}; convert it, or give it another name"
            )
    return [field for field in incoming if field.name not in known]


def conformed(batch: pa.Table, schema: Schema) -> pa.Table:
    """Bring the batch into the table's columns and order, with nulls where it has none.

    Raises:
        InvalidArgumentError: a report without a device or a time.
    """
    target = arrow_schema(schema)
    columns = [
        batch[field.name].cast(field.type)
        if field.name in batch.column_names
        else pa.chunked_array([pa.nulls(batch.num_rows, field.type)])
        for field in target
    ]
    result = pa.Table.from_arrays(columns, schema=target)
    if holds_reports(schema):
        _check_no_nulls(result)
    return result


def role(name: str, kind: IcebergType) -> Role:
    """Say what a column is to a fleet."""
    if name == DEVICE:
        return "device"
    if name == TIME:
        return "time"
    if name in POSITION:
        return "position"
    return "signal" if isinstance(kind, DoubleType) else "label"


def _iceberg_type(field: "pa.Field[Any]") -> IcebergType:
    try:
        return _TYPES[_plain_type(field.type)]
    except KeyError:
        raise InvalidArgumentError(
            f"column {field.name!r} has type {field.type}, which tables do not hold: "
            f"convert it to one of {', '.join(str(kind) for kind in _TYPES)}"
        ) from None


def _plain_type(kind: pa.DataType) -> pa.DataType:
    if pa.types.is_dictionary(kind):
        return _plain_type(kind.value_type)
    if pa.types.is_large_string(kind) or pa.types.is_string_view(kind):
        return pa.string()
    if pa.types.is_large_binary(kind):
        return pa.binary()
    return kind


def _check_names(names: Iterable[str]) -> None:
    seen: set[str] = set()
    for name in names:
        if not name or name in seen:
            raise InvalidArgumentError(
                f"expected columns with a name of their own each, got {name!r} "
                f"{'twice' if name else 'as a name'}"
            )
        seen.add(name)


def _check_report_keys(schema: Schema) -> None:
    if not holds_reports(schema):
        return
    for name, expected in ((DEVICE, StringType()), (TIME, TimestamptzType())):
        kind = schema.find_type(name)
        if kind != expected:
            raise InvalidArgumentError(
                f"expected reports with {DEVICE!r} as string and {TIME!r} as timestamp[us, tz=UTC],"
                f" got {name!r} as {kind}"
            )


def _check_no_nulls(batch: pa.Table) -> None:
    for name in (DEVICE, TIME):
        if nulls := batch[name].null_count:
            raise InvalidArgumentError(
                f"expected a {name!r} in every report, got {nulls} of {batch.num_rows} without one"
            )
