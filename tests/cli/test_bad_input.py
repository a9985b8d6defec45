"""Bad input gets one or two helpful lines and the right exit code, never a traceback."""

import json
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from tests.cli.conftest import Result, Run

FAILED, WRONG_USAGE = 1, 2
HEAD = "device_id,event_ts,speed"
GOOD = "truck-1,2026-03-02 08:00:00,50"


def refused(result: Result, code: int, *words: str) -> None:
    """The command failed with a short message that holds these words."""
    said = result.err.lower()
    assert result.code == code, result
    assert "traceback" not in said
    assert len(result.err.strip().splitlines()) <= 3, result.err
    for word in words:
        assert word.lower() in said, result.err


BAD_FILES = {
    "empty.csv": (b"", "empty"),
    "header_only.csv": (HEAD.encode() + b"\n", "expected rows"),
    "sheet.xlsx": (b"PK\x03\x04", ".csv"),
    "binary.csv": (bytes(range(256)) * 40, "binary"),
    "twice.csv": (b"device_id,event_ts,speed,speed\na,2026-03-02,1,2\n", "speed"),
    "no_device.csv": (b"event_ts,speed\n2026-03-02,1\n", "--device-column"),
    "no_time.csv": (b"device_id,speed\ntruck-1,1\n", "--time-column"),
    "not_really.parquet": (b"PAR0 is no Parquet", "parquet"),
}


@pytest.mark.parametrize("name", BAD_FILES)
def test_a_bad_file_is_named_with_what_to_do(tmp_path: Path, run: Run, name: str) -> None:
    content, word = BAD_FILES[name]
    file = tmp_path / name
    file.write_bytes(content)
    home = tmp_path / "home"
    refused(run("telemetry", "import", file, "--table", "t", "--home", home), FAILED, name, word)
    assert run("table", "list", "--home", home, "--json").json == {"tables": []}


def test_a_missing_file(tmp_path: Path, run: Run) -> None:
    done = run("telemetry", "import", tmp_path / "no.csv", "--table", "t", "--home", tmp_path / "h")
    refused(done, FAILED, "no.csv")


def test_ragged_rows_are_kept_apart_and_the_others_land(tmp_path: Path, run: Run) -> None:
    file = tmp_path / "ragged.csv"
    file.write_text(
        f"{HEAD}\n{GOOD}\ntruck-1,2026-03-02 08:01:00\ntruck-1,2026-03-02 08:02:00,1,2\n"
    )
    home = tmp_path / "home"
    done = run("telemetry", "import", file, "--table", "t", "--home", home, "--json")
    assert done.code == 0, done.err
    assert (done.json["accepted"], done.json["rejected"]) == (1, 2)
    kept = run("table", "scan", "rejected", "--home", home, "--json").json["rows"]
    assert [row["row"] for row in kept] == [2, 3]


def test_all_rows_of_an_all_nan_signal(tmp_path: Path, run: Run) -> None:
    file = tmp_path / "nan.csv"
    rows = [f"truck-1,2026-03-02 08:{minute:02d}:00,nan" for minute in range(30)]
    file.write_text("\n".join([HEAD, *rows]) + "\n")
    home = tmp_path / "home"
    run("telemetry", "import", file, "--table", "t", "--signal", "speed", "--home", home)
    done = run("pattern", "motifs", "t", "--signal", "speed", "-m", 5, "--home", home)
    refused(done, WRONG_USAGE, "speed", "nan")


@pytest.mark.parametrize("command", ["motifs", "discords"])
@pytest.mark.parametrize(("window", "code"), [(2, WRONG_USAGE), (41, WRONG_USAGE)], ids=["2", "41"])
def test_a_window_too_short_or_too_long(
    home: Path, run: Run, command: str, window: int, code: int
) -> None:
    done = run("pattern", command, "trucks", "--signal", "speed", "-m", window, "--home", home)
    refused(done, code, str(window))


@pytest.mark.parametrize("pattern", ["1,nan,2", "1,inf,2", "1,2", "", "a,b,c"])
def test_a_bad_pattern(home: Path, run: Run, pattern: str) -> None:
    words = ("pattern", "match", "trucks", "--signal", "speed", "--pattern", pattern)
    done = run(*words, "--home", home)
    assert done.code == WRONG_USAGE
    assert "Traceback" not in done.err


def test_an_unknown_device_names_the_near_miss(home: Path, run: Run) -> None:
    words = ("pattern", "discords", "trucks", "--signal", "speed", "-m", 5, "--device", "truck-11")
    refused(run(*words, "--home", home), FAILED, "truck-11", "did you mean 'truck-1'")


def test_an_unknown_table_names_the_near_miss(home: Path, run: Run) -> None:
    refused(run("table", "show", "truks", "--home", home), FAILED, "did you mean 'trucks'")


def test_an_unknown_signal_names_the_near_miss(home: Path, run: Run) -> None:
    words = ("pattern", "motifs", "trucks", "--signal", "sped", "-m", 5)
    refused(run(*words, "--home", home), FAILED, "did you mean 'speed'")


def test_a_label_is_no_signal(home: Path, run: Run) -> None:
    words = ("pattern", "motifs", "trucks", "--signal", "event_type", "-m", 5)
    refused(run(*words, "--home", home), WRONG_USAGE, "event_type")


def test_an_unknown_snapshot(home: Path, run: Run) -> None:
    refused(run("table", "scan", "trucks", "--as-of", "7", "--home", home), FAILED, "7")


@pytest.mark.parametrize("filter_", ["speed >", "no_such > 3", "speed > 'fast'"])
def test_a_bad_filter(home: Path, run: Run, filter_: str) -> None:
    done = run("table", "scan", "trucks", "--where", filter_, "--home", home)
    assert done.code in (FAILED, WRONG_USAGE)
    refused(done, done.code)


def test_a_bad_time(home: Path, run: Run) -> None:
    done = run("table", "scan", "trucks", "--start", "yesterday", "--home", home)
    refused(done, WRONG_USAGE, "yesterday")


@pytest.mark.parametrize("name", ["Trucks", "a.b", "../x", "a b", ""])
def test_a_bad_table_name(tmp_path: Path, csv_file: Path, run: Run, name: str) -> None:
    done = run("telemetry", "import", csv_file, "--table", name, "--home", tmp_path / "home")
    refused(done, WRONG_USAGE, "table")


def test_a_home_that_cannot_be_made(tmp_path: Path, run: Run) -> None:
    (tmp_path / "file").write_text("")
    refused(run("table", "list", "--home", tmp_path / "file" / "home"), FAILED, "home", "--home")


def test_a_home_that_cannot_be_written_to(tmp_path: Path, run_alone: Run) -> None:
    home = tmp_path / "home"
    home.mkdir()
    home.chmod(stat.S_IRUSR | stat.S_IXUSR)
    if os.geteuid() == 0:
        subprocess.run(["mount", "--bind", home, home], check=True)
        subprocess.run(["mount", "-o", "remount,bind,ro", home], check=True)
    try:
        refused(run_alone("table", "list", "--home", home), FAILED, "home", "--home")
    finally:
        if os.geteuid() == 0:
            subprocess.run(["umount", home], check=True)


def test_a_corrupt_catalog(home: Path, run: Run) -> None:
    (home / "catalog.db").write_bytes(b"this was a catalog" * 500)
    for rest in home.glob("catalog.db-*"):
        rest.unlink()
    refused(run("table", "list", "--home", home), FAILED, "catalog.db")


def test_a_bad_settings_file(tmp_path: Path, run: Run) -> None:
    (tmp_path / "motifleet.toml").write_text("thread = 3\n")
    refused(run("table", "list", "--home", tmp_path), FAILED, "did you mean 'threads'")
    (tmp_path / "motifleet.toml").write_text("threads = \n")
    refused(run("table", "list", "--home", tmp_path), FAILED, "motifleet.toml")
    (tmp_path / "motifleet.toml").write_text("threads = -1\n")
    refused(run("table", "list", "--home", tmp_path), FAILED, "threads", "-1")


def test_a_setting_that_is_no_table(
    tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MOTIFLEET_CATALOG", "postgresql")
    refused(run("table", "list", "--home", tmp_path), FAILED, "catalog")


@pytest.mark.parametrize("step", ["nan", "inf", "0", "-1", "1e-9", "1e300"])
def test_a_step_out_of_bounds(home: Path, run: Run, step: str) -> None:
    words = ("pattern", "motifs", "trucks", "--signal", "speed", "-m", 5, "--step", step)
    refused(run(*words, "--home", home), WRONG_USAGE, "step")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full: run it on Linux")
def test_an_output_that_takes_nothing(home: Path) -> None:
    words = ["table", "scan", "trucks", "--home", str(home)]
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "motifleet", *words],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    refused(Result(done.returncode, "", done.stderr), FAILED, "cannot be written")


def test_a_full_disk(tmp_path: Path, run_alone: Run) -> None:
    home = tmp_path / "home"
    home.mkdir()
    if subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=3m", "tmpfs", home], check=False
    ).returncode:
        pytest.skip(
            "needs the right to mount a tmpfs: run the tests as root, or with `unshare -rm`"
        )
    try:
        simulate = ("telemetry", "simulate", "fleet", "--devices", 120, "--table", "fleet")
        refused(run_alone(*simulate, "--home", home), FAILED, "full", "free")
        left = run_alone("table", "list", "--home", home, "--json")
        rows = {table["name"]: table["rows"] for table in left.json["tables"]}
        assert rows.get("fleet", 0) < 120 * 3 * 1440
        assert rows.get("fleet", 0) % (3 * 1440) == 0, "half a device"
    finally:
        subprocess.run(["umount", home], check=True)


def test_errors_are_json_too(home: Path, run: Run) -> None:
    done = run("table", "show", "truks", "--home", home, "--json")
    error = json.loads(done.err)["error"]
    assert error["type"] == "UnknownTableError"
    assert done.out == ""


@pytest.mark.parametrize(
    "words",
    [
        ("pattern", "match", "trucks", "--signal", "speed"),
        ("telemetry", "simulate", "lab"),
        ("telemetry", "simulate", "moon", "--table", "t"),
        ("table", "scan", "trucks", "--limit", "0"),
        ("no-such-command",),
    ],
    ids=" ".join,
)
def test_wrong_usage(run: Run, words: tuple[str, ...]) -> None:
    done = run(*words)
    assert done.code == WRONG_USAGE
    assert "Traceback" not in done.err
    told = run(*words, "--json")
    assert told.code == WRONG_USAGE
    assert json.loads(told.err)["error"]["type"] == "UsageError"
