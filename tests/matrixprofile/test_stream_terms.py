"""Streams of every kind of distance: plain ones, several neighbours, devices at their own pace."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.matrixprofile.test_streaming import LEVELS, shortest, streams
from tests.reference.self_join import distance_matrix
from tests.reference.streaming import compared, earlier, plain_matrix

from motifleet.errors import InvalidArgumentError
from motifleet.matrixprofile import FleetStream, StreamingProfile
from motifleet.types import Floats

POWERS = [1.0, 2.0, 3.5]
Case = tuple[Floats, int, int | None, list[int]]


def near(mine: Floats, expected: Floats, values: Floats) -> None:
    """Equal up to the rounding of values of this size."""
    finite = np.abs(values[np.isfinite(values)])
    size = float(finite.max()) if finite.size else 1.0
    np.testing.assert_allclose(mine, expected, rtol=1e-9, atol=1e-12 * size)


@pytest.mark.parametrize("simd", LEVELS)
@settings(max_examples=60, deadline=None)
@given(case=streams(), p=st.sampled_from(POWERS))
def test_plain_distances_are_those_of_the_definition(simd: str, case: Case, p: float) -> None:
    values, m, history, cuts = case
    stream = StreamingProfile(m, history=history, normalize=False, p=p, simd=simd)
    came = [stream.append(block).left_distances for block in np.split(values, cuts)]
    matrix = compared(plain_matrix(values, m, p), m, history)
    snapshot = stream.snapshot()
    left = earlier(matrix).min(axis=1)
    near(np.concatenate(came)[m - 1 :], left, values)
    near(snapshot.distances, matrix.min(axis=1)[snapshot.start :], values)
    near(snapshot.left_distances, left[snapshot.start :], values)
    for i in np.flatnonzero(snapshot.indices >= 0):
        near(matrix[snapshot.start + i, snapshot.indices[i]], snapshot.distances[i], values)


@settings(max_examples=80, deadline=None)
@given(case=streams(), k=st.integers(2, 5), normalize=st.booleans())
def test_several_neighbors(case: Case, k: int, normalize: bool) -> None:
    values, m, history, cuts = case
    stream = StreamingProfile(m, history=history, k=k, normalize=normalize)
    for block in np.split(values, cuts):
        stream.append(block)
    matrix = distance_matrix(values, m) if normalize else plain_matrix(values, m, 2.0)
    matrix = compared(matrix, m, history)
    padded = np.pad(np.sort(matrix, axis=1), ((0, 0), (0, k)), constant_values=np.inf)
    snapshot = stream.snapshot()
    expected = padded[snapshot.start :, :k]
    if normalize:
        np.testing.assert_allclose(snapshot.neighbor_distances, expected, rtol=0, atol=1e-6)
    else:
        near(snapshot.neighbor_distances, expected, values)
    np.testing.assert_array_equal(snapshot.neighbor_indices < 0, np.isinf(expected))
    restored = StreamingProfile.from_bytes(stream.to_bytes())
    for each in (stream, restored):
        each.append(values)
    one, other = stream.snapshot(), restored.snapshot()
    np.testing.assert_array_equal(one.neighbor_distances, other.neighbor_distances)
    np.testing.assert_array_equal(one.neighbor_indices, other.neighbor_indices)


def test_a_large_difference_leaves_no_trace() -> None:
    """What is left of a sum when a spike of 1e12 has gone is what was there before."""
    rng = np.random.default_rng(3)
    m, history, n = 20, 150, 1_000
    values = rng.normal(size=n)
    values[rng.integers(0, n, 7)] = 1e12
    stream = StreamingProfile(m, history=history, normalize=False)
    left = stream.append(values).left_distances[m - 1 :]
    expected = earlier(compared(plain_matrix(values, m, 2.0), m, history)).min(axis=1)
    np.testing.assert_allclose(left, expected, rtol=1e-9)


@pytest.mark.parametrize("normalize", [True, False])
def test_one_value_at_a_time_is_the_same(normalize: bool) -> None:
    values = np.random.default_rng(2).normal(size=700).cumsum()
    values[[100, 350]] = np.nan
    at_once, one_by_one = (StreamingProfile(20, history=200, normalize=normalize) for _ in range(2))
    came = at_once.append(values).left_distances
    np.testing.assert_array_equal([one_by_one.update(value) for value in values], came)
    assert at_once.snapshot().to_arrow().equals(one_by_one.snapshot().to_arrow())


@settings(max_examples=60, deadline=None)
@given(case=streams(), p=st.sampled_from([None, *POWERS]), data=st.data())
def test_devices_go_at_their_own_pace(case: Case, p: float | None, data: st.DataObject) -> None:
    """Blocks of any width, of any of the devices, with a restart in between."""
    values, m, _, _ = case
    rows, names = [values, values[::-1], np.roll(values, 5)], ["a", "b", "c"]
    fleet = FleetStream(names, m, history=shortest(m) + 20, normalize=p is None, p=p or 2.0)
    alone = [
        StreamingProfile(m, history=shortest(m) + 20, normalize=p is None, p=p or 2.0)
        for _ in names
    ]
    for turn in range(4):
        chosen = data.draw(st.lists(st.sampled_from([0, 1, 2]), unique=True, max_size=3))
        width = data.draw(st.integers(0, 60))
        blocks = [rows[at][fleet.totals[at] : fleet.totals[at] + width] for at in chosen]
        width = min((len(block) for block in blocks), default=0)
        block = np.array([block[:width] for block in blocks]).reshape(len(chosen), width)
        came = fleet.append(block, np.array(chosen, np.int64))
        for row, at, distances in zip(block, chosen, came.left_distances, strict=True):
            expected = alone[at].append(row).left_distances
            np.testing.assert_array_equal(np.isinf(distances), np.isinf(expected))
            near(
                np.nan_to_num(distances), np.nan_to_num(expected), values if p else np.full(1, 1e6)
            )
        if turn == 1:
            fleet = FleetStream.from_bytes(fleet.to_bytes())


def test_interrupted_appends_keep_what_was_taken_in() -> None:
    class EnoughError(Exception):
        pass

    def stop(done: int, total: int | None) -> None:
        raise EnoughError

    values = np.random.default_rng(0).normal(size=(2, 60_000))
    stream = StreamingProfile(50, history=20_000, channels=2)
    with pytest.raises(EnoughError):
        stream.append(values, progress=stop)
    taken = len(stream)
    assert 0 < taken < 60_000
    np.testing.assert_array_equal(stream.snapshot(1).values, values[1, :taken][-20_000:])
    fleet = FleetStream(2, 50, history=20_000, threads=1)
    with pytest.raises(EnoughError):
        fleet.append(values, progress=stop)
    assert 0 < fleet.totals.sum() < values.size
    first = fleet["0"].values
    np.testing.assert_array_equal(first, values[0, : fleet.totals[0]][-20_000:])


def test_progress_is_told() -> None:
    seen: list[tuple[int, int | None]] = []
    stream = StreamingProfile(50, history=20_000)
    stream.append(
        np.random.default_rng(0).normal(size=40_000), progress=lambda *of: seen.append(of)
    )
    assert seen
    assert all(0 < done <= 40_000 == total for done, total in seen)
    assert seen == sorted(seen)


@pytest.mark.parametrize(
    ("normalize", "p", "sentence"),
    [
        (True, 1.0, "p = 2 for z-normalised"),
        (False, 0.5, "p of at least 1, got 0.5"),
        (False, np.inf, "p of at most 20 for a join, got inf"),
        (False, np.nan, "p of at least 1, got nan"),
        (False, "2", "p as a number"),
        (1, 2.0, "normalize as True or False"),
    ],
)
def test_mistakes(normalize: bool, p: float, sentence: str) -> None:
    with pytest.raises(InvalidArgumentError, match=sentence):
        StreamingProfile(10, normalize=normalize, p=p)
    with pytest.raises(InvalidArgumentError, match=sentence):
        FleetStream(2, 10, history=50, normalize=normalize, p=p)


def test_update_takes_one_number() -> None:
    with pytest.raises(InvalidArgumentError, match="expected a real number, got 'a'"):
        StreamingProfile(10).update("a")  # type: ignore[arg-type]
    with pytest.raises(InvalidArgumentError, match="each of the 2 channels"):
        StreamingProfile(10, channels=2).update(1.0)
