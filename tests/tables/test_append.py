"""Creating tables, appending, idempotency, evolution of the schema."""

from collections.abc import Callable
from pathlib import Path
from typing import Literal, TypeAlias

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from motifleet.config import Settings
from motifleet.errors import (
    InvalidArgumentError,
    SchemaConflictError,
    TableExistsError,
    UnknownTableError,
)
from motifleet.tables import Tables, open_tables

SORT: list[tuple[str, Literal["ascending", "descending"]]] = [
    ("event_ts", "ascending"),
    ("device_id", "ascending"),
]
MakeReports: TypeAlias = Callable[..., pa.Table]
Row: TypeAlias = tuple[str, int, float | None]


def test_a_new_table_of_reports_is_partitioned_and_sorted(
    tables: Tables, make_reports: MakeReports
) -> None:
    tables.create("fleet", make_reports().schema)
    description = tables.describe("fleet")
    assert description.partitioning == ("day(event_ts)", "bucket(16, device_id)")
    assert description.sorted_by == ("device_id", "event_ts")
    assert (description.rows, description.files, description.snapshot) == (0, 0, None)


def test_rows_are_sorted_and_split_by_day_and_bucket(
    tables: Tables, make_reports: MakeReports
) -> None:
    reports = make_reports(devices=5, minutes=30, start="2023-12-01T23:45")
    tables.append("fleet", reports)
    files = list(Path(tables.describe("fleet").location, "data").rglob("*.parquet"))
    assert {file.parts[-3] for file in files} == {
        "_event_ts_day=2023-12-01",
        "_event_ts_day=2023-12-02",
    }
    for file in files:
        rows = pq.ParquetFile(file).read(columns=["device_id", "event_ts"])
        assert rows == rows.sort_by([("device_id", "ascending"), ("event_ts", "ascending")])
        assert pq.ParquetFile(file).metadata.row_group(0).column(0).compression == "ZSTD"
    assert tables.scan("fleet").sort_by(SORT) == reports


def test_a_batch_lands_once_however_often_it_is_appended(
    tables: Tables, make_reports: MakeReports
) -> None:
    first = tables.append("fleet", make_reports(), batch_id="day-1")
    again = tables.append("fleet", make_reports(), batch_id="day-1")
    other = tables.append("fleet", make_reports(start="2023-12-02"), batch_id="day-2")
    assert (first.rows, first.already, again.already, other.already) == (12, False, True, False)
    assert again.snapshot_id == first.snapshot_id
    assert tables.describe("fleet").rows == 24


def test_without_a_batch_id_each_append_is_a_new_batch(
    tables: Tables, make_reports: MakeReports
) -> None:
    tables.append("fleet", make_reports())
    tables.append("fleet", make_reports().to_batches()[0])
    assert tables.describe("fleet").rows == 24


def test_a_batch_without_rows_makes_the_table_but_no_snapshot(
    tables: Tables, make_reports: MakeReports
) -> None:
    landed = tables.append("fleet", make_reports().slice(0, 0), batch_id="empty")
    assert landed.to_dict() == {
        "table": "fleet",
        "rows": 0,
        "snapshot_id": None,
        "already": False,
    }
    assert tables.scan("fleet").num_rows == 0
    assert tables.scan("fleet").schema == make_reports().schema


def test_a_new_signal_becomes_a_column_and_old_rows_have_nulls(
    tables: Tables, make_reports: MakeReports
) -> None:
    tables.append("fleet", make_reports(devices=2, minutes=1))
    with_oil = make_reports(devices=2, minutes=1, start="2023-12-02").append_column(
        "oil", pa.array([1.5, 2.5])
    )
    tables.append("fleet", with_oil)
    tables.append("fleet", make_reports(devices=2, minutes=1, start="2023-12-03").drop("speed"))
    rows = tables.scan("fleet").sort_by(SORT)
    assert rows["oil"].to_pylist() == [None, None, 1.5, 2.5, None, None]
    assert rows["speed"].to_pylist() == [0.0, 1.0, 0.0, 1.0, None, None]
    assert tables.scan("fleet", where="oil > 2").num_rows == 1
    assert tables.scan("fleet", where="oil is null").num_rows == 4
    assert tables.describe("fleet").columns[-1].to_dict() == {
        "name": "oil",
        "type": "double",
        "role": "signal",
    }


def test_a_column_of_another_type_is_refused(tables: Tables, make_reports: MakeReports) -> None:
    tables.append("fleet", make_reports(devices=1, minutes=2))
    words = make_reports(devices=1, minutes=2).set_column(5, "speed", pa.array(["fast", "slow"]))
    with pytest.raises(SchemaConflictError, match=r"'speed' of type double.*got string; convert"):
        tables.append("fleet", words)
    assert tables.describe("fleet").rows == 2


def test_dictionary_and_large_strings_are_strings(
    tables: Tables, make_reports: MakeReports
) -> None:
    reports = make_reports()
    encoded = reports.set_column(4, "event_type", reports["event_type"].dictionary_encode())
    large = encoded.set_column(0, "device_id", reports["device_id"].cast(pa.large_string()))
    tables.append("fleet", large)
    assert tables.scan("fleet").schema == reports.schema


def test_rows_that_are_no_reports_keep_their_order(tables: Tables) -> None:
    rejected = pa.table(
        {"row": pa.array([3, 1, 2], pa.int64()), "reason": ["no time", "no device", None]}
    )
    tables.append("rejected", rejected)
    assert tables.scan("rejected") == rejected
    assert tables.describe("rejected").partitioning == ()
    assert [column.role for column in tables.describe("rejected").columns] == ["label", "label"]


@pytest.mark.parametrize("column", ["device_id", "event_ts"])
def test_a_report_without_device_or_time_is_refused(
    tables: Tables, make_reports: MakeReports, column: str
) -> None:
    reports = make_reports(devices=2, minutes=1)
    place = reports.column_names.index(column)
    gap = reports.set_column(place, column, pa.nulls(2, reports.schema.field(column).type))
    with pytest.raises(InvalidArgumentError, match=f"'{column}' in every report, got 2 of 2"):
        tables.append("fleet", gap)


def report_schema(device: pa.DataType, time: pa.DataType) -> pa.Schema:
    return pa.schema({"device_id": device, "event_ts": time})


@pytest.mark.parametrize(
    ("schema", "message"),
    [
        (pa.schema([("a", pa.float64()), ("a", pa.float64())]), "'a' twice"),
        (pa.schema([("", pa.float64())]), "'' as a name"),
        (pa.schema([("a", pa.list_(pa.int8()))]), r"'a' has type list<.*convert it to one of"),
        (report_schema(pa.int64(), pa.string()), "'device_id' as long"),
        (report_schema(pa.string(), pa.timestamp("us")), "'event_ts' as timestamp"),
    ],
    ids=["a column twice", "no name", "a list", "device as number", "time without zone"],
)
def test_a_schema_that_tables_do_not_hold(tables: Tables, schema: pa.Schema, message: str) -> None:
    with pytest.raises(InvalidArgumentError, match=message):
        tables.create("fleet", schema)
    assert tables.list() == []


@pytest.mark.parametrize("name", ["", "Fleet", "1st", "a.b", "a/b", "../x", "a b", "x" * 64])
def test_a_name_that_no_table_can_have(
    tables: Tables, make_reports: MakeReports, name: str
) -> None:
    with pytest.raises(InvalidArgumentError, match="expected a table name of at most 63"):
        tables.append(name, make_reports())
    with pytest.raises(InvalidArgumentError, match="expected a table name of at most 63"):
        tables.scan(name)


def test_creating_a_table_twice(tables: Tables, make_reports: MakeReports) -> None:
    tables.create("fleet", make_reports().schema)
    with pytest.raises(TableExistsError, match="got 'fleet', which is a table already"):
        tables.create("fleet", make_reports().schema)


def test_appending_to_an_unknown_table_with_create_off(
    tables: Tables, make_reports: MakeReports
) -> None:
    tables.append("flights", make_reports())
    with pytest.raises(UnknownTableError, match="did you mean 'flights'"):
        tables.append("flight", make_reports(), create=False)


def test_a_second_opening_finds_everything(
    tables: Tables, home: Path, make_reports: MakeReports
) -> None:
    tables.append("fleet", make_reports(), batch_id="day-1")
    with open_tables(Settings(home=home)) as other:
        assert other.append("fleet", make_reports(), batch_id="day-1").already
        assert [table.name for table in other.list()] == ["fleet"]


VALUES = st.floats(allow_nan=True, allow_infinity=True, width=64)
ROWS = st.tuples(
    st.sampled_from(["a", "b", "ü/ß=1", "c d", "😀"]),
    st.sampled_from([-(10**15), -1, 0, 1, 1_700_000_000_000_000, 4 * 10**15]),
    VALUES | st.none(),
)


@settings(
    max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(rows=st.lists(ROWS, min_size=1, max_size=20))
def test_whatever_is_appended_is_read_back(tables: Tables, rows: list[Row]) -> None:
    devices, times, values = zip(*rows, strict=True)
    batch = pa.table(
        {
            "device_id": pa.array(devices, pa.string()),
            "event_ts": pa.array(times, pa.timestamp("us", "UTC")),
            "signal": pa.array(values, pa.float64()),
        }
    )
    name = f"table_{len(tables.list())}"
    tables.append(name, batch)
    assert _bits(tables.scan(name)) == _bits(batch)
    assert tables.devices(name) == sorted(set(devices))
    assert tables.contains(name, batch).all()


def _bits(rows: pa.Table) -> list[tuple[object, ...]]:
    """The rows as comparable values: NaN equals NaN, and minus zero is not zero."""
    values = [None if value is None else value.hex() for value in rows["signal"].to_pylist()]
    times = rows["event_ts"].cast(pa.int64()).to_pylist()
    return sorted(zip(rows["device_id"].to_pylist(), times, values, strict=True), key=str)
