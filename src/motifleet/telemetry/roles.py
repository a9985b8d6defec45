"""Which of a file's other columns are signals and which are labels."""

from collections.abc import Sequence
from typing import Any, Final, Literal, TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.types as pat

from motifleet.telemetry.arrow import Column, is_number, is_text, pc
from motifleet.telemetry.cast import to_numbers
from motifleet.telemetry.columns import ColumnMapping, is_known_label

Role: TypeAlias = Literal["signal", "label"]

_SAMPLE_ROWS: Final = 10_000
_MOSTLY: Final = 0.9
_FEW_ROWS: Final = 3
_MANY_ROWS: Final = 50


class Roles:
    """Decides once what a column is: when it first has values.

    A column of numbers, or of true and false, is a signal. Text is a signal where at least nine
    in ten of its first 10,000 values are numbers; else a label, and so is every column with the
    name of a label (``event_type``, ``imei``, …) and of any other type. A column without any
    value is neither yet.
    """

    def __init__(self, mapping: ColumnMapping) -> None:
        self._known: dict[str, Role] = dict.fromkeys(mapping.labels, "label")
        self._known.update(dict.fromkeys(mapping.signals, "signal"))

    def role(self, name: str, column: Column) -> Role | None:
        """What a column is; None as long as it is empty."""
        if name not in self._known:
            found = _role(name, column)
            if found is None:
                return None
            self._known[name] = found
        return self._known[name]


def counts_rows(column: Column) -> bool:
    """Whether a column does nothing but number its rows.

    >>> counts_rows(pa.chunked_array([["0", "1", "2"]]))
    True
    """
    numbers = to_numbers(column.slice(0, _SAMPLE_ROWS)).values
    if len(numbers) < _FEW_ROWS or numbers.null_count:
        return False
    values = numbers.to_numpy()
    from_the_start = values[0] in (0, 1) or len(values) >= _MANY_ROWS
    return bool(from_the_start and np.all(np.diff(values) == 1))


def has_decimal_commas(column: "pa.ChunkedArray[Any]") -> bool:
    """Whether a column's text looks like numbers with a comma for the decimal point.

    >>> has_decimal_commas(pa.chunked_array([["0,5", "-12,25", None]]))
    True
    """
    if not is_text(column.type):
        return False
    text = column.slice(0, _SAMPLE_ROWS).drop_null()
    alike = pc.match_substring_regex(text, r"^\s*[-+]?\d+,\d+\s*$")
    return bool(len(text)) and bool(pc.mean(alike).as_py() >= _MOSTLY)


def _role(name: str, column: Column) -> Role | None:
    if column.null_count == len(column):
        return None
    if is_known_label(name):
        return "label"
    if is_text(column.type) or pat.is_dictionary(column.type):
        text = pc.cast(column, pa.string())
        return _role_of_text([text.drop_null().slice(0, _SAMPLE_ROWS), text])
    return "signal" if is_number(column.type) or pat.is_boolean(column.type) else "label"


def _role_of_text(samples: Sequence[Column]) -> Role | None:
    for text in samples:
        cast = to_numbers(text)
        numbers, others = len(text) - cast.values.null_count, int(cast.bad.sum())
        if numbers + others:
            return "signal" if numbers >= _MOSTLY * (numbers + others) else "label"
    return None
