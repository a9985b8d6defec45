"""``motifleet geo`` as a person and as a program runs it."""

from pathlib import Path

import pytest
from tests.cli.conftest import Run

YARD = "yard\tPOLYGON ((-94 41, -93 41, -93 43, -94 43, -94 41))\n"


@pytest.fixture
def yards(tmp_path: Path) -> Path:
    path = tmp_path / "yards.tsv"
    path.write_text(YARD)
    return path


def test_locate_by_fence_device_and_report(run: Run, home: Path, yards: Path) -> None:
    common = ("trucks", "--home", home, "--json")
    states = run("geo", "locate", *common).json
    assert states == {"located": [{"fence": "Iowa", "reports": 80, "devices": 2}], "total": 1}
    devices = run("geo", "locate", *common, "--by", "device", "--fences", yards).json["located"]
    assert [(row["device_id"], row["fence"]) for row in devices] == [
        *[("truck-1", "yard"), ("truck-2", "yard")]
    ]
    reports = run("geo", "locate", *common, "--by", "report", "--limit", 3).json
    assert (len(reports["located"]), reports["total"]) == (3, 80)
    assert run("geo", "locate", *common, "--by", "colour").code == 2


def test_a_person_sees_degrees_to_the_metre_and_how_many_more(run: Run, home: Path) -> None:
    done = run("geo", "locate", "trucks", "--by", "report", "--limit", 2, "--home", home)
    assert "-93.50000" in done.out
    assert "2 of 80 rows: --limit shows more" in done.err


def test_fences_are_listed_and_repairs_are_said(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "open.wkt"
    path.write_text("POLYGON ((0 0, 1 0, 1 1))")
    done = run("geo", "fences", path)
    assert "open 1" in done.out
    assert "an open ring was closed" in done.err
    told = run("geo", "fences", path, "--json").json
    assert told["repairs"] == ["fence 'open 1': an open ring was closed"]
    assert told["fences"][0]["north"] == 1
    assert len(run("geo", "fences", "--json").json["fences"]) == 56


def test_visits_and_events(run: Run, home: Path, yards: Path) -> None:
    wanted = ("trucks", "--fences", yards, "--home", home, "--json")
    visits = run("geo", "visits", *wanted).json["visits"]
    assert [(visit["entered"], visit["dwell_s"]) for visit in visits] == [(False, 39 * 60)] * 2
    assert run("geo", "events", *wanted).json == {"events": [], "total": 0}
    said = run("geo", "events", "trucks", "--home", home)
    assert "no device entered or left" in said.out
    gone = run("geo", "visits", *wanted, "--fence", "yrd")
    assert (gone.code, "did you mean 'yard'" in gone.err) == (2, True)


def test_near(run: Run, home: Path, tmp_path: Path) -> None:
    common = ("--home", home, "--json")
    within = run("geo", "within", "trucks", "--point", "-93.5,42.001", "--metres", 112, *common)
    assert within.json["total"] == 80
    near = run("geo", "nearest", "trucks", "--point", "-93.5,42.001", "-k", 1, *common).json
    assert near["nearest"][0]["distance_m"] == pytest.approx(111.06, abs=0.05)
    depots = tmp_path / "depots.csv"
    depots.write_text("name,longitude,latitude\nA,-93,42\nB,-94,42\n")
    each = run("geo", "nearest", "trucks", "--points", depots, "--ever", *common).json["nearest"]
    assert [row["point"] for row in each] == ["A", "A", "B", "B"]
    assert run("geo", "box", "trucks", "--box", "-94,41,-93,43", *common).json["total"] == 80
    assert run("geo", "box", "trucks", "--box", "170,41,-170,43", *common).json["total"] == 0
    along = run("geo", "along", "trucks", "--route", "-94 42, -93 42", *common).json
    assert along["total"] == 80
    assert run("geo", "nearest", "trucks", *common).code == 2


def test_motion_and_cells(run: Run, home: Path) -> None:
    common = ("trucks", "--home", home, "--json")
    assert run("geo", "trips", *common).json == {"trips": [], "total": 0}
    stops = run("geo", "stops", *common, "--device", "truck-1").json["stops"]
    assert [(stop["duration_s"], stop["reports"]) for stop in stops] == [(39 * 60, 40)]
    assert run("geo", "distance", *common).json["devices"][0]["distance_m"] == 0
    cells = run("geo", "cells", *common, "--resolution", 7, "--signal", "speed").json["cells"]
    assert [(cell["reports"], cell["devices"]) for cell in cells] == [(80, 2)]
    assert cells[0]["mean_speed"] > 0
    assert "no trips" in run("geo", "trips", "trucks", "--home", home).out


def test_sql(run: Run, home: Path, yards: Path) -> None:
    query = "select count(*) as n from trucks t join fences f on ST_Covers(f.geom, t.geom)"
    done = run("geo", "sql", query, "--fences", yards, "--home", home, "--json")
    assert done.json == {"rows": [{"n": 80}], "total": 1}
    one = run("geo", "sql", "select * from trucks", "--device", "truck-1", "--home", home, "--json")
    assert one.json["total"] == 40


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["sql", "select * from '/etc/passwd'"], "expected a table to read from"),
        (["sql", "drop table trucks"], "begins with SELECT"),
        (["within", "trucks", "--point", "42,-93.5", "--metres", "5"], "axes look swapped"),
        (
            ["within", "trucks", "--point", "here", "--metres", "5"],
            "longitude, latitude as numbers",
        ),
        (["box", "trucks", "--box", "1,2,3"], "west, south, east, north as numbers"),
        (["along", "trucks", "--route", "nowhere"], "expected a route such as"),
        (["nearest", "trucks", "--points", "nowhere.csv"], "expected nowhere.csv as CSV"),
        (["locate", "trucks", "--fences", "nowhere.tsv"], "cannot be read: No such file"),
        (["trips", "trucks", "--min-trip", "0"], "expected min_trip above 0"),
        (["events", "trucks", "--max-gap", "-5"], "a gap above 0 seconds"),
        (["cells", "trucks", "--resolution", "16"], "resolution from 0 to 15"),
    ],
)
def test_a_wrong_request_is_one_clear_error(
    run: Run, home: Path, words: list[str], said: str
) -> None:
    done = run("geo", *words, "--home", home)
    assert done.code == 2
    assert said in done.err
    assert "Traceback" not in done.err
