"""Agreement with stumpy, function by function: values, shapes, types, warnings and errors."""

import inspect
import warnings
from types import ModuleType
from typing import Any

import numpy as np
import pandas as pd
import pytest
from numpy.typing import NDArray
from tests.matrixprofile.strategies import KINDS

from motifleet.compat import stumpy as ours
from motifleet.compat.stumpy.ideal import ideal_arc_curve
from motifleet.matrixprofile import distance_profile
from motifleet.types import Floats

AGREED = ["noise", "random walk", "few values", "constant stretches", "periodic"]
DISTINCT = ["noise", "random walk"]

pytestmark = pytest.mark.filterwarnings("ignore::UserWarning", "ignore::RuntimeWarning")


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


def same_profile(mine: NDArray[Any], yours: NDArray[Any], a: Floats, b: Floats, m: int) -> None:
    """Distances are equal, and neighbours are, or are equally near."""
    assert (mine.shape, mine.dtype) == (yours.shape, yours.dtype)
    same_distances(mine[:, 0], yours[:, 0])
    np.testing.assert_array_equal(mine[:, 1:] < 0, yours[:, 1:] < 0)
    for i in np.flatnonzero((yours[:, 1] >= 0) & (mine[:, 1] != yours[:, 1])):
        ties = distance_profile(a[i : i + m], b)
        assert ties[yours[i, 1]] == pytest.approx(mine[i, 0], abs=1e-6)


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


def test_stump_takes_pandas(theirs: ModuleType) -> None:
    values = pd.Series(series("noise", 60))
    same_distances(ours.stump(values, 8).P_, theirs.stump(values, 8).P_)


@pytest.mark.parametrize("kind", AGREED)
def test_mass(theirs: ModuleType, kind: str) -> None:
    values, query = series(kind, 200, gaps=True), series("random walk", 30, seed=3)
    same_distances(ours.mass(query, values), theirs.mass(query, values))
    same_distances(ours.core.mass(query, values), theirs.core.mass(query, values))
    own = values[110:140].copy()
    mine = ours.mass(own, values, query_idx=110)
    same_distances(mine, theirs.mass(own, values, query_idx=110))
    assert mine[110] == 0
    query[4] = np.nan
    np.testing.assert_array_equal(ours.mass(query, values), theirs.mass(query, values))


def double(distances: Floats) -> float:
    return 2 * float(np.nanmin(distances))


@pytest.mark.parametrize("kind", DISTINCT)
@pytest.mark.parametrize(
    "arguments",
    [
        {},
        {"max_matches": 3},
        {"max_distance": 4.0},
        {"max_distance": double},
        {"max_distance": np.inf, "max_matches": 5},
        {"query_idx": 120, "max_distance": 5.0},
        {"max_distance": 0.0},
    ],
    ids=str,
)
def test_match(theirs: ModuleType, kind: str, arguments: dict[str, Any]) -> None:
    values = series(kind, 220, gaps=True)
    query = values[120:140] if "query_idx" in arguments else series(kind, 20, seed=3)
    mine, yours = ours.match(query, values, **arguments), theirs.match(query, values, **arguments)
    assert (mine.shape, mine.dtype) == (yours.shape, yours.dtype)
    if len(yours):
        same_distances(mine[:, 0], yours[:, 0])
        np.testing.assert_array_equal(mine[:, 1], yours[:, 1])


def test_match_of_several_channels(theirs: ModuleType) -> None:
    values = np.random.default_rng(3).normal(size=(3, 150))
    mine = ours.match(values[:, 40:60], values, max_distance=6.0)
    yours = theirs.match(values[:, 40:60], values, max_distance=6.0)
    np.testing.assert_array_equal(mine[:, 1], yours[:, 1])
    same_distances(mine[:, 0], yours[:, 0])


@pytest.mark.parametrize("kind", DISTINCT)
@pytest.mark.parametrize(
    "arguments",
    [
        {},
        {"max_motifs": 3, "cutoff": np.inf},
        {"max_motifs": 3, "cutoff": 4.0, "max_distance": 4.0, "max_matches": 4},
        {"max_motifs": 4, "cutoff": np.inf, "max_distance": double, "min_neighbors": 2},
        {"max_motifs": 0},
        {"cutoff": 0.0},
        {"max_matches": None, "max_distance": 5.0, "cutoff": 5.0, "max_motifs": 2},
    ],
    ids=str,
)
def test_motifs(theirs: ModuleType, kind: str, arguments: dict[str, Any]) -> None:
    values = series(kind, 220, gaps=True)
    profile = theirs.stump(values, 16).P_
    mine, yours = (
        ours.motifs(values, profile, **arguments),
        theirs.motifs(values, profile, **arguments),
    )
    for one, other in zip(mine, yours, strict=True):
        assert (one.shape, one.dtype) == (other.shape, other.dtype)
    np.testing.assert_array_equal(mine[1], yours[1])
    np.testing.assert_allclose(mine[0], yours[0], atol=1e-6)


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


@pytest.mark.parametrize("kind", AGREED)
@pytest.mark.parametrize("arguments", [{}, {"percentage": 0.5}, {"k": 0}, {"k": 1000}], ids=str)
def test_mpdist(theirs: ModuleType, kind: str, arguments: dict[str, Any]) -> None:
    a, b = series(kind, 70, gaps=True), series(kind, 50, seed=4)
    same_distances(ours.mpdist(a, b, 9, **arguments), theirs.mpdist(a, b, 9, **arguments))


@pytest.mark.parametrize("kind", DISTINCT)
@pytest.mark.parametrize("count", [3, 5])
def test_ostinato(theirs: ModuleType, kind: str, count: int) -> None:
    values = [series(kind, 50 + 7 * number, seed=number) for number in range(count)]
    values[1][20] = np.nan
    mine, yours = ours.ostinato(values, 8), theirs.ostinato(values, 8)
    assert mine[0] == pytest.approx(float(yours[0]), abs=1e-6)
    assert mine[1:] == tuple(yours[1:])


@pytest.mark.parametrize(
    "arguments",
    [{}, {"s": 8}, {"percentage": 0.5}, {"mpdist_k": 3, "s": 6}, {"mpdist_percentage": 0.3}],
    ids=str,
)
def test_snippets(theirs: ModuleType, arguments: dict[str, Any]) -> None:
    steps = np.arange(170)
    values = np.where(steps < 90, np.sin(steps / 3), np.abs(steps / 5 % 2 - 1))
    values = values + series("noise", 170) / 10
    mine, yours = (each.snippets(values, 24, 2, **arguments) for each in (ours, theirs))
    # A stretch across two snippets is at distance 0 from both: a tie that rounding decides there.
    tied = np.mean(np.abs(np.diff(yours[2], axis=0)) < 1e-5)
    for number, (one, other) in enumerate(zip(mine, yours, strict=True)):
        assert (one.dtype, one.ndim) == (other.dtype, other.ndim)
        if number < 5 or tied == 0:
            tolerance = tied if number == 3 else 0
            np.testing.assert_allclose(one, other, rtol=0, atol=tolerance + 1e-5)


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


VALUES = np.random.default_rng(1).normal(size=60)
MISUSED: dict[str, tuple[str, tuple[Any, ...]]] = {
    "integers": ("stump", (np.arange(50), 5)),
    "float32": ("stump", (VALUES.astype(np.float32), 5)),
    "a tuple": ("stump", (tuple(VALUES), 5)),
    "a short window": ("stump", (VALUES, 2)),
    "a long window": ("stump", (VALUES, 61)),
    "two dimensions": ("stump", (VALUES.reshape(6, 10), 3)),
    "a long query": ("mass", (VALUES, VALUES[:30])),
    "a short query": ("mass", (VALUES[:2], VALUES)),
    "a query with a gap": ("match", (np.array([1.0, np.nan, 2.0]), VALUES)),
    "a number for max_distance": ("match", (VALUES[:9], VALUES, None, None, 3)),
    "a profile of two dimensions": ("motifs", (VALUES, np.ones((10, 5)))),
    "no list": ("ostinato", ((VALUES, VALUES), 5)),
    "a long snippet": ("snippets", (VALUES, 31, 1)),
    "a long window of mpdist": ("mpdist", (VALUES, VALUES[:9], 10)),
}


@pytest.mark.parametrize("case", MISUSED)
def test_errors_are_of_the_same_type(theirs: ModuleType, case: str) -> None:
    name, arguments = MISUSED[case]
    with pytest.raises(Exception) as yours:  # noqa: PT011
        getattr(theirs, name)(*arguments)
    with pytest.raises(yours.type) as mine:
        getattr(ours, name)(*arguments)
    assert mine.type is yours.type


WARNED: dict[str, tuple[str, tuple[Any, ...]]] = {
    "trivial matches": ("stump", (VALUES, 5, None, False)),
    "equal series": ("stump", (VALUES, 5, VALUES, False)),
    "different series": ("stump", (VALUES, 5, VALUES[:30])),
    "a large window": ("stump", (VALUES, 48)),
    "a wrong place": ("mass", (VALUES[:9], VALUES, None, None, True, 2.0, None, None, None, 7)),
    "no motifs wanted": ("motifs", (VALUES, VALUES[9:] ** 2, 1, None, None, 10, 0)),
    "nothing wrong": ("stump", (VALUES, 5)),
}


@pytest.mark.parametrize("case", WARNED)
@pytest.mark.filterwarnings("always")
def test_warnings_come_where_theirs_do(theirs: ModuleType, case: str) -> None:
    name, arguments = WARNED[case]
    kinds = []
    for library in (ours, theirs):
        with warnings.catch_warnings(record=True) as seen:
            warnings.simplefilter("always")
            getattr(library, name)(*arguments)
        kinds.append({each.category for each in seen})
    assert kinds[0] == kinds[1]


REFUSED = [
    name
    for name in ours.__all__
    if "NotImplementedError" in (getattr(ours, name).__doc__ or "").split(":")[0]
]


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_not_offered_says_why(name: str) -> None:
    with pytest.raises(NotImplementedError, match=f"has no {name}: "):
        getattr(ours, name)(VALUES, 5)


@pytest.mark.parametrize(
    ("name", "arguments", "named"),
    [
        ("stump", (VALUES, 5), {"normalize": False}),
        ("stump", (VALUES, 5), {"k": 3}),
        ("stump", (VALUES, 5), {"T_A_subseq_isconstant": np.zeros(56, bool)}),
        ("mass", (VALUES[:5], VALUES), {"normalize": False}),
        ("match", (VALUES[:5], VALUES), {"normalize": False}),
        ("motifs", (VALUES, VALUES[4:]), {"normalize": False}),
        ("mpdist", (VALUES, VALUES, 5), {"normalize": False}),
        ("ostinato", ([VALUES, VALUES], 5), {"normalize": False}),
        ("snippets", (VALUES, 10, 2), {"normalize": False}),
        ("stimp", (VALUES,), {"percentage": 0.5}),
    ],
)
def test_arguments_that_are_not_offered(
    name: str, arguments: tuple[Any, ...], named: dict[str, Any]
) -> None:
    with pytest.raises(NotImplementedError, match=name):
        getattr(ours, name)(*arguments, **named)


def test_the_arguments_are_theirs(theirs: ModuleType) -> None:
    for name in set(ours.__all__) - set(REFUSED) - {"core"}:
        mine = inspect.signature(getattr(ours, name)).parameters
        yours = inspect.signature(getattr(theirs, name)).parameters
        assert [(each.name, each.default) for each in mine.values()] == [
            (each.name, each.default) for each in yours.values()
        ], name


def test_every_name_of_theirs_is_here(theirs: ModuleType) -> None:
    public = set(theirs._lazy_imports) - {"aamp_ostinatoed", "aamp_stimped", "aampdisted"}
    assert sorted(public - set(ours.__all__) - {"aamped", "maamped"}) == []
