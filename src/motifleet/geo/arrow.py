"""Arrow's tables as this room speaks of them.

The published stubs know fewer types than there are; the modules here go without.
"""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final, TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.compute

from motifleet.types import Ints

if TYPE_CHECKING:
    Array: TypeAlias = pa.Array[Any]
else:
    Array = pa.Array

pc: Final[Any] = pyarrow.compute


def table_of(columns: Mapping[str, Any]) -> pa.Table:
    """A table of Arrow or NumPy columns."""
    table: pa.Table = pa.table(dict(columns))
    return table


def rows_at(table: pa.Table, places: Ints) -> pa.Table:
    """The rows at these places."""
    chosen: Any = pa.array(places, pa.int64())
    return table.take(chosen)


def with_column(table: pa.Table, name: str, values: Any) -> pa.Table:
    """The table with one more column, in place of one of that name."""
    column: Any = pa.array(values)
    if name in table.column_names:
        return table.set_column(table.column_names.index(name), name, column)
    return table.append_column(name, column)


def ordered(table: pa.Table, *names: str) -> pa.Table:
    """The table by these columns; a name that begins with "-" from the greatest down."""
    keys: Any = [
        (name.removeprefix("-"), "descending" if name.startswith("-") else "ascending")
        for name in names
    ]
    return table.sort_by(keys)


def named(names: Sequence[str], codes: Ints) -> Array:
    """Numbers of names as the names, dictionary-encoded; null below 0."""
    indices: Any = pa.array(codes.astype(np.int32), mask=codes < 0)
    return pa.DictionaryArray.from_arrays(indices, pa.array(names, pa.string()))
