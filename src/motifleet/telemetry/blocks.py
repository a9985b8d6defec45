"""A stretch of a file as it was read, before any of it is checked."""

import json
from collections.abc import Generator, Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.types as pat

from motifleet.telemetry.arrow import Column, is_number, pc, taken
from motifleet.telemetry.as_json import json_rows
from motifleet.types import Ints


@dataclass(frozen=True, slots=True)
class BrokenRow:
    """A row that could not even be taken apart into columns."""

    row: int
    kind: str
    reason: str
    text: str

    def report(self) -> str:
        """The row's text in a JSON object."""
        return json.dumps({"line": self.text}, ensure_ascii=False)


@dataclass(frozen=True, slots=True)
class RawBlock:
    """Rows of a file in its own columns and types.

    Args:
        table: the rows that could be taken apart.
        rows: shape (rows of the table,), each one's number in the file; the first data row is 1.
        broken: the rows that could not.
        lines: the rows as JSON text, where the file has them so.
        left_out: columns of the file that are not in the table because they were ignored.
    """

    table: pa.Table
    rows: Ints
    broken: tuple[BrokenRow, ...] = ()
    lines: Column | None = None
    left_out: frozenset[str] = frozenset()

    @property
    def last(self) -> int:
        """The highest row number in the block; 0 when the block is empty."""
        highest = int(self.rows[-1]) if len(self.rows) else 0
        return max(highest, self.broken[-1].row if self.broken else 0)

    def split(self, last: int) -> "tuple[RawBlock, RawBlock]":
        """The rows up to the number ``last``, and the others."""
        cut = int(np.searchsorted(self.rows, last, side="right"))
        head = tuple(each for each in self.broken if each.row <= last)
        return (
            replace(self, **self._part(slice(0, cut)), broken=head),
            replace(self, **self._part(slice(cut, None)), broken=self.broken[len(head) :]),
        )

    def reports(self, places: Ints) -> Column:
        """The rows at these places as JSON objects."""
        if self.lines is not None:
            return taken(self.lines, places)
        return json_rows(pc.take(self.table, pa.array(places)))

    def _part(self, part: slice) -> dict[str, Any]:
        lines = None if self.lines is None else self.lines[part]
        return {"table": self.table[part], "rows": self.rows[part], "lines": lines}


def regroup(blocks: Iterator[RawBlock], batch_rows: int) -> Generator[RawBlock]:
    """Join and cut blocks so that each holds ``batch_rows`` rows of the file, but for the last.

    Where a batch begins depends on nothing but the file and ``batch_rows``.
    """
    limit = batch_rows
    pending: list[RawBlock] = []
    for block in blocks:
        rest = block
        while rest.last > limit:
            head, rest = rest.split(limit)
            yield _joined([*pending, head])
            pending = []
            limit += batch_rows
        pending.append(rest)
    if any(block.last for block in pending):
        yield _joined(pending)


def _joined(blocks: list[RawBlock]) -> RawBlock:
    filled = [block for block in blocks if block.last]
    lines = [chunk for block in filled if block.lines is not None for chunk in block.lines.chunks]
    return RawBlock(
        _stacked([block.table for block in filled]),
        np.concatenate([block.rows for block in filled]),
        tuple(each for block in filled for each in block.broken),
        pa.chunked_array(lines, pa.string()) if filled[0].lines is not None else None,
        frozenset[str]().union(*(block.left_out for block in filled)),
    )


def _stacked(tables: list[pa.Table]) -> pa.Table:
    if all(table.schema == tables[0].schema for table in tables):
        return pa.concat_tables(tables)
    types: dict[str, pa.DataType] = {}
    for table in tables:
        for field in table.schema:
            types[field.name] = _common(types.get(field.name, pa.null()), field.type)
    return pa.concat_tables([_as_typed(table, types) for table in tables])


def _common(one: pa.DataType, other: pa.DataType) -> pa.DataType:
    if one == other or pat.is_null(other):
        return one
    if pat.is_null(one):
        return other
    return pa.float64() if is_number(one) and is_number(other) else pa.string()


def _as_typed(table: pa.Table, types: dict[str, pa.DataType]) -> pa.Table:
    columns: dict[str, Any] = {}
    for name, kind in types.items():
        column = table[name] if name in table.column_names else pa.nulls(table.num_rows)
        columns[name] = pc.cast(column, kind, safe=False)
    return pa.table(columns)
