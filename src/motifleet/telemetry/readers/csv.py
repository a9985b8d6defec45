"""Comma-separated values (RFC 4180), every cell as text.

The separator is the one of comma, semicolon, tab and bar that the header has most of. Cells are
read as text and cast later, so that one bad cell is one rejected row, and what a column is never
depends on where a block begins.
"""

import csv
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
import pyarrow as pa

from motifleet.errors import ReadError
from motifleet.telemetry.arrow import pa_csv
from motifleet.telemetry.blocks import BrokenRow, RawBlock
from motifleet.telemetry.columns import check_names
from motifleet.telemetry.readers.text import TextFile, decoded

_SEPARATORS: Final = ",;\t|"


class CsvSource:
    """A CSV file whose first line names the columns."""

    def __init__(self, path: Path, name: str, ignore: Sequence[str]) -> None:
        del ignore  # A cell costs next to nothing, and a rejected row shows all of its cells.
        self._text = TextFile(path, name)
        try:
            self._separator, self._names = _header(self._text)
        except ReadError:
            self._text.close()
            raise
        separator = re.escape(self._separator.encode())
        self._quoted = re.compile(rb'(?:^|(?<=[\n\r%s]))"(?:[^"]++|"")*+("|\Z)' % separator)

    def blocks(self) -> Iterator[RawBlock]:
        """All rows, once."""
        rows_before = 0
        for block in self._text.blocks(self._end_of_rows):
            self._refuse_open_quote(block, rows_before)
            parsed = self._parsed(block, rows_before)
            rows_before = max(parsed.last, rows_before)
            yield parsed

    def fraction(self) -> float:
        """How much of the file has been read, from 0 to 1."""
        return self._text.fraction()

    def close(self) -> None:
        """Close the file."""
        self._text.close()

    def _end_of_rows(self, block: bytes) -> int:
        """Just behind the last line end that is outside of quotes."""
        end = block.rfind(b"\n") + 1
        if block.count(b'"', 0, end) % 2 == 0:
            return end
        start, closed = self._last_quoted(block[:end])
        return end if closed else block.rfind(b"\n", 0, start) + 1

    def _last_quoted(self, block: bytes) -> tuple[int, bool]:
        """Where the last quoted cell begins, and whether its quote is closed."""
        start, closed = 0, True
        for cell in self._quoted.finditer(block):
            start, closed = cell.start(), bool(cell[1])
        return start, closed

    def _refuse_open_quote(self, block: bytes, rows_before: int) -> None:
        if block.count(b'"') % 2 == 0:
            return
        start, closed = self._last_quoted(block)
        if not closed:
            row = rows_before + block.count(b"\n", 0, start) + 1
            raise ReadError(
                f"{self._text.name}: a quote that opens about row {row} is never closed: "
                f"close it or double it"
            )

    def _parsed(self, block: bytes, rows_before: int) -> RawBlock:
        broken: list[BrokenRow] = []

        def note(row: Any) -> str:
            reason = f"expected {row.expected_columns} columns, got {row.actual_columns}"
            place = rows_before + (row.number or 0)
            broken.append(BrokenRow(place, "wrong number of columns", reason, row.text))
            return "skip"

        try:
            table: pa.Table = pa_csv.read_csv(
                pa.BufferReader(block),
                read_options=pa_csv.ReadOptions(
                    use_threads=False, column_names=self._names, block_size=len(block) + 1
                ),
                parse_options=pa_csv.ParseOptions(
                    delimiter=self._separator, newlines_in_values=True, invalid_row_handler=note
                ),
                convert_options=pa_csv.ConvertOptions(
                    default_column_type=pa.string(), strings_can_be_null=True, null_values=[""]
                ),
            )
        except (pa.ArrowInvalid, UnicodeDecodeError) as error:
            decoded(block, self._text.name, rows_before)
            raise ReadError(f"{self._text.name}: cannot be read as CSV: {error}") from error
        places = np.arange(rows_before + 1, rows_before + table.num_rows + len(broken) + 1)
        rows = np.setdiff1d(places, [each.row for each in broken], assume_unique=True)
        return RawBlock(table, rows, tuple(broken))


def _header(text: TextFile) -> tuple[str, list[str]]:
    line = decoded(text.first_line(), text.name, 0)
    separator = max(_SEPARATORS, key=line.count)
    try:
        cells = next(csv.reader([line], delimiter=separator), [])
    except csv.Error as error:
        raise ReadError(f"{text.name}: expected column names in the first line: {error}") from None
    names = [cell.strip() or f"unnamed_{place}" for place, cell in enumerate(cells, start=1)]
    if not names:
        raise ReadError(f"{text.name}: expected column names in the first line, got an empty line")
    check_names(names, text.name)
    return separator, names
