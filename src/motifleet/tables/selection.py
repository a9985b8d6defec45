"""What a scan is asked for, checked and turned into PyIceberg's terms."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from pyiceberg.expressions import (
    AlwaysTrue,
    And,
    BooleanExpression,
    GreaterThanOrEqual,
    In,
    LessThan,
    Not,
    Or,
    Reference,
    UnboundPredicate,
)
from pyiceberg.expressions.literals import literal
from pyiceberg.expressions.parser import parse
from pyiceberg.expressions.visitors import bind
from pyiceberg.schema import Schema
from pyiceberg.table import DataScan, Table

from motifleet.errors import InvalidArgumentError
from motifleet.tables.schema import DEVICE, TIME, check_columns
from motifleet.tables.snapshots import snapshot_id
from motifleet.tables.times import microseconds, parse_time


@dataclass(frozen=True, slots=True)
class Selection:
    """Which part of a table to read.

    Args:
        columns: names, in the order wanted; None: all.
        devices: None: all.
        start: the first time of the range, itself included.
        end: the end of the range, itself excluded.
        where: a filter over columns, such as "speed > 80 and tank_level < 10".
        as_of: a snapshot's id or a time; None: the newest.
        limit: at most so many rows; None: all.
    """

    columns: Sequence[str] | None = None
    devices: Sequence[str] | None = None
    start: datetime | str | None = None
    end: datetime | str | None = None
    where: str | None = None
    as_of: int | str | datetime | None = None
    limit: int | None = None

    def __post_init__(self) -> None:
        for name in ("columns", "devices"):
            if isinstance(value := getattr(self, name), str):
                raise InvalidArgumentError(f"expected a list of {name}, got the text {value!r}")
        if self.limit is not None and self.limit < 0:
            raise InvalidArgumentError(f"expected a limit of at least 0, got {self.limit}")


def plan(table: Table, selection: Selection) -> DataScan:
    """Plan the scan of what was selected; nothing is read yet.

    Raises:
        UnknownColumnError: a column is named that the table did not have in that snapshot.
        UnknownSnapshotError: there is no such snapshot.
        InvalidArgumentError: the filter or a time is not understood.
    """
    scan = table.scan(snapshot_id=snapshot_id(table, selection.as_of))
    schema = scan.projection()
    if selection.columns is not None:
        check_columns(selection.columns, schema)
        scan = scan.select(*selection.columns)
    return scan.filter(_row_filter(selection, schema))


def _row_filter(selection: Selection, schema: Schema) -> BooleanExpression:
    parts = [*_key_filters(selection), *_parsed(selection.where, schema)]
    check_columns([name for part in parts for name in _columns_of(part)], schema)
    result: BooleanExpression = AlwaysTrue()
    for part in parts:
        result = And(result, part)
    return result


def is_device(names: Sequence[str]) -> BooleanExpression:
    """Filter the reports of these devices."""
    return In(term=Reference(DEVICE), values={literal(name) for name in names})


def _key_filters(selection: Selection) -> list[BooleanExpression]:
    parts: list[BooleanExpression] = []
    if selection.devices is not None:
        parts.append(is_device(selection.devices))
    if selection.start is not None:
        first = literal(microseconds(parse_time("start", selection.start)))
        parts.append(GreaterThanOrEqual(term=Reference(TIME), value=first))
    if selection.end is not None:
        end = literal(microseconds(parse_time("end", selection.end)))
        parts.append(LessThan(term=Reference(TIME), value=end))
    return parts


def _parsed(where: str | None, schema: Schema) -> list[BooleanExpression]:
    if where is None:
        return []
    expression = _parse(where)
    check_columns(_columns_of(expression), schema)
    try:
        bind(schema, expression, case_sensitive=True)
    except (ValueError, TypeError) as error:
        raise InvalidArgumentError(
            f"the filter {where!r} does not fit the table: {error}"
        ) from None
    return [expression]


def _parse(where: str) -> BooleanExpression:
    try:
        return parse(where)
    except Exception as error:  # the parser lets the errors of its own libraries through
        stop = getattr(error, "loc", 0)
        place = f" (not understood from {where[stop:]!r} on)" if 0 < stop < len(where) else ""
        raise InvalidArgumentError(
            f"expected a filter such as 'speed > 80 and tank_level < 10', got {where!r}{place}"
        ) from None


def _columns_of(expression: BooleanExpression) -> list[str]:
    if isinstance(expression, UnboundPredicate) and isinstance(expression.term, Reference):
        return [expression.term.name]
    if isinstance(expression, Not):
        return _columns_of(expression.child)
    if isinstance(expression, And | Or):
        return [*_columns_of(expression.left), *_columns_of(expression.right)]
    return []
