"""Rows of a table as JSON objects, a column at a time."""

import json
from typing import Any, Final

import pyarrow as pa
import pyarrow.types as pat

from motifleet.telemetry.arrow import Column, pc

_MUST_BE_ESCAPED: Final = r'[\x00-\x1f"\\]'


def json_rows(table: pa.Table) -> Column:
    """Each row as one JSON object, its keys in the table's order.

    Numbers stay numbers; null and NaN become null; infinite numbers and all other types become
    text.

    >>> rows = json_rows(pa.table({"device_id": ["truck-7"], "speed": [81.5]}))
    >>> rows[0].as_py()
    '{"device_id": "truck-7", "speed": 81.5}'
    """
    parts: list[Any] = []
    for name in table.column_names:
        key = json.dumps(name, ensure_ascii=False)
        parts += [f"{', ' if parts else '{'}{key}: ", _values(table[name])]
    rows: Column = pc.binary_join_element_wise(*parts, "}", "")
    return rows


def _values(column: Column) -> Column:
    if pat.is_floating(column.type):
        text = _finite(column)
    elif pat.is_integer(column.type) or pat.is_boolean(column.type):
        text = pc.cast(column, pa.string())
    else:
        text = _quoted(pc.cast(column, pa.string()))
    values: Column = pc.fill_null(text, "null")
    return values


def _finite(column: Column) -> Column:
    text: Column = pc.cast(column, pa.string())
    if pc.all(pc.is_finite(column)).as_py() is not False:
        return text
    text = pc.if_else(pc.is_inf(column), _quoted(text), text)
    finite: Column = pc.if_else(pc.is_nan(column), pa.scalar(None, pa.string()), text)
    return finite


def _quoted(text: Column) -> Column:
    if pc.any(pc.match_substring_regex(text, _MUST_BE_ESCAPED)).as_py():
        values = text.to_pylist()
        escaped = [
            each if each is None else json.dumps(each, ensure_ascii=False) for each in values
        ]
        return pa.chunked_array([escaped], pa.string())
    quoted: Column = pc.binary_join_element_wise('"', text, '"', "")
    return quoted
