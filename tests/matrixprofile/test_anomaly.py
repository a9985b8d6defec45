import json
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from tests.matrixprofile.strategies import series

from motifleet.matrixprofile import anomaly_scores, fleet_anomalies, matrix_profile
from motifleet.matrixprofile.robust import beyond_usual, moving_moments, rolling_maximum
from motifleet.types import FleetSeries, Floats, Series

DAY = np.sin(np.arange(50) * np.pi / 25) + np.sin(np.arange(50) * np.pi * 2 / 25) / 2


def days() -> Floats:
    return np.tile(DAY, 40) + np.random.default_rng(7).normal(size=2000) / 20


def shape(values: Floats) -> None:
    values[500:550] = values[500:550][::-1]


def level(values: Floats) -> None:
    values[500:550] += 2


def spread(values: Floats) -> None:
    values[500:550] *= 3


def point(values: Floats) -> None:
    values[:] = np.random.default_rng(7).normal(size=2000)
    values[520] += 8


def stuck(values: Floats) -> None:
    values[480:580] = 0.3


FAULTS: dict[str, Any] = {"shape": shape, "level": level, "spread": spread, "point": point}


@pytest.mark.parametrize("kind", FAULTS)
def test_the_combined_score_finds_each_fault_and_names_it(kind: str) -> None:
    values = days()
    FAULTS[kind](values)
    found = anomaly_scores(values, 50).anomalies(1)[0]
    assert found.kind == kind
    assert found.score > 6
    assert 450 < found.index < 550
    if kind == "point":
        assert (found.peak_index, found.index) == (520, 495)


@pytest.mark.parametrize("kind", FAULTS)
def test_a_respect_alone_misses_the_other_faults(kind: str) -> None:
    """Each of the four, taken alone, is blind to at least one of the other three faults."""
    missed = []
    for fault in FAULTS.values():
        values = days()
        fault(values)
        alone = getattr(anomaly_scores(values, 50), kind)
        missed.append(np.nanmax(alone[[500, 495]]) < 6)
    assert any(missed)


@pytest.mark.parametrize("kind", ["level", "spread"])
def test_what_z_normalisation_hides_is_no_discord(kind: str) -> None:
    values = days()
    FAULTS[kind](values)
    distances = matrix_profile(values, 50).distances
    assert distances[500] < np.quantile(distances, 0.5)
    assert anomaly_scores(values, 50).combined[500] > 6


def test_a_stuck_sensor_is_found() -> None:
    values = days()
    stuck(values)
    assert 430 <= anomaly_scores(values, 50).anomalies(1)[0].index < 580


@pytest.mark.parametrize("seed", range(4))
def test_nothing_unusual_is_no_alarm(seed: int) -> None:
    rng = np.random.default_rng(seed)
    clean = np.tile(DAY, 40) + rng.normal(size=2000) / 20
    for values in (clean, rng.normal(size=2000)):
        assert anomaly_scores(values, 50).anomalies(3, min_score=6) == []


@settings(max_examples=80, deadline=None)
@given(case=series(200))
def test_scores_of_any_series(case: tuple[Floats, int]) -> None:
    values, m = case
    if not np.isfinite(values).any():
        return
    scores = anomaly_scores(values, m)
    parts = np.array([scores.shape, scores.level, scores.spread, scores.point])
    assert parts.shape == (4, len(values) - m + 1)
    assert not (parts < 0).any()
    assert np.isfinite(parts[~np.isnan(parts)]).all()
    np.testing.assert_array_equal(np.fmax.reduce(parts), scores.combined)
    found = scores.anomalies(4)
    assert [each.score for each in found] == sorted((each.score for each in found), reverse=True)
    for place, one in enumerate(found):
        assert all(abs(one.index - other.index) >= m for other in found[:place])


def test_gaps_are_left_out_and_what_is_left_is_scored() -> None:
    values = days()
    values[300:320] = np.nan
    values[325] += 2
    scores = anomaly_scores(values, 50)
    assert np.isnan(scores.shape[290])
    assert scores.anomalies(1)[0].peak_index == 325


def test_anomalies_say_whose_and_when() -> None:
    values = days()
    level(values)
    times = np.datetime64("2026-03-02T00:00", "us") + np.arange(2000) * np.timedelta64(60, "s")
    scores = anomaly_scores(Series(values, "truck-1", "oil_temperature", times), 50)
    found = scores.anomalies(1)[0].to_dict()
    assert (found["device_id"], found["kind"]) == ("truck-1", "level")
    assert found["event_ts"].startswith("2026-03-02T08")
    assert scores.to_arrow().column_names[:2] == ["event_ts", "combined"]
    assert len(scores.plot(anomalies=1).data) == 6


def test_a_fleets_anomalies_are_those_of_its_devices() -> None:
    one, other, gap = days(), days(), np.full(300, np.nan)
    level(one)
    point(other)
    values = np.concatenate([one, other[:1000], gap, other[:20]])
    offsets = np.array([0, 2000, 3000, 3300, 3320])
    fleet = FleetSeries(values, offsets, ("a", "b", "c", "d"), "speed")
    found = fleet_anomalies(fleet, 50, k=3)
    apart = [
        each for device in ("a", "b") for each in anomaly_scores(fleet[device], 50).anomalies(3)
    ]
    assert found == sorted(apart, key=lambda each: -each.score)[:3]
    assert found[0].device_id == "a"
    passed = fleet_anomalies(fleet, 50, k=3, min_windows=1500)
    assert {each.device_id for each in passed} == {"a"}


def test_what_is_found_is_json() -> None:
    values = days()
    values[10:40] = np.nan
    values[5] += 3
    found = [each.to_dict() for each in anomaly_scores(values, 50).anomalies(30)]
    assert json.loads(json.dumps(found, allow_nan=False))
    assert any(set(each["scores"]) == {"point"} for each in found)
    assert anomaly_scores(np.ones(50), 10).anomalies() == []


def test_the_parts() -> None:
    rng = np.random.default_rng(1)
    values = rng.normal(size=500) + 1e8
    mean, deviation = moving_moments(values, 20)
    windows = np.lib.stride_tricks.sliding_window_view(values - 1e8, 20)
    np.testing.assert_allclose(mean, windows.mean(axis=1), atol=1e-6 + abs(mean).max())
    np.testing.assert_allclose(deviation, windows.std(axis=1), atol=1e-6)
    scores = beyond_usual(rng.normal(size=100_000), both=True)
    np.testing.assert_allclose(np.quantile(scores, 0.9545), 2, rtol=0.02)
    gapped = np.array([1.0, np.nan, 3.0, np.nan, np.nan])
    np.testing.assert_array_equal(rolling_maximum(gapped, 2), [1, 3, 3, np.nan])
