"""A file lands once and whole, whatever happens on the way; nothing is dropped in silence."""

import json
import os
import signal
import subprocess
import sys
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from time import sleep

import pytest

from motifleet.app import Motifleet, Simulation, open_home, validate_file
from motifleet.errors import InvalidArgumentError, ReadError, SchemaConflictError
from motifleet.telemetry import ColumnMapping

GOOD, BAD = 88, 2


def rows(fleet: Motifleet, table: str) -> int:
    return fleet.tables.describe(table).rows


def test_accepted_rows_land_and_the_others_are_kept_with_their_reasons(
    fleet: Motifleet, file: Path
) -> None:
    result = fleet.import_file(file, "trucks")
    assert (result.accepted, result.already, result.rejected) == (GOOD, 0, BAD)
    assert rows(fleet, "trucks") == GOOD
    kept = fleet.scan("rejected").sort_by("row").to_pylist()
    assert [row["row"] for row in kept] == [10, 20]
    assert "no device" in kept[0]["reason"]
    assert "'fast'" in kept[1]["reason"]
    assert {row["table"] for row in kept} == {"trucks"}
    assert {row["source"] for row in kept} == {"trucks.csv"}
    assert json.loads(kept[1]["report"])["speed"] == "fast"


def test_a_file_rejected_from_two_tables_is_kept_for_both(fleet: Motifleet, file: Path) -> None:
    for table in ("one", "two"):
        assert fleet.import_file(file, table).rejected == BAD
    kept = Counter(fleet.scan("rejected")["table"].to_pylist())
    assert kept == {"one": BAD, "two": BAD}


def test_a_simulation_never_doubles_reports(fleet: Motifleet) -> None:
    fleet.simulate(Simulation("fleet", devices=2, days=1), "fleet")
    with pytest.raises(InvalidArgumentError, match="choose another table"):
        fleet.simulate(Simulation("fleet", devices=2, days=1, seed=9), "fleet")
    assert rows(fleet, "fleet") == 2 * 1440
    with pytest.raises(InvalidArgumentError, match="rejected"):
        fleet.simulate(Simulation("lab"), "rejected")


def test_the_same_file_again_changes_nothing(fleet: Motifleet, file: Path) -> None:
    fleet.import_file(file, "trucks")
    before = fleet.tables.snapshots("trucks"), fleet.tables.snapshots("rejected")
    again = fleet.import_file(file, "trucks")
    assert (again.accepted, again.already, again.rejected) == (0, GOOD, BAD)
    assert (fleet.tables.snapshots("trucks"), fleet.tables.snapshots("rejected")) == before


def test_rows_that_the_table_has_from_another_file_are_rejected(
    fleet: Motifleet, file: Path, tmp_path: Path
) -> None:
    fleet.import_file(file, "trucks")
    longer = tmp_path / "longer.csv"
    longer.write_text(file.read_text() + "truck-1,2026-03-02T09:00Z,7\n")
    result = fleet.import_file(longer, "trucks")
    assert (result.accepted, result.rejected) == (1, GOOD + BAD)
    assert result.reasons["device and time are in the table already"] == GOOD
    assert rows(fleet, "trucks") == GOOD + 1


def test_many_small_batches_land_as_one_big_one_would(
    file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MOTIFLEET_BATCH_ROWS", "7")
    with open_home(tmp_path / "small").tables as tables:
        fleet = open_home(tmp_path / "small")
        result = fleet.import_file(file, "trucks")
        assert (result.accepted, result.rejected) == (GOOD, BAD)
        assert len(tables.snapshots("trucks")) == 13
        assert fleet.import_file(file, "trucks").already == GOOD


def test_two_imports_of_one_file_at_once_land_it_once(file: Path, tmp_path: Path) -> None:
    home = tmp_path / "home"

    def land(_: int) -> int:
        return open_home(home).import_file(file, "trucks").accepted

    with ThreadPoolExecutor(4) as threads:
        assert sum(threads.map(land, range(4))) == GOOD
    assert rows(open_home(home), "trucks") == GOOD


def test_an_import_killed_on_the_way_is_finished_by_the_next(tmp_path: Path) -> None:
    home, file = tmp_path / "home", tmp_path / "many.csv"
    lines = [f"truck-{n % 40},{1_750_000_000 + n},{n}" for n in range(40_000)]
    file.write_text("device_id,event_ts,speed\n" + "\n".join(lines) + "\n")
    command = [sys.executable, "-m", "motifleet", "telemetry", "import", str(file)]
    command += ["--table", "trucks", "--home", str(home)]
    environment = os.environ | {"MOTIFLEET_BATCH_ROWS": "1000"}
    process = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE)
    while process.poll() is None and len(list(home.glob("warehouse/**/*.parquet"))) < 8:
        sleep(0.01)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    fleet = open_home(home)
    landed = rows(fleet, "trucks")
    assert landed % 1000 == 0
    assert landed < 40_000, "the import was over before it could be killed"
    subprocess.run(command, env=environment, check=True, capture_output=True)
    assert rows(fleet, "trucks") == 40_000
    assert len(set(fleet.scan("trucks", columns=["speed"])["speed"].to_pylist())) == 40_000


def test_a_new_signal_becomes_a_column(fleet: Motifleet, file: Path, tmp_path: Path) -> None:
    fleet.import_file(file, "trucks")
    more = tmp_path / "more.csv"
    more.write_text("device_id,event_ts,speed,oil\ntruck-1,2026-03-03,1,2\n")
    fleet.import_file(more, "trucks")
    oil = fleet.scan("trucks", columns=["oil"])["oil"]
    assert (len(oil), oil.null_count) == (GOOD + 1, GOOD)


def test_a_signal_that_was_a_label_is_a_conflict(
    fleet: Motifleet, file: Path, tmp_path: Path
) -> None:
    fleet.import_file(file, "trucks")
    other = tmp_path / "other.csv"
    other.write_text("device_id,event_ts,speed\ntruck-1,2026-03-03,1\n")
    with pytest.raises(SchemaConflictError, match="speed"):
        fleet.import_file(other, "trucks", mapping=ColumnMapping(labels=("speed",)))


def test_a_check_lands_nothing_and_says_what_an_import_would(
    file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    check = validate_file(file)
    assert (check.accepted, check.rejected) == (GOOD, BAD)
    assert check.columns == {"device_id": "device", "event_ts": "time", "speed": "signal"}
    assert [example["row"] for example in check.examples] == [10, 20]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["trucks.csv"]


def test_the_table_of_rejected_rows_takes_no_reports(fleet: Motifleet, file: Path) -> None:
    with pytest.raises(InvalidArgumentError, match="rejected"):
        fleet.import_file(file, "rejected")
    assert fleet.tables.list() == []


def test_a_missing_file_makes_no_table(fleet: Motifleet, tmp_path: Path) -> None:
    with pytest.raises(ReadError, match=r"no\.csv"):
        fleet.import_file(tmp_path / "no.csv", "trucks")
    assert fleet.tables.list() == []
