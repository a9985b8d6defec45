"""Scans by columns, devices, time, filter and snapshot; iteration by device."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import TypeAlias

import numpy as np
import pyarrow as pa
import pytest

from motifleet.config import Settings
from motifleet.errors import (
    InvalidArgumentError,
    UnknownColumnError,
    UnknownDeviceError,
    UnknownSnapshotError,
    UnknownTableError,
)
from motifleet.tables import Tables, open_tables

MakeReports: TypeAlias = Callable[..., pa.Table]


@pytest.fixture(scope="module")
def fleet(tmp_path_factory: pytest.TempPathFactory, make_reports: MakeReports) -> Iterator[Tables]:
    """40 devices of 60 reports each, 2,400 rows, from 23:30 on over midnight, in two batches."""
    reports = make_reports(devices=40, minutes=60, start="2023-12-01T23:30")
    with open_tables(Settings(home=tmp_path_factory.mktemp("fleet"))) as tables:
        tables.append("fleet", reports.slice(0, 1000), batch_id="first")
        tables.append("fleet", reports.slice(1000), batch_id="second")
        yield tables


def test_columns_come_in_the_order_asked_for(fleet: Tables) -> None:
    rows = fleet.scan("fleet", columns=["speed", "device_id"])
    assert rows.column_names == ["speed", "device_id"]
    assert sorted(rows["speed"].to_numpy()) == list(range(2400))


def test_devices_and_time_range_start_inclusive_end_exclusive(fleet: Tables) -> None:
    rows = fleet.scan(
        "fleet",
        devices=["truck-003", "truck-017"],
        start="2023-12-01T23:31",
        end=datetime(2023, 12, 1, 23, 34, tzinfo=UTC),
    )
    assert sorted(rows["speed"].to_numpy()) == [43.0, 57.0, 83.0, 97.0, 123.0, 137.0]


def test_a_time_with_a_zone_is_that_moment(fleet: Tables) -> None:
    assert fleet.scan("fleet", start="2023-12-02T01:29:00+01:00").num_rows == 40


@pytest.mark.parametrize(
    ("where", "rows"),
    [
        ("speed > 2397", 2),
        ("speed >= 10 and speed < 12.5", 3),
        ("speed < 1 or speed > 2398", 2),
        ("not (speed < 2399)", 1),
        ("device_id = 'truck-001'", 60),
        ("event_type like 'system%' and speed in (1, 2, 5000)", 2),
        ("speed between 3 and 4", 2),
        ("speed is null", 0),
    ],
)
def test_filters(fleet: Tables, where: str, rows: int) -> None:
    assert fleet.scan("fleet", columns=["longitude"], where=where).num_rows == rows


def test_a_missing_value_passes_no_comparison(tables: Tables, make_reports: MakeReports) -> None:
    reports = make_reports(devices=4, minutes=1)
    tables.append("fleet", reports.set_column(5, "speed", pa.array([1.0, np.nan, None, 90.0])))
    assert tables.scan("fleet", where="speed < 50")["speed"].to_pylist() == [1.0]
    assert tables.scan("fleet", where="speed >= 50")["speed"].to_pylist() == [90.0]
    assert tables.scan("fleet", where="speed is nan or speed is null").num_rows == 2


@pytest.mark.parametrize(
    "where",
    ["speed >", "", "drop table fleet", "speed > 80; drop", "speed > 'fast'", "speed + 1", "((("],
)
def test_a_filter_that_is_not_understood(fleet: Tables, where: str) -> None:
    with pytest.raises(InvalidArgumentError, match="filter"):
        fleet.scan("fleet", where=where)


def test_an_unknown_column_names_the_near_miss(fleet: Tables) -> None:
    with pytest.raises(UnknownColumnError, match="no column 'sped': did you mean 'speed'"):
        fleet.scan("fleet", columns=["sped"])
    with pytest.raises(UnknownColumnError, match="no column 'sped': did you mean 'speed'"):
        fleet.scan("fleet", where="longitude > 3 and not (sped > 80)")


def test_an_unknown_device_names_the_near_miss(fleet: Tables) -> None:
    with pytest.raises(UnknownDeviceError, match="no device 'truck-0003': did you mean"):
        fleet.scan("fleet", devices=["truck-003", "truck-0003"])
    with pytest.raises(UnknownDeviceError, match="no device 'van': there are truck-000"):
        fleet.scan_batches("fleet", devices=["van"])
    with pytest.raises(UnknownDeviceError, match="no device 'van'"):
        fleet.by_device("fleet", devices=["van"])


def test_a_known_device_without_a_report_in_the_range_is_no_error(fleet: Tables) -> None:
    assert fleet.scan("fleet", devices=["truck-003"], start="2024-01-01").num_rows == 0


def test_an_unknown_table_names_the_near_miss(fleet: Tables) -> None:
    with pytest.raises(UnknownTableError, match="no table 'fleets': did you mean 'fleet'"):
        fleet.scan("fleets")


def test_a_table_without_devices_has_no_device_filter(tables: Tables) -> None:
    tables.append("notes", pa.table({"note": ["a"]}))
    with pytest.raises(UnknownColumnError, match="no column 'device_id'"):
        tables.scan("notes", devices=["truck-001"])
    with pytest.raises(UnknownColumnError, match="no column 'device_id'"):
        tables.by_device("notes")
    with pytest.raises(UnknownColumnError, match="no column 'device_id'"):
        tables.devices("notes")


@pytest.mark.parametrize("start", ["yesterday", "2023-13-01", ""])
def test_a_time_that_is_none(fleet: Tables, start: str) -> None:
    with pytest.raises(InvalidArgumentError, match="expected start as an ISO 8601 time"):
        fleet.scan("fleet", start=start)


def test_a_text_in_place_of_a_list(fleet: Tables) -> None:
    with pytest.raises(InvalidArgumentError, match="a list of columns, got the text 'speed'"):
        fleet.scan("fleet", columns="speed")


@pytest.mark.parametrize("limit", [0, 1, 70, 5000])
def test_limit(fleet: Tables, limit: int) -> None:
    assert fleet.scan("fleet", limit=limit).num_rows == min(limit, 2400)
    batches = fleet.scan_batches("fleet", limit=limit)
    assert sum(batch.num_rows for batch in batches) == min(limit, 2400)


def test_a_negative_limit(fleet: Tables) -> None:
    with pytest.raises(InvalidArgumentError, match="at least 0, got -1"):
        fleet.scan("fleet", limit=-1)


def test_batches_hold_what_the_scan_holds(fleet: Tables) -> None:
    batches = list(fleet.scan_batches("fleet", columns=["speed"], where="speed >= 100"))
    assert len(batches) > 1
    values = np.concatenate([batch["speed"].to_numpy() for batch in batches])
    assert sorted(values) == list(range(100, 2400))


def test_as_of_a_snapshot_and_as_of_a_time(fleet: Tables) -> None:
    first, second = fleet.snapshots("fleet")
    assert fleet.scan("fleet", as_of=first.id).num_rows == 1000
    assert fleet.scan("fleet", as_of=str(first.id)).num_rows == 1000
    assert fleet.scan("fleet", as_of=first.committed_at).num_rows == 1000
    assert fleet.scan("fleet", as_of=second.committed_at.isoformat()).num_rows == 2400
    before = second.committed_at - timedelta(milliseconds=1)
    assert fleet.scan("fleet", as_of=before).num_rows == 1000
    assert fleet.devices("fleet", as_of=first.id, start="2023-12-02") == []


def test_a_column_that_came_later_is_unknown_to_an_older_snapshot(
    tables: Tables, make_reports: MakeReports
) -> None:
    reports = make_reports(devices=1, minutes=1)
    tables.append("fleet", reports)
    tables.append("fleet", reports.append_column("oil", pa.array([3.0])))
    first = tables.snapshots("fleet")[0]
    assert "oil" not in tables.scan("fleet", as_of=first.id).column_names
    with pytest.raises(UnknownColumnError, match="no column 'oil'"):
        tables.scan("fleet", columns=["oil"], as_of=first.id)


def test_snapshots_that_are_not_there(fleet: Tables, tables: Tables) -> None:
    with pytest.raises(UnknownSnapshotError, match="has no snapshot 7; its first is"):
        fleet.scan("fleet", as_of=7)
    with pytest.raises(UnknownSnapshotError, match="had no snapshot yet at 2000-01-01"):
        fleet.scan("fleet", as_of="2000-01-01")
    tables.create("empty", pa.schema([("note", pa.string())]))
    with pytest.raises(UnknownSnapshotError, match="it has none so far"):
        tables.scan("empty", as_of=7)


@pytest.mark.parametrize("max_rows", [1, 60, 500, 10_000])
def test_by_device_has_whole_devices_once_sorted_and_bounded(fleet: Tables, max_rows: int) -> None:
    groups = list(fleet.by_device("fleet", columns=["speed"], max_rows=max_rows))
    seen: list[str] = []
    for group in groups:
        assert group.column_names == ["device_id", "event_ts", "speed"]
        assert group == group.sort_by([("device_id", "ascending"), ("event_ts", "ascending")])
        assert group.num_rows <= max(max_rows, 60)
        devices, counts = np.unique(group["device_id"].to_numpy(), return_counts=True)
        assert set(counts) == {60}
        seen.extend(devices.tolist())
    assert sorted(seen) == fleet.devices("fleet")
    values = np.concatenate([group["speed"].to_numpy() for group in groups])
    assert np.array_equal(np.sort(values), np.arange(2400.0))


def test_by_device_obeys_the_selection(fleet: Tables) -> None:
    groups = fleet.by_device(
        "fleet", devices=["truck-005", "truck-006"], start="2023-12-02", where="speed >= 1210"
    )
    rows = pa.concat_tables(groups)
    assert rows["device_id"].to_pylist() == ["truck-005"] * 29 + ["truck-006"] * 29
    assert rows.column_names == fleet.scan("fleet").column_names


def test_by_device_refuses_a_bound_of_nothing(fleet: Tables) -> None:
    with pytest.raises(InvalidArgumentError, match="max_rows of at least 1, got 0"):
        fleet.by_device("fleet", max_rows=0)


def test_devices(fleet: Tables) -> None:
    assert fleet.devices("fleet") == [f"truck-{number:03}" for number in range(40)]
    assert fleet.devices("fleet", where="speed < 2") == ["truck-000", "truck-001"]


def test_contains_tells_known_reports_from_new_ones(
    fleet: Tables, make_reports: MakeReports
) -> None:
    known = make_reports(devices=2, minutes=2, start="2023-12-01T23:58")
    new_time = make_reports(devices=2, minutes=2, start="2023-12-01T23:58:30")
    late = make_reports(devices=2, minutes=1, start="2024-06-01")
    other = pa.table({"device_id": ["van"], "event_ts": known["event_ts"][:1].combine_chunks()})
    keys = ["device_id", "event_ts"]
    asked = pa.concat_tables([late.select(keys), known.select(keys), other, new_time.select(keys)])
    expected = [False] * 2 + [True] * 4 + [False] * 5
    assert fleet.contains("fleet", asked).tolist() == expected
    assert fleet.contains("fleet", late).tolist() == [False] * 2
    assert fleet.contains("fleet", asked.slice(0, 0)).tolist() == []


def test_contains_as_of_a_snapshot(fleet: Tables, make_reports: MakeReports) -> None:
    reports = make_reports(devices=40, minutes=60, start="2023-12-01T23:30")
    first = fleet.snapshots("fleet")[0]
    assert fleet.contains("fleet", reports, as_of=first.id).sum() == 1000
    assert fleet.contains("fleet", reports).sum() == 2400


def test_contains_needs_keys(fleet: Tables) -> None:
    with pytest.raises(InvalidArgumentError, match=r"got \['device_id'\]"):
        fleet.contains("fleet", pa.table({"device_id": ["truck-001"]}))


def test_contains_knows_no_report_without_device_or_time(fleet: Tables) -> None:
    time = pa.array([None, datetime(2023, 12, 1, 23, 30)], pa.timestamp("us", "UTC"))
    keys = pa.table({"device_id": pa.array(["truck-001", None]), "event_ts": time})
    assert fleet.contains("fleet", keys).tolist() == [False, False]
    assert fleet.contains("fleet", keys.slice(0, 1)).tolist() == [False]
