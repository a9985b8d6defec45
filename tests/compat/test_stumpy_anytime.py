"""What gets better step by step: stumpy's beginning, its accessors, its end."""

from types import ModuleType
from typing import Any

import numpy as np
import pytest
from tests.compat.agreement import AGREED, DISTINCT, same_distances, same_norms, series

from motifleet.compat import stumpy as ours
from motifleet.types import Floats

pytestmark = pytest.mark.filterwarnings("ignore::UserWarning", "ignore::RuntimeWarning")

M = 12


def joins(kind: str) -> dict[str, dict[str, Any]]:
    a, b = series(kind, 150, gaps=True), series(kind, 90, seed=5, gaps=True)
    apart = {"ignore_trivial": False}
    return {
        "self": {"T_A": a},
        "AB": {"T_A": a, "T_B": b, **apart},
        "BA": {"T_A": b, "T_B": a, **apart},
    }


def of_prescrump(case: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in case.items() if name != "ignore_trivial"}


@pytest.mark.parametrize("kind", AGREED)
@pytest.mark.parametrize("case", ["self", "AB", "BA"])
@pytest.mark.parametrize("s", [None, 1, 7])
@pytest.mark.parametrize("k", [1, 3])
def test_prescrump(theirs: ModuleType, kind: str, case: str, s: int | None, k: int) -> None:
    series_of = of_prescrump(joins(kind)[case])
    mine, yours = (each.prescrump(m=M, s=s, k=k, **series_of) for each in (ours, theirs))
    for one, other in zip(mine, yours, strict=True):
        assert (one.shape, one.dtype) == (other.shape, other.dtype)
    if kind in DISTINCT:
        same_distances(mine[0], yours[0])
        np.testing.assert_array_equal(mine[1], yours[1])


@pytest.mark.parametrize("p", [1.0, 2.0, 3.0])
@pytest.mark.parametrize("case", ["self", "AB", "BA"])
@pytest.mark.parametrize("k", [1, 3])
def test_prescraamp(theirs: ModuleType, p: float, case: str, k: int) -> None:
    series_of = of_prescrump(joins("noise")[case])
    mine, yours = (each.prescraamp(m=M, p=p, k=k, **series_of) for each in (ours, theirs))
    same_norms(mine[0], yours[0], p)
    np.testing.assert_array_equal(mine[1], yours[1])
    again = ours.prescrump(m=M, p=p, k=k, normalize=False, **series_of)
    np.testing.assert_array_equal(again[0], mine[0])


def exact(name: str, case: dict[str, Any], k: int) -> Any:
    join = ours.stump if name == "scrump" else ours.aamp
    return join(m=M, k=k, **case)


@pytest.mark.parametrize("kind", AGREED)
@pytest.mark.parametrize("name", ["scrump", "scraamp"])
@pytest.mark.parametrize("case", ["self", "AB", "BA"])
@pytest.mark.parametrize("k", [1, 3])
@pytest.mark.parametrize("first", [True, False])
def test_every_update_is_nearer_to_the_exact_profile(
    kind: str, name: str, case: str, k: int, first: bool
) -> None:
    which = joins(kind)[case]
    least = exact(name, which, k)
    how = {"pre_scrump" if name == "scrump" else "pre_scraamp": first}
    profile = getattr(ours, name)(m=M, k=k, percentage=0.3, **which, **how)
    before = profile.P_
    assert first == bool(np.isfinite(before).any())
    for _ in range(4):
        profile.update()
        after: Floats = profile.P_
        assert (after <= before).all()
        assert (after >= least.P_ - 1e-9).all()
        np.testing.assert_array_equal(profile.I_ >= 0, np.isfinite(after))
        before = after
    np.testing.assert_allclose(profile.P_, least.P_, rtol=1e-9, atol=1e-6)
    if kind in DISTINCT:
        np.testing.assert_array_equal(profile.I_, least.I_)
        np.testing.assert_array_equal(profile.left_I_, least.left_I_)
        np.testing.assert_array_equal(profile.right_I_, least.right_I_)
    profile.update()
    np.testing.assert_array_equal(profile.P_, before)


@pytest.mark.parametrize("name", ["scrump", "scraamp"])
@pytest.mark.parametrize("k", [1, 3])
@pytest.mark.parametrize("case", ["self", "AB"])
def test_accessors(theirs: ModuleType, name: str, k: int, case: str) -> None:
    which = joins("noise")[case]
    mine, yours = (
        getattr(each, name)(m=M, k=k, percentage=1.0, **which) for each in (ours, theirs)
    )
    for _ in range(2):
        for accessor in ("P_", "I_", "left_I_", "right_I_"):
            one, other = getattr(mine, accessor), getattr(yours, accessor)
            assert (one.shape, one.dtype) == (other.shape, other.dtype)
            if accessor == "P_":
                same_distances(one, other)
            else:
                np.testing.assert_array_equal(one, other)
        mine.update()
        yours.update()


def test_a_part_of_the_work_is_a_part_of_the_pairs() -> None:
    values = series("random walk", 4000)
    profile = ours.scrump(values, 50, percentage=0.1)
    least, ahead = ours.stump(values, 50).P_, []
    for _ in range(10):
        profile.update()
        ahead.append(float(np.mean(profile.P_ - least)))
    assert ahead == sorted(ahead, reverse=True)
    assert ahead[0] > 10 * ahead[8] > 0
    assert ahead[9] < 1e-9


def test_the_random_state_is_left_alone() -> None:
    state = str(np.random.get_state())  # noqa: NPY002
    ours.scrump(series("noise", 80), 8, pre_scrump=True).update()
    assert str(np.random.get_state()) == state  # noqa: NPY002


def test_by_name() -> None:
    values = series("noise", 80)
    profile = ours.scrump(values, 8, percentage=1.0, normalize=False, p=1.0)
    profile.update()
    np.testing.assert_array_equal(profile.P_, ours.aamp(values, 8, p=1.0).P_)


@pytest.mark.parametrize("name", ["scrump", "scraamp"])
@pytest.mark.parametrize(
    "arguments",
    [{"percentage": 0.0}, {"percentage": -0.1}, {"m": 70}, {"m": 2}, {"m": 90}],
    ids=str,
)
def test_errors_are_of_the_same_type(
    theirs: ModuleType, name: str, arguments: dict[str, Any]
) -> None:
    raised = []
    for library in (theirs, ours):
        with pytest.raises(Exception) as caught:  # noqa: PT011
            getattr(library, name)(series("noise", 80), **{"m": 8, **arguments})
        raised.append(caught.type)
    assert raised[0] is raised[1]
