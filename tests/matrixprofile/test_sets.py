"""Motif sets, consensus motifs and discords of every length."""

import json
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.matrixprofile.strategies import KINDS, series
from tests.reference import findings as reference
from tests.reference.distance_profile import distance_profile

from motifleet.errors import InvalidArgumentError
from motifleet.matrixprofile import (
    Discord,
    consensus_motif,
    fleet_profile,
    matrix_profile,
    motif_sets,
    variable_discords,
)
from motifleet.matrixprofile.lengths import Lengths
from motifleet.matrixprofile.series import as_series
from motifleet.types import FleetSeries, Floats

START = np.datetime64("2026-03-02T00:00:00", "us")


def fleet_of(*values: Floats) -> FleetSeries:
    offsets = np.cumsum([0, *map(len, values)])
    names = tuple(f"truck-{number}" for number in range(1, len(values) + 1))
    times = np.concatenate(
        [START + np.arange(len(each)) * np.timedelta64(60, "s") for each in values]
    )
    return FleetSeries(np.concatenate(values), offsets, names, "speed", times)


@settings(max_examples=60, deadline=None)
@given(case=series(250), radius=st.one_of(st.none(), st.floats(0, 5)), constant=st.booleans())
def test_members_are_near_and_never_overlap(
    case: tuple[Floats, int], radius: float | None, constant: bool
) -> None:
    values, m = case
    if not np.isfinite(values).any():
        return
    sets = motif_sets(values, m, k=4, radius=radius, constant=constant)
    members = [member for each in sets for member in each.members]
    for place, one in enumerate(members):
        assert all(abs(one.index - other.index) >= m for other in members[:place])
    for each in sets:
        assert len(each) >= 2
        seeds = [each.seed.index, each.seed.neighbor_index]
        measured = [distance_profile(values[at : at + m], values) for at in seeds]
        for member in each.members:
            true = min(profile[member.index] for profile in measured)
            assert true <= each.radius + 1e-6
            assert member.distance == pytest.approx(true, abs=1e-6)
        left = {member.index for member in each.members}
        assert left & set(seeds)
    distances = [each.seed.distance for each in sets]
    assert distances == sorted(distances)


def test_no_window_within_the_radius_is_forgotten() -> None:
    signal = np.random.default_rng(4).normal(size=900)
    places = [40, 200, 333, 480, 700, 830]
    for number, start in enumerate(places):
        signal[start : start + 40] = signal[40:80] * (number + 1) + number
    (found,) = motif_sets(signal, 40, k=1)
    assert sorted(member.index for member in found.members) == places
    rest = motif_sets(signal, 40, k=2, radius=0.5)[0]
    assert rest.radius == 0.5


def test_a_fleets_set_has_members_of_every_device() -> None:
    rng = np.random.default_rng(6)
    shape = rng.normal(size=30).cumsum()
    a, b, c = rng.normal(size=(3, 300))
    a[50:80], a[200:230], c[100:130] = shape, 2 * shape, shape + 5
    found = motif_sets(fleet_of(a, b[:10], c), 30, k=1)[0]
    assert found.seed.device_id == "truck-1"
    whose = [(member.device_id, member.index) for member in found.members]
    assert set(whose) == {("truck-1", 50), ("truck-1", 200), ("truck-3", 100)}
    table = found.to_arrow()
    assert table.num_rows == 3
    assert table["event_ts"][0].as_py().isoformat() == "2026-03-02T00:50:00+00:00"
    assert json.loads(json.dumps(found.to_dict()))["members"][0]["device_id"] == "truck-1"


@pytest.mark.parametrize("radius", [-1, "wide", float("nan")])
def test_a_radius_is_a_number(radius: float) -> None:
    with pytest.raises(InvalidArgumentError, match="radius"):
        motif_sets(np.arange(50.0), 5, radius=radius)


@settings(max_examples=40, deadline=None)
@given(
    seed=st.integers(0, 2**32),
    kind=st.sampled_from(sorted(KINDS)),
    lengths=st.lists(st.integers(8, 40), min_size=2, max_size=4),
    gap=st.booleans(),
)
def test_no_window_has_a_smaller_radius(
    seed: int, kind: str, lengths: list[int], gap: bool
) -> None:
    rng, m = np.random.default_rng(seed), 6
    values = [KINDS[kind](rng, n) for n in lengths]
    if gap:
        values[0][0] = np.nan
    found = consensus_motif(fleet_of(*values), m, constant=True)
    assert found.radius == pytest.approx(reference.least_radius(values, m), abs=1e-6)
    owner = int(str(found.device_id).split("-")[1]) - 1
    assert reference.radius(values, owner, found.index, m) == pytest.approx(found.radius, abs=1e-6)
    window = values[owner][found.index : found.index + m]
    for each, occurrence in zip(values, found.occurrences, strict=True):
        true = distance_profile(window, each)
        assert occurrence.distance == pytest.approx(true.min(), abs=1e-6)
        assert true[occurrence.index] == pytest.approx(true.min(), abs=1e-6)


def test_parked_vehicles_have_no_consensus_unless_asked_for() -> None:
    rng = np.random.default_rng(9)
    values = rng.normal(size=(3, 80))
    values[:, :20], values[:, 20] = 7.0, np.nan
    fleet = fleet_of(*values, np.full(5, 1.0))
    found = consensus_motif(fleet, 12)
    assert found.radius > 1
    assert found.passed_over == ("truck-4",)
    assert consensus_motif(fleet, 12, constant=True).radius == 0
    assert json.loads(json.dumps(found.to_dict()))["passed_over"] == ["truck-4"]
    with pytest.raises(InvalidArgumentError, match="constant=True"):
        consensus_motif(fleet_of(np.ones(30), np.ones(30)), 5)
    with pytest.raises(InvalidArgumentError, match="two devices"):
        consensus_motif(fleet_of(np.arange(30.0)), 5)


def same(found: Sequence[Discord], wanted: Sequence[Discord]) -> bool:
    """Whether these are the same windows, at the same distances but for rounding."""
    places = [(each.device_id, each.index, each.event_ts) for each in found]
    distances = [each.distance for each in found]
    return places == [
        (each.device_id, each.index, each.event_ts) for each in wanted
    ] and distances == pytest.approx([each.distance for each in wanted], abs=1e-6)


@settings(max_examples=40, deadline=None)
@given(
    seed=st.integers(0, 2**32),
    kind=st.sampled_from(["noise", "random walk", "spikes", "large offset", "steps of level"]),
    gaps=st.lists(st.integers(0, 399), max_size=3),
    step=st.integers(1, 9),
)
def test_discords_by_bounds_are_those_of_whole_profiles(
    seed: int, kind: str, gaps: list[int], step: int
) -> None:
    rng = np.random.default_rng(seed)
    one, other = KINDS[kind](rng, 400), KINDS["random walk"](rng, 90)
    one[gaps] = np.nan
    one[200:212] = 3.0
    fleet = fleet_of(one, other, other[:15])
    lengths = range(8, 30, step)
    alone, together = variable_discords(one, lengths, k=3), variable_discords(fleet, lengths, k=3)
    for m in lengths:
        assert same(alone[m], matrix_profile(one, m).discords(3))
        assert same(together[m], fleet_profile(fleet, m).discords(3))
        profile = matrix_profile(one, m)
        for each in alone[m]:
            window = one[each.neighbor_index : each.neighbor_index + m]
            there = distance_profile(window, one)[each.index]
            assert there == pytest.approx(profile.distances[each.index], abs=1e-6)


def test_most_lengths_need_no_whole_profile() -> None:
    steps = np.arange(4000)
    signal = np.sin(steps * np.pi / 45) + np.random.default_rng(1).normal(size=4000) / 10
    signal[2000:2050] *= -1
    search = Lengths([as_series(signal)], 1, 0, "auto")
    for m in range(40, 80):
        search.search(m)
    assert search.profiles < 10


@pytest.mark.parametrize("threads", [1, 2])
def test_discords_of_every_length_are_those_of_each(threads: int) -> None:
    signal = np.random.default_rng(2).normal(size=400).cumsum()
    lengths = range(10, 61, 25)
    found = variable_discords(signal, lengths, k=2, threads=threads)
    for m in lengths:
        assert same(found[m], matrix_profile(signal, m).discords(2))
    best = found.best(4)
    ratios = [each.distance / each.m**0.5 for each in best]
    assert ratios == sorted(ratios, reverse=True)
    for place, one in enumerate(best):
        for other in best[:place]:
            assert one.index + one.m <= other.index or other.index + other.m <= one.index
    assert found.scores().shape == (3,)
    assert found.to_arrow().num_rows == sum(len(found[m]) for m in lengths)
    with pytest.raises(InvalidArgumentError, match="that were searched"):
        found[11]


def test_a_fleets_discords_of_every_length() -> None:
    rng = np.random.default_rng(3)
    fleet = fleet_of(rng.normal(size=200), rng.normal(size=12), rng.normal(size=150))
    found = variable_discords(fleet, [8, 16])
    assert same(found[16], fleet_profile(fleet, 16).discords(1))
    assert found.best(1)[0].device_id in fleet.device_ids
    with pytest.raises(InvalidArgumentError, match="at least one window length"):
        variable_discords(fleet, [])
