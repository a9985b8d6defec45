"""What the truth says of a simulated fleet can be seen in its reports, and nothing else can."""

from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from numpy.typing import NDArray

from motifleet.telemetry.simulators import FleetSimulation, simulate_fleet

DEVICES, DAYS, SEED = 150, 3, 11
SIGNALS = ("speed", "engine_temperature", "vibration", "tank_level")
Signals = dict[str, NDArray[np.float64]]


def _fleet(fault_share: float = 0.4, failure_share: float = 0.4) -> FleetSimulation:
    return simulate_fleet(
        devices=DEVICES,
        days=DAYS,
        seed=SEED,
        fault_share=fault_share,
        failure_share=failure_share,
    )


def _signals(fleet: FleetSimulation) -> Signals:
    reports = pa.Table.from_batches(fleet.batches())
    return {name: reports[name].to_numpy().reshape(DEVICES, -1) for name in SIGNALS}


@pytest.fixture(scope="module")
def troubled() -> Signals:
    return _signals(_fleet())


@pytest.fixture(scope="module")
def without_faults() -> Signals:
    return _signals(_fleet(fault_share=0.0))


@pytest.fixture(scope="module")
def without_failures() -> Signals:
    return _signals(_fleet(failure_share=0.0))


@pytest.fixture(scope="module")
def events() -> list[dict[str, Any]]:
    """The truth, with ``row`` and ``minutes`` in place of device and times."""
    fleet = _fleet()
    listed = fleet.truth().to_pylist()
    for event in listed:
        event["row"] = int(event["device_id"].removeprefix("truck-"))
        times = (event["start"], event["end"])
        bounds = ((t - fleet.scenario.span.start).total_seconds() / 60 for t in times)
        event["minutes"] = slice(*(int(minute) for minute in bounds))
    return listed


def _of_kind(events: list[dict[str, Any]], kind: str) -> list[dict[str, Any]]:
    return [event for event in events if event["kind"] == kind]


def test_the_truth_has_its_columns_and_order() -> None:
    truth = _fleet().truth()
    columns = ["device_id", "kind", "name", "start", "end", "signal", "detail"]
    assert truth.schema.names == columns
    keys = list(zip(truth["device_id"].to_pylist(), truth["start"].to_pylist(), strict=True))
    assert keys == sorted(keys)
    kinds = {"manoeuvre", "sensor fault", "degradation", "failure"}
    assert set(truth["kind"].to_pylist()) == kinds


def test_events_lie_in_the_span(events: list[dict[str, Any]]) -> None:
    assert all(0 <= e["minutes"].start < e["minutes"].stop <= DAYS * 1440 for e in events)


def test_the_shares_are_about_what_was_asked_for(events: list[dict[str, Any]]) -> None:
    assert 0.3 < len(_of_kind(events, "sensor fault")) / DEVICES < 0.5
    assert 0.25 < len(_of_kind(events, "failure")) / DEVICES < 0.5


def test_sensor_faults_change_their_signal_in_their_minutes_and_nothing_else(
    events: list[dict[str, Any]], troubled: Signals, without_faults: Signals
) -> None:
    expected = {name: np.zeros_like(troubled[name], dtype=bool) for name in SIGNALS}
    for fault in _of_kind(events, "sensor fault"):
        expected[fault["signal"]][fault["row"], fault["minutes"]] = True
    for name in SIGNALS:
        changed = troubled[name] != without_faults[name]
        assert not (changed & ~expected[name]).any(), name
    faults = _of_kind(events, "sensor fault")
    visible = [
        (troubled[f["signal"]] != without_faults[f["signal"]])[f["row"], f["minutes"]].any()
        for f in faults
    ]
    assert all(visible)


def test_sensor_faults_last_half_an_hour_to_three_hours(events: list[dict[str, Any]]) -> None:
    lengths = [e["minutes"].stop - e["minutes"].start for e in _of_kind(events, "sensor fault")]
    assert min(lengths) >= 30
    assert max(lengths) <= 180


def test_all_kinds_of_sensor_faults_happen(events: list[dict[str, Any]]) -> None:
    names = {event["name"] for event in _of_kind(events, "sensor fault")}
    assert names == {"stuck value", "spike burst", "drift", "noise"}


def test_a_stuck_value_is_constant(events: list[dict[str, Any]], troubled: Signals) -> None:
    stuck = [event for event in events if event["name"] == "stuck value"]
    assert stuck
    for event in stuck:
        values = troubled[event["signal"]][event["row"], event["minutes"]]
        assert np.ptp(values) == 0


def test_a_drift_grows(
    events: list[dict[str, Any]], troubled: Signals, without_faults: Signals
) -> None:
    for event in (event for event in events if event["name"] == "drift"):
        where = event["row"], event["minutes"]
        error = np.abs(troubled[event["signal"]][where] - without_faults[event["signal"]][where])
        half = len(error) // 2
        assert error[half:].mean() > error[:half].mean()


def test_a_degradation_rises_and_ends_in_a_failure(
    events: list[dict[str, Any]], without_faults: Signals, without_failures: Signals
) -> None:
    degradations, failures = _of_kind(events, "degradation"), _of_kind(events, "failure")
    assert [d["minutes"].stop for d in degradations] == [f["minutes"].start for f in failures]
    assert {d["signal"] for d in degradations} == {"vibration", "engine_temperature"}
    for event in degradations:
        name, row, minutes = event["signal"], event["row"], event["minutes"]
        rise = without_faults[name][row, minutes] - without_failures[name][row, minutes]
        assert rise.min() >= 0
        assert rise[-30:].mean() > 5 * rise[: len(rise) // 3].mean()


def test_a_degradation_shows_in_its_signal_alone(
    events: list[dict[str, Any]], without_faults: Signals, without_failures: Signals
) -> None:
    for event in _of_kind(events, "degradation"):
        before = event["row"], slice(0, event["minutes"].stop)
        for name in set(SIGNALS) - {event["signal"]}:
            assert np.array_equal(without_faults[name][before], without_failures[name][before])


def test_a_broken_vehicle_stands_cools_and_drives_on(
    events: list[dict[str, Any]], without_faults: Signals
) -> None:
    for event in _of_kind(events, "failure"):
        row, minutes = event["row"], event["minutes"]
        assert not without_faults["speed"][row, minutes].any()
        assert not without_faults["vibration"][row, minutes].any()
        temperature = without_faults["engine_temperature"][row, minutes]
        assert temperature[-1] < temperature[0]
        assert without_faults["vibration"][row, minutes.stop : minutes.stop + 3].all()


@pytest.mark.parametrize("name", ["unloading", "loading"])
def test_a_stop_is_a_standstill_with_its_pattern_of_vibration(
    name: str, events: list[dict[str, Any]], without_failures: Signals
) -> None:
    broken = {event["row"] for event in _of_kind(events, "failure")}
    faulty = {event["row"] for event in _of_kind(events, "sensor fault")}
    stops = [e for e in events if e["name"] == name and e["row"] not in broken | faulty]
    whole = [e for e in stops if e["minutes"].stop < DAYS * 1440]
    assert len(whole) > DEVICES
    first = without_failures["vibration"][whole[0]["row"], whole[0]["minutes"]]
    for event in whole:
        where = event["row"], event["minutes"]
        assert not without_failures["speed"][where].any()
        assert np.corrcoef(first, without_failures["vibration"][where])[0, 1] > 0.9


def test_refuelling_fills_the_tank(events: list[dict[str, Any]], without_faults: Signals) -> None:
    refuelled = [event for event in events if event["name"] == "refuelling"]
    assert len(refuelled) > DEVICES / 3
    for event in refuelled:
        row, minutes = event["row"], event["minutes"]
        level = without_faults["tank_level"][row, minutes.start : minutes.stop + 1]
        assert (np.diff(level) >= 0).all()
        assert level[0] < 26
        assert minutes.stop >= DAYS * 1440 - 1 or level[-1] > 90


def test_a_fleet_that_does_not_move_has_no_events() -> None:
    assert simulate_fleet(devices=3, minutes=5).truth().num_rows == 0


def _top_discord(values: NDArray[np.float64], m: int) -> int:
    """Where the window begins whose nearest neighbour is farthest; constant ones aside."""
    windows = np.lib.stride_tricks.sliding_window_view(values, m)
    places = np.flatnonzero(np.ptp(windows, axis=1))
    centred = windows[places] - windows[places].mean(axis=1, keepdims=True)
    shapes = (centred / np.linalg.norm(centred, axis=1, keepdims=True)).astype(np.float32)
    likeness = shapes @ shapes.T
    likeness[np.abs(places[:, None] - places) <= m // 4] = -1
    return int(places[np.argmin(likeness.max(axis=1))])


def test_discords_of_the_matrix_profile_are_injected_faults(
    events: list[dict[str, Any]], troubled: Signals
) -> None:
    signals = ("vibration", "engine_temperature")
    faults = [e for e in _of_kind(events, "sensor fault") if e["signal"] in signals][:6]
    found = [_top_discord(troubled[fault["signal"]][fault["row"]], m=60) for fault in faults]
    hits = [
        place < fault["minutes"].stop and place + 60 > fault["minutes"].start
        for place, fault in zip(found, faults, strict=True)
    ]
    assert sum(hits) >= 5
