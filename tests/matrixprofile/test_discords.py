"""Discords: what stands out, and what does not."""

import numpy as np
import pytest
from hypothesis import given, settings
from tests.matrixprofile.strategies import series

from motifleet.matrixprofile import (
    ab_join,
    fleet_profile,
    match,
    matrix_profile,
    multidimensional_profile,
    variable_discords,
)
from motifleet.types import FleetSeries, Floats

REPEATS = {
    "constant": np.full(200, 7.3),
    "square": np.tile([0.0, 1.0, 4.0, 1.0, 0.0, 2.0, 2.0, 3.0], 25),
    "sine": np.sin(np.arange(400) * np.pi / 25),
    "stairs": np.tile(np.repeat([1e8, 1e8 + 1, 1e8], 20), 5),
}


@pytest.mark.parametrize("kind", REPEATS)
def test_where_everything_repeats_nothing_stands_out(kind: str) -> None:
    values = REPEATS[kind]
    fleet = FleetSeries(np.tile(values, 2), np.array([0, len(values), 2 * len(values)]), ("a", "b"))
    assert matrix_profile(values, 16).discords(3) == []
    assert fleet_profile(fleet, 16).discords(3) == []
    assert ab_join(values, values, 16).discords(3) == []
    assert multidimensional_profile([values, values], 16).discords(3) == []
    assert variable_discords(values, [16, 20], k=2).best(3) == []


def test_the_one_window_that_does_not_repeat_stands_out() -> None:
    values = REPEATS["square"].copy()
    values[90] += 3
    (found, *others) = matrix_profile(values, 16).discords(9)
    assert found.index in range(75, 91)
    assert all(each.distance > 1e-3 for each in others)


def test_plain_distances_of_a_constant_series_are_no_discords() -> None:
    assert matrix_profile(np.full(50, 1e8), 10, normalize=False).discords(3) == []


def twins(copies: int) -> tuple[Floats, list[int]]:
    """A signal that repeats, with a fault that came several times."""
    rng = np.random.default_rng(3)
    values = np.sin(np.arange(2000) * np.pi / 25) + rng.normal(size=2000) / 20
    fault = rng.normal(size=50)
    places = [310, 905, 1480][:copies]
    for place in places:
        values[place : place + 50] = fault + rng.normal(size=50) / 50
    return values, places


@pytest.mark.parametrize("copies", [2, 3])
def test_twin_freaks_are_found_by_a_later_neighbour(copies: int) -> None:
    """A fault that came twice is no discord: each is the other's nearest neighbour."""
    values, places = twins(copies)
    profile = matrix_profile(values, 50, k=copies)
    assert profile.distances[places].max() < np.quantile(profile.distances, 0.9)
    later = profile.discords(copies, neighbor=copies)
    starts = sorted(each.index for each in later)
    assert all(abs(at - place) < 40 for at, place in zip(starts, places, strict=True))
    fleet = FleetSeries(values, np.array([0, len(values)]), ("truck-1",))
    of_fleet = fleet_profile(fleet, 50, k=copies).discords(copies, neighbor=copies)
    assert [each.index for each in of_fleet] == [each.index for each in later]


def apart(places: list[int], m: int) -> bool:
    return bool((np.diff(sorted(places)) >= m).all())


@settings(max_examples=60, deadline=None)
@given(case=series(200))
def test_discords_of_later_neighbours_never_overlap(case: tuple[Floats, int]) -> None:
    values, m = case
    if not np.isfinite(values).any():
        return
    profile = matrix_profile(values, m, k=3)
    for neighbor in (1, 2, 3):
        found = profile.discords(6, neighbor=neighbor)
        assert apart([each.index for each in found], m)
        distances = [each.distance for each in found]
        assert distances == sorted(distances, reverse=True)


@settings(max_examples=60, deadline=None)
@given(case=series(200))
def test_findings_of_a_join_never_overlap(case: tuple[Floats, int]) -> None:
    values, m = case
    if not np.isfinite(values).any():
        return
    join = ab_join(values, values[::-1], m)
    motifs = join.motifs(6, constant=True)
    assert apart([each.index for each in motifs], m)
    assert apart([each.neighbor_index for each in motifs], m)
    assert apart([each.index for each in join.discords(6)], m)


@settings(max_examples=60, deadline=None)
@given(case=series(200))
def test_matches_never_overlap_and_none_is_forgotten(case: tuple[Floats, int]) -> None:
    values, m = case
    whole = np.lib.stride_tricks.sliding_window_view(values, m)
    whole = whole[np.isfinite(whole).all(axis=1)]
    if not len(whole):
        return
    for normalize in (True, False):
        found = match(whole[0], values, k=None, normalize=normalize)
        places = [each.index for each in found]
        assert apart(places, m)
        finite = np.isfinite(np.lib.stride_tricks.sliding_window_view(values, m)).all(axis=1)
        free = [
            at for at in np.flatnonzero(finite) if all(abs(at - other) >= m for other in places)
        ]
        assert free == []
