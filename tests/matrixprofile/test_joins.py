"""Joins against their definition: both measures, one neighbour or several, every way to compute."""

from typing import TypedDict

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.matrixprofile.strategies import GAPS, KINDS, series
from tests.reference.joins import matrix, nearest, self_matrix

from motifleet.matrixprofile import Join, MatrixProfile, _core, ab_join, matrix_profile
from motifleet.types import Floats, Ints

LEVELS = _core.simd_levels()
TOLERANCE = 1e-6


class Measure(TypedDict):
    normalize: bool
    p: float


NORMS: list[Measure] = [{"normalize": False, "p": p} for p in (2.0, 1.0, 3.0, 1.5, 20.0)]
MEASURES: list[Measure] = [{"normalize": True, "p": 2.0}, *NORMS]


def agrees(distances: Floats, indices: Ints, allowed: Floats, scale: float) -> None:
    """Distances are the least of the matrix, and the indices are of different windows so near."""
    least = nearest(allowed, distances.shape[1])
    found = np.isfinite(least)
    np.testing.assert_array_equal(indices >= 0, found)
    within = TOLERANCE * scale
    np.testing.assert_allclose(distances, least, rtol=1e-9, atol=within)
    rows = np.broadcast_to(np.arange(len(least))[:, None], least.shape)
    pointed_at = allowed[rows[found], indices[found]]
    np.testing.assert_allclose(pointed_at, least[found], rtol=1e-9, atol=within)
    for row in indices:
        kept = row[row >= 0]
        assert len(set(kept.tolist())) == len(kept)


def size(*values: Floats) -> float:
    """What a plain distance is measured by: the largest value, where that is not near 1."""
    largest = max(float(np.abs(each[np.isfinite(each)]).max(initial=0)) for each in values)
    return max(largest * 1e-8, min(1.0, largest))


@st.composite
def pairs(draw: st.DrawFn) -> tuple[Floats, Floats, int]:
    """Two series that may share a window, and a window length that fits both."""
    a, m = draw(series(100))
    rng = np.random.default_rng(draw(st.integers(0, 2**32), label="seed of b"))
    length = draw(st.one_of(st.just(m), st.integers(m, 150)), label="length of b")
    kind = draw(st.sampled_from(sorted(KINDS)), label="kind of b")
    b = KINDS[kind](rng, length)
    # Beside 1e200, what is near 1 is constant, as is 1e-200 beside 1: its squares vanish.
    largest = np.abs(a[np.isfinite(a)]).max(initial=0.0)
    alike = kind not in ("huge", "tiny") and 1e-100 < largest < 1e100
    if alike and draw(st.booleans(), label="shared"):
        b[-m:] = a[:m]
    for place in draw(st.lists(st.integers(0, length - 1), max_size=2), label="gaps of b"):
        b[place] = GAPS[place % 3]
    return a, b, m


@pytest.mark.parametrize("simd", LEVELS)
@pytest.mark.parametrize("measure", MEASURES, ids=str)
@settings(max_examples=80, deadline=None)
@given(case=pairs(), k=st.sampled_from([1, 1, 2, 5]))
def test_an_ab_join_is_that_of_the_definition(
    simd: str, measure: Measure, case: tuple[Floats, Floats, int], k: int
) -> None:
    a, b, m = case
    if not (np.isfinite(a).any() and np.isfinite(b).any()):
        return
    join = ab_join(a, b, m, k=k, **measure, threads=1, simd=simd)
    expected = matrix(a, b, m, **measure)
    scale = 1.0 if measure["normalize"] else size(a, b)
    agrees(join.neighbor_distances, join.neighbor_indices, expected, scale)
    agrees(join.b_neighbor_distances, join.b_neighbor_indices, expected.T, scale)
    np.testing.assert_array_equal(join.distances, join.neighbor_distances[:, 0])
    np.testing.assert_array_equal(join.b_indices, join.b_neighbor_indices[:, 0])


@pytest.mark.parametrize("simd", LEVELS)
@pytest.mark.parametrize("measure", MEASURES, ids=str)
@settings(max_examples=80, deadline=None)
@given(case=series(), k=st.sampled_from([1, 2, 5]))
def test_a_self_join_is_that_of_the_definition(
    simd: str, measure: Measure, case: tuple[Floats, int], k: int
) -> None:
    values, m = case
    if not np.isfinite(values).any():
        return
    profile = matrix_profile(values, m, k=k, **measure, threads=1, simd=simd)
    expected = self_matrix(values, m, **measure)
    scale = 1.0 if measure["normalize"] else size(values)
    agrees(profile.neighbor_distances, profile.neighbor_indices, expected, scale)
    earlier = np.tri(len(expected), k=-1, dtype=bool)
    left = np.where(earlier, expected, np.inf)
    right = np.where(earlier.T, expected, np.inf)
    agrees(profile.left_distances[:, None], profile.left_indices[:, None], left, scale)
    agrees(profile.right_distances[:, None], profile.right_indices[:, None], right, scale)


def same(one: Join | MatrixProfile, two: Join | MatrixProfile) -> None:
    sides = ("b_",) if isinstance(one, Join) else ("left_", "right_")
    for name in ("", "neighbor_", *sides):
        np.testing.assert_array_equal(
            getattr(one, f"{name}distances"), getattr(two, f"{name}distances")
        )
        np.testing.assert_array_equal(
            getattr(one, f"{name}indices"), getattr(two, f"{name}indices")
        )


@pytest.mark.parametrize("measure", MEASURES, ids=str)
@pytest.mark.parametrize("k", [1, 4])
@pytest.mark.parametrize("kind", KINDS)
def test_the_number_of_threads_changes_nothing(kind: str, k: int, measure: Measure) -> None:
    rng = np.random.default_rng(7)
    # As long as that the pairs are worth a second thread.
    n = 3000 if measure["normalize"] else 1500
    a, b = KINDS[kind](rng, n), KINDS[kind](rng, n - 300)
    a[700] = np.nan
    same(*(ab_join(a, b, 24, k=k, **measure, threads=n) for n in (1, 2)))
    same(*(matrix_profile(a, 24, k=k, **measure, threads=n) for n in (1, 2)))


@pytest.mark.parametrize("kind", ["periodic", "two values"])
def test_whichever_thread_comes_first_near_ties_are_settled_alike(kind: str) -> None:
    rng = np.random.default_rng(7)
    a, b = KINDS[kind](rng, 3000), KINDS[kind](rng, 2000)
    between, within = ab_join(a, b, 24, threads=1), matrix_profile(a, 24, threads=1)
    for threads in (2, 3) * 50:
        same(between, ab_join(a, b, 24, threads=threads))
        same(within, matrix_profile(a, 24, threads=threads))


@pytest.mark.parametrize("measure", MEASURES, ids=str)
def test_rounding_does_not_build_up(measure: Measure) -> None:
    """Far beyond the rows after which covariances are computed afresh, on an offset."""
    rng = np.random.default_rng(13)
    a, b = rng.normal(size=9_000) + 1e8, rng.normal(size=7_000) + 1e8
    b[5_500:5_550] = a[8_000:8_050]
    join = ab_join(a, b, 50, **measure)
    assert (join.indices[8_000], join.b_indices[5_500]) == (5_500, 8_000)
    assert join.distances[8_000] < 1e-9
    for i in rng.integers(0, len(join), 100):
        expected = nearest(matrix(a[i : i + 50], b, 50, **measure), 1)[0, 0]
        assert join.distances[i] == pytest.approx(expected, abs=TOLERANCE)


@pytest.mark.parametrize("measure", NORMS, ids=str)
def test_plain_distances_survive_levels_and_spikes_on_the_way(measure: Measure) -> None:
    values = np.random.default_rng(3).normal(size=800)
    values[250:450] += 1e6
    values[[200, 650]] = [1e9, -1e7]
    values[500:560] = values[60:120] + 1e-4
    profile = matrix_profile(values, 60, **measure, threads=1)
    expected = self_matrix(values, 60, **measure)
    agrees(profile.neighbor_distances, profile.neighbor_indices, expected, 1.0)
    assert profile.indices[500] == 60
