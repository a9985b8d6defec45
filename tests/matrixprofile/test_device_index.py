"""An index of devices: what it finds, how it grows, and how it is saved."""

import signal
import threading
from pathlib import Path

import numpy as np
import pytest

from motifleet.errors import IndexFileError, InvalidArgumentError
from motifleet.matrixprofile import DeviceIndex, device_distances
from motifleet.matrixprofile import index_cells as cells
from motifleet.types import FleetSeries, Floats


def fleet_of(parts: list[Floats], first: int = 0) -> FleetSeries:
    names = tuple(f"truck-{first + number}" for number in range(len(parts)))
    return FleetSeries(np.concatenate(parts), np.cumsum([0, *map(len, parts)]), names, "speed")


def groups(devices: int, seed: int = 0) -> list[Floats]:
    """Devices of several groups: own order, length and noise, parked for a while, some gaps."""
    rng = np.random.default_rng(seed)
    tours = rng.normal(size=(devices // 12, 3, 70)).cumsum(axis=2)
    parts = []
    for _ in range(devices):
        own = tours[rng.integers(len(tours))]
        pieces = [
            own[at] + rng.normal(size=70) * rng.uniform(0.02, 0.5) for at in rng.permutation(3)
        ]
        pieces.insert(int(rng.integers(3)), np.full(int(rng.integers(20, 60)), 5.0))
        values = np.concatenate(pieces)
        values[rng.integers(len(values))] = np.nan if rng.random() < 0.3 else 0.0
        parts.append(values)
    return parts


def recall(index: DeviceIndex, fleet: FleetSeries, normalize: bool, asked: range) -> float:
    """The share of the true ten nearest that are among the candidates."""
    found = []
    for number in asked:
        truth = device_distances(fleet[number], fleet, index.m, normalize=normalize)
        truth[number] = np.inf
        nearest = {fleet.device_ids[place] for place in np.argsort(truth, kind="stable")[:10]}
        found.append(len(nearest & set(index.candidates(fleet[number], 100, threads=1))) / 10)
    return float(np.mean(found))


@pytest.mark.parametrize("normalize", [True, False])
def test_the_nearest_are_among_the_candidates(normalize: bool) -> None:
    fleet = fleet_of(groups(480))
    index = DeviceIndex(24, normalize=normalize, windows=48)
    index.extend(fleet, threads=1)
    assert recall(index, fleet, normalize, range(0, 480, 40)) >= 0.95


def test_an_index_grows_and_finds_cells_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cells, "FIRST", 2000)
    parts = groups(600, seed=3)
    index = DeviceIndex(24, windows=40)
    told: list[tuple[int, int | None]] = []
    for first in range(0, 600, 50):
        batch = fleet_of(parts[first : first + 50], first)
        index.extend(batch, threads=1, progress=lambda done, total: told.append((done, total)))
    assert (len(index), index.vectors, told[-1]) == (600, 600 * 40, (50, 50))
    assert "truck-599" in index
    assert recall(index, fleet_of(parts), True, range(0, 600, 60)) >= 0.95


def test_what_cannot_be_compared_is_known_but_never_found() -> None:
    rng = np.random.default_rng(1)
    odd = [np.full(100, 3.0), np.full(100, np.nan), rng.normal(size=5), np.zeros(0)]
    fleet = fleet_of([*odd, *(rng.normal(size=100) for _ in range(6))])
    index = DeviceIndex(20)
    index.extend(fleet)
    found = index.candidates(fleet["truck-5"], 100)
    assert (len(index), sorted(found)) == (10, [f"truck-{n}" for n in (4, 6, 7, 8, 9)])
    assert index.candidates(fleet["truck-0"]) == index.candidates(fleet["truck-1"]) == ()
    assert DeviceIndex(20).candidates(fleet["truck-5"]) == ()


def test_the_same_devices_give_the_same_index() -> None:
    fleet = fleet_of(groups(200, seed=2))
    first, second = DeviceIndex(24, windows=20), DeviceIndex(24, windows=20)
    for index in (first, second):
        index.extend(fleet, threads=1)
    for number in range(0, 200, 20):
        assert first.candidates(fleet[number]) == second.candidates(fleet[number])


@pytest.fixture
def saved(tmp_path: Path) -> tuple[DeviceIndex, FleetSeries, Path]:
    fleet, path = fleet_of(groups(120, seed=4)), tmp_path / "trucks.index"
    index = DeviceIndex(24, normalize=False, windows=20)
    index.extend(fleet)
    index.save(path, {"table": "trucks", "snapshot_id": 7})
    return index, fleet, path


def test_a_saved_index_is_the_same(saved: tuple[DeviceIndex, FleetSeries, Path]) -> None:
    index, fleet, path = saved
    loaded = DeviceIndex.load(path)
    assert repr(loaded) == repr(index) == "DeviceIndex(m=24, devices=120, vectors=2,400)"
    assert (loaded.source, loaded.normalize) == ({"table": "trucks", "snapshot_id": 7}, False)
    for number in range(0, 120, 10):
        assert loaded.candidates(fleet[number]) == index.candidates(fleet[number])
    loaded.extend(fleet_of(groups(12), first=500))
    assert (len(loaded), "truck-505" in loaded) == (132, True)
    again = path.with_name("again.index")
    index.save(again, {"table": "trucks", "snapshot_id": 7})
    assert again.read_bytes() == path.read_bytes()
    assert sorted(each.name for each in path.parent.iterdir()) == ["again.index", "trucks.index"]


def test_an_empty_index_can_be_saved(tmp_path: Path) -> None:
    DeviceIndex(9).save(tmp_path / "empty.index")
    assert len(DeviceIndex.load(tmp_path / "empty.index")) == 0


def test_damaged_files_are_refused(saved: tuple[DeviceIndex, FleetSeries, Path]) -> None:
    _, _, path = saved
    whole = path.read_bytes()
    rng = np.random.default_rng(0)
    for at in [0, 17, 18, 20, 30, 200, *rng.integers(40, len(whole), 60).tolist(), len(whole) - 1]:
        path.write_bytes(whole[:at] + bytes([whole[at] ^ 0x41]) + whole[at + 1 :])
        with pytest.raises(IndexFileError):
            DeviceIndex.load(path)
    for length in (0, 10, 25, 100, len(whole) // 2, len(whole) - 1):
        path.write_bytes(whole[:length])
        with pytest.raises(IndexFileError):
            DeviceIndex.load(path)
    path.write_bytes(whole + b"more")
    with pytest.raises(IndexFileError, match="damaged"):
        DeviceIndex.load(path)
    path.unlink()
    with pytest.raises(IndexFileError, match="no index to read"):
        DeviceIndex.load(path)
    with pytest.raises(IndexFileError, match="cannot be written"):
        DeviceIndex(9).save(path.parent / "none" / "x.index")


def test_what_is_refused() -> None:
    rng = np.random.default_rng(0)
    fleet = fleet_of([rng.normal(size=60) for _ in range(3)])
    index = DeviceIndex(20)
    index.extend(fleet)
    with pytest.raises(InvalidArgumentError, match="'truck-0' again"):
        index.extend(fleet)
    with pytest.raises(InvalidArgumentError, match="at least 1"):
        index.candidates(fleet[0], 0)
    with pytest.raises(InvalidArgumentError, match="at most 9"):
        index.candidates(np.arange(9.0))
    with pytest.raises(InvalidArgumentError, match="at least 3"):
        DeviceIndex(2)


def test_ctrl_c_stops_the_work_and_keeps_what_was_added() -> None:
    rng = np.random.default_rng(0)
    fleet = fleet_of([rng.normal(size=100) for _ in range(2000)])
    index = DeviceIndex(20, windows=10)

    def stop(done: int, total: int | None) -> None:
        if done >= 1024:
            signal.raise_signal(signal.SIGINT)

    assert threading.current_thread() is threading.main_thread()
    with pytest.raises(KeyboardInterrupt):
        index.extend(fleet, progress=stop, threads=1)
    assert len(index) == 1024
    assert len(index.candidates(fleet[3], 7)) == 7
