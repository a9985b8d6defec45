"""Clusters of devices: planted groups are found, odd devices belong to none."""

from typing import Any

import numpy as np
import pytest

from motifleet.errors import InvalidArgumentError
from motifleet.matrixprofile import device_clusters, device_distances
from motifleet.matrixprofile.partition import grouped, medoid, silhouette
from motifleet.types import FleetSeries, Floats


def fleet(per_group: int, seed: int = 0) -> FleetSeries:
    """Three groups, and a device like none, one that never varies, one that is too short."""
    rng = np.random.default_rng(seed)
    steps = np.arange(300)
    tours = [np.sin(steps / 5), np.abs(steps / 9 % 2 - 1), np.sin(steps / 5) ** 9]
    parts: list[Floats] = [
        np.roll(tours[number % 3], int(rng.integers(60))) + rng.normal(size=300) / 20
        for number in range(3 * per_group)
    ]
    parts += [rng.normal(size=300), np.full(300, 4.0), np.zeros(7)]
    names = tuple(f"truck-{number}" for number in range(len(parts)))
    return FleetSeries(np.concatenate(parts), np.cumsum([0, *map(len, parts)]), names, "speed")


def labels_of(found: Any) -> list[int]:
    return [int(label) for label in found.labels]


def test_planted_groups_are_found_and_odd_devices_belong_to_none() -> None:
    found = device_clusters(fleet(5), 40)
    assert [each.size for each in found.clusters] == [5, 5, 5]
    assert found.alone == ("truck-15", "truck-16", "truck-17")
    for each in found.clusters:
        kinds = {int(name.split("-")[1]) % 3 for name in each.device_ids}
        assert len(kinds) == 1
        assert (each.device_ids[0], each.distances[0]) == (each.medoid_id, 0)
        assert (np.diff(each.distances) >= 0).all()
        assert each.windows.shape == (len(each.starts), 40)
    assert np.isinf(found.distances[-2:]).all()
    assert np.isfinite(found.distances[:-2]).all()


def test_distances_are_those_to_the_medoid() -> None:
    devices = fleet(4)
    found = device_clusters(devices, 40)
    for each in found.clusters:
        truth = device_distances(devices[each.medoid_id], devices, 40)
        for name, distance in zip(each.device_ids[1:], each.distances[1:], strict=True):
            assert distance == pytest.approx(truth[devices.index(name)])


def test_a_sample_stands_for_a_large_fleet() -> None:
    devices = fleet(30)
    whole = device_clusters(devices, 40, sample=200)
    some = device_clusters(devices, 40, sample=24, seed=3)
    assert (whole.sampled, some.sampled) == (92, 24)
    again = device_clusters(devices, 40, sample=24, seed=3)
    assert labels_of(some) == labels_of(again)
    assert len(some.clusters) == 3
    for each in some.clusters:
        assert len({int(name.split("-")[1]) % 3 for name in each.device_ids}) == 1
    assert sum(each.size for each in some.clusters) >= 60


def test_the_number_of_clusters_may_be_said() -> None:
    found = device_clusters(fleet(5), 40, k=2)
    assert len(found.clusters) == 2
    assert len(device_clusters(fleet(5), 40, k=1).clusters) == 1


def test_nothing_to_put_together_is_no_cluster() -> None:
    rng = np.random.default_rng(0)
    for values in (np.full(200, 3.0), np.zeros(0), rng.normal(size=20)):
        found = device_clusters(FleetSeries(values, np.array([0, len(values)]), ("a",)), 30)
        assert (found.clusters, found.alone) == ((), ("a",))
    empty = device_clusters(FleetSeries(np.zeros(0), np.zeros(1, np.int64), ()), 30)
    assert (len(empty), empty.to_arrow().num_rows) == (0, 0)


def test_progress_counts_the_devices() -> None:
    told: list[tuple[int, int | None]] = []
    device_clusters(fleet(3), 40, progress=lambda done, total: told.append((done, total)))
    assert told[-1][0] <= told[-1][1]  # type: ignore[operator]
    assert len(told) > 9


def test_silhouettes_are_their_definition() -> None:
    rng = np.random.default_rng(2)
    points, groups = rng.normal(size=30), rng.integers(-1, 3, 30)
    near = np.abs(np.subtract.outer(points, points))
    scores = []
    for one in range(30):
        if groups[one] < 0:
            scores.append(0.0)
            continue
        own = [near[one, j] for j in range(30) if groups[j] == groups[one] and j != one]
        others = [near[one, groups == other].mean() for other in range(3) if other != groups[one]]
        a, b = float(np.mean(own)), float(min(others))
        scores.append((b - a) / max(a, b))
    assert silhouette(near, groups) == pytest.approx(np.mean(scores))
    assert silhouette(near, np.zeros(30, np.int64)) == 0


def test_groups_are_the_largest_first() -> None:
    points = np.array([0.0, 9, 0.1, 9.1, 9.2, 50, 0.2, 9.3])
    near = np.abs(np.subtract.outer(points, points))
    assert grouped(near, None, 2).tolist() == [1, 0, 1, 0, 0, -1, 1, 0]
    assert medoid(near[:, [1, 3, 4, 7]][[1, 3, 4, 7]]) in (1, 2)


@pytest.mark.parametrize(
    ("change", "hint"),
    [
        ({"m": 2}, "at least 3"),
        ({"k": 0}, "at least 1"),
        ({"least": 1}, "at least 2"),
        ({"sample": 2}, "at least 3"),
        ({"seed": -1}, "at least 0"),
        ({"share": 2.0}, "from 0 to 1"),
    ],
)
def test_what_is_refused(change: dict[str, Any], hint: str) -> None:
    with pytest.raises(InvalidArgumentError, match=hint):
        device_clusters(fleet(3), **{"m": 40, **change})
