"""Agreement with stumpy: joins of series with themselves and with one another."""

from types import ModuleType
from typing import Any

import numpy as np
import pandas as pd
import pytest
from tests.compat.agreement import (
    AGREED,
    DISTINCT,
    same_distances,
    same_norms,
    same_profile,
    series,
)

from motifleet.compat import stumpy as ours
from motifleet.types import Floats

pytestmark = pytest.mark.filterwarnings("ignore::UserWarning", "ignore::RuntimeWarning")


@pytest.mark.parametrize("kind", AGREED)
def test_stump(theirs: ModuleType, kind: str) -> None:
    values = series(kind, 160, gaps=True)
    mine, yours = ours.stump(values, 12), theirs.stump(values, 12)
    same_profile(mine, yours, values, values, 12)
    assert [type(each) for each in mine[0]] == [type(each) for each in yours[0]]
    for name in ("P_", "I_", "left_I_", "right_I_"):
        one, other = getattr(mine, name), getattr(yours, name)
        assert (one.shape, one.dtype) == (other.shape, other.dtype)
        assert getattr(mine[3:7], name).shape == getattr(yours[3:7], name).shape
    same_distances(mine.P_, yours.P_)


@pytest.mark.parametrize("kind", DISTINCT)
def test_stump_neighbors_are_the_same_ones(theirs: ModuleType, kind: str) -> None:
    values = series(kind, 160, gaps=True)
    mine, yours = ours.stump(values, 12), theirs.stump(values, 12)
    np.testing.assert_array_equal(mine[:, 1:], yours[:, 1:])


@pytest.mark.parametrize("kind", AGREED)
def test_stump_with_another_series(theirs: ModuleType, kind: str) -> None:
    a, b = series(kind, 90, gaps=True), series(kind, 130, seed=5)
    for left, right in ((a, b), (b, a)):
        mine = ours.stump(left, 10, right, ignore_trivial=False)
        same_profile(mine, theirs.stump(left, 10, right, ignore_trivial=False), left, right, 10)


def test_stump_of_a_series_with_itself_as_another(theirs: ModuleType) -> None:
    values = series("noise", 80)
    for trivial in (True, False):
        mine = ours.stump(values, 8, values.copy(), ignore_trivial=trivial)
        yours = theirs.stump(values, 8, values.copy(), ignore_trivial=trivial)
        same_profile(mine, yours, values, values, 8)


def test_stump_of_nothing(theirs: ModuleType) -> None:
    values = np.full(30, np.nan)
    np.testing.assert_array_equal(ours.stump(values, 5), theirs.stump(values, 5))
    np.testing.assert_array_equal(ours.aamp(values, 5, k=2), theirs.aamp(values, 5, k=2))
    other = series("noise", 40)
    for a, b in ((values, other), (other, values)):
        mine, yours = (each.stump(a, 5, b, ignore_trivial=False) for each in (ours, theirs))
        np.testing.assert_array_equal(mine, yours)
        assert ours.mpdist(a, b, 5) == theirs.mpdist(a, b, 5) == np.inf
        assert ours.aampdist(a, b, 5) == theirs.aampdist(a, b, 5) == np.inf


def test_stump_takes_pandas(theirs: ModuleType) -> None:
    values = pd.Series(series("noise", 60))
    same_distances(ours.stump(values, 8).P_, theirs.stump(values, 8).P_)


@pytest.mark.parametrize("kind", DISTINCT)
@pytest.mark.parametrize("count", [3, 5])
def test_ostinato(theirs: ModuleType, kind: str, count: int) -> None:
    values = [series(kind, 50 + 7 * number, seed=number) for number in range(count)]
    values[1][20] = np.nan
    mine, yours = ours.ostinato(values, 8), theirs.ostinato(values, 8)
    assert mine[0] == pytest.approx(float(yours[0]), abs=1e-6)
    assert mine[1:] == tuple(yours[1:])


def cases(a: Floats, b: Floats) -> list[dict[str, Any]]:
    """The self-join of one series, and the joins with another."""
    apart = {"m": 12, "ignore_trivial": False}
    return [{"T_A": a, "m": 12}, {"T_A": a, "T_B": b, **apart}, {"T_A": b, "T_B": a, **apart}]


@pytest.mark.parametrize("kind", AGREED)
@pytest.mark.parametrize("k", [2, 5, 200])
def test_stump_of_several_neighbors(theirs: ModuleType, kind: str, k: int) -> None:
    values = series(kind, 110, gaps=True)
    other = series(kind, 70, seed=5)
    for case in cases(values, other):
        mine, yours = (each.stump(**case, k=k) for each in (ours, theirs))
        assert (mine.shape, mine.dtype) == (yours.shape, yours.dtype)
        same_distances(mine.P_, yours.P_)
        for name in ("I_", "left_I_", "right_I_"):
            one, other_one = getattr(mine, name), getattr(yours, name)
            assert (one.shape, one.dtype) == (other_one.shape, other_one.dtype)
            if kind in DISTINCT:
                np.testing.assert_array_equal(one, other_one)


@pytest.mark.parametrize("kind", AGREED)
@pytest.mark.parametrize("p", [1.0, 1.5, 2.0, 3.0])
def test_aamp(theirs: ModuleType, kind: str, p: float) -> None:
    values, other = series(kind, 110, gaps=True), series(kind, 70, seed=5)
    for case in cases(values, other):
        for k in (1, 3):
            mine, yours = (each.aamp(**case, p=p, k=k) for each in (ours, theirs))
            assert (mine.shape, mine.dtype) == (yours.shape, yours.dtype)
            same_norms(mine.P_, yours.P_, p)
            if kind in DISTINCT:
                np.testing.assert_array_equal(mine[:, k:], yours[:, k:])
    by_name = ours.stump(values, 12, normalize=False, p=p)
    np.testing.assert_array_equal(by_name, ours.aamp(values, 12, p=p))


@pytest.mark.parametrize("kind", DISTINCT)
@pytest.mark.parametrize("p", [1.0, 2.0, 3.0])
def test_aamp_ostinato(theirs: ModuleType, kind: str, p: float) -> None:
    values = [series(kind, 50 + 7 * number, seed=number) for number in range(4)]
    mine, yours = ours.aamp_ostinato(values, 8, p=p), theirs.aamp_ostinato(values, 8, p=p)
    assert mine[0] == pytest.approx(float(yours[0]), abs=1e-6)
    assert mine[1:] == tuple(yours[1:])
    assert ours.ostinato(values, 8, normalize=False, p=p) == mine
