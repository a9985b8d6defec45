"""The lab's simulator has the lab's distribution and depends on the seed alone."""

from collections import Counter
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from motifleet.errors import InvalidArgumentError
from motifleet.telemetry.simulators import simulate_lab

REPORTS = 20_000


@pytest.fixture(scope="module", params=[1, 2], ids=["part 1", "part 2"])
def reports(request: pytest.FixtureRequest) -> pa.Table:
    return pa.Table.from_batches(simulate_lab(reports=REPORTS, part=request.param, seed=5))


def _counts(column: "pa.ChunkedArray[Any]") -> dict[Any, int]:
    return dict(Counter(column.to_pylist()))


def _is_uniform(counts: dict[Any, int], kinds: int) -> bool:
    expected = REPORTS / kinds
    chi_square = sum((count - expected) ** 2 / expected for count in counts.values())
    freedom = kinds - 1
    return len(counts) == kinds and chi_square < freedom + 5 * (2 * freedom) ** 0.5


@pytest.mark.parametrize(
    ("column", "low", "high"),
    [("iot_signal_1", 1, 10), ("iot_signal_3", 50, 55), ("iot_signal_4", 100, 107)],
    ids=["iot_signal_1", "iot_signal_3", "iot_signal_4"],
)
def test_a_signal_is_a_uniform_whole_number(
    reports: pa.Table, column: str, low: int, high: int
) -> None:
    counts = _counts(reports[column])
    assert set(counts) == set(range(low, high + 1))
    assert _is_uniform(counts, high - low + 1)


def test_the_second_signal_is_the_first_plus_0_to_2(reports: pa.Table) -> None:
    more = reports["iot_signal_2"].to_numpy() - reports["iot_signal_1"].to_numpy()
    assert _is_uniform(dict(zip(*np.unique(more, return_counts=True), strict=True)), 3)


def test_devices_and_makers_report_equally_often(reports: pa.Table) -> None:
    devices, makers = _counts(reports["device_id"]), _counts(reports["manufacturer"])
    assert set(devices) == {f"0x{0x1000000000000 + i:013x}" for i in range(40)}
    assert set(makers) == {"New World Corp", "AI Inc.", "Hot Data Ltd"}
    assert _is_uniform(devices, 40)
    assert _is_uniform(makers, 3)


@pytest.mark.parametrize(
    ("part", "expected"),
    [
        (1, {"tank below 10%", "tank below 5%", "device error", "system malfunction"}),
        (2, {"system ok", "system malfunction", "gas below 5%", "tires low"}),
    ],
    ids=["part 1", "part 2"],
)
def test_each_part_has_its_event_types(part: Any, expected: set[str]) -> None:
    counts = _counts(pa.Table.from_batches(simulate_lab(reports=REPORTS, part=part))["event_type"])
    assert set(counts) == expected
    assert _is_uniform(counts, 4)


def test_positions_are_within_a_degree(reports: pa.Table) -> None:
    for name, low in {"longitude": -93.6295, "latitude": 41.5949}.items():
        values = reports[name].to_numpy() - low
        assert 0 <= values.min() < 0.001
        assert 0.999 < values.max() <= 1
        assert abs(values.mean() - 0.5) < 0.01


def test_a_tenth_fails_in_part_2_alone() -> None:
    part_1, part_2 = (next(simulate_lab(reports=REPORTS, part=part)) for part in (1, 2))
    assert "iot_failure" not in part_1.schema.names
    failures = part_2["iot_failure"].to_numpy()
    assert set(failures) == {0.0, 1.0}
    assert abs(failures.mean() - 0.1) < 0.01


def test_a_report_a_minute_from_the_start() -> None:
    times = next(simulate_lab())["event_ts"].to_pylist()
    first = datetime(2023, 12, 1, 1, tzinfo=UTC)
    assert times == [first + timedelta(minutes=i) for i in range(1440)]


def test_a_start_in_another_zone_is_the_same_moment() -> None:
    start = datetime(2024, 1, 1, 3, tzinfo=timezone(timedelta(hours=2)))
    first = next(simulate_lab(start=start, reports=1))["event_ts"][0].as_py()
    assert first == datetime(2024, 1, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize("batch_rows", [1, 7, 999, 1000, 5000])
def test_batches_do_not_change_the_reports(batch_rows: int) -> None:
    whole = pa.Table.from_batches(simulate_lab(reports=1000, seed=3, part=2))
    batches = list(simulate_lab(reports=1000, seed=3, part=2, batch_rows=batch_rows))
    assert {batch.num_rows for batch in batches[:-1]} <= {batch_rows}
    assert pa.Table.from_batches(batches).equals(whole)


def test_another_seed_gives_other_reports() -> None:
    one, other = (next(simulate_lab(seed=seed)) for seed in (1, 2))
    assert not one.equals(other)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"devices": 0}, "devices of 1 or more, got 0"),
        ({"reports": 0}, "reports of 1 or more"),
        ({"batch_rows": -1}, "batch_rows of 1 or more"),
        ({"seed": -1}, "seed from 0"),
        ({"part": 3}, "part 1 or 2 of the lab, got 3"),
    ],
    ids=["no device", "no report", "no batch", "seed", "part"],
)
def test_bad_arguments_are_refused_at_once(arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(InvalidArgumentError, match=message):
        simulate_lab(**arguments)
