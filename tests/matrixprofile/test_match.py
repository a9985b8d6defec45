"""The nearest windows of a fleet: those that measuring all of them would choose."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.matrixprofile.strategies import KINDS, series
from tests.reference.distance_profile import distance_profile as reference
from tests.reference.match import greedy

from motifleet.matrixprofile import Match, _core, distance_profile, match
from motifleet.types import FleetSeries, Floats

LEVELS = _core.simd_levels()


def fleet_of(parts: list[Floats]) -> FleetSeries:
    offsets = np.cumsum([0, *map(len, parts)])
    return FleetSeries(np.concatenate(parts), offsets, tuple(map(str, range(len(parts)))))


def found(matches: list[Match]) -> list[tuple[int, int, float]]:
    return [(int(each.device_id or 0), each.index, each.distance) for each in matches]


@st.composite
def fleets(draw: st.DrawFn) -> tuple[FleetSeries, Floats]:
    """Devices of every kind and length, some shorter than the pattern, and a pattern."""
    _, m = draw(series(60))
    parts = [draw(series(700))[0] for _ in range(draw(st.integers(1, 6)))]
    pattern = KINDS[draw(st.sampled_from(sorted(KINDS)))](np.random.default_rng(len(parts)), m)
    cut = max(parts, key=len)
    if len(cut) >= m and draw(st.booleans()):
        start = draw(st.integers(0, len(cut) - m))
        pattern = np.where(np.isfinite(cut[start : start + m]), cut[start : start + m], pattern)
    return fleet_of(parts), pattern


@pytest.mark.parametrize("simd", LEVELS)
@settings(max_examples=150, deadline=None)
@given(
    case=fleets(),
    k=st.sampled_from([1, 2, 7, None]),
    max_distance=st.sampled_from([None, 0.0, 1e-3, 1.0, 4.0]),
    threads=st.integers(1, 2),
)
def test_it_is_what_measuring_all_would_choose(
    simd: str, case: tuple[FleetSeries, Floats], k: int | None, max_distance: float, threads: int
) -> None:
    fleet, pattern = case
    limit = np.inf if max_distance is None else max_distance
    each = [distance_profile(pattern, one, simd=simd, threads=1) for one in fleet]
    ours = match(pattern, fleet, k=k, max_distance=max_distance, threads=threads, simd=simd)
    assert found(ours) == greedy(each, len(pattern), k, limit)


@pytest.mark.parametrize("kind", ["noise", "random walk", "large offset", "spikes"])
@pytest.mark.parametrize("simd", LEVELS)
def test_it_agrees_with_the_definition(kind: str, simd: str) -> None:
    rng = np.random.default_rng(11)
    parts = [KINDS[kind](rng, 400) for _ in range(12)]
    parts[5][100] = np.nan
    pattern = parts[7][50:90] + rng.normal(size=40) * 0.1
    expected = greedy([reference(pattern, each) for each in parts], 40, 9, np.inf)
    ours = found(match(pattern, fleet_of(parts), k=9, simd=simd))
    assert [each[:2] for each in ours] == [each[:2] for each in expected]
    np.testing.assert_allclose([x[2] for x in ours], [x[2] for x in expected], rtol=0, atol=1e-6)


def test_a_needle_is_found_in_a_large_fleet() -> None:
    rng = np.random.default_rng(3)
    values = rng.normal(size=(900, 300)).cumsum(axis=1)
    pattern = rng.normal(size=60)
    for device, scale in [(1, 1e-3), (450, 1e6), (899, 1.0)]:
        values[device, 100:160] = 1e4 + scale * (pattern + 0.01 * rng.normal(size=60))
    ours = match(pattern, fleet_of(list(values)), k=4)
    assert {(each.device_id, each.index) for each in ours[:3]} == {
        (name, 100) for name in ("1", "450", "899")
    }
    assert ours[3].distance > 3
    assert all(one.distance <= other.distance for one, other in pairwise(ours))
