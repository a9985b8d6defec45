"""JSON Lines: one object in each line.

Blocks of lines go through Arrow's parser; a block that it refuses is taken line by line, so that
a malformed line is one rejected row. An object within the object is spread into columns, one
level deep: ``position.lon`` becomes ``position_lon``. A key that is missing is null.
"""

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.types as pat

from motifleet.errors import ReadError
from motifleet.telemetry.arrow import Chunk, pa_json
from motifleet.telemetry.blocks import BrokenRow, RawBlock
from motifleet.telemetry.readers.parquet import holds_values, spread
from motifleet.telemetry.readers.text import TextFile, decoded


class JsonLinesSource:
    """A JSON Lines file."""

    def __init__(self, path: Path, name: str, ignore: Sequence[str]) -> None:
        self._text = TextFile(path, name)
        self._ignore = frozenset(ignore)
        self._times: set[str] = set()

    def blocks(self) -> Iterator[RawBlock]:
        """All rows, once."""
        rows_before = 0
        for block in self._text.blocks(lambda block: block.rfind(b"\n") + 1):
            text = decoded(block, self._text.name, rows_before)
            lines = [line for line in text.split("\n") if line.strip()]
            yield self._fast(block, lines, rows_before) or self._careful(lines, rows_before)
            rows_before += len(lines)

    def fraction(self) -> float:
        """How much of the file has been read, from 0 to 1."""
        return self._text.fraction()

    def close(self) -> None:
        """Close the file."""
        self._text.close()

    def _fast(self, block: bytes, lines: list[str], rows_before: int) -> RawBlock | None:
        try:
            table = self._parsed(block)
        except pa.ArrowInvalid:
            return None
        if table.num_rows != len(lines):
            return None
        flat = spread(self._wanted(table))
        left_out = self._ignore & {*table.column_names, *flat.column_names}
        table = self._wanted(flat)
        names = table.column_names
        regular = len(set(names)) == len(names) and all(map(holds_values, table.schema.types))
        if not (names and regular):
            return None
        rows = np.arange(rows_before + 1, rows_before + len(lines) + 1)
        texts = pa.chunked_array([lines], pa.string())
        return RawBlock(table, rows, lines=texts, left_out=left_out)

    def _wanted(self, table: pa.Table) -> pa.Table:
        return table.select([name for name in table.column_names if name not in self._ignore])

    def _parsed(self, block: bytes) -> pa.Table:
        """The block as a table; text that looks like a time stays text."""
        while True:
            table: pa.Table = pa_json.read_json(
                pa.BufferReader(block),
                read_options=pa_json.ReadOptions(use_threads=False, block_size=len(block) + 1),
                parse_options=pa_json.ParseOptions(
                    explicit_schema=pa.schema([(name, pa.string()) for name in self._times])
                ),
            )
            found = {field.name for field in table.schema if pat.is_timestamp(field.type)}
            if not found:
                return table
            self._times |= found

    def _careful(self, lines: list[str], rows_before: int) -> RawBlock:
        rows: list[int] = []
        texts: list[str] = []
        reports: list[dict[str, Any]] = []
        broken: list[BrokenRow] = []
        left_out: set[str] = set()
        for row, line in enumerate(lines, start=rows_before + 1):
            try:
                reports.append(self._report(line, left_out))
            except _NoReportError as error:
                broken.append(BrokenRow(row, error.kind, str(error), line))
                continue
            rows.append(row)
            texts.append(line)
        names = {name: None for report in reports for name in report}
        table = pa.table({name: _array([each.get(name) for each in reports]) for name in names})
        numbers = np.array(rows, dtype=np.int64)
        taken = pa.chunked_array([texts], pa.string())
        return RawBlock(table, numbers, tuple(broken), taken, frozenset(left_out))

    def _report(self, line: str, left_out: set[str]) -> dict[str, Any]:
        """The values of a line that were asked for, by column; note those that were not."""
        try:
            report = json.loads(line)
            if "\\ud" in line.casefold():
                # Half of a surrogate pair is JSON but no text.
                json.dumps(report, ensure_ascii=False).encode()
        except (ValueError, RecursionError) as error:
            raise _NoReportError("not JSON", f"not JSON: {error}") from None
        if not report:
            raise _NoReportError("no device", "no device; no time")
        if not isinstance(report, dict):
            raise _NoReportError("not JSON", f"expected a JSON object, got {_kind(report)}")
        flat = _flat({n: value for n, value in report.items() if n not in self._ignore})
        left_out |= self._ignore & {*report, *flat}
        kept = {name: value for name, value in flat.items() if name not in self._ignore}
        if not kept:
            raise _NoReportError("no device", "no device; no time")
        for name, value in kept.items():
            if isinstance(value, dict | list):
                raise _NoReportError(
                    "neither number nor text",
                    f"{name}: expected a number or text, got {_kind(value)}: "
                    f"leave it out with --ignore {name}",
                )
        return kept


class _NoReportError(ReadError):
    """A line that holds no report."""

    def __init__(self, kind: str, message: str) -> None:
        super().__init__(message)
        self.kind = kind


def _flat(report: dict[str, Any]) -> dict[str, Any]:
    flat: dict[str, Any] = {}
    for name, value in report.items():
        if isinstance(value, dict):
            flat.update({f"{name}_{inner}": each for inner, each in value.items()})
        else:
            flat[name] = value
    return flat


def _kind(value: object) -> str:
    names = {dict: "an object", list: "a list", str: "text", bool: "true or false"}
    return names.get(type(value), "a number")


def _array(values: list[Any]) -> Chunk:
    """The values as Arrow would have them; as text where they are of different kinds."""
    array: Chunk
    try:
        array = pa.array(values)
    except (pa.ArrowInvalid, pa.ArrowTypeError, OverflowError):
        texts = [v if v is None or isinstance(v, str) else json.dumps(v) for v in values]
        array = pa.array(texts, pa.string())
    return array
