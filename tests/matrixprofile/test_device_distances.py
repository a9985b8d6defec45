"""Devices compared with one another: distances by definition, the nearest of all, bad input."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.matrixprofile.strategies import GAPS, KINDS
from tests.reference.devices import all_distances

from motifleet.errors import InvalidArgumentError
from motifleet.matrixprofile import (
    chosen_by_index,
    device_distances,
    mpdist,
    nearest_of,
    similar_devices,
)
from motifleet.types import FleetSeries, Floats


def fleet_of(parts: list[Floats]) -> FleetSeries:
    ends = np.cumsum([0, *map(len, parts)])
    names = tuple(f"truck-{number}" for number in range(len(parts)))
    return FleetSeries(np.concatenate([np.zeros(0), *parts]), ends, names, "speed")


@st.composite
def fleets(draw: st.DrawFn) -> tuple[list[Floats], int]:
    """A device of at least m values, and others: short, empty, constant, with gaps."""
    m = draw(st.integers(3, 12))
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    parts = []
    for number in range(draw(st.integers(1, 5))):
        kind = KINDS[draw(st.sampled_from(sorted(set(KINDS) - {"tiny", "huge"})))]
        size = draw(st.integers(m if number == 0 else 0, 50))
        values = kind(rng, size) if size else np.zeros(0)
        for place in draw(st.lists(st.integers(0, max(size - 1, 0)), max_size=2)):
            values[place:][:1] = GAPS[place % 3]
        parts.append(values)
    return parts, m


@settings(max_examples=80, deadline=None)
@given(
    case=fleets(),
    share=st.sampled_from([0.0, 0.05, 0.3, 1.0]),
    constant=st.booleans(),
    normalize=st.booleans(),
)
def test_distances_are_their_definition(
    case: tuple[list[Floats], int], share: float, constant: bool, normalize: bool
) -> None:
    parts, m = case
    found = device_distances(
        parts[0], fleet_of(parts), m, share=share, constant=constant, normalize=normalize
    )
    wanted = all_distances(parts[0], parts, m, share, constant=constant, normalize=normalize)
    np.testing.assert_allclose(found, wanted, atol=1e-6, rtol=1e-9)


def test_without_gaps_and_constant_windows_it_is_mpdist() -> None:
    rng = np.random.default_rng(3)
    parts = [rng.normal(size=size).cumsum() for size in (200, 90, 300)]
    found = device_distances(parts[0], fleet_of(parts), 20, share=0.1)
    wanted = [mpdist(parts[0], other, 20, share=0.1) for other in parts]
    np.testing.assert_allclose(found, wanted, atol=1e-9)


@pytest.mark.parametrize("normalize", [True, False])
def test_two_parked_vehicles_have_nothing_in_common(normalize: bool) -> None:
    rng = np.random.default_rng(4)
    parked = [np.full(400, 7.0) for _ in range(3)]
    for values in parked:
        values[100:200] = rng.normal(size=100) * 9
    fleet = fleet_of([*parked, np.full(400, 7.0)])
    apart = device_distances(parked[0], fleet, 20, normalize=normalize)
    assert apart[0] == 0
    assert (apart[1:3] > 1).all()
    assert apart[3] == np.inf
    alike = device_distances(parked[0], fleet, 20, normalize=normalize, constant=True)
    np.testing.assert_array_equal(alike, 0)


def test_threads_and_long_series_do_not_matter() -> None:
    rng = np.random.default_rng(5)
    fleet = fleet_of([rng.normal(size=size).cumsum() for size in (900, 40, 700, 33_000, 0)])
    one, two = (device_distances(fleet[0], fleet, 25, threads=threads) for threads in (1, 2))
    np.testing.assert_array_equal(one, two)


def test_progress_is_told_and_may_stop() -> None:
    rng = np.random.default_rng(6)
    fleet = fleet_of([rng.normal(size=2000) for _ in range(40)])
    told: list[tuple[int, int | None]] = []
    device_distances(fleet[0], fleet, 30, progress=lambda done, all_: told.append((done, all_)))
    assert told[-1] == (1971 * 1971 * 40, 1971 * 1971 * 40)

    def stop(done: int, total: int | None) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        device_distances(fleet[0], fleet, 30, progress=stop)


def test_similar_devices_are_the_nearest_of_all_but_itself() -> None:
    rng = np.random.default_rng(7)
    parts = [rng.normal(size=120).cumsum() for _ in range(9)]
    parts[4], parts[6] = parts[4][:7], np.full(120, 3.0)
    fleet = fleet_of(parts)
    found = similar_devices(fleet["truck-2"], fleet, 15, k=20)
    wanted = all_distances(parts[2], parts, 15, 0.05, constant=False, normalize=True)
    wanted[2] = np.inf
    order = [place for place in np.argsort(wanted, kind="stable") if np.isfinite(wanted[place])]
    assert found.device_ids == tuple(f"truck-{place}" for place in order)
    np.testing.assert_allclose(found.distances, wanted[order], atol=1e-6)
    assert (found.compared, found.devices, found.exact) == (8, 8, True)
    assert found.rows()[0]["rank"] == 1
    assert not chosen_by_index(found, 100).exact


def test_parts_of_a_fleet_put_together_are_the_whole() -> None:
    rng = np.random.default_rng(8)
    parts = [rng.normal(size=100).cumsum() for _ in range(10)]
    fleet, first, second = fleet_of(parts), fleet_of(parts[:4]), fleet_of(parts)
    second = FleetSeries(
        np.concatenate(parts[4:]), np.arange(7) * 100, fleet.device_ids[4:], "speed"
    )
    whole = similar_devices(fleet[0], fleet, 12, k=5)
    few = [similar_devices(fleet[0], part, 12, k=5) for part in (first, second)]
    together = nearest_of(few, 5)
    assert together.to_arrow().equals(whole.to_arrow())
    assert (together.compared, together.devices) == (9, 9)


@pytest.mark.parametrize(
    ("change", "hint"),
    [
        ({"m": 2}, "at least 3"),
        ({"m": 101}, "at most 100"),
        ({"share": 1.5}, "share from 0 to 1"),
        ({"constant": 1}, "True or False"),
        ({"normalize": False, "p": 0.5}, "at least 1"),
        ({"p": 3.0}, "p = 2"),
        ({"simd": "mmx"}, "instruction set"),
    ],
)
def test_what_is_refused(change: dict[str, Any], hint: str) -> None:
    fleet = fleet_of([np.arange(100.0) % 7, np.arange(50.0)])
    arguments: dict[str, Any] = {"series": fleet[0], "fleet": fleet, "m": 10, **change}
    for function in (device_distances, similar_devices):
        with pytest.raises(InvalidArgumentError, match=hint):
            function(**arguments)


def test_nothing_to_put_together_is_refused() -> None:
    with pytest.raises(InvalidArgumentError, match="got none"):
        nearest_of([], 3)
    with pytest.raises(InvalidArgumentError, match="at least 1"):
        similar_devices(np.arange(9.0), fleet_of([np.arange(9.0)]), 3, k=0)
