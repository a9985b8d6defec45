"""Maps of tables: what is drawn by its number, findings where they were, clear refusals."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from motifleet.app import Motifleet, Selection, Simulation, open_home
from motifleet.errors import InvalidArgumentError, UnknownColumnError, UnknownTableError
from motifleet.geo import us_states
from motifleet.matrixprofile import Place
from motifleet.telemetry import sample_path

RUNNING = Selection(where="vibration > 0")


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Motifleet]:
    """A simulated fleet, and the real flights: 43,200 and 139,098 reports."""
    home = open_home(tmp_path_factory.mktemp("maps") / "home")
    with home.tables:
        home.simulate(Simulation("fleet", devices=30, days=1), "fleet")
        home.import_file(sample_path("flights"), "flights")
        yield home


def test_reports_are_drawn_by_their_number(home: Motifleet) -> None:
    one = home.geo.map("fleet", selection=Selection(devices=("truck-000003",)), offline=True)
    assert [(each.style, each.count) for each in one.drawn] == [("markers", 1440)]
    assert one.remarks == []
    all_of_them = home.geo.map("fleet", offline=True)
    assert [(each.style, each.count) for each in all_of_them.drawn] == [("clusters", 30 * 1440)]
    assert all_of_them.remarks == [
        "43,200 reports are clustered (up to 5,000 are drawn as markers)"
    ]
    flights = home.geo.map("flights", offline=True)
    assert flights.drawn[0].style == "cells"
    assert "139,098 reports are counted in H3 cells" in " ".join(flights.remarks)


def test_the_user_decides_otherwise(home: Motifleet) -> None:
    drawing = home.geo.map("fleet", style="cells", resolution=3, color="manufacturer", offline=True)
    cells = home.geo.cells("fleet", 3)
    assert [(each.style, each.count) for each in drawing.drawn] == [("cells", cells.num_rows)]
    assert drawing.remarks == [
        "cells are coloured by how many reports they hold, not by 'manufacturer'"
    ]
    finer = home.geo.map("fleet", style="clusters", resolution=3, offline=True)
    assert finer.remarks == ["the resolution is of cells, which are not drawn"]


def test_findings_lie_where_their_devices_were(home: Motifleet) -> None:
    question = ("fleet", "engine_temperature", 60)
    discords = home.discords(*question, k=4, selection=RUNNING)
    motifs = home.motifs(*question, k=2, selection=RUNNING)
    drawing = home.geo.map(
        "fleet",
        layers=["paths"],
        findings=[*discords, *motifs],
        fences=us_states(),
        selection=RUNNING,
        offline=True,
    )
    assert [(each.layer, each.count) for each in drawing.drawn][2:] == [
        *(("discords", 4), ("motifs", 4))
    ]
    layer = drawing._layers[2]
    told = layer.data(drawing.frame)
    for found, shown in zip(discords, told["found"], strict=True):
        assert found.event_ts is not None
        assert (shown["device"], shown["from"]) == (found.device_id, found.event_ts.timestamp())
        assert (shown["m"], len(shown["values"])) == (60, 60)
        start = Selection(devices=(str(found.device_id),), start=found.event_ts)
        first = home.scan("fleet", selection=start).sort_by("event_ts").slice(0, 1).to_pylist()[0]
        assert shown["values"][0] == pytest.approx(first["engine_temperature"], rel=1e-4)


def test_what_cannot_be_drawn_is_refused(home: Motifleet) -> None:
    draw = home.geo.map
    with pytest.raises(InvalidArgumentError, match="with a position to draw, but none is selected"):
        draw("fleet", selection=Selection(start="2030-01-01"))
    with pytest.raises(InvalidArgumentError, match="with a position to draw, but none is selected"):
        draw("fleet", layers=["paths"], selection=Selection(start="2030-01-01"))
    with pytest.raises(InvalidArgumentError, match="layers of reports, paths, got 'heat'"):
        draw("fleet", layers=["heat"])
    with pytest.raises(InvalidArgumentError, match="fences or findings to draw, got none"):
        draw("fleet", layers=[])
    with pytest.raises(InvalidArgumentError, match="a gap above 0 seconds, got 0"):
        draw("fleet", layers=["paths"], max_gap=0)
    with pytest.raises(UnknownColumnError, match="no column 'manufacturr': did you mean"):
        draw("fleet", color="manufacturr")
    with pytest.raises(UnknownTableError):
        draw("flet")


def test_findings_of_another_kind_or_without_a_time_are_refused(home: Motifleet) -> None:
    place: Any = Place("a", "speed", 0, None, 3)
    with pytest.raises(InvalidArgumentError, match=r"discords, matches or motifs .* got Place"):
        home.geo.map("fleet", findings=[place])
    found = home.match([54.0, 53, 52, 51], "flights", "groundspeed", k=1)
    with pytest.raises(InvalidArgumentError, match="with a device, a signal and a time"):
        home.geo.map("flights", findings=[replace(found[0], event_ts=None)])


def test_discords_against_the_fleet_are_a_layer_of_their_own(home: Motifleet) -> None:
    own = home.discords("fleet", "speed", 30, k=3)
    others = home.discords("fleet", "speed", 30, against="fleet", k=2)
    drawing = home.geo.map("fleet", layers=[], findings=[*own, *others], offline=True)
    assert [(each.layer, each.count) for each in drawing.drawn] == [
        ("discords", 3),
        ("discords against the fleet", 2),
    ]


def test_reports_without_any_position_are_named(fleet: Motifleet, tmp_path: Path) -> None:
    path = tmp_path / "lost.csv"
    path.write_text(
        "device_id,event_ts,longitude,latitude,speed\n"
        "a,2026-03-02T08:00Z,,,1\na,2026-03-02T08:01Z,8.5,47.4,2\nb,2026-03-02T08:01Z,,,2\n"
    )
    fleet.import_file(path, "lost")
    drawing = fleet.geo.map("lost", offline=True)
    assert drawing.remarks == ["2 of 3 reports have no position"]
    assert fleet.geo.map("lost", style="cells", resolution=4).remarks == drawing.remarks
    with pytest.raises(InvalidArgumentError, match="all 1 selected ones lack it"):
        fleet.geo.map("lost", selection=Selection(devices=("b",)))
