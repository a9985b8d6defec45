import json
from datetime import UTC, datetime

import numpy as np
import pytest
from hypothesis import given, settings
from tests.matrixprofile.strategies import series

from motifleet.matrixprofile import Motif, fleet_profile, match, matrix_profile
from motifleet.types import FleetSeries, Floats, Series

START = np.datetime64("2023-12-01T01:00:00", "us")


@pytest.fixture
def fleet() -> FleetSeries:
    """Two trucks: the second repeats a shape, louder, and stands still for a while."""
    rng = np.random.default_rng(19)
    values = rng.normal(size=800).cumsum()
    values[700:740] = 5 * values[500:540] + 3
    values[600:690] = 7.0
    times = START + np.tile(np.arange(400), 2) * np.timedelta64(60, "s")
    return FleetSeries(values, np.array([0, 400, 800]), ("truck-1", "truck-2"), "speed", times)


def test_a_motif_says_whose_and_when(fleet: FleetSeries) -> None:
    (found,) = fleet_profile(fleet, 40).motifs(1)
    assert (found.device_id, found.signal, found.m) == ("truck-2", "speed", 40)
    assert (found.index, found.neighbor_index) == (100, 300)
    assert found.event_ts == datetime(2023, 12, 1, 2, 40, tzinfo=UTC)
    assert found.neighbor_ts == datetime(2023, 12, 1, 6, 0, tzinfo=UTC)
    assert found.distance < 1e-9


def test_findings_are_json(fleet: FleetSeries) -> None:
    profile = fleet_profile(fleet, 40)
    found = [*profile.motifs(2), *profile.discords(2), *match(fleet.values[:40], fleet, k=2)]
    rows = json.loads(json.dumps([each.to_dict() for each in found]))
    assert rows[0]["event_ts"] == "2023-12-01T02:40:00+00:00"
    assert "neighbor_ts" not in rows[-1]


def test_standing_still_is_no_motif_unless_asked_for(fleet: FleetSeries) -> None:
    profile = fleet_profile(fleet, 40)["truck-2"]
    still = [found for found in profile.motifs(5, constant=True) if found.distance == 0]
    assert still
    assert all(200 <= found.index <= 250 for found in still)
    assert not [found for found in profile.motifs(5) if 200 <= found.index <= 250]


@settings(max_examples=100, deadline=None)
@given(case=series(300))
def test_results_never_overlap_and_come_in_order(case: tuple[Floats, int]) -> None:
    values, m = case
    if not np.isfinite(values).any():
        return
    profile = matrix_profile(values, m)
    motifs = profile.motifs(5, constant=True)
    for place, one in enumerate(motifs):
        for other in motifs[:place]:
            assert apart(one, other, m)
            assert one.distance >= other.distance
    discords = profile.discords(5)
    for place, lone in enumerate(discords):
        assert lone.distance == profile.distances[lone.index]
        assert all(abs(lone.index - other.index) >= m for other in discords[:place])
        assert all(lone.distance <= other.distance for other in discords[:place])
    finite = profile.distances[np.isfinite(profile.distances)]
    assert bool(motifs) == bool(finite.size)
    assert bool(discords) == bool((finite > 1e-9 * m**0.5).any())
    if motifs:
        assert motifs[0].distance == finite.min()
    if discords:
        assert discords[0].distance == finite.max()


def apart(one: Motif, other: Motif, m: int) -> bool:
    pairs = [(a, b) for a in windows(one) for b in windows(other)]
    return all(abs(a - b) >= m for a, b in pairs)


def windows(motif: Motif) -> tuple[int, int]:
    return motif.index, motif.neighbor_index


def test_matches_of_a_fleet_are_the_nearest_of_all_devices(fleet: FleetSeries) -> None:
    pattern = fleet.values[500:540]
    found = match(pattern, fleet, k=2)
    first, second = sorted(found, key=lambda each: each.index)
    assert (first.device_id, first.index, second.device_id, second.index) == (
        "truck-2",
        100,
        "truck-2",
        300,
    )
    assert second.event_ts == datetime(2023, 12, 1, 6, 0, tzinfo=UTC)
    every = match(pattern, fleet, k=None)
    by_device = [[each for each in every if each.device_id == name] for name in fleet.device_ids]
    for device in by_device:
        places = sorted(each.index for each in device)
        assert np.diff(places).min() >= 40
    assert [each.distance for each in every] == sorted(each.distance for each in every)
    near = match(pattern, fleet, k=None, max_distance=5.0)
    assert near == [each for each in every if each.distance <= 5.0]


def test_nothing_long_enough_is_no_match() -> None:
    assert match([1.0, 2.0, 4.0], [1.0, 2.0]) == []
    assert match([1.0, 2.0, 4.0], FleetSeries(np.zeros(0), np.array([0]), ())) == []


def test_a_fleet_without_values_is_no_error() -> None:
    fleet = FleetSeries(np.full(50, np.nan), np.array([0, 40, 50]), ("a", "b"))
    profile = fleet_profile(fleet, 20)
    assert (profile.too_short, profile.motifs(3), profile.discords(3)) == (1, [], [])
    assert np.isinf(profile["a"].distances).all()


def test_profiles_become_tables(fleet: FleetSeries) -> None:
    profile = fleet_profile(fleet, 40)
    table = profile.to_arrow()
    assert table.num_rows == 2 * 361
    assert table.column_names[:3] == ["device_id", "event_ts", "distance"]
    alone = matrix_profile(Series(fleet["truck-1"].values), 40).to_arrow()
    assert alone["distance"].to_pylist() == table["distance"].to_pylist()[:361]
    assert "event_ts" not in alone.column_names
