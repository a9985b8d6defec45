"""``motifleet pattern``: the functions of the matrix profile, over tables and files."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq
import pytest
from tests.cli.conftest import Run

from motifleet import matrixprofile, open_home
from motifleet.types import FleetSeries

M = 40


@pytest.fixture
def reports(tmp_path: Path) -> Path:
    """Two trucks of 300 reports and one of 10: a shape that comes back, a fault, a level."""
    rng = np.random.default_rng(8)
    shape = 4 * np.hanning(M)
    rows = ["device_id,event_ts,speed,load"]
    for device, reports in (("truck-1", 300), ("truck-2", 300), ("truck-3", 10)):
        speed, load = rng.normal(size=(2, reports))
        for start in (30, 200):
            speed[start : start + M] += shape[: max(reports - start, 0)]
            load[start : start + M] += shape[: max(reports - start, 0)]
        if device == "truck-2":
            speed[120:160] += 12
        for minute in range(reports):
            time = f"2026-03-02 {8 + minute // 60:02d}:{minute % 60:02d}:00"
            rows.append(f"{device},{time},{speed[minute]:.4f},{load[minute]:.4f}")
    path = tmp_path / "trucks.csv"
    path.write_text("\n".join(rows) + "\n")
    return path


@pytest.fixture
def table(reports: Path, tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("MOTIFLEET_HOME", str(tmp_path / "home"))
    done = run("telemetry", "import", reports, "--table", "trucks")
    assert done.code == 0, done.err
    return "trucks"


@pytest.fixture
def fleet(table: str) -> FleetSeries:
    return open_home().fleet_series(table, "speed")


SIGNAL = ("--signal", "speed", "-m", str(M))
PAIR = ("--device", "truck-1", "--device", "truck-2")
COMMANDS: dict[str, tuple[str, ...]] = {
    "profile": SIGNAL,
    "motifs": SIGNAL,
    "discords": SIGNAL,
    "match": ("--signal", "speed", "--pattern", "0 1 3 4 3 1 0"),
    "join": (*SIGNAL, *PAIR),
    "mpdist": (*SIGNAL, *PAIR),
    "multidimensional": (*SIGNAL, "--signal", "load", "--device", "truck-1"),
    "motif-sets": SIGNAL,
    "segment": (*SIGNAL, "--zone", "1"),
    "snippets": SIGNAL,
    "anomalies": SIGNAL,
    "consensus-motif": SIGNAL,
    "variable-discords": ("--signal", "speed", "--shortest", "30", "--longest", "40", "--by", "5"),
}


@pytest.mark.parametrize("command", COMMANDS)
def test_a_table_and_its_file_say_the_same(
    command: str, table: str, reports: Path, run: Run
) -> None:
    words = COMMANDS[command]
    of_table = run("pattern", command, table, *words, "--json")
    of_file = run("pattern", command, reports, *words, "--json")
    assert (of_table.code, of_file.code) == (0, 0), (of_table.err, of_file.err)
    assert of_table.json == of_file.json
    assert any(of_table.json.values())
    told = run("pattern", command, table, *words)
    assert told.code == 0
    assert told.out.strip()


def found(run: Run, command: str, table: str) -> Any:
    return run("pattern", command, table, *COMMANDS[command], "--json").json


def plain(findings: Any) -> Any:
    return json.loads(json.dumps([each.to_dict() for each in findings]))


def test_commands_find_what_python_finds(table: str, fleet: FleetSeries, run: Run) -> None:
    one, other, _ = fleet
    join = matrixprofile.ab_join(one, other, M)
    told = found(run, "join", table)
    assert (told["motifs"], told["discords"]) == (plain(join.motifs(5)), plain(join.discords(5)))
    sets = matrixprofile.motif_sets(fleet, M)
    assert found(run, "motif-sets", table)["motif_sets"] == plain(sets)
    assert found(run, "mpdist", table)["distance"] == matrixprofile.mpdist(one, other, M)
    anomalies = matrixprofile.fleet_anomalies(fleet, M, k=5)
    assert found(run, "anomalies", table)["anomalies"] == plain(anomalies)
    assert anomalies[0].device_id == "truck-2"
    boundaries = [
        each
        for _, result in matrixprofile.per_device(fleet, matrixprofile.segment, M, zone=1)
        for each in result.boundaries(1)
    ]
    assert found(run, "segment", table)["boundaries"] == plain(boundaries)
    discords = matrixprofile.variable_discords(fleet, range(30, 41, 5), k=5).best(5)
    assert found(run, "variable-discords", table)["discords"] == plain(discords)
    consensus = matrixprofile.consensus_motif(fleet, M)
    assert found(run, "consensus-motif", table)["passed_over"] == list(consensus.passed_over)


def test_several_signals(table: str, run: Run) -> None:
    words = ("--include", "load", "--dimensions", "1", "--farthest")
    told = run(
        "pattern", "multidimensional", table, *COMMANDS["multidimensional"], *words, "--json"
    )
    assert told.json["motifs"][0]["channels"] == ["load"]
    (first, *_) = found(run, "multidimensional", table)["motifs"]
    assert sorted(first["channels"]) == ["load", "speed"]
    assert abs(first["index"] - 30) < 10


def test_profiles_are_written_and_drawn(table: str, tmp_path: Path, run: Run) -> None:
    out, plot = tmp_path / "profile.parquet", tmp_path / "profile.html"
    words = ("--plain", "--share", "0.5", "--out", out, "--plot", plot)
    told = run("pattern", "profile", table, *SIGNAL, *words)
    assert told.code == 0, told.err
    assert pq.read_table(out).num_rows == 2 * (300 - M + 1)
    assert "plotly" in plot.read_text()
    assert "truck-1" in told.out


def test_part_of_a_file(reports: Path, run: Run) -> None:
    words = (
        *SIGNAL,
        "--device",
        "truck-2",
        "--start",
        "2026-03-02T09:00",
        "--end",
        "2026-03-02T12:00",
    )
    told = run("pattern", "profile", reports, *words, "--json")
    (profile,) = told.json["profiles"]
    assert profile["device_id"] == "truck-2"
    assert len(profile["distances"]) == 180 - M + 1


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("join", *SIGNAL), "--device 2 times, got 0"),
        (("mpdist", *SIGNAL, *PAIR, "--device", "truck-3"), "--device 2 times, got 3"),
        (("multidimensional", *SIGNAL, *PAIR), "--device once, got 2"),
        (("profile", *SIGNAL, "--where", "load > 1"), "import the file into a table first"),
        (("motifs", *SIGNAL, "--as-of", "1"), "import the file into a table first"),
        (("profile", *SIGNAL, "--device", "truck-9"), "no device 'truck-9'"),
        (("segment", "--signal", "sped"), "no column 'sped': did you mean 'speed'?"),
    ],
)
def test_what_is_wrong_is_said(
    reports: Path, run: Run, words: tuple[str, ...], sentence: str
) -> None:
    command, *others = words
    done = run("pattern", command, reports, *others)
    assert done.code != 0
    assert sentence in " ".join(done.err.replace("│", " ").split())
