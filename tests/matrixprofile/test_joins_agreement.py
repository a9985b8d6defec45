"""Agreement of joins with stumpy, whose conventions these are."""

import importlib
import warnings
from collections.abc import Iterator
from types import ModuleType

import numpy as np
import pytest
from tests.matrixprofile.strategies import KINDS

from motifleet.matrixprofile import ab_join, distance_profile, matrix_profile
from motifleet.types import Floats

pytestmark = pytest.mark.filterwarnings("ignore::UserWarning:stumpy")
AGREED = ["noise", "random walk", "few values", "constant stretches"]


@pytest.fixture(scope="module")
def stumpy() -> Iterator[ModuleType]:
    """The library as plain Python: compiled, its first call takes longer than all tests here."""
    import numba

    with warnings.catch_warnings(), pytest.MonkeyPatch.context() as patch:
        warnings.simplefilter("ignore")
        patch.setattr(numba.config, "DISABLE_JIT", True)
        yield importlib.import_module("stumpy")


def gapped(kind: str, n: int, seed: int) -> Floats:
    values = KINDS[kind](np.random.default_rng(seed), n)
    values[[n // 3, n // 2]] = [np.nan, np.inf]
    return values


def agree(ours: Floats, theirs: Floats) -> None:
    """Squares agree; distances of twins are exact here, and the root of a rounding error there."""
    theirs = np.asarray(theirs, dtype=np.float64).reshape(ours.shape)
    np.testing.assert_allclose(ours**2, theirs**2, rtol=1e-9, atol=1e-6)


@pytest.mark.parametrize("kind", AGREED)
@pytest.mark.parametrize("m", [3, 20])
def test_both_directions(stumpy: ModuleType, kind: str, m: int) -> None:
    a, b = gapped(kind, 150, 1), gapped(kind, 120, 2)
    shape, level = ab_join(a, b, m), ab_join(a, b, m, normalize=False)
    agree(shape.distances, stumpy.stump(a, m, b, ignore_trivial=False).P_)
    agree(shape.b_distances, stumpy.stump(b, m, a, ignore_trivial=False).P_)
    agree(level.distances, stumpy.aamp(a, m, b, ignore_trivial=False).P_)
    agree(level.b_distances, stumpy.aamp(b, m, a, ignore_trivial=False).P_)


@pytest.mark.parametrize("kind", AGREED)
@pytest.mark.parametrize("p", [1.0, 1.5, 3.0])
def test_norms(stumpy: ModuleType, kind: str, p: float) -> None:
    a, b = gapped(kind, 150, 1), gapped(kind, 120, 2)
    join = ab_join(a, b, 12, normalize=False, p=p)
    for ours, theirs in (
        (join.distances, stumpy.aamp(a, 12, b, ignore_trivial=False, p=p).P_),
        (join.b_distances, stumpy.aamp(b, 12, a, ignore_trivial=False, p=p).P_),
        (matrix_profile(a, 12, normalize=False, p=p).distances, stumpy.aamp(a, 12, p=p).P_),
    ):
        # Sums of powers agree: their roots are as far apart as the root of a rounding error.
        np.testing.assert_allclose(ours**p, theirs**p, rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("p", [1.0, 1.7, 2.0, 5.0, 40.0, np.inf])
def test_distance_profiles_of_norms(stumpy: ModuleType, p: float) -> None:
    values, pattern = gapped("random walk", 150, 1), gapped("noise", 20, 2)[:6]
    ours = distance_profile(pattern, values, normalize=False, p=p)
    theirs = stumpy.core.mass_absolute(pattern, values, p=p)
    np.testing.assert_allclose(ours, theirs, rtol=1e-12)


@pytest.mark.parametrize("kind", AGREED)
def test_several_neighbors(stumpy: ModuleType, kind: str) -> None:
    values = gapped(kind, 160, 3)
    agree(matrix_profile(values, 12, k=3).neighbor_distances, stumpy.stump(values, 12, k=3).P_)
    plain = matrix_profile(values, 12, k=3, normalize=False)
    agree(plain.neighbor_distances, stumpy.aamp(values, 12, k=3).P_)
