"""Agreement with stumpy over several dimensions: values, shapes, types, warnings and errors."""

from types import ModuleType
from typing import Any

import numpy as np
import pandas as pd
import pytest
from tests.compat.agreement import told
from tests.matrixprofile.strategies import KINDS
from tests.reference.multidimensional import mean_matrices

from motifleet.compat import stumpy as ours
from motifleet.types import Floats

M = 12
MIXED = ["noise", "random walk", "few values"]
pytestmark = pytest.mark.filterwarnings("ignore::UserWarning", "ignore::RuntimeWarning")


def rows(kinds: list[str], n: int = 110, *, gaps: bool = False, seed: int = 29) -> Floats:
    rng = np.random.default_rng(seed)
    values = np.array([KINDS[kind](rng, n) for kind in kinds])
    if gaps:
        values[0, n // 3], values[-1, n // 2] = np.nan, np.inf
    return values


def pattern(n: int = 110) -> Floats:
    """Noise in four rows; two of them repeat."""
    values = rows(["noise"] * 4, n)
    values[1:3, 70:85] = values[1:3, 20:35] + rows(["noise"] * 2, 15, seed=3) / 20
    return values


def same_profile(mine: Any, yours: Any, values: Floats, **how: Any) -> None:
    """Distances are equal, and neighbours are, or are equally near."""
    assert type(mine)._fields == type(yours)._fields
    for one, other in zip(mine, yours, strict=True):
        assert (one.shape, one.dtype) == (other.shape, other.dtype)
    np.testing.assert_allclose(mine.P_, yours.P_, rtol=1e-7, atol=2e-6)
    np.testing.assert_array_equal(mine.I_ < 0, yours.I_ < 0)
    matrices = mean_matrices(values, M, **how)
    for k, i in zip(*np.nonzero((mine.I_ != yours.I_) & (yours.I_ >= 0)), strict=True):
        ties = matrices[k, i, [mine.I_[k, i], yours.I_[k, i]]]
        assert ties[0] == pytest.approx(ties[1], abs=1e-6)


ORDERS: list[dict[str, Any]] = [
    {},
    {"discords": True},
    {"include": [1]},
    {"include": np.array([2, 0])},
    {"include": [2], "discords": True},
    {"include": [0, 1, 2]},
    {"include": [1, 1]},
]


def reference(order: dict[str, Any]) -> dict[str, Any]:
    always = tuple(dict.fromkeys(int(each) for each in order.get("include", ())))
    return {"include": always, "farthest": order.get("discords", False)}


@pytest.mark.parametrize("order", ORDERS, ids=told)
@pytest.mark.parametrize("gaps", [False, True], ids=["whole", "gaps"])
def test_mstump(theirs: ModuleType, order: dict[str, Any], gaps: bool) -> None:
    values = rows(MIXED, gaps=gaps)
    mine, yours = ours.mstump(values, M, **order), theirs.mstump(values, M, **order)
    same_profile(mine, yours, values, **reference(order))


@pytest.mark.parametrize("order", ORDERS, ids=told)
@pytest.mark.parametrize("p", [1.0, 2.0, 3.0, 1.5])
def test_maamp(theirs: ModuleType, order: dict[str, Any], p: float) -> None:
    values = rows(["noise", "noise", "few values"], gaps=True)
    mine, yours = ours.maamp(values, M, p=p, **order), theirs.maamp(values, M, p=p, **order)
    same_profile(mine, yours, values, p=p, **reference(order))
    plain = ours.mstump(values, M, normalize=False, p=p, **order)
    np.testing.assert_array_equal(plain.P_, mine.P_)


def test_standing_still(theirs: ModuleType) -> None:
    values = rows(["constant stretches", "all equal", "noise"])
    same_profile(ours.mstump(values, M), theirs.mstump(values, M), values)
    same_profile(ours.maamp(values, M), theirs.maamp(values, M), values, p=2.0)


@pytest.mark.parametrize("name", ["mstump", "maamp"])
def test_nothing_but_gaps(theirs: ModuleType, name: str) -> None:
    values = np.full((2, 40), np.nan)
    for mine, yours in zip(
        getattr(ours, name)(values, M), getattr(theirs, name)(values, M), strict=True
    ):
        np.testing.assert_array_equal(mine, yours)


def test_mstump_takes_pandas(theirs: ModuleType) -> None:
    frame = pd.DataFrame(rows(MIXED).T, columns=list("abc"))
    np.testing.assert_allclose(ours.mstump(frame, M).P_, theirs.mstump(frame, M).P_, atol=2e-6)


WINDOWS = [(20, 70), (5, 40), (60, 90)]
OPTIONS: list[dict[str, Any]] = [
    {},
    {"discords": True},
    {"include": [3]},
    {"include": [2, 0], "discords": True},
    {"n_bit": 4},
    {"discretize_func": np.round},
]


def measured(name: str) -> list[tuple[str, dict[str, Any]]]:
    """The functions by that name, and with the distances that each takes."""
    plain = [{"p": p} for p in (2.0, 1.0, np.inf)]
    named = [(name, {}), *[(name, {"normalize": False} | p) for p in plain]]
    return named + [(f"maamp_{name}", p) for p in plain]


@pytest.mark.parametrize("options", OPTIONS, ids=told)
@pytest.mark.parametrize(("name", "measure"), measured("subspace"), ids=told)
def test_subspace(
    theirs: ModuleType, name: str, measure: dict[str, Any], options: dict[str, Any]
) -> None:
    values = pattern()
    values[3, 80], values[0, 95:] = np.nan, 3.0
    for index, neighbor in WINDOWS:
        for k in range(4):
            arguments = (values, M, index, neighbor, k)
            mine, yours = (
                getattr(each, name)(*arguments, **options, **measure) for each in (ours, theirs)
            )
            assert mine.dtype == yours.dtype
            np.testing.assert_array_equal(mine, yours)


@pytest.mark.parametrize("options", OPTIONS, ids=told)
@pytest.mark.parametrize(("name", "measure"), measured("mdl"), ids=told)
def test_mdl(
    theirs: ModuleType, name: str, measure: dict[str, Any], options: dict[str, Any]
) -> None:
    values = pattern()
    values[3, 80], values[0, 95:] = np.nan, 3.0
    for pairs in ([(20, 70)] * 4, [(5, 40), (20, 70), (60, 90), (97, 3)]):
        index, neighbor = np.array(pairs).T
        mine, yours = (
            getattr(each, name)(values, M, index, neighbor, **options, **measure)
            for each in (ours, theirs)
        )
        np.testing.assert_allclose(mine[0], yours[0], rtol=1e-12)
        assert len(mine[1]) == len(yours[1])
        for one, other in zip(mine[1], yours[1], strict=True):
            np.testing.assert_array_equal(one, other)


SEARCHES: list[dict[str, Any]] = [
    {},
    {"max_motifs": 3, "cutoffs": np.inf},
    {"max_motifs": 3, "cutoffs": [5.0, 4.0, 4.0, 6.0], "max_matches": 3},
    {"max_motifs": 2, "cutoffs": np.inf, "k": 1},
    {"max_motifs": 2, "cutoffs": np.inf, "k": 2, "include": [3]},
    {"cutoffs": np.inf, "max_distance": 4.0, "max_motifs": 4},
    {"cutoffs": np.inf, "max_distance": lambda d: 1.5 * np.nanmin(d[d > 0]), "max_motifs": 2},
    {"cutoffs": np.inf, "min_neighbors": 2, "max_motifs": 2, "max_matches": None},
    {"cutoffs": 0.0},
    {"max_motifs": 0},
]


@pytest.mark.parametrize("search", SEARCHES, ids=told)
@pytest.mark.parametrize("gaps", [False, True], ids=["whole", "gaps"])
@pytest.mark.parametrize(
    ("name", "measure"),
    [
        ("mmotifs", {}),
        ("mmotifs", {"normalize": False, "p": 1.0}),
        ("aamp_mmotifs", {}),
        ("aamp_mmotifs", {"p": 3.0}),
    ],
    ids=told,
)
def test_mmotifs(
    theirs: ModuleType, name: str, measure: dict[str, Any], search: dict[str, Any], gaps: bool
) -> None:
    values = pattern()
    if gaps:
        values[2, 100] = np.nan
    how = {"p": measure.get("p", 2.0), "normalize": name == "mmotifs" and not measure}
    profile = ours.mstump(values, M, **how)
    mine, yours = (
        getattr(each, name)(values, *profile, **search, **measure) for each in (ours, theirs)
    )
    for one, other in zip(mine[:2], yours[:2], strict=True):
        assert (one.shape, one.dtype) == (other.shape, other.dtype)
    np.testing.assert_array_equal(mine[1], yours[1])
    np.testing.assert_allclose(mine[0], yours[0], atol=1e-6)
    for one, other in zip(mine[2:], yours[2:], strict=True):
        assert len(one) == len(other)
        for a, b in zip(one, other, strict=True):
            np.testing.assert_allclose(a, b, rtol=1e-12)


VALUES = rows(MIXED)


@pytest.mark.parametrize(
    ("name", "arguments", "named"),
    [
        ("mstump", (VALUES[0], M), {}),
        ("mstump", (VALUES, 2), {}),
        ("mstump", (VALUES, 111), {}),
        ("mstump", (VALUES.astype(int), M), {}),
        ("mstump", (tuple(VALUES), M), {}),
        ("mstump", (VALUES, M), {"include": [3]}),
        ("maamp", (VALUES[0], M), {}),
        ("maamp", (VALUES, 111), {}),
        ("maamp", (VALUES, M), {"include": [5]}),
        ("subspace", (VALUES, 2, 0, 50, 1), {}),
        ("subspace", (VALUES, M, 105, 50, 1), {}),
        ("subspace", (VALUES[0], M, 0, 50, 1), {}),
        ("maamp_subspace", (VALUES, 111, 0, 50, 1), {}),
        ("mdl", (VALUES, M, [0], [50]), {}),
        ("mdl", (VALUES, M, [105] * 3, [50] * 3), {}),
        ("maamp_mdl", (VALUES.astype(int), M, [0] * 3, [50] * 3), {}),
    ],
)
def test_errors_are_theirs(
    theirs: ModuleType, name: str, arguments: tuple[Any, ...], named: dict[str, Any]
) -> None:
    raised = []
    for each in (theirs, ours):
        with pytest.raises(Exception, match=r"(?s).*") as error:
            getattr(each, name)(*arguments, **named)
        raised.append(error.type)
    assert issubclass(raised[1], raised[0])


@pytest.mark.parametrize(
    ("name", "arguments", "named"),
    [
        ("mstump", (VALUES, M), {"T_subseq_isconstant": np.zeros((3, 99), bool)}),
        ("mstump", (VALUES, M), {"include": [-1]}),
        ("maamp", (VALUES, M), {"p": np.inf}),
        ("maamp", (VALUES, M), {"p": 0.5}),
        ("maamp", (VALUES, M), {"p": 30.0}),
        ("subspace", (VALUES, M, 0, 50, 1), {"T_subseq_isconstant": np.zeros((3, 99), bool)}),
        ("mdl", (VALUES, M, [0], [50]), {"T_subseq_isconstant": np.zeros((3, 99), bool)}),
        ("mmotifs", (VALUES, VALUES, VALUES), {"T_subseq_isconstant": np.zeros((3, 99), bool)}),
    ],
)
def test_what_is_not_offered_says_why(
    name: str, arguments: tuple[Any, ...], named: dict[str, Any]
) -> None:
    with pytest.raises(NotImplementedError, match="has no"):
        getattr(ours, name)(*arguments, **named)


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [({"include": [1, 1]}, "include"), ({"m": 90}, "90")],
    ids=["twice", "large"],
)
def test_warnings_are_theirs(theirs: ModuleType, arguments: dict[str, Any], sentence: str) -> None:
    for each in (theirs, ours):
        with pytest.warns(UserWarning, match=sentence):
            each.mstump(VALUES, **{"m": M} | arguments)
