from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from motifleet.errors import ReadError
from motifleet.telemetry import ColumnMapping

from .conftest import ReadFile

NOON = datetime(2024, 1, 1, 12)


@pytest.mark.parametrize(
    "times",
    [
        pytest.param(pa.array([NOON], pa.timestamp("ns")), id="naive-ns"),
        pytest.param(pa.array([NOON], pa.timestamp("s")), id="naive-s"),
        pytest.param(
            pa.array([NOON.replace(tzinfo=UTC)], pa.timestamp("ms", "America/Chicago")), id="zoned"
        ),
        pytest.param(pa.array([1704110400]), id="seconds"),
        pytest.param(pa.array([1704110400.0]), id="float-seconds"),
        pytest.param(pa.array([1704110400_000]), id="milliseconds"),
        pytest.param(pa.array([1704110400_000_000]), id="microseconds"),
        pytest.param(pa.array([1704110400_000_000_000]), id="nanoseconds"),
        pytest.param(pa.array(["2024-01-01T13:00:00+01:00"]), id="text"),
    ],
)
def test_times_of_any_type(tmp_path: Path, read: ReadFile, times: "pa.Array[Any]") -> None:
    path = tmp_path / "times.parquet"
    pq.write_table(pa.table({"device": ["a"], "time": times}), path)
    assert read(path).column("event_ts") == [NOON.replace(tzinfo=UTC)]


def test_columns_of_any_type(tmp_path: Path, read: ReadFile) -> None:
    path = tmp_path / "types.parquet"
    columns: dict[str, Any] = {
        "device": pa.array([7, 8], pa.int32()),
        "time": pa.array([date(2024, 1, 1)] * 2),
        "small": pa.array([1, None], pa.int8()),
        "half": pa.array([1.5, float("nan")], pa.float32()),
        "on": pa.array([True, False]),
        "price": pa.array([Decimal("1.25"), None], pa.decimal128(10, 2)),
        "maker": pa.array(["x", "y"]).dictionary_encode(),
        "built": pa.array([date(2020, 5, 1), None]),
        "place": pa.array([{"depot": "Ames", "dock": 2}, None]),
    }
    pq.write_table(pa.table(columns), path)
    assert read(path).accepted == [
        {"device_id": "7", "event_ts": datetime(2024, 1, 1, tzinfo=UTC), "small": 1.0}
        | {"half": 1.5, "on": 1.0, "price": 1.25, "maker": "x", "built": "2020-05-01"}
        | {"place_depot": "Ames", "place_dock": 2.0},
        {"device_id": "8", "event_ts": datetime(2024, 1, 1, tzinfo=UTC), "small": None}
        | {"half": None, "on": 0.0, "price": None, "maker": "y", "built": None}
        | {"place_depot": None, "place_dock": None},
    ]


def test_a_device_that_pandas_made_a_float_is_a_whole_number(
    tmp_path: Path, read: ReadFile
) -> None:
    path = tmp_path / "floats.parquet"
    pq.write_table(pa.table({"device": [12.0, None, 13.0], "time": [1, 2, 3]}), path)
    found = read(path)
    assert (found.column("device_id"), found.reasons) == (["12", "13"], {2: "no device"})


@pytest.mark.parametrize("column", [pa.array([[1.0]]), pa.array([b"\x01"])], ids=["list", "binary"])
def test_columns_that_hold_no_values_are_named(
    tmp_path: Path, read: ReadFile, column: "pa.Array[Any]"
) -> None:
    path = tmp_path / "odd.parquet"
    pq.write_table(pa.table({"device": ["a"], "time": [0], "shape": column}), path)
    with pytest.raises(ReadError, match=r"'shape', got .*: leave it out with --ignore shape"):
        read(path)
    assert read(path, ColumnMapping(ignore=("shape",))).column("device_id") == ["a"]


def test_rows_are_numbered_across_row_groups(tmp_path: Path, read: ReadFile) -> None:
    path = tmp_path / "groups.parquet"
    devices = [None if row == 777 else f"d{row}" for row in range(1000)]
    pq.write_table(pa.table({"device": devices, "time": [0] * 1000}), path, row_group_size=64)
    found = read(path, batch_rows=300)
    assert found.reasons == {778: "no device"}
    assert [table.num_rows for table in found.tables] == [300, 300, 299, 100]
    assert found.rejected[0]["report"] == '{"device": null, "time": 0}'
