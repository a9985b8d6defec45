"""Findings as tables: each row leads back to the snapshot that it was found in.

A result table holds the answers to many questions, each of them a part of the table by its
``question_id``. The answer to a question that was asked before is replaced in one commit.
"""

from typing import Any, cast

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from motifleet.app.origin import Origin
from motifleet.tables import Appended, Tables

PART = "question_id"


def keep(tables: Tables, name: str, found: pa.Table, origin: Origin) -> Appended:
    """Write findings to a result table, in the place of an earlier answer to the same question.

    Args:
        tables: where the result table is, or is made.
        name: its name.
        found: a row for each finding, the best first; columns of text, numbers, times, or lists
            of text.
        origin: what was asked.

    Raises:
        SchemaConflictError: there is a table of that name which holds no findings.
        StorageError: it cannot be written.
    """
    return tables.replace(name, with_origin(found, origin), column=PART, value=origin.question_id)


def with_origin(found: pa.Table, origin: Origin) -> pa.Table:
    """Add rank and origin to findings, as a result table has them."""
    rows = found.num_rows
    columns: dict[str, Any] = {"rank": pa.array(np.arange(1, rows + 1))}
    for name in found.column_names:
        if name not in ("signal", "m"):
            columns[name] = _flat(found[name])
    if "neighbor_ts" in columns and "neighbor_device_id" not in columns:
        columns["neighbor_device_id"] = found["device_id"]
    for name, value in origin.columns().items():
        columns[name] = pa.repeat(pa.scalar(value), rows)
    return pa.table(columns)


def _flat(column: "pa.ChunkedArray[Any]") -> "pa.ChunkedArray[Any]":
    """Write lists of text as text, which tables hold."""
    if not pa.types.is_list(column.type):
        return column
    joined: Any = pc.binary_join(column, ", ")
    return cast("pa.ChunkedArray[Any]", joined)
