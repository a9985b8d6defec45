"""Runs the command line as its own entry point does, in this process or in one of its own."""

import json
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from motifleet.cli.main import main


@dataclass(frozen=True)
class Result:
    """What a command left: its exit code and what it said."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


Run = Callable[..., Result]


def exit_code_of(work: Callable[[], None]) -> int:
    try:
        work()
    except SystemExit as stop:
        return int(stop.code or 0)
    return 0


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run ``motifleet`` with these words in this process."""

    def run(*words: object) -> Result:
        monkeypatch.setattr(sys, "argv", ["motifleet", *map(str, words)])
        capsys.readouterr()
        code = exit_code_of(main)
        said = capsys.readouterr()
        return Result(code, said.out, said.err)

    return run


@pytest.fixture
def run_alone() -> Run:
    """Run ``motifleet`` with these words in a process of its own."""

    def run(*words: object, **options: Any) -> Result:
        command = [sys.executable, "-m", "motifleet", *map(str, words)]
        done = subprocess.run(command, capture_output=True, text=True, check=False, **options)
        return Result(done.returncode, done.stdout, done.stderr)

    return run


@pytest.fixture
def csv_file(tmp_path: Path) -> Path:
    """Two trucks, 40 reports each, with a row number and one bad cell."""
    rows = ["id,device_id,event_ts,longitude,latitude,event_type,speed"]
    for device in ("truck-1", "truck-2"):
        for minute in range(40):
            speed = (minute * 7) % 11 + (100 if minute == 33 else 0)
            time = f"2026-03-02 08:{minute:02d}:00"
            rows.append(f"{len(rows) - 1},{device},{time},-93.5,42.0,ok,{speed}")
    rows.append("80,truck-1,2026-03-02 09:00:00,-193.5,42.0,ok,5")
    path = tmp_path / "trucks.csv"
    path.write_text("\n".join(rows) + "\n")
    return path


@pytest.fixture
def home(tmp_path: Path, csv_file: Path, run: Run) -> Path:
    """A home whose table ``trucks`` holds that file."""
    home = tmp_path / "home"
    done = run(
        "telemetry", "import", csv_file, "--table", "trucks", "--ignore", "id", "--home", home
    )
    assert done.code == 0, done.err
    return home
