"""Whatever a user does wrong is answered with one sentence that says what to do."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from motifleet.errors import InvalidArgumentError, SettingsError
from motifleet.matrixprofile import (
    StreamingProfile,
    ab_join,
    distance_profile,
    fleet_profile,
    match,
    matrix_profile,
    mpdist,
)
from motifleet.types import FleetSeries

GOOD = np.random.default_rng(0).normal(size=60)
FLEET = FleetSeries(GOOD, np.array([0, 30, 60]), ("a", "b"), "speed")


@pytest.mark.parametrize(
    ("m", "sentence"),
    [
        (2, "at least 3, got 2"),
        (0, "at least 3, got 0"),
        (-5, "at least 3, got -5"),
        (61, "at most 60, the length of the series, got 61"),
        (10.0, "as an integer, got 10.0"),
        ("10", "as an integer, got '10'"),
        (True, "as an integer, got True"),
        (None, "as an integer, got None"),
    ],
)
def test_window_length(m: Any, sentence: str) -> None:
    with pytest.raises(InvalidArgumentError, match=sentence):
        matrix_profile(GOOD, m)
    if m != 61:
        with pytest.raises(InvalidArgumentError, match=sentence):
            fleet_profile(FLEET, m)


@pytest.mark.parametrize(
    ("series", "sentence"),
    [
        (GOOD.reshape(6, 10), r"got shape \(6, 10\)"),
        (5.0, r"got shape \(\)"),
        (GOOD.astype(complex), "got values of type complex128"),
        (["a", "b", "c"], "got values of type <U1"),
        ([1.0, None, "2"], "a list that is no column of numbers"),
        ([[1.0], [2.0, 3.0]], "got rows of different lengths"),
        (pa.array(["a", "b", "c"]), "got a column of type string"),
        (pa.table({"a": [1.0, 2.0]}), r"got a column of type struct<a: double>"),
        (np.array(["2026-01-01"] * 9, "datetime64[s]"), r"got values of type datetime64\[s\]"),
        (np.full(60, np.nan), "60 that are all NaN or infinite"),
        ([], "at most 0, the length of the series"),
    ],
    ids=lambda value: type(value).__name__ if not isinstance(value, str) else None,
)
def test_series(series: Any, sentence: str) -> None:
    with pytest.raises(InvalidArgumentError, match=sentence):
        matrix_profile(series, 10)


@pytest.mark.parametrize(
    ("pattern", "sentence"),
    [
        ([1.0, 2.0], "at least 3 values, got 2"),
        ([], "at least 3 values, got 0"),
        ([1.0, np.nan, 2.0], "got nan at index 1: fill it first"),
        ([1.0, 2.0, np.inf], "got inf at index 2"),
        (["x", "y", "z"], "expected a pattern of real numbers"),
    ],
)
def test_pattern(pattern: Any, sentence: str) -> None:
    for searched in (GOOD, FLEET):
        with pytest.raises(InvalidArgumentError, match=sentence):
            match(pattern, searched)
        with pytest.raises(InvalidArgumentError, match=sentence):
            distance_profile(pattern, searched)


@pytest.mark.parametrize("k", [0, -1, 2.5, "3"])
def test_number_of_results(k: Any) -> None:
    calls: list[Callable[[], object]] = [
        lambda: matrix_profile(GOOD, 10).motifs(k),
        lambda: matrix_profile(GOOD, 10).discords(k),
        lambda: fleet_profile(FLEET, 10).motifs(k),
        lambda: match(GOOD[:10], GOOD, k=k),
    ]
    for call in calls:
        with pytest.raises(InvalidArgumentError, match="number of results k"):
            call()


@pytest.mark.parametrize("max_distance", [-0.1, np.nan, "near"])
def test_greatest_distance(max_distance: Any) -> None:
    with pytest.raises(InvalidArgumentError, match="max_distance of 0 or more, got"):
        match(GOOD[:10], GOOD, max_distance=max_distance)


@pytest.mark.parametrize(
    ("p", "sentence"),
    [
        (0.5, "norm p of at least 1, got 0.5"),
        (np.nan, "norm p of at least 1, got nan"),
        ("2", "norm p as a number, got '2'"),
        (True, "norm p as a number, got True"),
    ],
)
def test_norm(p: Any, sentence: str) -> None:
    calls: list[Callable[[], object]] = [
        lambda: matrix_profile(GOOD, 10, normalize=False, p=p),
        lambda: fleet_profile(FLEET, 10, normalize=False, p=p),
        lambda: ab_join(GOOD, GOOD, 10, normalize=False, p=p),
        lambda: mpdist(GOOD, GOOD, 10, normalize=False, p=p),
        lambda: match(GOOD[:10], GOOD, normalize=False, p=p),
        lambda: distance_profile(GOOD[:10], GOOD, normalize=False, p=p),
    ]
    for call in calls:
        with pytest.raises(InvalidArgumentError, match=sentence):
            call()
    with pytest.raises(InvalidArgumentError, match=r"p = 2 for z-normalised distances, got 3\.0"):
        match(GOOD[:10], GOOD, p=3)


@pytest.mark.parametrize("p", [20.5, np.inf])
def test_norm_of_a_join(p: float) -> None:
    with pytest.raises(InvalidArgumentError, match="at most 20 for a join, got"):
        matrix_profile(GOOD, 10, normalize=False, p=p)
    assert distance_profile(GOOD[5:15], GOOD, normalize=False, p=p).argmin() == 5


def test_instruction_set() -> None:
    with pytest.raises(InvalidArgumentError, match=r"\(auto, scalar.*got 'mmx'"):
        matrix_profile(GOOD, 10, simd="mmx")


@pytest.mark.parametrize("threads", [-1, 1.5])
def test_threads(threads: Any) -> None:
    with pytest.raises(InvalidArgumentError, match="threads"):
        matrix_profile(GOOD, 10, threads=threads)


def test_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MOTIFLEET_THREADS", "many")
    with pytest.raises(SettingsError, match="MOTIFLEET_THREADS has value 'many'"):
        matrix_profile(GOOD, 10)
    monkeypatch.setenv("MOTIFLEET_THREADS", "1")
    monkeypatch.setenv("MOTIFLEET_SIMD", "sse9")
    with pytest.raises(InvalidArgumentError, match="got 'sse9'"):
        matrix_profile(GOOD, 10)


@pytest.mark.parametrize("k", [10**9, 2**70])
def test_more_neighbours_than_memory_holds_are_refused(k: int) -> None:
    values = np.random.default_rng(0).normal(size=100)
    for ask in (
        lambda: matrix_profile(values, 5, k=k),
        lambda: ab_join(values, values, 5, k=k),
        lambda: StreamingProfile(5, k=k),
    ):
        with pytest.raises(InvalidArgumentError, match="choose a smaller k"):
            ask()
