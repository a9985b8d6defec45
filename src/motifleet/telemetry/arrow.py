"""Arrow's arrays as this room speaks of them.

The published stubs know fewer arguments of these of Arrow's modules than there are; the modules
here go without.
"""

from typing import TYPE_CHECKING, Any, Final, TypeAlias, cast

import numpy as np
import pyarrow as pa
import pyarrow.compute
import pyarrow.csv
import pyarrow.json
import pyarrow.types as pat
from numpy.typing import NDArray

Mask: TypeAlias = NDArray[np.bool_]

if TYPE_CHECKING:
    Column: TypeAlias = pa.ChunkedArray[Any]
    Chunk: TypeAlias = pa.Array[Any]
else:
    Column = pa.ChunkedArray
    Chunk = pa.Array

pc: Final[Any] = pyarrow.compute
pa_csv: Final[Any] = pyarrow.csv
pa_json: Final[Any] = pyarrow.json


def nowhere(rows: int) -> Mask:
    """A mask that is false everywhere."""
    return np.zeros(rows, dtype=bool)


def mask_of(column: Any) -> Mask:
    """An Arrow array of booleans as a mask; null is false."""
    values = pc.fill_null(column, False)
    return np.asarray(values.to_numpy(zero_copy_only=False), dtype=np.bool_)


def chunked(chunks: list[Any], kind: pa.DataType) -> Column:
    """A column of these chunks; each may be a plain list."""
    column: Column = pa.chunked_array(chunks, type=cast(Any, kind))
    return column


def taken(column: Column, places: NDArray[np.int64]) -> Column:
    """The values at these places."""
    found: Column = pc.take(column, pa.array(places))
    return found


def is_text(kind: pa.DataType) -> bool:
    """Whether a type holds text."""
    return pat.is_string(kind) or pat.is_large_string(kind) or pat.is_string_view(kind)


def is_number(kind: pa.DataType) -> bool:
    """Whether a type holds numbers."""
    return pat.is_integer(kind) or pat.is_floating(kind) or pat.is_decimal(kind)
