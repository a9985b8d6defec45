import numpy as np
import pytest
from hypothesis import given, settings
from tests.matrixprofile.strategies import KINDS, series
from tests.reference.self_join import distance_matrix

from motifleet.matrixprofile import MatrixProfile, _core, fleet_profile, matrix_profile
from motifleet.types import FleetSeries, Floats, Ints

LEVELS = _core.simd_levels()
TOLERANCE = 1e-6


def joined(values: Floats, m: int, threads: int = 1, simd: str = "auto") -> MatrixProfile:
    fleet = FleetSeries(values, np.array([0, len(values)]), ("truck",))
    return fleet_profile(fleet, m, threads=threads, simd=simd)[0]


def sides(matrix: Floats) -> dict[str, Floats]:
    """The distance matrix, and what of it is before and after each window."""
    earlier = np.tri(len(matrix), k=-1, dtype=bool)
    return {
        "overall": matrix,
        "left": np.where(earlier, matrix, np.inf),
        "right": np.where(earlier.T, matrix, np.inf),
    }


def results(profile: MatrixProfile) -> dict[str, tuple[Floats, Ints]]:
    return {
        "overall": (profile.distances, profile.indices),
        "left": (profile.left_distances, profile.left_indices),
        "right": (profile.right_distances, profile.right_indices),
    }


def agrees(profile: MatrixProfile, matrix: Floats) -> None:
    """Distances are the least of the matrix, and indices point at neighbours so near."""
    for side, allowed in sides(matrix).items():
        distances, indices = results(profile)[side]
        least = allowed.min(axis=1)
        found = np.isfinite(least)
        np.testing.assert_array_equal(indices >= 0, found, err_msg=side)
        np.testing.assert_allclose(distances, least, rtol=0, atol=TOLERANCE, err_msg=side)
        pointed_at = allowed[np.flatnonzero(found), indices[found]]
        np.testing.assert_allclose(pointed_at, least[found], rtol=0, atol=TOLERANCE, err_msg=side)


@pytest.mark.parametrize("simd", LEVELS)
@settings(max_examples=80, deadline=None)
@given(case=series())
def test_the_profile_is_that_of_the_definition(simd: str, case: tuple[Floats, int]) -> None:
    values, m = case
    agrees(joined(values, m, simd=simd), distance_matrix(values, m))


@pytest.mark.parametrize("simd", LEVELS)
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("m", [3, 32, 100])
def test_every_instruction_set_agrees_with_scalar(kind: str, m: int, simd: str) -> None:
    values = KINDS[kind](np.random.default_rng(5), 700)
    profile, scalar = joined(values, m, simd=simd), joined(values, m, simd="scalar")
    for side, (distances, _) in results(scalar).items():
        np.testing.assert_allclose(results(profile)[side][0], distances, rtol=0, atol=TOLERANCE)


@pytest.mark.parametrize("kind", KINDS)
def test_the_number_of_threads_changes_nothing(kind: str) -> None:
    values = KINDS[kind](np.random.default_rng(7), 6000)
    one, three = joined(values, 32, threads=1), joined(values, 32, threads=3)
    for side, (distances, indices) in results(one).items():
        np.testing.assert_array_equal(results(three)[side][0], distances)
        np.testing.assert_array_equal(results(three)[side][1], indices)


def test_one_call_for_a_fleet_is_a_loop_over_its_devices() -> None:
    rng = np.random.default_rng(11)
    lengths = [0, 5, 29, 30, 31, 400, 1440, 0, 77]
    offsets = np.concatenate([[0], np.cumsum(lengths)])
    values = rng.normal(size=offsets[-1]).cumsum()
    values[offsets[5] + 20] = np.nan
    fleet = FleetSeries(values, offsets, tuple(f"truck-{i}" for i in range(len(lengths))))
    profile = fleet_profile(fleet, 30, threads=2)
    assert profile.too_short == 4
    for one in fleet:
        alone = profile[str(one.device_id)]
        if len(one) < 30:
            assert len(alone) == 0
            continue
        expected = matrix_profile(one, 30, threads=1)
        for side, (distances, indices) in results(expected).items():
            np.testing.assert_array_equal(results(alone)[side][0], distances)
            np.testing.assert_array_equal(results(alone)[side][1], indices)


@pytest.mark.parametrize("offset", [0.0, 1e8])
def test_rounding_does_not_build_up(offset: float) -> None:
    """Far beyond the rows after which covariances are computed afresh."""
    rng = np.random.default_rng(13)
    values = rng.normal(size=20_000) + offset
    values[15_000:15_050] = values[3_000:3_050]
    profile = matrix_profile(values, 50)
    assert (profile.indices[3_000], profile.indices[15_000]) == (15_000, 3_000)
    assert profile.distances[15_000] < 1e-9
    for i in rng.integers(0, len(profile), 200):
        a, b = (values[at : at + 50] - offset for at in (i, profile.indices[i]))
        a, b = ((each - each.mean()) / each.std() for each in (a, b))
        assert abs(profile.distances[i] - np.linalg.norm(a - b)) < TOLERANCE


def test_a_twin_is_found_though_spikes_came_before() -> None:
    values = np.random.default_rng(17).normal(size=3000)
    values[[100, 900, 1700]] = [1e7, -1e9, 1e8]
    values[2500:2560] = values[1200:1260]
    profile = matrix_profile(values, 60)
    assert profile.indices[2500] == 1200
    assert profile.distances[2500] < 1e-9


def test_equally_near_neighbours_are_chosen_alike_every_time() -> None:
    values = np.tile([0.0, 1.0, 4.0, 1.0, 0.0, 2.0, 2.0, 3.0], 200)
    profile = matrix_profile(values, 16)
    assert profile.distances.max() < 1e-9
    assert set(np.abs(profile.indices - np.arange(len(profile))) % 8) == {0}
