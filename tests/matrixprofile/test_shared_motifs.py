"""Motifs that many devices share, against the definition."""

import numpy as np
import pytest
from tests.reference.distance_profile import distance_profile

from motifleet.errors import InvalidArgumentError
from motifleet.matrixprofile import shared_motifs, shared_search
from motifleet.matrixprofile.nearest import complete_windows
from motifleet.matrixprofile.ranking import idle_windows
from motifleet.matrixprofile.shared_motif import cut
from motifleet.matrixprofile.shared_search import InMemory, Search
from motifleet.matrixprofile.shared_terms import Asked
from motifleet.matrixprofile.sharing import Apart, whole
from motifleet.types import FleetSeries

M = 12


def fleet_of(seed: int, devices: int = 9, n: int = 70) -> FleetSeries:
    """Random walks, some with a shape in common, one with a gap, one too short, one parked."""
    rng = np.random.default_rng(seed)
    rows = list(rng.normal(size=(devices, n)).cumsum(axis=1))
    for row in rows[: devices - 3]:
        start = int(rng.integers(0, n - M))
        row[start : start + M] = 9 * np.hanning(M) + rng.normal(size=M) / 9
    rows[1][20:23] = np.nan
    rows[-1] = rows[-1][: M - 3]
    rows[-2][:] = 5.0
    offsets = np.cumsum([0, *map(len, rows)])
    names = tuple(f"d{number}" for number in range(devices))
    return FleetSeries(np.concatenate(rows), offsets, names, "load")


def radii(fleet: FleetSeries, others: int) -> dict[tuple[str, int], float]:
    """Of every window, the distance to the nearest windows of so many other devices."""
    found = {}
    for one in (each for each in fleet if len(each) >= M):
        usable = complete_windows(one.values, M)
        for at in np.flatnonzero(usable & ~idle_windows(one.values, M)).tolist():
            pattern = one.values[at : at + M]
            near = sorted(
                float(np.nanmin(distance_profile(pattern, other.values)))
                for other in fleet
                if other.device_id != one.device_id and len(other) >= M
            )
            found[str(one.device_id), at] = near[others - 1]
    return found


@pytest.mark.parametrize("sample", [2, 32])
@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("wanted", [2, 4, 0.5, 1.0])
def test_the_first_has_the_least_radius_of_all_windows(
    monkeypatch: pytest.MonkeyPatch, seed: int, wanted: float, sample: int
) -> None:
    monkeypatch.setattr(shared_search, "SAMPLE", sample)
    fleet = fleet_of(seed)
    number = wanted if isinstance(wanted, int) else max(2, int(np.ceil(wanted * 8)))
    true = radii(fleet, number - 1)
    found = shared_motifs(fleet, M, min_devices=wanted, k=2)
    assert found[0].radius == pytest.approx(min(true.values()), abs=1e-9)
    assert true[str(found[0].device_id), found[0].index] == pytest.approx(found[0].radius)
    assert found[0].devices >= number
    free = {
        (name, at): radius
        for (name, at), radius in true.items()
        if all(each.device_id != name or abs(each.index - at) >= M for each in found[0].occurrences)
    }
    if len(found) > 1:
        assert found[1].radius == pytest.approx(min(free.values()), abs=1e-9)
    else:
        assert not free or min(free.values()) == np.inf


def test_occurrences_are_all_windows_within_reach_that_do_not_overlap() -> None:
    fleet = fleet_of(7)
    (found,) = shared_motifs(fleet, M, min_devices=5, k=1, max_distance=2.0)
    pattern = fleet[str(found.device_id)].values[found.index : found.index + M]
    first = found.occurrences[0]
    assert (first.device_id, first.index, first.distance) == (found.device_id, found.index, 0.0)
    for each in found.occurrences[1:]:
        window = fleet[str(each.device_id)].values[each.index : each.index + M]
        assert each.distance <= 2.0
        assert float(distance_profile(pattern, window)[0]) == pytest.approx(each.distance)
    for series in fleet:
        own = [each.index for each in found.occurrences if each.device_id == series.device_id]
        assert all(abs(a - b) >= M for a in own for b in own if a != b)
        if len(series) >= M:
            near = np.flatnonzero(distance_profile(pattern, series.values) <= 2.0 - 1e-9)
            assert all(any(abs(at - other) < M for other in own) for at in near)


@pytest.mark.parametrize("groups", [1, 2, 3, 6, 14])
def test_however_a_fleet_is_cut_the_answer_is_the_same(
    monkeypatch: pytest.MonkeyPatch, groups: int
) -> None:
    fleet = fleet_of(3, devices=14)
    whole_fleet = shared_motifs(fleet, M, min_devices=6, k=3)
    monkeypatch.setattr(shared_search, "BUDGET", 40)
    monkeypatch.setattr(shared_search, "SAMPLE", 3)
    asked = Asked.checked(M, 6, 3, None, constant=False)
    told: list[tuple[int, int]] = []
    parts = InMemory(cut(fleet, groups), (1, "auto"))
    apart = Search(asked, parts, (1, "auto"), lambda a, b: told.append((a, b))).run()
    assert [each.radius for each in apart] == pytest.approx([each.radius for each in whole_fleet])
    assert [each.device_id for each in apart] == [each.device_id for each in whole_fleet]
    assert told[-1] == (13, 13)
    assert told == sorted(told)


def far_from(part: FleetSeries, theirs: FleetSeries, limit: float) -> list[int]:
    """Of each window without a gap: how many other devices are beyond a limit."""
    return [
        sum(
            float(np.nanmin(distance_profile(one.values[at : at + M], two.values))) > limit
            for two in whole(theirs, M)
            if two.device_id != one.device_id
        )
        for one in whole(part, M)
        for at in np.flatnonzero(complete_windows(one.values, M)).tolist()
    ]


@pytest.mark.parametrize("item", [(0,), (0, 1), (1, 3), (3, 2)])
@pytest.mark.parametrize("share", [0.02, 0.3, 1.0])
def test_far_devices_are_counted_alike_both_ways(item: tuple[int, ...], share: float) -> None:
    """Few windows are compared one way, many both ways; the counts are those of the definition."""
    parts, rng, limits = cut(fleet_of(5, n=40), 4), np.random.default_rng(1), (2.5, 3.5)
    complete = [
        np.concatenate([complete_windows(each.values, M) for each in whole(part, M)])
        for part in parts
    ]
    left = {number: mask & (rng.random(len(mask)) < share) for number, mask in enumerate(complete)}
    found = Apart(M, limits, left).find(item, [parts[number] for number in item], (2, "auto"))
    for number, other, far in zip(item, item[::-1], found["far"].to_pylist(), strict=True):
        counts = np.array(far).reshape(len(limits), -1)
        for limit, counted in zip(limits, counts, strict=True):
            true = np.zeros(len(counted), np.int64)
            true[complete[number]] = far_from(parts[number], parts[other], limit)
            assert counted[left[number]].tolist() == true[left[number]].tolist()


def test_windows_of_huge_and_tiny_values_are_as_near_as_their_shapes() -> None:
    rng = np.random.default_rng(2)
    rows = [rng.normal(size=60) for _ in range(6)]
    for row in rows[:4]:
        row[20:32] = 5 * np.hanning(12) + row[20:32] / 20
    plain = FleetSeries(np.concatenate(rows), np.arange(7) * 60, tuple("abcdef"))
    scaled = [row * 10.0**power for row, power in zip(rows, (0, 300, -150, 8, 0, 4), strict=True)]
    odd = FleetSeries(np.concatenate(scaled), np.arange(7) * 60, tuple("abcdef"))
    (one,), (other,) = (shared_motifs(fleet, M, min_devices=4, k=1) for fleet in (plain, odd))
    assert (one.device_id, one.index) == (other.device_id, other.index)
    assert one.radius == pytest.approx(other.radius, abs=1e-6)


@pytest.mark.parametrize("wrong", [1, 0, -3, 0.0, 1.5, True, float("nan"), "2", 99])
def test_a_number_of_devices_that_cannot_be(wrong: object) -> None:
    with pytest.raises(InvalidArgumentError, match="devices"):
        shared_motifs(fleet_of(1), M, min_devices=wrong)  # type: ignore[arg-type]


def test_parked_devices_share_nothing_unless_it_is_asked_for() -> None:
    fleet = FleetSeries(np.ones(120), np.arange(5) * 30, tuple("abcd"))
    assert shared_motifs(fleet, M) == []
    assert shared_motifs(fleet, M, constant=True, k=1)[0].devices == 4
