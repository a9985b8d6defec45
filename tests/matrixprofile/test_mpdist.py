import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.matrixprofile.strategies import GAPS, KINDS
from tests.reference import findings as reference

from motifleet.errors import InvalidArgumentError
from motifleet.matrixprofile import mpdist, snippets
from motifleet.matrixprofile.mp_distance import mpdist_profile
from motifleet.matrixprofile.nearest import nearest
from motifleet.types import Floats


@st.composite
def two_series(draw: st.DrawFn) -> tuple[Floats, Floats, int]:
    m = draw(st.integers(3, 12))
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    kind = KINDS[draw(st.sampled_from(sorted(KINDS)))]
    pair = [kind(rng, draw(st.integers(m, 60))) for _ in range(2)]
    for values in pair:
        for place in draw(st.lists(st.integers(0, len(values) - 1), max_size=2)):
            values[place] = GAPS[place % 3]
    return pair[0], pair[1], m


@settings(max_examples=60, deadline=None)
@given(case=two_series(), share=st.sampled_from([0.0, 0.05, 0.3, 1.0]))
def test_mpdist_is_its_definition(case: tuple[Floats, Floats, int], share: float) -> None:
    a, b, m = case
    expected = reference.mpdist(a, b, m, share)
    assert mpdist(a, b, m, share=share) == pytest.approx(expected, abs=1e-6)
    assert mpdist(b, a, m, share=share) == pytest.approx(expected, abs=1e-6)


@settings(max_examples=60, deadline=None)
@given(case=two_series(), p=st.sampled_from([1.0, 2.0, 3.0, 1.5]))
def test_mpdist_of_plain_distances(case: tuple[Floats, Floats, int], p: float) -> None:
    a, b, m = case
    measured = mpdist(a, b, m, share=0.3, normalize=False, p=p)
    assert measured == pytest.approx(reference.mpdist(a, b, m, 0.3, p=p), rel=1e-9, abs=1e-6)


@settings(max_examples=60, deadline=None)
@given(case=two_series())
def test_nearest_windows_both_ways(case: tuple[Floats, Floats, int]) -> None:
    a, b, m = case
    matrix = reference.cross(a, b, m)
    for (distances, indices), rows in zip(
        nearest(a, b, m, threads=1), (matrix, matrix.T), strict=True
    ):
        np.testing.assert_allclose(distances, rows.min(axis=1), atol=1e-6)
        assert ((indices >= 0) == np.isfinite(distances)).all()
        found = np.flatnonzero(indices >= 0)
        np.testing.assert_allclose(rows[found, indices[found]], distances[found], atol=1e-6)


def test_mpdist_profile_is_mpdist_with_every_stretch(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(3)
    values, segment = rng.normal(size=90).cumsum(), rng.normal(size=20).cumsum()
    values[70] = np.nan
    monkeypatch.setattr("motifleet.matrixprofile.mp_distance.CHUNK", 16)
    profile = mpdist_profile(segment, values, 8, 4, threads=1, simd="auto")
    for start in range(90 - 20 + 1):
        expected = reference.mpdist(segment, values[start : start + 20], 8, 4 / 40)
        assert profile[start] == pytest.approx(expected, abs=1e-6)


def test_threads_do_not_matter() -> None:
    a, b = np.random.default_rng(5).normal(size=(2, 300))
    assert mpdist(a, b, 25, threads=1) == mpdist(a, b, 25, threads=2)


def test_snippets_stand_for_their_regimes() -> None:
    rng, steps = np.random.default_rng(8), np.arange(900)
    signal = np.where(steps < 600, np.sin(steps / 3), np.abs(steps / 10 % 2 - 1))
    signal = signal + rng.normal(size=900) / 20
    signal[300:310] = np.nan
    result = snippets(signal, 90, k=2)
    first, second = result.found
    assert first.index + 90 <= 600 <= second.index
    assert first.fraction + second.fraction == pytest.approx(1)
    assert second.area < first.area
    assert (result.nearest[[100, 500, 700]] == [0, 0, 1]).all()
    runs = result.regimes()
    assert runs[0][:2] == (0, 0)
    assert sum(end - start for _, start, end in runs) == (result.nearest >= 0).sum()
    assert result.to_dict()["snippets"][0]["index"] == first.index


def test_snippets_of_nothing() -> None:
    result = snippets(np.full(40, np.nan), 10)
    assert (len(result), result.regimes()) == (0, [])
    assert (result.nearest == -1).all()


@pytest.mark.parametrize(
    ("arguments", "hint"),
    [
        ({"m": 60}, "half the length"),
        ({"m": 10, "window": 11}, "at most 10"),
        ({"m": 10, "share": 1.5}, "share from 0 to 1"),
        ({"m": 10, "k": 0}, "at least 1"),
    ],
)
def test_what_snippets_refuse(arguments: dict[str, float], hint: str) -> None:
    with pytest.raises(InvalidArgumentError, match=hint):
        snippets(np.arange(100.0), **arguments)  # type: ignore[arg-type]


def test_mpdist_refuses_a_window_longer_than_either() -> None:
    with pytest.raises(InvalidArgumentError, match="the length of b"):
        mpdist(np.arange(30.0), np.arange(9.0), 10)
