"""Agreement with stumpy: distance profiles, matches and motifs."""

from types import ModuleType
from typing import Any

import numpy as np
import pytest
from tests.compat.agreement import AGREED, DISTINCT, same_distances, series, told

from motifleet.compat import stumpy as ours
from motifleet.types import Floats

pytestmark = pytest.mark.filterwarnings("ignore::UserWarning", "ignore::RuntimeWarning")


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
    ids=told,
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
    ids=told,
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


@pytest.mark.parametrize("kind", AGREED)
@pytest.mark.parametrize("p", [1.0, 2.0, 2.5, 30.0, np.inf])
def test_mass_absolute(theirs: ModuleType, kind: str, p: float) -> None:
    values, query = series(kind, 200, gaps=True), series("random walk", 30, seed=3)
    mine = ours.core.mass_absolute(query, values, p=p)
    np.testing.assert_allclose(mine, theirs.core.mass_absolute(query, values, p=p), rtol=1e-12)
    np.testing.assert_array_equal(ours.mass(query, values, normalize=False, p=p), mine)
    for place in (90, 110):
        own = np.where(np.isfinite(values[place : place + 30]), values[place : place + 30], 0.0)
        one, other = (
            each.core.mass_absolute(own, values, p=p, query_idx=place) for each in (ours, theirs)
        )
        np.testing.assert_allclose(one, other, rtol=1e-12)
    mask = np.isfinite(mine) & (np.arange(len(mine)) % 3 > 0)
    one, other = (each.core.mass_absolute(query, values, mask, p) for each in (ours, theirs))
    np.testing.assert_allclose(one, other, rtol=1e-12)
    one, other = (
        each.mass(query, values, normalize=False, M_T=mask, p=p) for each in (ours, theirs)
    )
    np.testing.assert_allclose(one, other, rtol=1e-12)
    query[4] = np.nan
    one, other = (each.core.mass_absolute(query, values, p=p) for each in (ours, theirs))
    np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize("kind", DISTINCT)
@pytest.mark.parametrize("p", [1.0, 2.0, np.inf])
@pytest.mark.parametrize(
    "arguments",
    [
        {},
        {"max_matches": 3},
        {"max_distance": 9.0},
        {"max_distance": np.inf, "max_matches": 5},
        {"query_idx": 120, "max_distance": 9.0},
        {"T_subseq_isfinite": np.arange(201) % 5 > 0, "max_distance": 30.0},
    ],
    ids=told,
)
def test_aamp_match(theirs: ModuleType, kind: str, p: float, arguments: dict[str, Any]) -> None:
    values = series(kind, 220, gaps=True)
    masked = "T_subseq_isfinite" in arguments
    if masked:
        values = series(kind, 220)
    query = values[120:140] if "query_idx" in arguments else series(kind, 20, seed=3)
    mine, yours = (each.aamp_match(query, values, p=p, **arguments) for each in (ours, theirs))
    assert (mine.shape, mine.dtype) == (yours.shape, yours.dtype)
    if len(yours):
        np.testing.assert_allclose(mine[:, 0].astype(float), yours[:, 0].astype(float), rtol=1e-9)
        np.testing.assert_array_equal(mine[:, 1], yours[:, 1])
    again = ours.match(query, values, normalize=False, p=p, **arguments)
    np.testing.assert_array_equal(again, mine)


def test_aamp_match_of_several_channels(theirs: ModuleType) -> None:
    values = np.random.default_rng(3).normal(size=(3, 150))
    mine, yours = (
        each.aamp_match(values[:, 40:60], values, max_distance=30.0, p=1.0)
        for each in (ours, theirs)
    )
    np.testing.assert_array_equal(mine[:, 1], yours[:, 1])
    np.testing.assert_allclose(mine[:, 0].astype(float), yours[:, 0].astype(float))


@pytest.mark.parametrize("kind", DISTINCT)
@pytest.mark.parametrize("gaps", [False, True])
@pytest.mark.parametrize(
    "arguments",
    [
        {},
        {"max_motifs": 3, "cutoff": np.inf},
        {"max_motifs": 3, "cutoff": 9.0, "max_distance": 9.0, "max_matches": 4},
        {"max_motifs": 4, "cutoff": np.inf, "max_distance": double, "min_neighbors": 2},
        {"max_matches": None, "max_distance": 12.0, "cutoff": 12.0, "max_motifs": 2},
    ],
    ids=told,
)
def test_aamp_motifs(theirs: ModuleType, kind: str, gaps: bool, arguments: dict[str, Any]) -> None:
    values = series(kind, 220, gaps=gaps)
    for p in (1.0, 2.0):
        profile = ours.aamp(values, 16, p=p).P_
        mine, yours = (
            each.aamp_motifs(values, profile, p=p, **arguments) for each in (ours, theirs)
        )
        for one, other in zip(mine, yours, strict=True):
            assert (one.shape, one.dtype) == (other.shape, other.dtype)
        np.testing.assert_array_equal(mine[1], yours[1])
        np.testing.assert_allclose(mine[0], yours[0], atol=1e-9)
        again = ours.motifs(values, profile, normalize=False, p=p, **arguments)
        np.testing.assert_array_equal(again[0], mine[0])
