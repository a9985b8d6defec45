"""Commands say what they found, to people and to programs, and the same both ways."""

import json
import signal
import subprocess
import sys
from pathlib import Path
from time import sleep

import pytest
from tests.cli.conftest import Run

from motifleet.app import open_home


def test_import_and_list(home: Path, run: Run) -> None:
    (table,) = (
        t
        for t in run("table", "list", "--home", home, "--json").json["tables"]
        if t["name"] == "trucks"
    )
    assert table["rows"] == 80
    listing = run("table", "list", "--home", home).out
    assert "trucks" in listing
    assert "rejected" in listing


def test_show(home: Path, run: Run) -> None:
    shown = run("table", "show", "trucks", "--home", home, "--json").json
    roles = {column["name"]: column["role"] for column in shown["columns"]}
    assert roles == {
        "device_id": "device",
        "event_ts": "time",
        "longitude": "position",
        "latitude": "position",
        "event_type": "label",
        "speed": "signal",
    }
    assert "bucket(16, device_id)" in run("table", "show", "trucks", "--home", home).out


def test_snapshots(home: Path, run: Run) -> None:
    (snapshot,) = run("table", "snapshots", "trucks", "--home", home, "--json").json["snapshots"]
    assert (snapshot["added_rows"], snapshot["total_rows"], snapshot["parent_id"]) == (80, 80, None)
    assert str(snapshot["id"]) in run("table", "snapshots", "trucks", "--home", home).out


def test_scan(home: Path, run: Run) -> None:
    words = ("table", "scan", "trucks", "--where", "speed >= 100", "--column", "device_id")
    rows = run(*words, "--column", "speed", "--home", home, "--json").json["rows"]
    assert rows == [{"device_id": f"truck-{n}", "speed": 100.0} for n in (1, 2)]
    assert "truck-2" in run(*words, "--home", home).out


def test_scan_as_of_a_snapshot(home: Path, run: Run) -> None:
    (snapshot,) = run("table", "snapshots", "trucks", "--home", home, "--json").json["snapshots"]
    done = run("table", "scan", "trucks", "--as-of", snapshot["id"], "--home", home, "--json")
    assert len(done.json["rows"]) == 20


def test_validate_counts_and_shows_examples(csv_file: Path, run: Run) -> None:
    told = run("telemetry", "validate", csv_file, "--json").json
    assert (told["accepted"], told["rejected"]) == (80, 1)
    assert told["reasons"] == {"longitude out of range": 1}
    assert told["examples"][0]["row"] == 81
    assert any("--ignore id" in hint for hint in told["hints"])
    out = run("telemetry", "validate", csv_file).out
    assert "longitude -193.5 out of range" in out


def test_import_again_says_so(home: Path, csv_file: Path, run: Run) -> None:
    words = ("telemetry", "import", csv_file, "--table", "trucks", "--ignore", "id", "--home", home)
    again = run(*words)
    assert again.code == 0
    assert "already" in again.out


def test_import_of_nothing_but_rejected_rows_fails(tmp_path: Path, run: Run) -> None:
    file = tmp_path / "wrong.csv"
    file.write_text("device_id,event_ts,speed\ntruck-1,soon,1\ntruck-1,later,2\n")
    done = run("telemetry", "import", file, "--table", "t", "--home", tmp_path / "h", "--json")
    assert done.code == 1
    assert done.json["rejected"] == 2


@pytest.mark.parametrize("name", ["fleet.csv", "fleet.parquet", "fleet.jsonl"])
def test_a_simulated_file_comes_in_again(tmp_path: Path, run: Run, name: str) -> None:
    file, home = tmp_path / name, tmp_path / "home"
    simulate = ("telemetry", "simulate", "fleet", "--devices", 2, "--days", 1)
    written = run(*simulate, "--out", file, "--json").json["files"]
    assert written[str(file)] == 2880
    assert len(written) == 2
    done = run("telemetry", "import", file, "--table", "fleet", "--home", home, "--json").json
    assert (done["accepted"], done["rejected"]) == (2880, 0)
    run(*simulate, "--table", "direct", "--home", home)
    scan = ("--limit", 3000, "--home", home, "--json")
    imported, direct = (
        sorted(map(json.dumps, run("table", "scan", table, *scan).json["rows"]))
        for table in ("fleet", "direct")
    )
    assert imported == direct


def test_decimal_commas_are_pointed_out(tmp_path: Path, run: Run) -> None:
    file = tmp_path / "commas.csv"
    file.write_text("device_id;event_ts;speed\na;2026-03-02;0,5\nb;2026-03-02;12,25\n")
    assert "decimal commas" in run("telemetry", "validate", file, "--json").json["hints"][0]


def test_nothing_but_constants_is_said(tmp_path: Path, run: Run) -> None:
    file, home = tmp_path / "flat.csv", tmp_path / "home"
    rows = [f"a,2026-03-02T08:{minute:02d},7" for minute in range(30)]
    file.write_text("\n".join(["device_id,event_ts,speed", *rows]) + "\n")
    run("telemetry", "import", file, "--table", "flat", "--home", home)
    words = ("flat", "--signal", "speed", "-m", 5, "--home", home)
    assert "single value" in run("pattern", "motifs", *words).out


def test_simulate_the_lab_twice(tmp_path: Path, run: Run) -> None:
    words = (
        "telemetry",
        "simulate",
        "lab",
        "--part",
        2,
        "--table",
        "lab",
        "--home",
        tmp_path,
        "--json",
    )
    first, second = (run(*words).json["tables"][0] for _ in range(2))
    assert (first["accepted"], second["accepted"], second["already"]) == (1440, 0, 1440)
    row = run("table", "scan", "lab", "--limit", 1, "--home", tmp_path, "--json").json["rows"][0]
    assert row["iot_failure"] in (0.0, 1.0)


@pytest.mark.parametrize("command", ["motifs", "discords"])
def test_patterns(home: Path, run: Run, command: str) -> None:
    words = ("pattern", command, "trucks", "--signal", "speed", "-m", 6, "-k", 2, "--home", home)
    found = run(*words, "--json").json[command]
    assert len(found) == 2
    assert {"device_id", "event_ts", "distance", "neighbor_ts"} <= set(found[0])
    shown = run(*words).out
    assert found[0]["device_id"] in shown
    assert "Z" in shown


def test_match_by_numbers_and_by_a_cut(home: Path, run: Run) -> None:
    words = ("pattern", "match", "trucks", "--signal", "speed", "--home", home, "--json", "-k", 2)
    by_numbers = run(*words, "--pattern", "6 2 9 5 1 8").json["matches"]
    cut = ("--from-device", "truck-1", "--from-start", "2026-03-02T08:04", "-m", 6)
    by_cut = run(*words, *cut).json["matches"]
    assert by_numbers == by_cut
    assert by_numbers[0]["distance"] < 1e-6


def test_nothing_near_enough_is_said(home: Path, run: Run) -> None:
    words = ("pattern", "match", "trucks", "--signal", "speed", "--pattern", "1 5 2 8 1 9 4")
    done = run(*words, "--max-distance", "0", "--home", home)
    assert done.code == 0
    assert "no matches" in done.out


def test_the_empty_home_says_what_to_do_next(tmp_path: Path, run: Run) -> None:
    assert "telemetry import" in run("table", "list", "--home", tmp_path / "home").out


def test_the_home_is_its_owners_alone(home: Path) -> None:
    assert home.stat().st_mode & 0o077 == 0


def test_what_is_no_number_in_json_is_still_json(tmp_path: Path, run: Run) -> None:
    file, home = tmp_path / "odd.csv", tmp_path / "home"
    file.write_text("device_id,event_ts,v\na,2026-03-02,inf\nb,2026-03-02,-1e999\nc,2026-03-02,5\n")
    run("telemetry", "import", file, "--table", "odd", "--home", home)
    rows = run("table", "scan", "odd", "--home", home, "--json").json["rows"]
    assert sorted(str(row["v"]) for row in rows) == ["-Infinity", "5.0", "Infinity"]


def test_version_and_help(run: Run) -> None:
    assert run("--version").out.startswith("motifleet ")
    for words in ((), ("telemetry",), ("table",), ("pattern",)):
        assert "Usage" in run(*words, "--help").out


def test_ctrl_c_ends_with_a_word_and_leaves_whole_batches(tmp_path: Path) -> None:
    home = tmp_path / "home"
    words = ["telemetry", "simulate", "fleet", "--devices", "600", "--table", "fleet"]
    command = [sys.executable, "-m", "motifleet", *words, "--home", str(home)]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    while process.poll() is None and not list(home.glob("warehouse/*/fleet/data/**/*.parquet")):
        sleep(0.01)
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=120)
    assert process.returncode == 130
    assert "stopped" in said
    assert "Traceback" not in said
    rows = open_home(home).tables.describe("fleet").rows
    assert rows % (3 * 1440) == 0
    assert rows < 600 * 3 * 1440


def test_output_is_clean_in_a_pipe(home: Path, run_alone: Run) -> None:
    done = run_alone("table", "list", "--home", home, "--json")
    assert done.err == ""
    assert json.loads(done.out)["tables"]
    assert "\x1b" not in run_alone("table", "list", "--home", home).out
