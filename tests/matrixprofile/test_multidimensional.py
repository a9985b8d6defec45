from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.matrixprofile.strategies import GAPS, KINDS
from tests.reference.multidimensional import mean_matrices

from motifleet.matrixprofile import MultidimensionalProfile, _core, multidimensional_profile
from motifleet.types import Floats

LEVELS = _core.simd_levels()
TOLERANCE = 1e-6


@st.composite
def channels(draw: st.DrawFn, d: int, n: int, gaps: int = 3) -> Floats:
    """Channels of different kinds, some with gaps."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32), label="seed"))
    kinds = draw(st.lists(st.sampled_from(sorted(KINDS)), min_size=d, max_size=d), label="kinds")
    values = np.array([KINDS[kind](rng, n) for kind in kinds])
    for place in draw(st.lists(st.integers(0, d * n - 1), max_size=gaps), label="gaps"):
        values.flat[place] = GAPS[place % 3]
    return values


@dataclass(frozen=True)
class Case:
    """Two devices, a window length, and how channels are compared and put in order."""

    values: Floats
    other: Floats
    m: int
    include: tuple[int, ...]
    farthest: bool
    p: float | None

    def usable(self) -> bool:
        return all(np.isfinite(each).any() for each in (self.values, self.other))

    def profile(self, simd: str, **options: Any) -> MultidimensionalProfile:
        """Compute the profile; without a p the z-normalised one."""
        if self.p is not None:
            options |= {"normalize": False, "p": self.p}
        order: dict[str, Any] = {"include": self.include, "farthest": self.farthest}
        return multidimensional_profile(
            self.values, self.m, threads=1, simd=simd, **order, **options
        )

    def matrices(self, other: Floats | None = None) -> Floats:
        return mean_matrices(
            self.values, self.m, other, self.include, farthest=self.farthest, p=self.p
        )


@st.composite
def cases(draw: st.DrawFn, norms: tuple[float | None, ...]) -> Case:
    d, m = draw(st.integers(1, 10), label="d"), draw(st.integers(3, 24), label="m")
    lengths = st.one_of(st.sampled_from([m, m + 1, 2 * m]), st.integers(m, m + 60))
    values = draw(channels(d, draw(lengths, label="n")))
    other = draw(channels(d, draw(lengths, label="other n")))
    everyone = st.lists(st.sampled_from(range(d)), unique=True, max_size=d)
    included = draw(st.one_of(st.just([]), everyone), label="include")
    p = draw(st.sampled_from(norms), label="p")
    return Case(values, other, m, tuple(included), draw(st.booleans(), label="farthest"), p)


def agrees(profile: MultidimensionalProfile, matrices: Floats) -> None:
    """Distances are the least of the matrices, and indices point at neighbours so near."""
    relative, absolute = tolerance(profile)
    for distances, indices, matrix in zip(
        profile.distances, profile.indices, matrices, strict=True
    ):
        least = matrix.min(axis=1)
        found = np.isfinite(least)
        np.testing.assert_array_equal(indices >= 0, found)
        np.testing.assert_array_equal(np.isfinite(distances), found)
        np.testing.assert_allclose(distances[found], least[found], rtol=relative, atol=absolute)
        pointed_at = matrix[np.flatnonzero(found), indices[found]]
        np.testing.assert_allclose(pointed_at, least[found], rtol=relative, atol=absolute)


def tolerance(profile: MultidimensionalProfile) -> tuple[float, float]:
    """Tell how far off distances may be; plain ones by what is rounding beside the values."""
    if profile.normalize:
        return 0.0, TOLERANCE
    every = [*profile.channels_of.values(), *profile.neighbors_of.values()]
    finite = np.concatenate([each.values[np.isfinite(each.values)] for each in every])
    return 1e-10, 1e-13 * float(np.abs(finite).max())


@pytest.mark.parametrize("simd", LEVELS)
@pytest.mark.parametrize("norms", [(None,), (2.0,), (1.0, 3.0, 2.5)], ids=["z", "plain", "p"])
@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_the_profile_is_that_of_the_definition(
    simd: str, norms: tuple[float | None, ...], data: st.DataObject
) -> None:
    case = data.draw(cases(norms))
    if case.usable():
        agrees(case.profile(simd), case.matrices())


@pytest.mark.parametrize("simd", LEVELS)
@pytest.mark.parametrize("norms", [(None,), (2.0,), (1.0, 3.0, 2.5)], ids=["z", "plain", "p"])
@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_the_join_is_that_of_the_definition_both_ways(
    simd: str, norms: tuple[float | None, ...], data: st.DataObject
) -> None:
    case = data.draw(cases(norms))
    if case.usable():
        profile, matrices = case.profile(simd, other=case.other), case.matrices(case.other)
        agrees(profile, matrices)
        assert profile.reverse is not None
        agrees(profile.reverse, matrices.transpose(0, 2, 1))


@pytest.mark.parametrize("d", range(1, 11))
@pytest.mark.parametrize("farthest", [False, True], ids=["nearest", "farthest"])
def test_every_number_of_channels(d: int, farthest: bool) -> None:
    values = np.random.default_rng(d).normal(size=(d, 150)).cumsum(axis=1)
    profile = multidimensional_profile(values, 20, farthest=farthest)
    agrees(profile, mean_matrices(values, 20, farthest=farthest))


@pytest.mark.parametrize("simd", LEVELS)
@pytest.mark.parametrize("kind", KINDS)
def test_every_instruction_set_agrees_with_scalar(kind: str, simd: str) -> None:
    rng = np.random.default_rng(5)
    values = np.array([KINDS[kind](rng, 600), KINDS["noise"](rng, 600), KINDS[kind](rng, 600)])
    one, scalar = (multidimensional_profile(values, 32, simd=name) for name in (simd, "scalar"))
    np.testing.assert_allclose(one.distances, scalar.distances, rtol=0, atol=TOLERANCE)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("joined", [False, True], ids=["self-join", "join"])
def test_the_number_of_threads_changes_nothing(kind: str, joined: bool) -> None:
    rng = np.random.default_rng(7)
    values = np.array([KINDS[kind](rng, 1500), KINDS[kind](rng, 1500)])
    other = np.array([KINDS[kind](rng, 900), KINDS[kind](rng, 900)]) if joined else None
    one, three = (
        multidimensional_profile(values, 32, other=other, threads=threads) for threads in (1, 3)
    )
    np.testing.assert_array_equal(one.distances, three.distances)
    np.testing.assert_array_equal(one.indices, three.indices)
    if one.reverse is not None and three.reverse is not None:
        np.testing.assert_array_equal(one.reverse.indices, three.reverse.indices)


def test_rounding_does_not_build_up() -> None:
    """Far beyond the rows after which covariances are computed afresh."""
    rng = np.random.default_rng(13)
    values = rng.normal(size=(2, 9_000)) + 1e8
    values[:, 8_000:8_050] = values[:, 1_000:1_050]
    profile = multidimensional_profile(values, 50)
    assert profile.indices[:, 1_000].tolist() == [8_000, 8_000]
    assert profile.distances[:, 8_000].max() < 1e-9
    for i in rng.integers(0, len(profile), 100):
        j = profile.indices[1, i]
        a, b = (values[:, at : at + 50] - 1e8 for at in (i, j))
        a, b = ((v - v.mean(1, keepdims=True)) / v.std(1, keepdims=True) for v in (a, b))
        expected = np.linalg.norm(a - b, axis=1).mean()
        assert abs(profile.distances[1, i] - expected) < TOLERANCE


def test_one_channel_is_the_matrix_profile() -> None:
    from motifleet.matrixprofile import matrix_profile

    values = np.random.default_rng(3).normal(size=500).cumsum()
    several, one = multidimensional_profile([values], 30), matrix_profile(values, 30)
    np.testing.assert_allclose(several.distances[0], one.distances, rtol=0, atol=1e-9)
