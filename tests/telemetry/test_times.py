from datetime import UTC, datetime, timedelta, timezone

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from motifleet.telemetry.times import to_times

MOMENTS = st.datetimes(datetime(1900, 1, 1), datetime(2200, 1, 1))
ZONES = st.integers(-23 * 60, 23 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))


def times_of(*values: str | None) -> list[datetime | None]:
    times: list[datetime | None] = to_times(pa.chunked_array([list(values)])).values.to_pylist()
    return times


@given(MOMENTS, ZONES, st.sampled_from(["T", " "]))
def test_iso_8601_with_a_zone(moment: datetime, zone: timezone, separator: str) -> None:
    moment = moment.replace(tzinfo=zone)
    assert times_of(moment.isoformat(separator)) == [moment]


@given(MOMENTS)
def test_iso_8601_without_a_zone_is_utc(moment: datetime) -> None:
    assert times_of(moment.isoformat(), "no time") == [moment.replace(tzinfo=UTC), None]


@pytest.mark.parametrize(
    "text",
    [
        "2024-02-29",
        " 2024-02-29 ",
        "2024-02-29 00:00",
        "2024-02-29T00:00:00Z",
        "2024-02-29T00:00:00z",
        "2024-02-29 00:00:00 UTC",
        "2024-02-29 01:00:00 +01:00",
        "2024-02-29T01:00:00.000000999+0100",
        "1709164800",
        "1709164800.0",
        "1.7091648e9",
        "1709164800000",
        "1709164800000000",
        "1709164800000000000",
    ],
)
def test_ways_to_write_a_time(text: str) -> None:
    understood = datetime(2024, 2, 29, tzinfo=UTC)
    assert times_of(text) == [understood]
    assert times_of("gibberish", text, "2024-03-01T05:00:00-05:00") == [
        None,
        understood,
        datetime(2024, 3, 1, 10, tzinfo=UTC),
    ]


@pytest.mark.parametrize(
    "text", ["2023-02-29", "2024-13-01", "24:00", "01/02/2024", "2024-01-01T25:00", "noon"]
)
def test_what_is_no_time(text: str) -> None:
    cast = to_times(pa.chunked_array([[text, None, ""]]))
    assert cast.bad.tolist() == [True, False, False]
    assert cast.values.null_count == 3


@settings(max_examples=30, deadline=None)
@given(st.lists(st.text(max_size=24)))
def test_any_text_is_a_time_or_bad_or_nothing(texts: list[str]) -> None:
    cast = to_times(pa.chunked_array([pa.array(texts, pa.string())]))
    assert len(cast.values) == len(texts)
    assert not (cast.bad & cast.values.is_valid().to_numpy()).any()
