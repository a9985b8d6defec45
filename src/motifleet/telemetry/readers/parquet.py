"""Apache Parquet, in slices of its row groups.

Columns are read through small buffers, so that a row group of any size takes bounded memory.
Structs are spread into columns of their own, one level deep: ``position.lon`` becomes
``position_lon``.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pyarrow.types as pat

from motifleet.errors import ReadError
from motifleet.telemetry.blocks import RawBlock
from motifleet.telemetry.columns import check_names

_SLICE_ROWS: Final = 64 << 10
_BUFFER_BYTES: Final = 1 << 20


class ParquetSource:
    """A Parquet file."""

    def __init__(self, path: Path, name: str, ignore: Sequence[str]) -> None:
        self._name = name
        self._done = 0
        try:
            self._file = pq.ParquetFile(path, pre_buffer=False, buffer_size=_BUFFER_BYTES)
        except pa.ArrowInvalid as error:
            raise ReadError(f"{name}: expected a Parquet file, got something else") from error
        schema = self._file.schema_arrow
        check_names(schema.names, name)
        self._columns = [each for each in schema.names if each not in ignore]
        flat = spread(pa.schema([schema.field(each) for each in self._columns]).empty_table())
        check_names(flat.column_names, name)
        _check_types(flat.schema, name)
        self._left_out = frozenset(schema.names) & frozenset(ignore)

    def blocks(self) -> Iterator[RawBlock]:
        """All rows, once."""
        slices = self._file.iter_batches(_SLICE_ROWS, columns=self._columns, use_threads=False)
        try:
            for batch in slices:
                rows = np.arange(self._done + 1, self._done + batch.num_rows + 1)
                self._done += batch.num_rows
                table = spread(pa.Table.from_batches([batch]))
                yield RawBlock(table, rows, left_out=self._left_out)
        except (pa.ArrowInvalid, OSError) as error:
            raise ReadError(
                f"{self._name}: cannot be read beyond row {self._done}: is the file damaged?"
            ) from error

    def fraction(self) -> float:
        """How much of the file has been read, from 0 to 1."""
        return self._done / max(self._file.metadata.num_rows, 1)

    def close(self) -> None:
        """Close the file."""
        self._file.close(force=True)


def spread(table: pa.Table) -> pa.Table:
    """A table whose structs have become columns, one level deep."""
    for field in table.schema:
        if pat.is_struct(field.type):
            flat = table.select([field.name]).flatten()
            inner = [f"{field.name}_{field.type.field(i).name}" for i in range(flat.num_columns)]
            place = table.column_names.index(field.name)
            table = table.remove_column(place)
            for name, column in zip(reversed(inner), reversed(flat.columns), strict=True):
                table = table.add_column(place, name, column)
    return table


def holds_values(kind: pa.DataType) -> bool:
    """Whether a column of this type can become a signal, a label or a time."""
    return not (pat.is_nested(kind) or pat.is_binary(kind) or pat.is_large_binary(kind))


def _check_types(schema: pa.Schema, name: str) -> None:
    for field in schema:
        if not holds_values(field.type):
            raise ReadError(
                f"{name}: expected numbers, text or times in column {field.name!r}, got "
                f"{field.type}: leave it out with --ignore {field.name}"
            )
