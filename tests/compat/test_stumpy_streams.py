"""Agreement with stumpy of profiles that grow: values, shapes, types and errors."""

from collections.abc import Callable
from types import ModuleType
from typing import Any

import numpy as np
import pytest
from tests.matrixprofile.strategies import KINDS
from tests.reference.self_join import distances
from tests.reference.streaming import norm

from motifleet.compat import stumpy as ours
from motifleet.types import Floats

AGREED = ["noise", "random walk", "few values", "constant stretches", "periodic"]
NAMES = ["P_", "I_", "left_P_", "left_I_", "T_"]

pytestmark = pytest.mark.filterwarnings("ignore::UserWarning", "ignore::RuntimeWarning")


def series(kind: str, n: int, *, gaps: bool = True) -> Floats:
    values = KINDS[kind](np.random.default_rng(31), n)
    if gaps:
        values[[n // 4, n // 2, 3 * n // 4]] = [np.nan, np.inf, np.nan]
    return values


def same(mine: Any, yours: Any, values: Floats, m: int, p: float = 0.0) -> None:
    """Equal, but that equally near neighbours may be others."""
    for name in NAMES:
        one, other = getattr(mine, name), getattr(yours, name)
        assert (one.shape, one.dtype) == (other.shape, other.dtype), name
    np.testing.assert_allclose(mine.T_, yours.T_, rtol=0, atol=0)
    start = len(values) - len(mine.T_)
    for far, near in (("P_", "I_"), ("left_P_", "left_I_")):
        one, other = getattr(mine, far), getattr(yours, far)
        # Near zero, the roots of their rounding errors show.
        np.testing.assert_allclose(one, other, rtol=1e-7, atol=2e-6)
        mine_at, yours_at = getattr(mine, near), getattr(yours, near)
        np.testing.assert_array_equal(mine_at < 0, yours_at < 0)
        for place in np.argwhere((mine_at != yours_at) & (yours_at >= 0)):
            i, j, at = start + place[0], int(yours_at[tuple(place)]), tuple(place)
            pair = values[i : i + m], values[j : j + m]
            apart = norm(pair[0] - pair[1], p) if p else distances(pair[0], pair[1][None])[0]
            assert apart == pytest.approx(one[at], rel=1e-7, abs=2e-6)


@pytest.mark.parametrize("egress", [True, False])
@pytest.mark.parametrize("kind", AGREED)
@pytest.mark.parametrize("k", [1, 3])
def test_stumpi(theirs: ModuleType, kind: str, egress: bool, k: int) -> None:
    values, m = series(kind, 130), 9
    mine = ours.stumpi(values[:60], m, egress=egress, k=k)
    yours = theirs.stumpi(values[:60], m, egress=egress, k=k)
    same(mine, yours, values[:60], m)
    for end in range(61, 131):
        mine.update(values[end - 1])
        yours.update(values[end - 1])
        if end % 10 == 0:
            same(mine, yours, values[:end], m)


@pytest.mark.parametrize("egress", [True, False])
@pytest.mark.parametrize("kind", AGREED)
@pytest.mark.parametrize(("p", "k"), [(1.0, 1), (2.0, 1), (3.0, 1), (2.0, 3)])
def test_aampi(theirs: ModuleType, kind: str, egress: bool, p: float, k: int) -> None:
    values, m = series(kind, 110), 8
    mine = ours.aampi(values[:50], m, egress=egress, p=p, k=k)
    yours = theirs.stumpi(values[:50], m, egress=egress, p=p, k=k, normalize=False)
    assert type(ours.stumpi(values[:50], m, normalize=False)) is ours.aampi
    same(mine, yours, values[:50], m, p)
    for end in range(51, 111):
        mine.update(values[end - 1])
        yours.update(values[end - 1])
        if end % 10 == 0:
            same(mine, yours, values[:end], m, p)


@pytest.mark.parametrize("normalize", [True, False])
@pytest.mark.parametrize("k", [1, 2])
def test_a_profile_that_was_computed_before(theirs: ModuleType, normalize: bool, k: int) -> None:
    values, m = series("noise", 90), 8
    whole = (theirs.stump if normalize else theirs.aamp)(values[:70], m, k=k)
    kept = whole.copy()
    mine, yours = (
        library.stumpi(values[:70], m, k=k, mp=whole, normalize=normalize)
        for library in (ours, theirs)
    )
    for value in values[70:]:
        mine.update(value)
        yours.update(value)
    same(mine, yours, values, m, 0.0 if normalize else 2.0)
    np.testing.assert_array_equal(whole, kept)


def test_as_few_values_as_a_window_has(theirs: ModuleType) -> None:
    values = series("noise", 20, gaps=False)
    for egress in (True, False):
        mine, yours = (lib.stumpi(values[:8], 8, egress=egress) for lib in (ours, theirs))
        for value in values[8:]:
            mine.update(value)
            yours.update(value)
        same(mine, yours, values, 8)


@pytest.mark.parametrize("custom", [True, False])
@pytest.mark.parametrize("kind", AGREED)
def test_floss(theirs: ModuleType, kind: str, custom: bool) -> None:
    values, m, n = series(kind, 150), 9, 100
    profile = theirs.stump(values[:n], m)
    ideal = np.linspace(1, 20, n - m + 1) if custom else None
    mine, yours = (
        library.floss(profile, values[:n], m, 6, 2, n_iter=30, n_samples=200, custom_iac=ideal)
        for library in (ours, theirs)
    )
    same_curves(mine, yours, values[:n])
    for value in values[n:]:
        mine.update(value)
        yours.update(value)
        same_curves(mine, yours, values)


@pytest.mark.parametrize("p", [1.0, 2.0, 3.0])
def test_floss_of_plain_distances(theirs: ModuleType, p: float) -> None:
    values, m, n = series("random walk", 130), 9, 90
    profile = theirs.aamp(values[:n], m, p=p)
    ideal = np.linspace(1, 20, n - m + 1)
    mine, yours = (
        library.floss(profile, values[:n], m, 6, 2, custom_iac=ideal, normalize=False, p=p)
        for library in (ours, theirs)
    )
    for value in values[n:]:
        mine.update(value)
        yours.update(value)
        same_curves(mine, yours, values)


def same_curves(mine: Any, yours: Any, values: Floats) -> None:
    for name in ("cac_1d_", "P_", "I_", "T_"):
        one, other = getattr(mine, name), getattr(yours, name)
        assert (one.shape, one.dtype) == (other.shape, other.dtype), name
    np.testing.assert_array_equal(mine.T_, yours.T_)
    np.testing.assert_allclose(mine.P_, yours.P_, rtol=1e-7, atol=2e-6)
    if np.array_equal(mine.I_, yours.I_):
        np.testing.assert_allclose(mine.cac_1d_, yours.cac_1d_, rtol=1e-9)
    else:
        assert (np.unique(values).size < 60) or (np.diff(values) == 0).any(), "no ties"


T = np.random.default_rng(0).normal(size=40)


@pytest.mark.parametrize("name", ["stumpi", "aampi"])
@pytest.mark.parametrize(
    "arguments",
    [
        (T.reshape(20, 2), 6),
        (T, 2),
        (T, 41),
        (T.astype(int), 6),
        (tuple(T), 6),
        (T, 6, True, True, 2.0, 0),
    ],
)
def test_errors(theirs: ModuleType, name: str, arguments: tuple[Any, ...]) -> None:
    if name == "aampi" and len(arguments) > 2:
        arguments = (*arguments[:3], *arguments[4:])
    raised = []
    for library in (ours, theirs):
        with pytest.raises(Exception) as info:  # noqa: PT011
            getattr(library, name)(*arguments)
        raised.append(type(info.value))
    assert issubclass(raised[0], raised[1])


@pytest.mark.parametrize(
    ("call", "error"),
    [
        (lambda lib: lib.stumpi(T, 6, mp=np.zeros((3, 4))), ValueError),
        (lambda lib: lib.aampi(T, 6, mp=np.zeros((3, 4))), ValueError),
        (lambda lib: lib.stumpi(T, 6, T_subseq_isconstant_func=3), ValueError),
        (lambda lib: lib.stumpi(T, 6).update("a"), ValueError),
        (lambda lib: lib.stumpi(T, 6).update(None), TypeError),
        (lambda lib: lib.floss(np.zeros((3, 4)), T, 6, 6, custom_iac=T), ValueError),
    ],
)
def test_errors_of_parts(
    theirs: ModuleType, call: Callable[[ModuleType], object], error: type[Exception]
) -> None:
    for library in (ours, theirs):
        with pytest.raises(error):
            call(library)


@pytest.mark.parametrize(
    ("call", "reason"),
    [
        (lambda: ours.aampi(T, 6, p=0.5), "p from 1 to 20"),
        (lambda: ours.stumpi(T, 6, normalize=False, p=np.inf), "p from 1 to 20"),
        (lambda: ours.stumpi(T, 6, T_subseq_isconstant_func=len), "those of a single value"),
        (
            lambda: ours.floss(np.zeros((35, 4)), T, 6, 6, T_subseq_isconstant_func=len),
            "those of a single value",
        ),
    ],
)
def test_what_is_not_offered_says_why(call: Callable[[], object], reason: str) -> None:
    with pytest.raises(NotImplementedError, match=reason):
        call()
