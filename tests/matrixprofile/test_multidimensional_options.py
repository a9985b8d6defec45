"""Approximation, progress and cancellation of the multidimensional profile; its plain distance."""

import signal
import subprocess
import sys
import time
from typing import Any

import numpy as np
import pytest

from motifleet.errors import InvalidArgumentError
from motifleet.matrixprofile import ab_join, matrix_profile, multidimensional_profile

WALKS = np.random.default_rng(5).normal(size=(3, 2_000)).cumsum(axis=1)
OTHERS = np.random.default_rng(6).normal(size=(3, 1_500)).cumsum(axis=1)
LONG = np.random.default_rng(7).normal(size=(4, 60_000))
FOUND: dict[str, dict[str, Any]] = {
    "self-join": {},
    "join": {"other": LONG},
    "plain": {"normalize": False},
    "included": {"include": [1]},
}


@pytest.mark.parametrize("normalize", [True, False])
@pytest.mark.parametrize("other", [None, OTHERS], ids=["self-join", "join"])
def test_a_share_gives_upper_bounds(normalize: bool, other: Any) -> None:
    options: dict[str, Any] = {"other": other, "normalize": normalize}
    exact = multidimensional_profile(WALKS, 50, **options)
    some = multidimensional_profile(WALKS, 50, share=0.3, **options)
    assert (some.share, exact.share) == (0.3, 1.0)
    assert np.all(some.distances >= exact.distances - 1e-9)
    assert 0.1 < np.mean(some.distances < exact.distances + 1e-9) < 0.9
    again = multidimensional_profile(WALKS, 50, share=0.3, threads=1, **options)
    np.testing.assert_array_equal(again.indices, some.indices)


@pytest.mark.parametrize("other", [None, OTHERS], ids=["self-join", "join"])
def test_progress_rises_to_the_total(other: Any) -> None:
    seen: list[tuple[int, int | None]] = []
    multidimensional_profile(
        np.tile(WALKS, 8), 50, other=other, progress=lambda *each: seen.append(each)
    )
    done, totals = zip(*seen, strict=True)
    windows = 16_000 - 49
    pairs = (windows - 14) * (windows - 13) // 2 if other is None else windows * (1_500 - 49)
    assert len(seen) > 1
    assert list(done) == sorted(done)
    assert (set(totals), done[-1]) == ({pairs}, pairs)


class StopError(Exception):
    pass


@pytest.mark.parametrize("how", FOUND)
def test_what_progress_raises_stops_the_work(how: str) -> None:
    def progress(done: int, total: int | None) -> None:
        assert total is not None
        assert 0 <= done < total
        raise StopError

    start = time.process_time()
    with pytest.raises(StopError):
        multidimensional_profile(LONG, 100, progress=progress, **FOUND[how])
    assert time.process_time() - start < 2.0


CHILD = """
import sys, time
import numpy as np
from motifleet.matrixprofile import multidimensional_profile
values = np.random.default_rng(7).normal(size=(4, 60_000))
begun = lambda done, total: print("working", flush=True)
try:
    multidimensional_profile(
        values, 100, normalize={normalize}, other={other}, threads={threads}, progress=begun
    )
except KeyboardInterrupt:
    print(time.time(), flush=True)
"""


@pytest.mark.parametrize("threads", [1, 2])
@pytest.mark.parametrize("other", ["None", "values"], ids=["self-join", "join"])
@pytest.mark.parametrize("normalize", [True, False])
def test_ctrl_c_stops_the_work(normalize: bool, other: str, threads: int) -> None:
    script = CHILD.format(normalize=normalize, other=other, threads=threads)
    command = [sys.executable, "-c", script]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "working\n"
        pressed = time.time()
        process.send_signal(signal.SIGINT)
        *_, stopped = process.stdout.read().split()
    assert float(stopped) - pressed < 1.0, "0.1 s on a machine that does nothing else"


@pytest.mark.parametrize("p", [1.0, 2.0, 3.0, 1.5])
def test_one_channel_is_the_plain_matrix_profile(p: float) -> None:
    values, other = WALKS[0], OTHERS[0]
    several = multidimensional_profile([values], 30, other=[other], normalize=False, p=p)
    one = ab_join(values, other, 30, normalize=False, p=p)
    np.testing.assert_allclose(several.distances[0], one.distances, rtol=1e-9)
    assert several.reverse is not None
    np.testing.assert_allclose(several.reverse.distances[0], one.b_distances, rtol=1e-9)
    alone = multidimensional_profile([values], 30, normalize=False, p=p)
    itself = matrix_profile(values, 30, normalize=False, p=p)
    np.testing.assert_allclose(alone.distances[0], itself.distances, rtol=1e-9)
    i, j = 100, int(several.indices[0, 100])
    apart = np.linalg.norm(values[i : i + 30] - other[j : j + 30], ord=p)
    assert several.distances[0, i] == pytest.approx(apart, rel=1e-9)


def test_a_level_is_seen_by_the_plain_distance_alone() -> None:
    x = np.arange(1_200) * np.pi / 30
    values = np.array([np.sin(x), np.cos(x / 2)])
    values += np.random.default_rng(9).normal(0, 0.05, values.shape)
    values[1, 600:660] += 4.0
    level = multidimensional_profile(values, 30, normalize=False, farthest=True)
    assert (level.normalize, level.p) == (False, 2.0)
    found = level.discords(1, dimensions=1)[0]
    assert 570 < found.index < 660
    assert found.channels == ("1",)


@pytest.mark.parametrize("p", [1.0, 2.0, 3.5])
def test_the_channels_of_a_plain_distance_are_the_nearest(p: float) -> None:
    profile = multidimensional_profile(WALKS, 40, normalize=False, p=p)
    for k in (1, 2, 3):
        j = int(profile.indices[k - 1, 7])
        apart = np.linalg.norm(WALKS[:, 7:47] - WALKS[:, j : j + 40], ord=p, axis=1)
        nearest = np.argsort(apart)[:k]
        assert profile.channels(7, k) == tuple(str(channel) for channel in nearest)
        assert profile.distances[k - 1, 7] == pytest.approx(apart[nearest].mean(), rel=1e-9)


def test_motifs_of_two_devices_do_not_overlap_on_either_side() -> None:
    rng = np.random.default_rng(8)
    a, b = rng.normal(size=(2, 600)), rng.normal(size=(2, 300))
    a[:, 100:140] = a[:, 400:440] = b[:, 50:90]
    found = multidimensional_profile(a, 40, other=b).motifs(4)
    assert (found[0].neighbor_index, found[0].distance < 1e-9) == (50, True)
    places = [(one.index, one.neighbor_index) for one in found]
    for number, (i, j) in enumerate(places):
        assert all(abs(i - k) >= 40 and abs(j - n) >= 40 for k, n in places[:number])


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"share": 0}, "above 0 and up to 1, which is exact, got 0"),
        ({"normalize": "yes"}, "normalize as True or False, got 'yes'"),
        ({"farthest": "no"}, "farthest as True or False, got 'no'"),
        ({"progress": 3}, "a progress function of .* got 3"),
        ({"normalize": False, "p": 0.5}, "p .*got 0.5"),
        ({"normalize": False, "p": np.nan}, "p .*got nan"),
        ({"normalize": False, "p": "two"}, "p .*got 'two'"),
        ({"threads": -1}, "threads"),
    ],
)
def test_bad_options(options: dict[str, Any], sentence: str) -> None:
    with pytest.raises(InvalidArgumentError, match=sentence):
        multidimensional_profile(WALKS, 50, **options)
