"""``motifleet device``: similar devices, clusters and the index of a table."""

from pathlib import Path

import pytest
from tests.cli.conftest import Run

from motifleet.app import Alike, Selection, Simulation, devices, open_home
from motifleet.app.index_store import IndexStore
from motifleet.errors import IndexFileError
from motifleet.matrixprofile import DeviceIndex


@pytest.fixture
def trucks(tmp_path: Path) -> Path:
    home = tmp_path / "fleet"
    with open_home(home).tables as tables:
        fleet = open_home(home)
        fleet.simulate(Simulation("fleet", devices=40, days=1), "trucks")
        assert len(tables.devices("trucks")) == 40
    return home


def test_similar_devices_and_clusters(trucks: Path, run: Run, tmp_path: Path) -> None:
    words = ["trucks", "truck-000003", "--signal", "vibration", "--window", 45, "--home", trucks]
    done = run("device", "similar", *words, "--count", 3)
    assert done.code == 0, done.err
    assert "devices like truck-000003" in done.out
    assert "all 39 other devices were compared" in done.err
    told = run("device", "similar", *words, "--json", "--plot", tmp_path / "x.html").json
    assert (told["exact"], told["devices"], len(told["similar"])) == (True, 39, 10)
    assert (tmp_path / "x.html").stat().st_size > 1000
    early = ["--end", "2026-03-02T02:00"]
    assert "nothing of truck-000003 can be compared" in run("device", "similar", *words, *early).err
    words = ["trucks", "--signal", "vibration", "--window", 45, "--home", trucks]
    done = run("device", "clusters", *words, "--plot", tmp_path / "y.html")
    assert done.code == 0, done.err
    assert "in no cluster" in done.out
    told = run("device", "clusters", *words, "--json").json
    assert sum(each["size"] for each in told["clusters"]) + len(told["alone"]) == 40


def test_an_index_is_built_kept_and_told_to_be_old(trucks: Path, run: Run) -> None:
    words = ["--signal", "vibration", "--window", 45, "--home", trucks]
    done = run("device", "similar", "trucks", "truck-000003", *words, "--index", "--json")
    assert done.code == 0, done.err
    exact = run("device", "similar", "trucks", "truck-000003", *words, "--exact", "--json").json
    assert done.json["similar"][:5] == exact["similar"][:5]
    told = run("device", "index", "trucks", *words, "--json").json
    assert (told["devices"], told["stale"]) == (40, False)
    fleet = open_home(trucks)
    with fleet.tables:
        rows = fleet.scan("trucks", selection=Selection(devices=("truck-000003",)))
        name = rows.column_names.index("device_id")
        more = rows.set_column(name, "device_id", [["truck-new"] * rows.num_rows])
        fleet.tables.append("trucks", more, batch_id="more")
    done = run("device", "similar", "trucks", "truck-000003", *words, "--index")
    assert "has moved on" in done.err
    done = run("device", "index", "trucks", *words)
    assert "new devices were added" in done.err
    told = run("device", "similar", "trucks", "truck-new", *words, "--index", "--json").json
    assert told["similar"][0] == {
        "device_id": "truck-new",
        "neighbor_id": "truck-000003",
        "rank": 1,
        "distance": 0.0,
    }
    told = run("device", "index", "trucks", *words, "--rebuild", "--json").json
    assert (told["devices"], told["stale"]) == (41, False)
    kept = list((trucks / "indexes").iterdir())
    assert len(kept) == 1
    assert kept[0].stat().st_mode & 0o077 == 0
    kept[0].write_bytes(b"something else")
    done = run("device", "similar", "trucks", "truck-new", *words, "--index")
    assert (done.code, "another kind of file" in done.err) == (1, True)


def test_many_devices_are_chosen_by_an_index_and_it_is_said(
    trucks: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(devices, "EXACT", 20)
    done = run("device", "similar", "trucks", "truck-000003", "--signal", "speed", "--home", trucks)
    assert done.code == 0, done.err
    assert "an index chooses which to compare" in done.err


def test_names_lead_nowhere_else(trucks: Path) -> None:
    store = IndexStore(trucks)
    path = store.path({"table": "../../etc/passwd", "signal": "..\\x", "m": 3})
    assert path.parent == trucks.absolute() / "indexes"
    index = DeviceIndex(9)
    store.save({"table": "a", "signal": "b", "m": 9}, index, {"table": "other"})
    with pytest.raises(IndexFileError, match="got another one"):
        store.load({"table": "a", "signal": "b", "m": 9})


def test_what_is_refused(trucks: Path, run: Run) -> None:
    words = ["--signal", "vibration", "--home", trucks]
    for device, hint in {"truck-3": "did you mean", "x": "no device"}.items():
        done = run("device", "similar", "trucks", device, *words)
        assert (done.code, hint in done.err) == (1, True)
    done = run("device", "similar", "trucks", "truck-000003", *words, "--window", 2)
    assert (done.code, "at least 3" in done.err) == (2, True)
    done = run("device", "similar", "trucks", "truck-000003", *words, "--engine", "local")
    assert (done.code, "leave out DEVICE" in done.err) == (2, True)
    done = run("device", "index", "trucks", *words, "--device", "truck-000003")
    assert (done.code, "expected all devices" in done.err) == (2, True)
    assert Alike(60).arguments()["share"] == 0.05
