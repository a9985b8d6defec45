"""Sorting Arrow columns through integer ranks, much faster than comparing strings."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from motifleet.types import Ints


def order_of(columns: Sequence["pa.ChunkedArray[Any]"]) -> Ints:
    """Find the row numbers that sort the columns, the first one first; ties keep their order.

    >>> order_of([pa.chunked_array([["b", "a", "b"]]), pa.chunked_array([[2, 3, 1]])])
    array([1, 2, 0])
    """
    ranks = [ranks_of(column) for column in columns]
    if _in_order(ranks):
        return np.arange(len(ranks[0]))
    # lexsort takes the last key as the first to sort by.
    return np.lexsort(ranks[::-1])


def _in_order(ranks: Sequence[Ints]) -> bool:
    """Whether the rows are sorted already, as those of a single file are."""
    tied = np.ones(max(len(ranks[0]) - 1, 0), dtype=bool)
    for rank in ranks:
        if bool(np.any(tied & (rank[1:] < rank[:-1]))):
            return False
        tied &= rank[1:] == rank[:-1]
    return True


def ranks_of(column: "pa.ChunkedArray[Any]") -> Ints:
    """Give each value an integer that sorts as the value does; nulls come first.

    >>> ranks_of(pa.chunked_array([["b", "a", None, "b"]]))
    array([ 1,  0, -1,  1])
    """
    if pa.types.is_timestamp(column.type) and column.null_count == 0:
        return column.cast(pa.int64()).to_numpy()
    values = column.combine_chunks()
    encoded: Any = values
    if not pa.types.is_dictionary(values.type):
        encoded = values.dictionary_encode()
    places = np.empty(len(encoded.dictionary), dtype=np.int64)
    places[pc.sort_indices(encoded.dictionary).to_numpy()] = np.arange(len(places))
    indices = encoded.indices.fill_null(-1).to_numpy(zero_copy_only=False)
    return np.where(indices < 0, -1, places[indices]) if len(places) else indices.astype(np.int64)
