"""Agreement with stumpy, whose conventions these are."""

import importlib
import warnings
from collections.abc import Iterator
from types import ModuleType

import numpy as np
import pytest
from tests.matrixprofile.strategies import KINDS

from motifleet.matrixprofile import distance_profile, matrix_profile, multidimensional_profile
from motifleet.types import Floats

AGREED = ["noise", "random walk", "few values", "constant stretches", "periodic"]


@pytest.fixture(scope="module")
def stumpy() -> Iterator[ModuleType]:
    """The library as plain Python: compiled, its first call takes longer than all tests here."""
    import numba

    with warnings.catch_warnings(), pytest.MonkeyPatch.context() as patch:
        warnings.simplefilter("ignore")
        patch.setattr(numba.config, "DISABLE_JIT", True)
        yield importlib.import_module("stumpy")


def gapped(kind: str, n: int) -> Floats:
    values = KINDS[kind](np.random.default_rng(29), n)
    values[[n // 3, n // 2]] = [np.nan, np.inf]
    return values


@pytest.mark.parametrize("kind", AGREED)
@pytest.mark.parametrize("m", [3, 20, 64])
@pytest.mark.filterwarnings("ignore::UserWarning:stumpy")
def test_self_join(stumpy: ModuleType, kind: str, m: int) -> None:
    values = gapped(kind, 240)
    profile, theirs = matrix_profile(values, m), stumpy.stump(values, m)
    # Distances of twins are exact here, and the root of a rounding error there.
    distances = theirs.P_.astype(np.float64)
    np.testing.assert_allclose(profile.distances**2, distances**2, rtol=0, atol=1e-6)
    far = distances > 1e-3
    np.testing.assert_allclose(profile.distances[far], distances[far], rtol=0, atol=1e-6)
    np.testing.assert_array_equal(profile.indices < 0, theirs.I_ < 0)
    np.testing.assert_array_equal(profile.left_indices < 0, theirs.left_I_ < 0)
    np.testing.assert_array_equal(profile.right_indices < 0, theirs.right_I_ < 0)
    for i in np.flatnonzero((theirs.I_ >= 0) & (profile.indices != theirs.I_)):
        ours = distance_profile(values[i : i + m], values, threads=1)
        np.testing.assert_allclose(ours[theirs.I_[i]], profile.distances[i], rtol=0, atol=1e-6)


@pytest.mark.parametrize("kind", AGREED)
@pytest.mark.filterwarnings("ignore::UserWarning:stumpy")
def test_mass(stumpy: ModuleType, kind: str) -> None:
    values = gapped(kind, 300)
    pattern = np.random.default_rng(31).normal(size=40)
    theirs = stumpy.mass(pattern, values)
    np.testing.assert_allclose(distance_profile(pattern, values), theirs, rtol=0, atol=1e-6)


@pytest.mark.parametrize("include", [(), (2,), (3, 0)], ids=str)
@pytest.mark.parametrize("farthest", [False, True], ids=["nearest", "farthest"])
@pytest.mark.filterwarnings("ignore::UserWarning:stumpy")
def test_multidimensional(stumpy: ModuleType, include: tuple[int, ...], farthest: bool) -> None:
    values = np.array([gapped(kind, 130) for kind in AGREED])
    profile = multidimensional_profile(values, 20, include=include, farthest=farthest)
    constraint = np.array(include) if include else None
    theirs = stumpy.mstump(values, 20, include=constraint, discords=farthest)
    # Where twins are, theirs is the root of a rounding error.
    near = profile.distances < 1e-3
    assert theirs.P_[near].max(initial=0) < 1e-3
    np.testing.assert_allclose(profile.distances[~near], theirs.P_[~near], rtol=0, atol=1e-6)
    np.testing.assert_array_equal(profile.indices < 0, theirs.I_ < 0)
