"""From whatever a file holds to moments in UTC, in microseconds.

A time is an ISO 8601 text (without a zone it is UTC), an Arrow timestamp or date of any unit, or
a number since 1970: seconds below 1e11, milliseconds below 1e14, microseconds below 1e17,
nanoseconds above. That reads all of 1973 to 5138 rightly in each of the units.
"""

from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.types as pat

from motifleet.telemetry.arrow import Chunk, Column, is_number, is_text, mask_of, nowhere, pc
from motifleet.telemetry.cast import Cast, by_chunk, castable, where
from motifleet.telemetry.schema import TIME_TYPE

_NAIVE: Final = pa.timestamp("us")
_NUMBER: Final = r"^[+-]?\d+(\.\d*)?([eE]\+?\d+)?$"
_CLOCK: Final = r"[T ]([01]\d|2[0-3])(:[0-5]\d(:[0-5]\d(\.\d{1,6})?)?)?"
_ZONE: Final = r"(Z|[+-]([01]\d|2[0-3])(:?[0-5]\d)?)"
_DAY: Final = r"\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])"
_WITHOUT_ZONE: Final = f"^{_DAY}({_CLOCK})?$"
_WITH_ZONE: Final = f"^{_DAY}{_CLOCK}{_ZONE}$"
_END_OF_9999: Final = 253_402_300_799


def to_times(column: Column) -> Cast:
    """A column as moments in UTC.

    >>> cast = to_times(pa.chunked_array([["2023-12-01T01:00:00+01:00", "1701388800", "noon"]]))
    >>> [str(each) for each in cast.values], cast.bad.tolist()
    (['2023-12-01 00:00:00+00:00', '2023-12-01 00:00:00+00:00', 'None'], [False, False, True])
    """
    if is_text(column.type):
        cast = by_chunk(column, _NAIVE, [_plain, _zoned, _numbers], _text_to_times)
        return Cast(pc.cast(cast.values, TIME_TYPE), cast.bad)
    if pat.is_timestamp(column.type) or pat.is_date(column.type):
        return Cast(pc.cast(column, TIME_TYPE, safe=False), nowhere(len(column)))
    if is_number(column.type):
        times, bad = _since_1970(pc.cast(column, pa.float64(), safe=False))
        return Cast(pa.chunked_array([pc.cast(times, TIME_TYPE)]), mask_of(bad))
    nothing = pa.chunked_array([pa.nulls(len(column))]).cast(TIME_TYPE)
    return Cast(nothing, mask_of(column.is_valid()))


def _plain(text: Chunk) -> Chunk:
    times: Chunk = pc.cast(text, _NAIVE)
    return times


def _zoned(text: Chunk) -> Chunk:
    times: Chunk = pc.cast(pc.cast(text, TIME_TYPE), _NAIVE)
    return times


def _numbers(text: Chunk) -> Chunk:
    times, unreal = _since_1970(pc.cast(text, pa.float64()))
    if pc.any(unreal).as_py():
        raise pa.ArrowInvalid("beyond any calendar")
    return times


def _text_to_times(text: Chunk) -> tuple[Chunk, Chunk]:
    """The naive UTC times of trimmed text, and where it was not understood."""
    text = _tidy(text)
    numbers, other = castable(text, _NUMBER)
    since_1970, unreal = _since_1970(pc.cast(numbers, pa.float64()))
    zoned, other = castable(where(other, text), _WITH_ZONE)
    in_utc, no_such_zoned_day = _parsed(zoned, TIME_TYPE)
    plain, bad = castable(where(other, text), _WITHOUT_ZONE)
    naive, no_such_day = _parsed(plain, _NAIVE)
    for wrong in (unreal, no_such_zoned_day, no_such_day):
        bad = pc.or_(bad, wrong)
    return pc.coalesce(since_1970, pc.cast(in_utc, _NAIVE), naive), bad


def _tidy(text: Chunk) -> Chunk:
    """Spell what Arrow does not read in a way that it does: nanoseconds, a zone with a blank."""
    for pattern, spelling in (
        (r"(:\d\d\.\d{6})\d+", r"\1"),
        (r"(\d) ?(UTC|GMT|z)$", r"\1Z"),
        (r"(\d) ([+-]\d\d:?\d\d)$", r"\1\2"),
    ):
        text = pc.replace_substring_regex(text, pattern, spelling)
    return text


def _parsed(text: Chunk, kind: pa.DataType) -> tuple[Chunk, Chunk]:
    """The times of text that has the form of one, and where there is no such day."""
    try:
        return pc.cast(text, kind), pa.array(nowhere(len(text)))
    except pa.ArrowInvalid:
        days = pc.cast(pc.utf8_slice_codeunits(text, 8, 10), pa.int64())
        real = where(pc.less_equal(days, _month_lengths(text)), text)
        return pc.cast(real, kind), pc.and_not(pc.is_valid(text), pc.is_valid(real))


def _month_lengths(text: Chunk) -> Chunk:
    """How many days each text's month has."""
    names = pc.utf8_slice_codeunits(text, 0, 7).to_pylist()
    months = np.array([name or "NaT" for name in names], dtype="datetime64[M]")
    days = (months + 1).astype("datetime64[D]") - months.astype("datetime64[D]")
    lengths: Chunk = pa.array(days.astype(np.int64))
    return lengths


def _since_1970(numbers: Column | Chunk) -> tuple[Chunk, Chunk]:
    """The naive UTC times of numbers, and where one is beyond any calendar."""
    there = mask_of(numbers.is_valid()) & ~mask_of(pc.is_nan(numbers))
    values = np.where(there, pc.fill_null(numbers, 0.0).to_numpy(zero_copy_only=False), 0.0)
    size = np.abs(values)
    scales = np.select([size < 1e11, size < 1e14, size < 1e17], [1.0, 1e3, 1e6], 1e9)
    real = there & (size / scales <= _END_OF_9999)
    micros = np.where(real, np.rint(values / scales * 1e6), 0.0).astype(np.int64)
    times = pa.array(micros.view("datetime64[us]"), mask=~real)
    return times, pa.array(there & ~real)
