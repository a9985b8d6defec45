"""Several channels of a stream together: exact after every value."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.matrixprofile.strategies import KINDS
from tests.matrixprofile.test_streaming import LEVELS, shortest
from tests.reference.multidimensional import mean_matrices
from tests.reference.streaming import multidimensional

from motifleet.errors import InvalidArgumentError
from motifleet.matrixprofile import (
    MultidimensionalStream,
    multidimensional_profile,
)
from motifleet.types import Floats

Case = tuple[Floats, int, int | None, list[int]]


@st.composite
def channels(draw: st.DrawFn) -> Case:
    """Channels of several kinds with gaps, a window length, a memory, and cuts."""
    m, d = draw(st.integers(3, 24)), draw(st.integers(1, 4))
    n = draw(st.integers(m, 130))
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    kinds = draw(st.lists(st.sampled_from(sorted(KINDS)), min_size=d, max_size=d))
    values = np.array([KINDS[kind](rng, n) for kind in kinds])
    for place in draw(st.lists(st.integers(0, n * d - 1), max_size=3)):
        values.flat[place] = [np.nan, np.inf, -np.inf][place % 3]
    history = draw(st.none() | st.integers(shortest(m), shortest(m) + 90))
    return values, m, history, draw(st.lists(st.integers(0, n), max_size=4).map(sorted))


@pytest.mark.parametrize("simd", LEVELS)
@settings(max_examples=80, deadline=None)
@given(case=channels())
def test_channels_together_are_those_of_the_definition(simd: str, case: Case) -> None:
    values, m, history, cuts = case
    stream = MultidimensionalStream(len(values), m, history=history, simd=simd)
    came = [stream.append(block) for block in np.split(values, cuts, axis=1)]
    overall, left = multidimensional(values, m, history)
    snapshot = stream.snapshot()
    known = slice(snapshot.start, None)
    np.testing.assert_array_equal(snapshot.values, values[:, known])
    np.testing.assert_allclose(snapshot.distances, overall[:, known], rtol=0, atol=1e-6)
    np.testing.assert_allclose(snapshot.left_distances, left[:, known], rtol=0, atol=1e-6)
    told = np.concatenate([each.left_distances for each in came], axis=1)[:, m - 1 :]
    np.testing.assert_allclose(told, left, rtol=0, atol=1e-6)
    windows = np.concatenate([each.windows for each in came])
    np.testing.assert_array_equal(windows, np.maximum(np.arange(values.shape[1]) - m + 1, -1))
    matrices = mean_matrices(values, m)
    both = [
        (snapshot.distances, snapshot.indices),
        (snapshot.left_distances, snapshot.left_indices),
    ]
    for distances, indices in both:
        np.testing.assert_array_equal(indices < 0, np.isinf(distances))
        for k, i in np.argwhere(indices >= 0):
            measured = matrices[k, snapshot.start + i, indices[k, i]]
            assert distances[k, i] == pytest.approx(measured, abs=1e-6)


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 2**32), m=st.integers(3, 12), gap=st.booleans())
def test_after_every_value_it_is_the_multidimensional_profile(seed: int, m: int, gap: bool) -> None:
    values = np.random.default_rng(seed).normal(size=(3, 45)).cumsum(axis=1)
    if gap:
        values[1, 20] = np.nan
    stream = MultidimensionalStream(3, m)
    for end in range(1, 46):
        stream.append(values[:, end - 1])
        if end > m + 4:
            profile = multidimensional_profile(values[:, :end], m)
            snapshot = stream.snapshot()
            np.testing.assert_allclose(snapshot.distances, profile.distances, rtol=0, atol=1e-9)
            np.testing.assert_array_equal(snapshot.indices, profile.indices)


@settings(max_examples=40, deadline=None)
@given(case=channels(), data=st.data())
def test_a_restored_stream_goes_on_exactly(case: Case, data: st.DataObject) -> None:
    values, m, history, _ = case
    cut = data.draw(st.integers(0, values.shape[1]))
    stream = MultidimensionalStream(len(values), m, history=history)
    stream.append(values[:, :cut])
    restored = MultidimensionalStream.from_bytes(stream.to_bytes())
    came = [each.append(values[:, cut:]) for each in (stream, restored)]
    assert came[0].to_arrow().equals(came[1].to_arrow())
    assert stream.snapshot().to_arrow().equals(restored.snapshot().to_arrow())
    assert (restored.m, restored.history, len(restored)) == (m, history, values.shape[1])
    assert stream.to_bytes() == restored.to_bytes()


def test_memory_stays_bounded_and_nothing_drifts() -> None:
    rng = np.random.default_rng(8)
    m, history, n = 30, 300, 30_000
    values = 1e8 + rng.normal(size=(2, n)).cumsum(axis=1)
    values[0, rng.integers(0, n, 20)] = np.nan
    values[1, rng.integers(0, n, 20)] += 1e4
    stream = MultidimensionalStream(2, m, history=history)
    left = stream.append(values).left_distances
    assert len(stream.to_bytes()) < 2 * 72 * (history + 256)
    overall, expected = multidimensional(values[:, -2 * history :], m, history)
    np.testing.assert_allclose(left[:, -history:], expected[:, -history:], rtol=0, atol=1e-6)
    snapshot = stream.snapshot()
    known = slice(-len(snapshot), None)
    np.testing.assert_allclose(snapshot.distances, overall[:, known], rtol=0, atol=1e-6)


def test_mistakes() -> None:
    stream = MultidimensionalStream(2, 10, history=40)
    stream.append(np.zeros((2, 15)))
    with pytest.raises(InvalidArgumentError, match=r"shape \(2, n\)"):
        stream.append([1.0])
    with pytest.raises(InvalidArgumentError, match="at least 1 channel"):
        MultidimensionalStream(0, 10)
    with pytest.raises(InvalidArgumentError, match="history of at least 14"):
        MultidimensionalStream(2, 10, history=13)
    with pytest.raises(InvalidArgumentError, match="saved state of channels"):
        MultidimensionalStream.from_bytes(b"")
    assert len(stream) == 15


def test_an_interrupted_append_keeps_whole_moments() -> None:
    class EnoughError(Exception):
        pass

    def stop(done: int, total: int | None) -> None:
        raise EnoughError

    values = np.random.default_rng(0).normal(size=(3, 50_000))
    stream = MultidimensionalStream(3, 50, history=20_000)
    with pytest.raises(EnoughError):
        stream.append(values, progress=stop)
    taken = len(stream)
    assert 0 < taken < 50_000
    np.testing.assert_array_equal(stream.snapshot().values, values[:, :taken][:, -20_000:])
