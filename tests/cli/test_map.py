"""``motifleet map`` as a person and as a program runs it."""

from pathlib import Path

import pytest
from tests.cli.conftest import Run

YARD = "yard\tPOLYGON ((-94 41, -93 41, -93 43, -94 43, -94 41))\n"


def test_reports_with_fences(run: Run, home: Path, tmp_path: Path) -> None:
    fences, out = tmp_path / "yards.tsv", tmp_path / "trucks.html"
    fences.write_text(YARD)
    wanted = ("map", "reports", "trucks", "--offline", "--home", home)
    told = run(*wanted, "--fences", fences, "--out", out, "--json").json
    assert told == {
        "map": str(out),
        "bytes": out.stat().st_size,
        "layers": [
            {"layer": "fences", "style": "fences", "count": 1},
            {"layer": "reports", "style": "markers", "count": 80},
        ],
        "remarks": [],
    }
    said = run(*wanted, "--as", "cells", "--out", out)
    assert "cells" in said.out
    assert f"map: {out} (0." in said.out
    assert "which fits the area" in said.err


def test_paths_and_findings(run: Run, home: Path, tmp_path: Path) -> None:
    common = ("trucks", "--offline", "--out", tmp_path / "map.html", "--home", home, "--json")
    layers = run("map", "paths", *common, "--device", "truck-1").json["layers"]
    assert layers == [{"layer": "paths", "style": "paths", "count": 1}]
    wanted = ("--signal", "speed", "--window", 5, "--count", 2, "--pattern", "0,7,3,10,6")
    layers = run("map", "findings", *common, *wanted, "--over", "reports").json["layers"]
    assert [(each["layer"], each["count"]) for each in layers] == [
        *(("reports", 80), ("discords", 2), ("matches", 2))
    ]


@pytest.mark.parametrize(
    ("words", "hint"),
    [
        (("--as", "dots"), "expected reports drawn as markers, clusters, cells, got 'dots'"),
        (("--color", "speed"), "no column 'speed'"),
        (("--start", "2030-01-01"), "but none is selected"),
        (("--tiles", "nowhere"), "expected a provider of tiles"),
        (("--device", "truck-9"), "did you mean"),
        (("--out", "nowhere/map.html"), "cannot be written"),
    ],
)
def test_what_cannot_be_drawn_is_said(
    run: Run, home: Path, tmp_path: Path, words: tuple[str, str], hint: str
) -> None:
    out = tmp_path / "map.html"
    done = run("map", "reports", "trucks", "--home", home, "--out", out, *words)
    assert done.code in (1, 2)
    assert hint in done.err
    assert not out.exists()
