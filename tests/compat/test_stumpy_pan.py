"""Agreement with stumpy: the pan matrix profile."""

from types import ModuleType
from typing import Any

import numpy as np
import pytest
from tests.compat.agreement import same_distances, series

from motifleet.compat import stumpy as ours
from motifleet.compat.stumpy.pan import ranked

pytestmark = pytest.mark.filterwarnings("ignore::UserWarning", "ignore::RuntimeWarning")


def test_stimp(theirs: ModuleType) -> None:
    values = series("random walk", 60)
    arguments: dict[str, Any] = {"min_m": 4, "max_m": 14, "step": 2, "percentage": 1.0}
    mine, yours = ours.stimp(values, **arguments), theirs.stimp(values, **arguments)
    for _ in range(4):
        mine.update()
        yours.update()
        np.testing.assert_array_equal(mine.PAN_, yours.PAN_)
        raw = {"contrast": False, "binary": False}
        np.testing.assert_allclose(mine.pan(**raw), yours.pan(**raw), atol=1e-6)
    np.testing.assert_array_equal(mine.M_, yours.M_)
    for one, other in zip(mine.P_, yours.P_, strict=True):
        same_distances(one, other)


def test_aamp_stimp(theirs: ModuleType) -> None:
    values = series("random walk", 60, gaps=True)
    arguments: dict[str, Any] = {"min_m": 4, "max_m": 14, "step": 2, "percentage": 1.0}
    mine, yours = ours.aamp_stimp(values, **arguments), theirs.aamp_stimp(values, **arguments)
    again = ours.stimp(values, normalize=False, **arguments)
    for _ in range(4):
        for each in (mine, yours, again):
            each.update()
        np.testing.assert_array_equal(mine.PAN_, yours.PAN_)
        np.testing.assert_array_equal(mine.PAN_, again.PAN_)
        raw = {"contrast": False, "binary": False}
        np.testing.assert_allclose(mine.pan(**raw), yours.pan(**raw), atol=1e-6)
    for one, other in zip(mine.P_, yours.P_, strict=True):
        same_distances(one, other)


@pytest.mark.parametrize("name", ["stimp", "aamp_stimp"])
@pytest.mark.parametrize("first", [True, False])
def test_approximate_profiles(theirs: ModuleType, name: str, first: bool) -> None:
    values = series("random walk", 200)
    how = ("pre_scrump" if name == "stimp" else "pre_scraamp", first)
    arguments: dict[str, Any] = {"min_m": 10, "max_m": 20, "step": 5, "percentage": 0.2}
    mine = getattr(ours, name)(values, **arguments, **dict([how]))
    yours = getattr(theirs, name)(values, **arguments, **dict([how]))
    exact = getattr(ours, name)(values, **{**arguments, "percentage": 1.0})
    for _ in range(3):
        for each in (mine, yours, exact):
            each.update()
    np.testing.assert_array_equal(mine.M_, yours.M_)
    for one, least, other in zip(mine.P_, exact.P_, yours.P_, strict=True):
        assert one.shape == other.shape
        assert (one >= least - 1e-9).all()
        assert np.isfinite(one).all() >= first
    assert mine.PAN_.shape == yours.PAN_.shape


@pytest.mark.parametrize("kind", ["periodic", "constant stretches", "few values"])
def test_the_picture_of_equal_distances_differs_in_their_ranks_alone(
    theirs: ModuleType, kind: str
) -> None:
    """As `coming-from-stumpy` says: the distances drawn are theirs, their ranks rounding's."""
    values = series(kind, 80)
    arguments: dict[str, Any] = {"min_m": 4, "max_m": 10, "step": 3, "percentage": 1.0}
    mine, yours = ours.stimp(values, **arguments), theirs.stimp(values, **arguments)
    for each in (mine, yours):
        each.update()
        each.update()
    raw = {"contrast": False, "binary": False}
    same_distances(mine.pan(**raw), yours.pan(**raw))
    assert mine.pan().shape == yours.pan().shape
    assert set(np.unique(mine.pan())) <= {0.0, 1.0}


def test_ranks_of_many_are_those_of_one_stable_sort() -> None:
    rng = np.random.default_rng(2)
    for values in (rng.normal(size=900_000), rng.integers(0, 5, 900_000).astype(float)):
        values[rng.integers(0, len(values), 1000)] = np.nan
        expected = np.empty(len(values), np.int64)
        expected[values.argsort(kind="stable")] = np.arange(len(values))
        np.testing.assert_array_equal(ranked(values), expected)
    assert ranked(np.zeros(0)).tolist() == []
