import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.matrixprofile.strategies import series
from tests.reference import findings as reference

from motifleet.errors import InvalidArgumentError
from motifleet.matrixprofile import matrix_profile, segment
from motifleet.matrixprofile.segmentation import arcs_over, ideal_arcs
from motifleet.types import Floats, Series


@given(
    indices=st.integers(1, 40).flatmap(
        lambda w: st.lists(st.integers(-1, w - 1), min_size=w, max_size=w)
    )
)
def test_arcs_are_counted(indices: list[int]) -> None:
    assert arcs_over(np.array(indices)).tolist() == reference.arcs(indices)


def test_ideal_arcs_are_those_of_random_neighbors() -> None:
    indices = np.random.default_rng(2).integers(0, 2000, 2000)
    ideal = ideal_arcs(2000)
    np.testing.assert_allclose(arcs_over(indices)[200:-200], ideal[200:-200], rtol=0.2)


@settings(max_examples=60, deadline=None)
@given(case=series(200), zone=st.integers(0, 3))
def test_curves_stay_in_bounds(case: tuple[Floats, int], zone: int) -> None:
    values, m = case
    if not np.isfinite(values).any():
        return
    result = segment(values, m, zone=zone)
    assert len(result.curve) == len(values) - m + 1
    assert ((result.curve >= 0) & (result.curve <= 1)).all()
    assert result.arcs.tolist() == reference.arcs(matrix_profile(values, m).indices.tolist())
    found = result.boundaries(4)
    assert [each.score for each in found] == sorted(each.score for each in found)
    assert all(each.score < 1 for each in found)
    for place, one in enumerate(found):
        for other in found[:place]:
            assert abs(one.index - other.index) >= zone * m


def three_regimes() -> Series:
    steps, noise = np.arange(1200), np.random.default_rng(1).normal(size=1200) / 20
    signal = np.select(
        [steps < 400, steps < 800], [np.sin(steps / 4), np.abs(steps / 12 % 2 - 1)], noise * 10
    )
    times = np.datetime64("2026-03-02T00:00", "us") + steps * np.timedelta64(60, "s")
    return Series(signal + noise, "truck-1", "speed", times)


def test_boundaries_of_three_regimes_say_whose_and_when() -> None:
    result = segment(three_regimes(), 25)
    found = sorted(result.boundaries(2), key=lambda each: each.index)
    assert [abs(each.index - at) <= 30 for each, at in zip(found, (400, 800), strict=True)]
    assert found[0].device_id == "truck-1"
    assert found[0].event_ts is not None
    assert found[0].event_ts.isoformat().startswith("2026-03-02T06")
    assert result.to_arrow().column_names == ["event_ts", "arcs", "curve"]
    assert len(result.plot(boundaries=2).layout.shapes) == 4  # two in each of the two panels


def test_a_series_too_short_for_zones_has_no_boundary() -> None:
    assert segment(np.random.default_rng(1).normal(size=60), 20).boundaries(3) == []


def test_a_negative_zone_is_refused() -> None:
    with pytest.raises(InvalidArgumentError, match="zone"):
        segment(np.arange(50.0), 5, zone=-1)
