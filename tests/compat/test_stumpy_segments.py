"""Agreement with stumpy: segments and chains."""

from types import ModuleType

import numpy as np
import pytest
from tests.compat.agreement import series

from motifleet.compat import stumpy as ours
from motifleet.compat.stumpy.ideal import ideal_arc_curve

pytestmark = pytest.mark.filterwarnings("ignore::UserWarning", "ignore::RuntimeWarning")


@pytest.mark.parametrize("width", [30, 137])
def test_the_ideal_arc_curve(theirs: ModuleType, width: int) -> None:
    from stumpy.floss import _iac

    yours = _iac(width, n_iter=1000)
    np.testing.assert_allclose(ideal_arc_curve(width), yours, rtol=1e-9, atol=1e-9)


def test_fluss(theirs: ModuleType) -> None:
    steps = np.arange(400)
    values = np.where(steps < 220, np.sin(steps / 3), np.abs(steps / 8 % 2 - 1))
    values = values + series("noise", 400) / 20
    indices = ours.stump(values, 15)[:, 1]
    custom = np.linspace(0, 300, len(indices))
    for arguments in ({}, {"excl_factor": 0, "custom_iac": custom}, {"custom_iac": custom}):
        mine, yours = (each.fluss(indices, 15, 3, **arguments) for each in (ours, theirs))
        np.testing.assert_allclose(mine[0], yours[0], atol=1e-9)
        np.testing.assert_array_equal(mine[1], yours[1])
        assert mine[1].dtype == yours[1].dtype


def test_chains(theirs: ModuleType) -> None:
    profile = ours.stump(series("random walk", 200), 10)
    left, right = profile.left_I_, profile.right_I_
    mine, yours = ours.allc(left, right), theirs.allc(left, right)
    assert sorted(map(tuple, mine[0])) == sorted(map(tuple, yours[0]))
    np.testing.assert_array_equal(mine[1], yours[1])
    for start in range(0, len(left), 17):
        np.testing.assert_array_equal(
            ours.atsc(left, right, start), theirs.atsc(left, right, start)
        )
