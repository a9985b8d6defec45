"""From whatever a file holds to numbers and names, a column at a time.

Every cast returns the values and the places where there was something that could not be
understood. A chunk is tried as a whole first; only one that holds something unusual is looked at
closer.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.types as pat

from motifleet.telemetry.arrow import Chunk, Column, Mask, chunked, is_text, mask_of, nowhere, pc

_NOTHING: Final = r"^(?i:|NA|N/A|null|none|nan|-)$"
_NUMBER: Final = r"^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$|^[+-]?(?i:inf|infinity)$"
_PROBE_ROWS: Final = 32
_TRUE: Final = r"^(?i:true)$"
_FALSE: Final = r"^(?i:false)$"


Quick: TypeAlias = Callable[[Chunk], Chunk]
"""A cast of a whole chunk that raises ArrowInvalid where it cannot do all of it."""


@dataclass(frozen=True, slots=True, eq=False)
class Cast:
    """A column in its new type.

    Args:
        values: the new column; null where there was nothing, or nothing that made sense.
        bad: where there was something that made no sense.
    """

    values: Column
    bad: Mask


def to_numbers(column: Column) -> Cast:
    """A column as float64; null and NaN become null, true 1 and false 0.

    >>> cast = to_numbers(pa.chunked_array([["1.5", " 2 ", "NA", "abc"]]))
    >>> cast.values.to_pylist(), cast.bad.tolist()
    ([1.5, 2.0, None, None], [False, False, False, True])
    """
    if is_text(column.type):
        cast = by_chunk(column, pa.float64(), [_plain_numbers], _text_to_numbers)
        return Cast(_without_nan(cast.values), cast.bad)
    plain = pc.cast(column, pa.int8()) if pat.is_boolean(column.type) else column
    return Cast(_without_nan(pc.cast(plain, pa.float64(), safe=False)), nowhere(len(column)))


def to_names(column: Column) -> Column:
    """A column as text without blanks around it; null where nothing is left.

    >>> to_names(pa.chunked_array([["truck-7 ", "", "n/a", "12"]])).to_pylist()
    ['truck-7', None, None, '12']
    """
    text: Column = pc.cast(_whole_numbers(column), pa.string())
    # A name comes many times: each distinct one is trimmed once.
    encoded: Any = text.dictionary_encode().unify_dictionaries()
    if not encoded.num_chunks:
        return text
    distinct = encoded.chunk(0).dictionary
    names = trimmed(distinct)
    if names.equals(distinct):
        return text
    return chunked([names.take(chunk.indices) for chunk in encoded.chunks], pa.string())


def by_chunk(
    column: Column,
    kind: pa.DataType,
    quick: Sequence[Quick],
    closer: Callable[[Chunk], tuple[Chunk, Chunk]],
) -> Cast:
    """Cast text by Arrow's own rules where they will do, else with a closer look at the chunk.

    Args:
        column: the text.
        kind: the type to cast to.
        quick: casts to try on a chunk as it is and then trimmed, each all or nothing.
        closer: from trimmed text to values of ``kind``, and where they made no sense.
    """
    values: list[Chunk] = []
    bad = [nowhere(0)]
    for chunk in column.chunks:
        cast, wrong = _first_of(quick, chunk), nowhere(len(chunk))
        if cast is None:
            text = trimmed(chunk)
            cast = _first_of(quick, text)
            if cast is None:
                cast, no_sense = closer(text)
                wrong = mask_of(no_sense)
        values.append(cast)
        bad.append(wrong)
    return Cast(chunked(values, kind), np.concatenate(bad))


def castable(text: Chunk, pattern: str) -> tuple[Chunk, Chunk]:
    """The text that fits a pattern, null elsewhere; and where there is text that does not."""
    fits = pc.fill_null(pc.match_substring_regex(text, pattern), False)
    return where(fits, text), pc.and_not(pc.is_valid(text), fits)


def where(kept: Chunk, values: Chunk) -> Chunk:
    """The values that are kept, null elsewhere."""
    found: Chunk = pc.if_else(kept, values, pa.scalar(None, values.type))
    return found


def trimmed(text: Chunk) -> Chunk:
    """Text without blanks around it; null where nothing is left, or a word for nothing."""
    text = pc.utf8_trim_whitespace(pc.cast(text, pa.string()))
    return where(pc.invert(pc.match_substring_regex(text, _NOTHING)), text)


def _first_of(quick: Sequence[Quick], text: Chunk) -> Chunk | None:
    for cast in quick:
        try:
            # Arrow goes on to the end of a chunk that it cannot cast: a few values tell as much.
            cast(text[:_PROBE_ROWS])
            return cast(text)
        except pa.ArrowInvalid:
            continue
    return None


def _plain_numbers(text: Chunk) -> Chunk:
    numbers: Chunk = pc.cast(text, pa.float64())
    return numbers


def _text_to_numbers(text: Chunk) -> tuple[Chunk, Chunk]:
    for word, digit in ((_TRUE, "1"), (_FALSE, "0")):
        text = pc.replace_substring_regex(text, word, digit)
    kept, bad = castable(text, _NUMBER)
    return pc.cast(kept, pa.float64()), bad


def _without_nan(numbers: Column) -> Column:
    nan = pc.is_nan(numbers)
    if not pc.any(nan).as_py():
        return numbers
    found: Column = pc.if_else(nan, pa.scalar(None, pa.float64()), numbers)
    return found


def _whole_numbers(column: Column) -> Column:
    """Float64 that could be integers as integers: pandas makes them so around a missing value."""
    if pat.is_floating(column.type):
        numbers = _without_nan(pc.cast(column, pa.float64()))
        if pc.all(pc.equal(numbers, pc.floor(numbers))).as_py():
            column = pc.cast(numbers, pa.int64(), safe=False)
    return column
