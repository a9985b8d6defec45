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


def test_matches_of_a_window_that_is_cut_from_a_device(
    run: Run, home: Path, tmp_path: Path
) -> None:
    common = ("trucks", "--offline", "--out", tmp_path / "map.html", "--home", home)
    wanted = ("--signal", "speed", "--window", 6, "--count", 2)
    cut = ("--from-device", "truck-1", "--from-start", "2026-03-02T08:30")
    layers = run("map", "findings", *common, *wanted, *cut, "--json").json["layers"]
    assert [(each["layer"], each["count"]) for each in layers] == [
        *(("paths", 2), ("discords", 2), ("matches", 2))
    ]
    # Both trucks have an odd report at 08:33, so the window itself and its twin are the nearest.
    page = (tmp_path / "map.html").read_text(encoding="utf-8")
    assert page.count('"from":1772440200.0') == 2


@pytest.mark.parametrize(
    ("words", "hint"),
    [
        (("--from-device", "truck-1"), "say --from-device and --from-start together"),
        (("--from-start", "2026-03-02T08:04"), "say --from-device and --from-start together"),
        (
            ("--pattern", "1,2,3", "--from-device", "truck-1", "--from-start", "2026-03-02"),
            "say either --pattern, or --from-device with --from-start",
        ),
        (("--from-device", "truck-9", "--from-start", "2026-03-02"), "did you mean"),
        (("--from-device", "truck-1", "--from-start", "noon"), "noon"),
        (
            ("--from-device", "truck-1", "--from-start", "2026-03-02T08:38"),
            "expected 6 reports of 'truck-1'",
        ),
        (("--pattern", "1,two,3"), "expected numbers such as"),
    ],
)
def test_a_window_that_cannot_be_cut_is_said(
    run: Run, home: Path, tmp_path: Path, words: tuple[str, ...], hint: str
) -> None:
    out = tmp_path / "map.html"
    common = ("trucks", "--signal", "speed", "--window", 6, "--home", home, "--out", out)
    done = run("map", "findings", *common, *words)
    assert done.code in (1, 2)
    assert hint in " ".join(done.err.replace("│", " ").split())
    assert not out.exists()


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
