"""Discords against the fleet are those of the definition, however few pairs were compared."""

import numpy as np
import pytest
from tests.reference.findings import cross

from motifleet.errors import InvalidArgumentError
from motifleet.matrixprofile import fleet_discords, nearest_elsewhere, windows_beyond
from motifleet.types import FleetSeries, Floats

M = 10


def fleet_of(rows: list[Floats]) -> FleetSeries:
    offsets = np.concatenate([[0], np.cumsum([len(row) for row in rows])])
    names = tuple(f"d{number}" for number in range(len(rows)))
    return FleetSeries(np.concatenate(rows), offsets, names, "load")


def nearest_of(rows: list[Floats], m: int = M) -> list[Floats]:
    """Of each window the distance to the nearest on another device, by the definition."""
    return [
        np.min([cross(row, other, m).min(axis=1) for other in rows if other is not row], axis=0)
        for row in rows
    ]


def greedy(profiles: list[Floats], k: int, m: int, each: int | None) -> list[tuple[int, int]]:
    """The farthest windows one after the other, none overlapping an earlier one."""
    left = [np.where(np.isfinite(profile), profile, -1.0) for profile in profiles]
    found: list[tuple[int, int]] = []
    while len(found) < k:
        device = int(np.argmax([row.max(initial=-1.0) for row in left]))
        index = int(np.argmax(left[device]))
        if left[device][index] <= 0:
            break
        found.append((device, index))
        left[device][max(index - m + 1, 0) : index + m] = -1.0
        if each is not None and sum(one == device for one, _ in found) == each:
            left[device][:] = -1.0
    return found


def kinds(seed: int) -> list[Floats]:
    """Devices that do alike, some noise, one alone, a gap, a constant stretch, a short one."""
    random = np.random.default_rng(seed)
    steps = np.arange(90)
    rows = [
        np.sin((steps + random.integers(40)) / 4) + random.normal(size=90) / 10 for _ in "12345"
    ]
    rows += [random.normal(size=70), random.normal(size=60)]
    # The same twice, but no two windows at the same distance from all.
    rows[1][30:55] = np.abs(steps[:25] / 4 % 2 - 1) + random.normal(size=25) / 40
    rows[1][60:85] = rows[1][30:55] + random.normal(size=25) / 40
    rows[2][50] = np.nan
    rows[3][20 : 20 + M] = 4.0
    return [*rows, random.normal(size=M - 1), random.normal(size=M)]


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize(("k", "each"), [(1, None), (5, None), (40, None), (6, 1), (9, 2)])
def test_they_are_those_of_the_definition(seed: int, k: int, each: int | None) -> None:
    rows = kinds(seed)
    long_enough = [row for row in rows if len(row) >= M]
    profiles = nearest_of(long_enough)
    wanted = greedy(profiles, k, M, each)
    found = fleet_discords(fleet_of(rows), M, k=k, each=each)
    names = [number for number, row in enumerate(rows) if len(row) >= M]
    distances = [profiles[device][index] for device, index in wanted]
    np.testing.assert_allclose([one.distance for one in found], distances, atol=1e-6)
    assert len({(one.device_id, one.index) for one in found}) == len(found)
    for one in found:
        device = names.index(int(str(one.device_id)[1:]))
        assert one.distance == pytest.approx(profiles[device][one.index], abs=1e-6)
        other = rows[int(str(one.neighbor_device_id)[1:])]
        window = long_enough[device][one.index : one.index + M]
        there = other[one.neighbor_index : one.neighbor_index + M]
        assert one.neighbor_device_id != one.device_id
        assert cross(window, there, M)[0, 0] == pytest.approx(one.distance, abs=1e-6)


def test_many_devices_are_the_same_for_any_number_of_threads() -> None:
    random = np.random.default_rng(8)
    rows = [random.normal(size=40) for _ in range(14)]
    profiles = nearest_of(rows)
    wanted = [profiles[device][index] for device, index in greedy(profiles, 7, M, None)]
    for threads in (1, 3):
        found = fleet_discords(fleet_of(rows), M, k=7, threads=threads)
        np.testing.assert_allclose([one.distance for one in found], wanted, atol=1e-6)


def test_all_windows_beyond_a_distance() -> None:
    rows = kinds(5)[:7]
    profiles = nearest_of(rows)
    enough = float(
        np.quantile(np.concatenate(profiles)[np.isfinite(np.concatenate(profiles))], 0.9)
    )
    found, values = windows_beyond(fleet_of(rows), M, enough=enough)
    wanted = {
        (f"d{number}", index)
        for number, profile in enumerate(profiles)
        for index in np.flatnonzero(np.isfinite(profile) & (profile >= enough - 1e-9)).tolist()
    }
    assert {(one.device_id, one.index) for one in found} == wanted
    first = found[0]
    row = rows[int(str(first.device_id)[1:])]
    np.testing.assert_array_equal(values[0], row[first.index : first.index + M])


def test_windows_of_elsewhere() -> None:
    rows = kinds(6)[:4]
    window = np.random.default_rng(1).normal(size=(1, M))
    least = min(cross(window[0], row, M).min() for row in rows)
    devices, indices, distances = nearest_elsewhere(window, fleet_of(rows), np.array([np.inf]))
    assert distances[0] == pytest.approx(least, abs=1e-6)
    there = rows[devices[0]][indices[0] : indices[0] + M]
    assert cross(window[0], there, M)[0, 0] == pytest.approx(least, abs=1e-6)
    devices, _, distances = nearest_elsewhere(window, fleet_of(rows), np.array([least / 2]))
    assert (devices[0], distances[0]) == (-1, least / 2)


def test_devices_with_few_windows_have_no_discords() -> None:
    rows = [*kinds(2)[:5], np.random.default_rng(0).normal(size=20)]
    assert "d5" in {one.device_id for one in fleet_discords(fleet_of(rows), M, k=9)}
    found = fleet_discords(fleet_of(rows), M, k=9, min_windows=30)
    assert "d5" not in {one.device_id for one in found}


def test_equal_devices_have_none() -> None:
    row = np.random.default_rng(0).normal(size=60)
    assert fleet_discords(fleet_of([row, row, row]), M) == []


def test_one_device_is_no_fleet() -> None:
    with pytest.raises(InvalidArgumentError, match="at least two devices"):
        fleet_discords(fleet_of([np.arange(50.0), np.full(50, np.nan)]), M)
