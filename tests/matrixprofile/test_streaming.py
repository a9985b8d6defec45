"""Streams: exact, whatever comes and however it is cut into blocks."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.matrixprofile.strategies import KINDS, series
from tests.reference.distance_profile import distance_profile as reference
from tests.reference.streaming import profiles

from motifleet.matrixprofile import (
    FleetStream,
    StreamingProfile,
    StreamSnapshot,
    _core,
    exclusion_zone,
    matrix_profile,
)
from motifleet.types import Floats, Ints

LEVELS = _core.simd_levels()


def shortest(m: int) -> int:
    return m + exclusion_zone(m) + 1


@st.composite
def streams(draw: st.DrawFn) -> tuple[Floats, int, int | None, list[int]]:
    """Values, a window length, a memory, and where the values are cut into blocks."""
    values, m = draw(series(160))
    history = draw(st.none() | st.integers(shortest(m), shortest(m) + 120))
    cuts = draw(st.lists(st.integers(0, len(values)), max_size=5).map(sorted))
    return values, m, history, cuts


def check(values: Floats, m: int, history: int | None, snapshot: StreamSnapshot) -> None:
    overall, left = profiles(values, m, history)
    known = slice(snapshot.start, None)
    np.testing.assert_array_equal(snapshot.values, values[known])
    np.testing.assert_allclose(snapshot.distances, overall[known], rtol=0, atol=1e-6)
    np.testing.assert_allclose(snapshot.left_distances, left[known], rtol=0, atol=1e-6)
    check_indices(values, m, snapshot.start, snapshot.distances, snapshot.indices)
    check_indices(values, m, snapshot.start, snapshot.left_distances, snapshot.left_indices)


def check_indices(values: Floats, m: int, start: int, distances: Floats, indices: Ints) -> None:
    """Each window is as far from the neighbour named as is claimed."""
    np.testing.assert_array_equal(indices < 0, np.isinf(distances))
    for i in np.flatnonzero(indices >= 0):
        one, other = start + int(i), int(indices[i])
        assert abs(one - other) > exclusion_zone(m)
        measured = reference(values[one : one + m], values[other : other + m])[0]
        assert distances[i] == pytest.approx(measured, abs=1e-6)


@pytest.mark.parametrize("simd", LEVELS)
@settings(max_examples=120, deadline=None)
@given(case=streams())
def test_a_stream_is_that_of_the_definition(
    simd: str, case: tuple[Floats, int, int | None, list[int]]
) -> None:
    values, m, history, cuts = case
    stream = StreamingProfile(m, history=history, simd=simd)
    arrivals = [stream.append(block) for block in np.split(values, cuts)]
    check(values, m, history, stream.snapshot())
    came = np.concatenate([each.left_distances for each in arrivals])[m - 1 :]
    np.testing.assert_allclose(came, profiles(values, m, history)[1], rtol=0, atol=1e-6)
    windows = np.concatenate([each.windows for each in arrivals])
    np.testing.assert_array_equal(windows, np.maximum(np.arange(len(values)) - m + 1, -1))


@settings(max_examples=60, deadline=None)
@given(case=streams())
def test_blocks_make_no_difference(case: tuple[Floats, int, int | None, list[int]]) -> None:
    values, m, history, cuts = case
    whole, cut = (StreamingProfile(m, history=history) for _ in range(2))
    whole.append(values)
    for block in np.split(values, cuts):
        cut.append(block)
    assert whole.snapshot().to_arrow().equals(cut.snapshot().to_arrow())


@pytest.mark.parametrize("simd", LEVELS)
@settings(max_examples=80, deadline=None)
@given(case=streams(), threads=st.integers(1, 2), width=st.integers(1, 60))
def test_a_fleet_is_its_devices(
    simd: str, case: tuple[Floats, int, int | None, list[int]], threads: int, width: int
) -> None:
    values, m, _, _ = case
    history = shortest(m) + 30
    rows = np.stack([values, values[::-1], np.roll(values, 7)])
    fleet = FleetStream(3, m, history=history, threads=threads, simd=simd)
    blocks = [fleet.append(rows[:, at : at + width]) for at in range(0, len(values), width)]
    came = np.concatenate([each.left_distances for each in blocks], axis=1)[:, m - 1 :]
    indices = np.concatenate([each.left_indices for each in blocks], axis=1)[:, m - 1 :]
    for row, distances, neighbours in zip(rows, came, indices, strict=True):
        expected = profiles(row, m, history)[1]
        np.testing.assert_allclose(distances, expected, rtol=0, atol=1e-6)
        check_indices(row, m, 0, distances, neighbours)
    assert all(len(fleet[name].values) == min(history, len(values)) for name in fleet.device_ids)


@pytest.mark.parametrize("history", [None, 400])
def test_a_stream_without_end_is_a_matrix_profile(history: int | None) -> None:
    values = np.random.default_rng(5).normal(size=400).cumsum()
    stream = StreamingProfile(20, history=history)
    for value in values.tolist():
        stream.append(value)
    snapshot, profile = stream.snapshot(), matrix_profile(values, 20)
    np.testing.assert_allclose(snapshot.distances, profile.distances, rtol=0, atol=1e-9)
    np.testing.assert_allclose(snapshot.left_distances, profile.left_distances, rtol=0, atol=1e-9)
    np.testing.assert_array_equal(snapshot.left_indices, profile.left_indices)


def test_nothing_drifts() -> None:
    """After 100,000 values around 1e8 the memory is as if it had been computed at once."""
    rng = np.random.default_rng(8)
    m, history, n = 50, 600, 100_000
    values = 1e8 + rng.normal(size=n).cumsum()
    values[rng.integers(0, n, 30)] = np.nan
    values[rng.integers(0, n, 30)] += 1e4
    stream = StreamingProfile(m, history=history)
    left = stream.append(values).left_distances
    snapshot = stream.snapshot()
    assert (len(stream), snapshot.start, len(snapshot)) == (n, n - history, history - m + 1)
    # The left neighbours of the last windows need the memories of both.
    tail = values[-2 * history :]
    overall, expected = profiles(tail, m, history)
    np.testing.assert_allclose(left[-history:], expected[-history:], rtol=0, atol=1e-6)
    known = slice(-len(snapshot), None)
    np.testing.assert_allclose(snapshot.distances, overall[known], rtol=0, atol=1e-6)


@pytest.mark.parametrize("kind", ["noise", "falling asleep", "steps of level", "spikes", "huge"])
def test_what_was_is_forgotten(kind: str) -> None:
    """No trace is left of values, however large, once no window in memory has met them."""
    rng = np.random.default_rng(4)
    m, history = 12, 200
    past = np.concatenate([rng.normal(size=150), KINDS[kind](rng, 150)])
    values = np.concatenate([past, 1e8 + rng.normal(size=2 * history)])
    stream = StreamingProfile(m, history=history)
    for value in values.tolist():
        stream.append(value)
    check(values, m, history, stream.snapshot())
    stream.append(values[-2 * history :] * 1e-9)
    check(values[-2 * history :] * 1e-9, m, history, shifted(stream.snapshot(), len(values)))


def shifted(snapshot: StreamSnapshot, by: int) -> StreamSnapshot:
    """The snapshot as of a stream that began so much later."""
    return replace(
        snapshot,
        start=snapshot.start - by,
        neighbor_indices=snapshot.neighbor_indices - by,
        left_indices=snapshot.left_indices - by,
    )


def test_channels_are_streams_of_their_own() -> None:
    rng = np.random.default_rng(6)
    block = rng.normal(size=(3, 200))
    together = StreamingProfile(15, history=90, channels=3)
    came = [together.append(part) for part in (block[:, :120], block[:, 120], block[:, 121:])]
    for channel, row in enumerate(block):
        alone = StreamingProfile(15, history=90)
        left = alone.append(row).left_distances
        np.testing.assert_array_equal(
            np.concatenate([each.left_distances[channel] for each in came]), left
        )
        assert together.snapshot(channel).to_arrow().equals(alone.snapshot().to_arrow())
    assert came[0].to_arrow().column_names == ["channel", "window", "left_distance", "left_index"]
    assert came[0].to_arrow().num_rows == 3 * (120 - 14)


def test_a_figure_shows_what_is_remembered() -> None:
    stream = StreamingProfile(10, history=50)
    stream.append(np.random.default_rng(1).normal(size=80))
    signal, profile = stream.snapshot().plot().data
    assert (signal.x[0], len(signal.y), len(profile.y)) == (30, 50, 41)


def test_some_devices_may_come_alone() -> None:
    rng = np.random.default_rng(9)
    fleet = FleetStream(["a", "b", "c"], 5, history=40)
    fleet.append(rng.normal(size=(3, 30)))
    came = fleet.append(rng.normal(size=(2, 4)), ["c", "a"])
    assert (came.device_ids, fleet.totals.tolist()) == (("c", "a"), [34, 30, 34])
    assert came.windows.tolist() == [[26, 27, 28, 29]] * 2
    table = came.to_arrow()
    assert table["device_id"].to_pylist() == ["c"] * 4 + ["a"] * 4
    assert fleet.append(rng.normal(size=(1, 1)), np.array([1])).device_ids == ("b",)
    assert len(fleet.append(np.zeros((0, 3)), [])) == 0
