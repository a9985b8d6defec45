"""Series to compare two libraries on, and what agreement is."""

import re
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from tests.matrixprofile.strategies import KINDS

from motifleet.matrixprofile import distance_profile
from motifleet.types import Floats

AGREED = ["noise", "random walk", "few values", "constant stretches", "periodic"]
DISTINCT = ["noise", "random walk"]


def told(value: object) -> str:
    """A test's id that is the same in every process: functions by their names alone."""
    return re.sub(r" at 0x[0-9a-f]+", "", str(value))


def series(kind: str, n: int, *, seed: int = 29, gaps: bool = False) -> Floats:
    values = KINDS[kind](np.random.default_rng(seed), n)
    if gaps:
        values[[n // 3, n // 2]] = [np.nan, np.inf]
    return values


def same_distances(mine: Any, yours: Any) -> None:
    mine, yours = np.asarray(mine, float), np.asarray(yours, float)
    np.testing.assert_allclose(mine**2, yours**2, rtol=0, atol=1e-6)
    far = yours > 1e-3
    np.testing.assert_allclose(mine[far], yours[far], rtol=0, atol=1e-6)


def same_norms(mine: Any, yours: Any, p: float) -> None:
    """The powers agree: their roots are as far apart as the root of a rounding error."""
    mine, yours = np.asarray(mine, float), np.asarray(yours, float)
    assert mine.shape == yours.shape
    np.testing.assert_allclose(mine**p, yours**p, rtol=1e-9, atol=1e-9)


def same_profile(mine: NDArray[Any], yours: NDArray[Any], a: Floats, b: Floats, m: int) -> None:
    """Distances are equal, and neighbours are, or are equally near."""
    assert (mine.shape, mine.dtype) == (yours.shape, yours.dtype)
    same_distances(mine[:, 0], yours[:, 0])
    np.testing.assert_array_equal(mine[:, 1:] < 0, yours[:, 1:] < 0)
    for i in np.flatnonzero((yours[:, 1] >= 0) & (mine[:, 1] != yours[:, 1])):
        ties = distance_profile(a[i : i + m], b)
        assert ties[yours[i, 1]] == pytest.approx(mine[i, 0], abs=1e-6)
