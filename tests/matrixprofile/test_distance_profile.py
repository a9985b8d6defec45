import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.matrixprofile.strategies import KINDS, series
from tests.reference.distance_profile import distance_profile as reference
from tests.reference.joins import plain_distances

from motifleet.matrixprofile import _core, distance_profile
from motifleet.types import FleetSeries, Floats

LEVELS = _core.simd_levels()
PATTERNS = ["noise", "few values", "all equal", "large offset", "spikes", "huge"]


@pytest.mark.parametrize("simd", LEVELS)
@settings(max_examples=100, deadline=None)
@given(case=series(300), kind=st.sampled_from(PATTERNS), seed=st.integers(0, 99))
def test_the_profile_is_that_of_the_definition(
    simd: str, case: tuple[Floats, int], kind: str, seed: int
) -> None:
    values, m = case
    pattern = KINDS[kind](np.random.default_rng(seed), m)
    measured = distance_profile(pattern, values, simd=simd)
    np.testing.assert_allclose(measured, reference(pattern, values), rtol=0, atol=1e-6)


@pytest.mark.parametrize("simd", LEVELS)
@pytest.mark.parametrize("p", [1.0, 1.5, 2.0, 3.0, 20.0, 300.0, np.inf])
@settings(max_examples=30, deadline=None)
@given(case=series(300), kind=st.sampled_from(PATTERNS), seed=st.integers(0, 99))
def test_norms_are_those_of_the_definition(
    simd: str, p: float, case: tuple[Floats, int], kind: str, seed: int
) -> None:
    values, m = case
    pattern = KINDS[kind](np.random.default_rng(seed), m)
    measured = distance_profile(pattern, values, normalize=False, p=p, simd=simd)
    windows = np.lib.stride_tricks.sliding_window_view(values, m)
    np.testing.assert_allclose(measured, plain_distances(pattern, windows, p), rtol=1e-10, atol=0)


@settings(max_examples=60, deadline=None)
@given(case=series(300), place=st.integers(0, 10_000))
def test_a_window_is_found_where_it_is(case: tuple[Floats, int], place: int) -> None:
    values, m = case
    place %= len(values) - m + 1
    pattern = values[place : place + m]
    if np.isfinite(pattern).all():
        assert distance_profile(pattern, values)[place] == pytest.approx(0, abs=1e-9)


@pytest.mark.parametrize("m", [100, 900, 2500])
@pytest.mark.parametrize("simd", LEVELS)
def test_long_patterns(m: int, simd: str) -> None:
    rng = np.random.default_rng(3)
    values = rng.normal(size=9000).cumsum()
    values[1000] = np.nan
    pattern = -3 * values[4000 : 4000 + m] + rng.normal(size=m)
    measured = distance_profile(pattern, values, simd=simd, threads=2)
    windows = np.lib.stride_tricks.sliding_window_view(values, m)[::37]
    expected = np.array([reference(pattern, window)[0] for window in windows])
    np.testing.assert_allclose(measured[::37], expected, rtol=0, atol=1e-6)


def test_a_fleet_is_a_loop_over_its_devices() -> None:
    rng = np.random.default_rng(2)
    offsets = np.array([0, 0, 50, 57, 9000, 9500])
    values = rng.normal(size=9500)
    fleet = FleetSeries(values, offsets, ("a", "b", "c", "d", "e"))
    pattern = values[20:40]
    each = [distance_profile(pattern, one, threads=1) for one in fleet]
    np.testing.assert_array_equal(distance_profile(pattern, fleet, threads=2), np.hstack(each))
