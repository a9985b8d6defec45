"""What stands in for stumpy has its names, arguments, errors and warnings."""

import inspect
import warnings
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from motifleet.compat import stumpy as ours

pytestmark = pytest.mark.filterwarnings("ignore::UserWarning", "ignore::RuntimeWarning")

VALUES = np.random.default_rng(1).normal(size=60)


GAPPED = np.where(np.arange(60) == 20, np.inf, VALUES)
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
    "integers of aamp": ("aamp", (np.arange(50), 5)),
    "a long window of aamp": ("aamp", (VALUES, 61)),
    "two dimensions of aamp": ("aamp", (VALUES.reshape(6, 10), 3)),
    "a long query of aamp_match": ("aamp_match", (VALUES, VALUES[:30])),
    "a gap in aamp_match": ("aamp_match", (np.array([1.0, np.nan, 2.0]), VALUES)),
    "a profile of aamp_motifs": ("aamp_motifs", (VALUES, np.ones((10, 5)))),
    "no list of aamp_ostinato": ("aamp_ostinato", ((VALUES, VALUES), 5)),
    "a long snippet of aampdist": ("aampdist_snippets", (VALUES, 31, 1)),
    "a long window of aampdist": ("aampdist", (VALUES, VALUES[:9], 10)),
    "a long window of prescrump": ("prescrump", (VALUES, 61)),
    "integers of scraamp": ("scraamp", (np.arange(50), 5)),
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
    "equal series of aamp": ("aamp", (VALUES, 5, VALUES, False)),
    "different series of scrump": ("scrump", (VALUES, 5, VALUES[:30])),
    "trivial matches of scraamp": ("scraamp", (VALUES, 5, None, False)),
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
        ("stump", (VALUES, 5), {"normalize": False, "p": 0.5}),
        ("stump", (VALUES, 5), {"normalize": False, "p": 21.0}),
        ("scrump", (VALUES, 5), {"normalize": False, "p": np.inf}),
        ("prescrump", (VALUES, 5), {"normalize": False, "p": np.nan}),
        ("prescrump", (VALUES, 5), {"T_A_subseq_isconstant": np.zeros(56, bool)}),
        ("scrump", (VALUES, 5), {"T_B_subseq_isconstant": np.zeros(56, bool)}),
        ("stump", (VALUES, 5), {"T_A_subseq_isconstant": np.zeros(56, bool)}),
        ("mass", (VALUES[:5], VALUES), {"normalize": False, "p": 0.0}),
        ("match", (VALUES[:5], VALUES), {"Q_subseq_isconstant": np.zeros(1, bool)}),
        ("motifs", (VALUES, VALUES[4:]), {"normalize": False, "p": -1.0}),
        ("mpdist", (VALUES, VALUES, 5), {"normalize": False, "p": np.inf}),
        ("ostinato", ([VALUES, VALUES], 5), {"normalize": False, "p": 30.0}),
        ("ostinato", ([VALUES, GAPPED], 5), {"normalize": False}),
        ("snippets", (GAPPED, 10, 2), {"normalize": False}),
        ("stimp", (VALUES,), {"normalize": False, "p": 1.0}),
    ],
)
def test_arguments_that_are_not_offered(
    name: str, arguments: tuple[Any, ...], named: dict[str, Any]
) -> None:
    with pytest.raises(NotImplementedError, match=name):
        getattr(ours, name)(*arguments, **named)


MODULES = {"config", "core", "mmparray", "mparray"}


def test_the_arguments_are_theirs(theirs: ModuleType) -> None:
    for name in set(ours.__all__) - set(REFUSED) - MODULES:
        mine = inspect.signature(getattr(ours, name)).parameters
        yours = inspect.signature(getattr(theirs, name)).parameters
        assert [(each.name, each.default) for each in mine.values()] == [
            (each.name, each.default) for each in yours.values()
        ], name


def test_every_name_of_theirs_is_here(theirs: ModuleType) -> None:
    public = set(theirs._lazy_imports)
    assert sorted(public - set(ours.__all__)) == []
