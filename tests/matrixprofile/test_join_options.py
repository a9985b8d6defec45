"""Approximation, progress and cancellation; what is found between two series."""

import signal
import threading
import time
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from motifleet.errors import InvalidArgumentError
from motifleet.matrixprofile import (
    ab_join,
    distance_profile,
    fleet_profile,
    match,
    matrix_profile,
)
from motifleet.types import FleetSeries, Series

WALK = np.random.default_rng(5).normal(size=3_000).cumsum()
OTHER = np.random.default_rng(6).normal(size=2_000).cumsum()
LONG = np.random.default_rng(7).normal(size=150_000)


@pytest.mark.parametrize("normalize", [True, False])
def test_a_share_gives_upper_bounds(normalize: bool) -> None:
    exact = matrix_profile(WALK, 50, normalize=normalize)
    some = matrix_profile(WALK, 50, normalize=normalize, share=0.3)
    assert (some.share, exact.share) == (0.3, 1.0)
    assert np.all(some.distances >= exact.distances - 1e-9)
    assert 0.1 < np.mean(some.distances < exact.distances + 1e-9) < 0.9
    again = matrix_profile(WALK, 50, normalize=normalize, share=0.3, threads=1)
    np.testing.assert_array_equal(again.indices, some.indices)
    joined, whole = (ab_join(WALK, OTHER, 50, normalize=normalize, share=s) for s in (0.3, 1))
    assert np.all(joined.b_distances >= whole.b_distances - 1e-9)
    assert joined.share == 0.3


JOINS: dict[str, Callable[..., Any]] = {
    "matrix_profile": lambda **options: matrix_profile(LONG, 100, **options),
    "ab_join": lambda **options: ab_join(LONG, LONG, 100, **options),
    "plain": lambda **options: matrix_profile(LONG, 100, normalize=False, **options),
    "fleet_profile": lambda **options: fleet_profile(
        FleetSeries(LONG, np.arange(0, 150_001, 1_500), tuple(map(str, range(100)))), 10, **options
    ),
}


@pytest.mark.parametrize("join", [JOINS["fleet_profile"]], ids=["fleet_profile"])
def test_progress_rises_to_the_total(join: Callable[..., Any]) -> None:
    seen: list[tuple[int, int | None]] = []
    join(progress=lambda done, total: seen.append((done, total)))
    done, totals = zip(*seen, strict=True)
    assert list(done) == sorted(done)
    assert len(set(totals)) == 1
    assert seen[-1] == (100 * 1487 * 1488 // 2, 100 * 1487 * 1488 // 2)


class StopError(Exception):
    pass


@pytest.mark.parametrize("join", ["matrix_profile", "ab_join", "plain"])
def test_what_progress_raises_stops_the_work(join: str) -> None:
    def progress(done: int, total: int | None) -> None:
        assert total is not None
        assert 0 <= done < total
        raise StopError

    start = time.process_time()
    with pytest.raises(StopError):
        JOINS[join](progress=progress)
    assert time.process_time() - start < 2.0


@pytest.mark.parametrize("join", ["matrix_profile", "ab_join", "plain"])
@pytest.mark.parametrize("threads", [1, 2])
def test_ctrl_c_stops_the_work(join: str, threads: int) -> None:
    sent: list[float] = []

    def press() -> None:
        sent.append(time.process_time())
        signal.raise_signal(signal.SIGINT)

    timer = threading.Timer(0.15, press)
    timer.start()
    with pytest.raises(KeyboardInterrupt):
        JOINS[join](threads=threads)
    assert time.process_time() - sent[0] < 2.0, "0.1 s of wall clock, where nothing else runs"
    timer.join()


def test_a_fault_that_came_twice_is_found_by_its_second_neighbor() -> None:
    values = np.sin(np.arange(2_000) * np.pi / 25) + np.random.default_rng(1).normal(0, 0.02, 2_000)
    values[[700, 1_500]] += 3.0
    profile = matrix_profile(values, 50, k=2)
    second = profile.discords(1, neighbor=2)[0]
    assert second.distance > 5 * profile.discords(1)[0].distance
    assert 650 < second.index <= 700 or 1_450 < second.index <= 1_500
    with pytest.raises(InvalidArgumentError, match="at most 2, the k of the profile, got 3"):
        profile.discords(neighbor=3)


def test_motifs_of_two_series_do_not_overlap() -> None:
    rng = np.random.default_rng(8)
    a, b = rng.normal(size=600), rng.normal(size=500)
    for at, there, noise in ((100, 50, 0.0), (300, 400, 0.1), (450, 200, 0.2)):
        b[there : there + 40] = a[at : at + 40] + rng.normal(0, noise, 40)
    times = np.datetime64("2026-01-01", "us") + np.arange(600) * np.timedelta64(60, "s")
    join = ab_join(Series(a, "truck-1", "speed", times), Series(b, "truck-2", "speed"), 40)
    found = join.motifs(3)
    assert [(one.index, one.neighbor_index) for one in found] == [(100, 50), (300, 400), (450, 200)]
    assert (found[0].device_id, found[0].neighbor_device_id) == ("truck-1", "truck-2")
    assert found[0].event_ts is not None
    assert found[0].to_dict()["neighbor_ts"] is None
    assert join.discords(1)[0].distance == join.distances.max()
    assert join.to_arrow().schema.names == ["event_ts", "distance", "index"]
    assert "motif 2 (distance" in join.plot(motifs=2).to_json()


def test_parked_vehicles_share_no_motif() -> None:
    a, b = np.zeros(200), np.zeros(150)
    a[100:130] = b[40:70] = np.random.default_rng(4).normal(size=30)
    assert ab_join(a, b, 20).motifs(1)[0].index in range(81, 130)
    assert ab_join(a, b, 20).discords(1) == []
    assert ab_join(a, b, 20).motifs(1, constant=True)[0].distance == 0.0


def test_a_level_is_seen_by_the_plain_distance_alone() -> None:
    rng = np.random.default_rng(9)
    values = np.sin(np.arange(1_200) * np.pi / 30) + rng.normal(0, 0.05, 1_200)
    values[600:660] += 4.0
    shape, level = matrix_profile(values, 30), matrix_profile(values, 30, normalize=False)
    assert 570 < level.discords(1)[0].index < 660
    assert shape.distances[605:625].max() < shape.distances.max() * 0.9
    usual, unusual = values[60:90], values[600:630]
    assert match(usual, values, k=1, normalize=False)[0].index == 60
    assert distance_profile(usual, values, normalize=False)[600] > 15
    assert distance_profile(usual, values)[600] < 2
    assert (
        fleet_profile(FleetSeries(values, np.array([0, 1_200]), ("truck",)), 30, normalize=False)[
            "truck"
        ].normalize
        is False
    )
    assert np.linalg.norm(unusual - usual) == pytest.approx(
        distance_profile(usual, values, normalize=False)[600]
    )


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"k": 0}, "a number of neighbours k of at least 1, got 0"),
        ({"k": 1.5}, "as an integer, got 1.5"),
        ({"share": 0}, "above 0 and up to 1, which is exact, got 0"),
        ({"share": 1.1}, "above 0 and up to 1, which is exact, got 1.1"),
        ({"share": "all"}, "a share as a number, got 'all'"),
        ({"normalize": "yes"}, "normalize as True or False, got 'yes'"),
        ({"progress": 3}, "a progress function of .* got 3"),
        ({"threads": -1}, "threads"),
        ({"simd": "mmx"}, "got 'mmx'"),
    ],
)
def test_bad_options(options: dict[str, Any], sentence: str) -> None:
    with pytest.raises(InvalidArgumentError, match=sentence):
        matrix_profile(WALK, 50, **options)
    with pytest.raises(InvalidArgumentError, match=sentence):
        ab_join(WALK, OTHER, 50, **options)


def test_bad_series() -> None:
    with pytest.raises(InvalidArgumentError, match="at most 2000, the length"):
        ab_join(WALK, OTHER, 2_001)
    with pytest.raises(InvalidArgumentError, match="series b of real numbers"):
        ab_join(WALK, ["a", "b"], 3)  # type: ignore[list-item]
    with pytest.raises(InvalidArgumentError, match="all NaN or infinite"):
        ab_join(np.full(100, np.nan), OTHER, 10)


@pytest.mark.parametrize("normalize", [True, False])
def test_ctrl_c_stops_a_search_for_a_pattern(normalize: bool) -> None:
    values = np.random.default_rng(4).normal(size=3_000_000)
    p = 2.0 if normalize else 1.5
    sent: list[float] = []

    def press() -> None:
        sent.append(time.process_time())
        signal.raise_signal(signal.SIGINT)

    def search_on() -> None:
        while True:
            match(values[:900], values, normalize=normalize, p=p)

    timer = threading.Timer(0.3, press)
    timer.start()
    with pytest.raises(KeyboardInterrupt):
        search_on()
    assert time.process_time() - sent[0] < 2.0, "0.1 s of wall clock, where nothing else runs"
    timer.join()
