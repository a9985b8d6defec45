"""Agreement with stumpy: the pan matrix profile."""

from types import ModuleType
from typing import Any

import numpy as np
import pytest
from tests.compat.agreement import same_distances, series

from motifleet.compat import stumpy as ours

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
