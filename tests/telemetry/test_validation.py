import json
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest

from motifleet.errors import InvalidArgumentError, ReadError
from motifleet.telemetry import ColumnMapping, validate
from motifleet.telemetry.arrow import Mask

from .conftest import NOW, ReadFile, WriteFile

T0 = datetime(2024, 1, 1, tzinfo=UTC)


def raw(**columns: list[Any]) -> pa.Table:
    rows = max(len(values) for values in columns.values())
    base: dict[str, list[Any]] = {"device": ["a"] * rows, "time": [T0] * rows}
    return pa.table(base | columns)


def seconds(rows: int) -> list[datetime]:
    return [T0 + timedelta(seconds=row) for row in range(rows)]


def reasons(table: pa.Table, **options: Any) -> dict[int, str]:
    rejected = validate(table, **{"now": NOW, **options}).rejected
    return {row["row"]: row["reason"] for row in rejected.to_pylist()}


@pytest.mark.parametrize(
    ("columns", "reason"),
    [
        ({"device": [None]}, "no device"),
        ({"device": ["  "]}, "no device"),
        ({"time": [None]}, "no time"),
        ({"time": ["yesterday"]}, "time not understood: 'yesterday'"),
        ({"time": ["2024-02-30"]}, "time not understood: '2024-02-30'"),
        ({"time": [1e300]}, "time not understood: 1e+300"),
        ({"time": [True]}, "time not understood: True"),
        ({"time": [NOW + timedelta(days=1, seconds=1)]}, "time in the far future"),
        ({"time": ["0001-01-01"]}, "time in the far past"),
        ({"longitude": [191.2]}, "longitude 191.2 out of range [-180, 180]"),
        ({"longitude": [float("-inf")]}, "longitude -inf out of range [-180, 180]"),
        ({"latitude": [-90.1]}, "latitude -90.1 out of range [-90, 90]"),
        ({"latitude": ["north"]}, "latitude: not a number: 'north'"),
        (
            {"device": [None], "latitude": [91.0], "time": [None]},
            "no device; no time; latitude 91.0 out of range [-90, 90]",
        ),
    ],
)
def test_reasons(columns: dict[str, list[Any]], reason: str) -> None:
    assert reasons(raw(**columns)) == {1: reason}


@pytest.mark.parametrize(
    "columns",
    [
        {"time": [NOW + timedelta(days=1)]},
        {"time": [datetime(1970, 1, 1, tzinfo=UTC)]},
        {"longitude": [180.0], "latitude": [-90.0]},
        {"longitude": [8.5], "latitude": [None]},
        {"longitude": [float("nan")]},
        {"speed": [float("inf")]},
        {"speed": [float("nan")]},
    ],
)
def test_what_is_odd_but_accepted(columns: dict[str, list[Any]]) -> None:
    assert reasons(raw(**columns)) == {}


def test_nan_is_null_and_infinity_stays() -> None:
    table = raw(speed=[float("nan"), float("inf"), 1.0], time=seconds(3))
    assert validate(table, now=NOW).accepted["speed"].to_pylist() == [None, float("inf"), 1.0]


def test_the_first_of_two_alike_is_accepted_and_only_an_accepted_one_counts() -> None:
    table = raw(device=["a", "a", "b", "a"], latitude=[99.0, 1.0, 2.0, 3.0])
    assert reasons(table) == {
        1: "latitude 99.0 out of range [-90, 90]",
        4: "duplicate device and time",
    }


def test_rows_that_the_table_has_are_told_apart() -> None:
    asked: list[list[Any]] = []

    def existing(keys: pa.Table) -> Mask:
        asked.append(keys["device_id"].to_pylist())
        return np.array([device == "b" for device in asked[-1]])

    table = raw(device=["a", "b", None, "a", "c"])
    assert reasons(table, existing=existing) == {
        2: "device and time are in the table already",
        3: "no device",
        4: "duplicate device and time",
    }
    assert asked == [["a", "b", "c"]]


def test_the_report_is_the_raw_row() -> None:
    table = raw(device=[None], note=['say "hi"\n\t\\ é'], speed=[float("inf")], time=[0], ok=[True])
    report = json.loads(validate(table).rejected["report"][0].as_py())
    assert report == {"device": None, "time": 0, "note": 'say "hi"\n\t\\ é'} | {
        "speed": "inf",
        "ok": True,
    }


def test_a_naive_now_is_utc() -> None:
    table = raw(time=[datetime(2026, 1, 2, 0, 0, 1, tzinfo=UTC)])
    assert reasons(table, now=NOW.replace(tzinfo=None)) == {1: "time in the far future"}


def test_counts_say_how_many_for_what() -> None:
    table = raw(device=[None, "a", "a"], latitude=[99.0, 91.0, 1.0])
    checked = validate(table, now=NOW)
    assert checked.counts == {"no device": 1, "latitude out of range": 2}


def test_a_record_batch_will_do_and_a_list_will_not() -> None:
    assert validate(raw(speed=[1.0]).to_batches()[0]).accepted.num_rows == 1
    with pytest.raises(InvalidArgumentError, match="expected an Arrow table, got list"):
        validate([1])  # type: ignore[arg-type]


def test_columns_are_told_as_in_files() -> None:
    with pytest.raises(ReadError, match="the batch: no column looks like the device"):
        validate(pa.table({"speed": [1.0]}))
    accepted = validate(pa.table({"x": ["a"], "ts": [0]}), ColumnMapping(device="x")).accepted
    assert accepted["device_id"].to_pylist() == ["a"]


def test_all_rows_of_a_large_batch_are_repeats() -> None:
    rows = 50_000
    columns: dict[str, Any] = {"device": np.arange(rows) % 100, "time": np.arange(rows) // 100}
    table = pa.table(columns)
    twice = pa.concat_tables([table, table])
    checked = validate(twice)
    assert (checked.accepted.num_rows, checked.rejected.num_rows) == (rows, rows)
    assert pc.min(checked.rejected["row"]).as_py() == rows + 1


def test_early_times_are_hinted_at(write: WriteFile, read: ReadFile) -> None:
    found = read(write("days.csv", "device,date\na,20240101\n"))
    assert "times begin at 1970-08-23" in found.hints[0]
    assert "--time-column" in found.hints[0]
    assert "times begin at 0000-01-01" in read(write("no.csv", "vin,ts\na,0000-01-01\n")).hints[0]
