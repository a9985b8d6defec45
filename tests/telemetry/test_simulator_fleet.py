"""The simulated fleet is deterministic, plausible, and has its rhythms."""

from collections import Counter
from datetime import UTC, datetime
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from numpy.typing import NDArray

from motifleet.errors import InvalidArgumentError
from motifleet.telemetry.simulators import FleetSimulation, simulate_fleet
from motifleet.telemetry.simulators.depots import DEPOTS

WEEK, DEVICES = 7 * 1440, 60
SIGNALS = ("speed", "engine_temperature", "vibration", "tank_level")
Floats = NDArray[np.float64]


def _reports(fleet: FleetSimulation) -> pa.Table:
    return pa.Table.from_batches(fleet.batches())


def _matrix(reports: pa.Table, column: str, devices: int) -> Floats:
    values: Floats = reports[column].to_numpy().reshape(devices, -1)
    return values


@pytest.fixture(scope="module")
def week() -> dict[str, Floats]:
    """A healthy fleet from Monday to Sunday, shape (devices, minutes) for each column."""
    fleet = simulate_fleet(devices=DEVICES, days=7, fault_share=0, failure_share=0)
    reports = _reports(fleet)
    return {name: _matrix(reports, name, DEVICES) for name in (*SIGNALS, "longitude", "latitude")}


@pytest.mark.parametrize("batch_devices", [1, 7, 23, 100])
def test_batches_do_not_change_the_reports(batch_devices: int) -> None:
    whole = simulate_fleet(devices=23, days=2, seed=9)
    cut = simulate_fleet(devices=23, days=2, seed=9, batch_devices=batch_devices)
    assert len(list(cut.batches())) == -(-23 // batch_devices)
    assert _reports(cut).equals(_reports(whole))
    assert cut.truth().equals(whole.truth())


def test_a_device_does_not_depend_on_how_many_there_are() -> None:
    few, many = (_reports(simulate_fleet(devices=n, days=1, seed=4)) for n in (3, 50))
    assert many.slice(0, few.num_rows).equals(few)


def test_another_seed_gives_another_fleet() -> None:
    one, other = (_reports(simulate_fleet(devices=3, days=1, seed=seed)) for seed in (1, 2))
    assert not one.equals(other)


def test_the_reports_come_once_a_minute_by_device_and_time() -> None:
    start = datetime(2026, 5, 4, 13, 30, tzinfo=UTC)
    reports = _reports(simulate_fleet(devices=3, minutes=90, start=start))
    assert reports["device_id"].to_pylist() == [
        f"truck-00000{i}" for i in range(3) for _ in range(90)
    ]
    times = reports["event_ts"].to_numpy().reshape(3, 90)
    expected = np.datetime64("2026-05-04T13:30", "us") + np.arange(90) * np.timedelta64(1, "m")
    assert (times == expected).all()
    assert reports["speed"].null_count == 0


def test_signals_stay_in_their_physical_bounds(week: dict[str, Floats]) -> None:
    bounds = {"speed": (0, 115), "engine_temperature": (10, 108), "tank_level": (1, 100)}
    for name, (low, high) in (bounds | {"vibration": (0, 12)}).items():
        assert low <= week[name].min() <= week[name].max() <= high, name


@pytest.mark.parametrize(
    ("signal", "step"),
    [("speed", 0.1), ("engine_temperature", 0.5), ("vibration", 0.01), ("tank_level", 0.4)],
    ids=SIGNALS,
)
def test_sensors_have_a_resolution(week: dict[str, Floats], signal: str, step: float) -> None:
    steps = week[signal] / step
    assert np.abs(steps - np.rint(steps)).max() < 1e-6


def test_a_parked_vehicle_reports_constant_values(week: dict[str, Floats]) -> None:
    night = slice(1440 + 4 * 60, 1440 + 10 * 60)
    for signal in ("speed", "vibration", "tank_level"):
        assert (np.ptp(week[signal][:, night], axis=1) == 0).all(), signal
    late = slice(1440 + 8 * 60, 1440 + 10 * 60)
    assert (np.ptp(week["engine_temperature"][:, late], axis=1) <= 0.5).all()


def test_vehicles_drive_by_day_and_on_weekdays(week: dict[str, Floats]) -> None:
    moving = (week["speed"] > 0).reshape(DEVICES, 7, 24, 60).mean(axis=(0, 3))
    by_day, by_hour = moving.mean(axis=1), moving[:5].mean(axis=0)
    assert by_day[:5].min() > 5 * by_day[5:].max()
    assert by_hour[4:9].max() == 0
    assert by_hour[14:20].min() > 0.3


def test_vehicles_begin_their_shifts_at_times_of_their_own(week: dict[str, Floats]) -> None:
    first = np.argmax(week["vibration"][:, :1440] > 0, axis=1)
    assert np.ptp(first) > 120
    next_day = np.argmax(week["vibration"][:, 1440:2880] > 0, axis=1)
    both = (first > 0) & (next_day > 0)
    assert np.abs(first - next_day)[both].max() <= 24


def test_the_signals_depend_on_one_another(week: dict[str, Floats]) -> None:
    speed, vibration = week["speed"], week["vibration"]
    driving = speed > 5
    assert np.corrcoef(speed[driving], vibration[driving])[0, 1] > 0.5
    assert (vibration[driving] > 0).all()
    fast = np.median(week["engine_temperature"][speed > 70])
    assert 80 < fast < 105
    used = -np.diff(week["tank_level"], axis=1)
    highway, town = speed[:, 1:] > 75, driving[:, 1:] & (speed[:, 1:] < 40)
    assert used[highway].mean() > 3 * used[town].mean() > 0


def test_tanks_are_refilled(week: dict[str, Floats]) -> None:
    jumps = week["tank_level"][:, 10::10] - week["tank_level"][:, :-10:10]
    assert (jumps > 40).sum() > DEVICES / 2


def test_vehicles_move_as_fast_as_they_say(week: dict[str, Floats]) -> None:
    latitude, longitude = np.radians(week["latitude"]), np.radians(week["longitude"])
    north = np.diff(latitude, axis=1)
    east = np.diff(longitude, axis=1) * np.cos(latitude[:, 1:])
    kilometres = 6371 * np.hypot(north, east)
    parked = week["vibration"][:, 1:] == 0
    assert kilometres[parked].max() < 0.01
    assert kilometres.max() < 115 / 60 * 1.5
    driven = week["speed"][:, 1:].sum(axis=1) / 60
    assert 0.6 < (kilometres.sum(axis=1) / driven).mean() < 1.1


def test_vehicles_spend_the_night_at_a_depot(week: dict[str, Floats]) -> None:
    depots = np.array([(depot.longitude, depot.latitude) for depot in DEPOTS])
    place = np.stack([week["longitude"][:, 0], week["latitude"][:, 0]], axis=1)
    nearest = np.abs(place[:, None] - depots).max(axis=2).min(axis=1)
    assert nearest.max() < 0.001
    assert len(np.unique(place.round(2), axis=0)) > DEVICES / 4


def test_the_same_route_is_the_same_profile(week: dict[str, Floats]) -> None:
    """The motif: a tour's speed correlates with that of the next tour over the same route."""
    fleet = simulate_fleet(devices=DEVICES, days=7, fault_share=0, failure_share=0)
    starts: dict[tuple[str, str], list[int]] = {}
    for event in fleet.truth().to_pylist():
        if event["name"] == "departure":
            minute = int((event["start"] - fleet.scenario.span.start).total_seconds() // 60)
            starts.setdefault((event["device_id"], event["detail"]), []).append(minute)
    pairs = [(int(key[0][-6:]), *found[:2]) for key, found in starts.items() if len(found) > 1]
    likeness = [
        np.corrcoef(week["speed"][i, a : a + 60], week["speed"][i, b : b + 60])[0, 1]
        for i, a, b in pairs
        if b + 60 < WEEK
    ]
    assert len(likeness) > DEVICES
    assert min(likeness) > 0.99


def test_labels_follow_the_signals() -> None:
    reports = _reports(simulate_fleet(devices=100, days=3, seed=2))
    events = np.array(reports["event_type"].to_pylist())
    broken = events == "breakdown"
    hot = reports["engine_temperature"].to_numpy() > 108
    low = reports["tank_level"].to_numpy() < 15
    assert set(events) == {"ok", "low tank", "engine warning", "breakdown"}
    assert (events[~broken & hot] == "engine warning").all()
    assert (events[~broken & ~hot & low] == "low tank").all()
    assert (events[~broken & ~hot & ~low] == "ok").all()
    assert reports["speed"].to_numpy()[broken].max() == 0


def test_four_makes_share_the_fleet() -> None:
    reports = _reports(simulate_fleet(devices=200, minutes=1))
    counts = Counter(reports["manufacturer"].to_pylist())
    assert len(counts) == 4
    assert min(counts.values()) > 30


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"devices": 0}, "devices of 1 or more, got 0"),
        ({"days": 0}, "days of 1 or more"),
        ({"minutes": 0}, "minutes of 1 or more"),
        ({"seed": 2**64}, "seed from 0"),
        ({"batch_devices": 0}, "batch_devices of 1 or more"),
        ({"fault_share": 0.6, "failure_share": 0.5}, "at most 1 together, got 0.6 and 0.5"),
        ({"fault_share": float("nan")}, "at most 1 together"),
    ],
    ids=["no device", "no day", "no minute", "seed", "no batch", "shares", "no number"],
)
def test_bad_arguments_are_refused_at_once(arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(InvalidArgumentError, match=message):
        simulate_fleet(**arguments)
