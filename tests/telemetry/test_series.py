from datetime import timedelta

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from motifleet.errors import InvalidArgumentError, UnknownColumnError, UnknownDeviceError
from motifleet.telemetry import fleet_series
from motifleet.telemetry.schema import TIME_TYPE

NAN = float("nan")
MINUTE = timedelta(minutes=1)


def reports(*rows: tuple[str, float, float | None]) -> pa.Table:
    """Reports from (device, minutes, speed)."""
    micros = [round(minutes * 60e6) for _, minutes, _ in rows]
    return pa.table(
        {
            "device_id": pa.array([device for device, _, _ in rows], pa.string()),
            "event_ts": pa.array(micros).cast(TIME_TYPE),
            "maker": pa.array(["x"] * len(rows), pa.string()),
            "speed": pa.array([speed for _, _, speed in rows], pa.float64()),
        }
    )


def one_device(*minutes: float, step: timedelta | None = None, max_gap: int = 16) -> list[float]:
    """Where the reports of one device end up; each one's value is its place in the input."""
    table = reports(*(("a", each, float(place)) for place, each in enumerate(minutes)))
    fleet = fleet_series(table, "speed", step=step, max_gap=max_gap)
    values: list[float] = fleet["a"].values.tolist()
    return values


@pytest.mark.parametrize(
    ("minutes", "expected"),
    [
        pytest.param([0, 1, 2, 3], [0, 1, 2, 3], id="regular"),
        pytest.param([2, 0, 3, 1], [1, 3, 0, 2], id="any-order"),
        pytest.param([0, 1, 2, 3.4, 4.1, 5], [0, 1, 2, 3, 4, 5], id="jitter"),
        pytest.param([0, 1, 2, 4, 5], [0, 1, 2, NAN, 3, 4], id="one-missing"),
        pytest.param([0, 1, 2, 3.6, 5], [0, 1, 2, NAN, 3, 4], id="just-a-gap"),
        pytest.param([0, 1, 2, 7, 8], [0, 1, 2, NAN, NAN, NAN, NAN, 3, 4], id="four-missing"),
        pytest.param([0, 1, 1, 2, 3], [0, 2, 3, 4], id="same-time-last-counts"),
        pytest.param([0, 1, 1.2, 2, 3, 4, 5], [0, 2, 3, 4, 5, 6], id="crowded-last-counts"),
        pytest.param([5], [0], id="single"),
    ],
)
def test_slots(minutes: list[float], expected: list[float]) -> None:
    np.testing.assert_array_equal(one_device(*minutes), expected)


def test_a_slow_clock_leaves_no_holes() -> None:
    minutes = np.cumsum(np.resize([1.0, 1.02], 500))
    assert one_device(*minutes) == list(range(500))


def test_a_burst_takes_no_more_slots_than_its_time() -> None:
    minutes = [0, 1, 2, *(3 + np.arange(0, 3, 0.05)), 6, 7, 8]
    values = one_device(*minutes, step=MINUTE)
    assert len(values) == 9
    assert not np.isnan(values).any()


def test_a_year_of_silence_is_cut() -> None:
    values = one_device(0, 1, 2, 500_000, 500_001, max_gap=5)
    np.testing.assert_array_equal(values, [0, 1, 2, *[NAN] * 5, 3, 4])


def test_real_reports_keep_their_times() -> None:
    table = reports(("a", 0, 1.0), ("a", 1.1, 2.0), ("a", 2, 3.0), ("a", 4.05, 4.0))
    series = fleet_series(table, "speed", step=MINUTE)["a"]
    assert series.event_ts is not None
    seconds = (series.event_ts - np.datetime64("1970-01-01")) / np.timedelta64(1, "s")
    assert seconds.tolist() == [0.0, 66.0, 120.0, 180.0, 243.0]


def test_each_device_has_its_own_step_unless_one_is_given() -> None:
    table = reports(
        *(("slow", 10.0 * i, 1.0) for i in range(4)), *(("fast", i, 2.0) for i in range(4))
    )
    assert np.diff(fleet_series(table, "speed").offsets).tolist() == [4, 4]
    common = fleet_series(table, "speed", step=MINUTE)
    assert (common.device_ids, np.diff(common.offsets).tolist()) == (("fast", "slow"), [4, 31])


def test_reports_without_the_signal_are_as_good_as_none() -> None:
    table = reports(("a", 0, 1.0), ("a", 1, None), ("a", 2, NAN), ("a", 3, 2.0), ("b", 0, None))
    fleet = fleet_series(table, "speed", step=MINUTE)
    np.testing.assert_array_equal(fleet["a"].values, [1.0, NAN, NAN, 2.0])
    assert len(fleet["b"]) == 0
    with pytest.raises(UnknownDeviceError, match="no device 'c'"):
        fleet["c"]


def test_batches_are_joined() -> None:
    rows = [("a", float(minute), float(minute)) for minute in range(10)]
    whole = fleet_series(reports(*rows), "speed")
    parts = fleet_series((reports(*rows[start::3]) for start in range(3)), "speed")
    assert parts["a"].values.tolist() == whole["a"].values.tolist()


@settings(max_examples=60, deadline=None)
@given(
    rows=st.lists(
        st.tuples(st.sampled_from("abc"), st.floats(0, 300), st.floats(-9, 9)), min_size=1
    ),
    step=st.none() | st.sampled_from([MINUTE, timedelta(seconds=7)]),
)
def test_a_fleet_is_its_devices_one_by_one(
    rows: list[tuple[str, float, float | None]], step: timedelta | None
) -> None:
    table = reports(*rows)
    fleet = fleet_series(table, "speed", step=step)
    for device in fleet.device_ids:
        alone = fleet_series(
            reports(*(row for row in rows if row[0] == device)), "speed", step=step
        )
        np.testing.assert_array_equal(fleet[device].values, alone[device].values)
        values, times = fleet[device].values, fleet[device].event_ts
        assert times is not None
        assert set(values[~np.isnan(values)]) <= {row[2] for row in rows if row[0] == device}
        assert (np.diff(times) > np.timedelta64(0)).all()
        assert not np.isnan(values[[0, -1]]).any()


def test_unfit_requests() -> None:
    table = reports(("a", 0, 1.0))
    with pytest.raises(UnknownColumnError, match="no column 'sped': did you mean 'speed'"):
        fleet_series(table, "sped")
    with pytest.raises(
        InvalidArgumentError, match="got the string column 'maker': the signals are"
    ):
        fleet_series(table, "maker")
    with pytest.raises(InvalidArgumentError, match="expected a step above 0, got 0:00:00"):
        fleet_series(table, "speed", step=timedelta(0))
    with pytest.raises(InvalidArgumentError, match="max_gap=0"):
        fleet_series(table, "speed", max_gap=0)
    with pytest.raises(InvalidArgumentError, match="got no table"):
        fleet_series([], "speed")


def test_no_reports_are_no_devices() -> None:
    assert len(fleet_series(reports(), "speed")) == 0
