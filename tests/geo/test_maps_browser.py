"""Maps in a real browser: what is drawn is counted, pop-ups opened, nothing asked outside."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from selenium.webdriver.common.by import By
from tests.geo.browser import Browser, opened

from motifleet.geo import FleetMap, Window, cells, fences_from_wkt
from motifleet.geo.maps.colors import PALETTE

START = datetime(2026, 3, 2, 8, tzinfo=UTC)
EVENTS = ["ok", "ok", "ok", "breakdown", "low_tank"]
LAND = [248, 246, 241, 255]
PIXEL = (
    b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00\x1f\x15"
    b"\xc4\x89\x00\x00\x00\rIDATx\x9cc\xf8\xcf\xc0\xf0\x1f\x00\x05\x00\x01\xff\x89\x99=\x1d\x00\x00"
    b"\x00\x00IEND\xaeB`\x82"
)


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    with opened(tmp_path_factory.mktemp("browser")) as browser:
        yield browser


def fleet(rows: int, west: float = -94.0, names: str = "truck-{}") -> pa.Table:
    """Reports on a grid in Iowa, five devices in turn, a minute between them."""
    side = int(np.ceil(np.sqrt(rows)))
    place = np.arange(rows)
    columns: dict[str, Any] = {
        "device_id": [names.format(n % 5) for n in place.tolist()],
        "event_ts": pa.array(
            [START + timedelta(minutes=n) for n in place.tolist()], pa.timestamp("us", "UTC")
        ),
        "longitude": west + (place % side) / side,
        "latitude": 41.0 + (place // side) / side,
        "manufacturer": ["Brightwater"] * rows,
        "event_type": [EVENTS[n % 5] for n in place.tolist()],
        "speed": 61234.5 + place,
        "tank_level": [None] * rows,
    }
    table = pa.table(columns)
    at = table.column_names.index("tank_level")
    return table.set_column(at, "tank_level", table["tank_level"].cast(pa.float64()))


def rgb(color: str) -> list[int]:
    return [int(color[at : at + 2], 16) for at in (1, 3, 5)]


def closed(browser: Browser) -> None:
    """Nothing was asked for but the page itself, and nothing went wrong."""
    asked = browser.requests()
    assert asked
    assert [each for each in asked if not each.startswith(("file:///", "data:"))] == []
    assert browser.complaints() == []


def test_markers_are_drawn_in_the_colours_of_the_legend(browser: Browser) -> None:
    drawing, reports = FleetMap("trucks", offline=True), fleet(100)
    drawing.reports(reports)
    browser.open(drawing)
    assert browser.run("return layer('reports').getLayers().length") == 100
    assert browser.texts(".mf-entry") == ["ok\n60", "breakdown\n20", "low tank\n20"]
    for row in (0, 3, 4):
        place = reports["latitude"][row].as_py(), reports["longitude"][row].as_py()
        color = PALETTE[max(row - 2, 0)]
        assert browser.color_at(*place)[:3] == pytest.approx(rgb(color), abs=25)
    closed(browser)


def test_a_click_tells_of_the_report(browser: Browser) -> None:
    drawing, reports = FleetMap("trucks", offline=True), fleet(25)
    drawing.reports(reports)
    browser.open(drawing)
    browser.click_at(reports["latitude"][13].as_py(), reports["longitude"][13].as_py())
    assert browser.popup().splitlines() == [
        "truck-3",
        "time 2026-03-02 08:13:00Z",
        "manufacturer Brightwater",
        "event type breakdown",
        "speed 61,248",
        "latitude, longitude 41.40000, -93.40000",
    ]


def test_clusters_add_up_and_open(browser: Browser) -> None:
    drawing = FleetMap("trucks", offline=True)
    drawing.reports(fleet(6_000))
    assert drawing.drawn[0].style == "clusters"
    browser.open(drawing)
    browser.until(lambda: browser.run(_SHOWN) == 6_000)
    assert browser.run("return layer('reports').getLayers().length") == 6_000
    before = browser.run("return map.getZoom()")
    browser.click(".mf-cluster")
    browser.until(lambda: browser.run("return map.getZoom()") > before)
    closed(browser)


def test_many_reports_at_one_place_are_summed_up(browser: Browser) -> None:
    reports = fleet(60)
    for name in ("longitude", "latitude"):
        at = reports.column_names.index(name)
        reports = reports.set_column(at, name, pa.array([41.0 if name[1] == "a" else -93.0] * 60))
    drawing = FleetMap("trucks", offline=True)
    drawing.reports(reports, style="clusters")
    browser.open(drawing)
    browser.until(lambda: browser.texts(".mf-cluster"))
    browser.click(".mf-cluster")
    said = browser.popup()
    assert said.startswith("60 reports at one place\ndevices 5\nfrom 2026-03-02 08:00:00Z")
    assert said.endswith("ok 36\nbreakdown 12\nlow tank 12")


def test_cells_are_hexagons_with_counts(browser: Browser) -> None:
    counted = cells([fleet(400)], 5, signals=["speed"])
    drawing = FleetMap("trucks", offline=True)
    drawing.cells(counted)
    browser.open(drawing)
    assert browser.run("return layer('cells').getLayers().length") == counted.num_rows
    row = counted.slice(0, 1).to_pylist()[0]
    browser.click_at(row["latitude"], row["longitude"])
    said = browser.popup()
    assert said.startswith(f"{row['reports']} reports\ndevices {row['devices']}\nmean speed 61,")
    assert said.endswith(f"H3 cell {row['cell']}")
    closed(browser)


def test_the_clock_shows_who_was_where(browser: Browser) -> None:
    drawing = FleetMap("trucks", offline=True)
    drawing.paths(fleet(100))
    browser.open(drawing)
    heads = "return layer('paths').getLayers().filter((each) => each.getRadius).length"
    lines = "return layer('paths').getLayers().filter((each) => each.mfPiece && !each.getRadius)"
    assert browser.run(lines + ".length") == 5
    assert browser.run(heads) == 5
    browser.run(_SLIDE, 1000)
    assert browser.texts(".mf-clock output") == ["2026-03-02 09:39:00Z"]
    assert browser.run(heads) == 1  # only the last device had not yet sent its last report
    browser.run(_SLIDE, 500)
    browser.click(".mf-clock button")
    now = browser.texts(".mf-clock output")
    browser.until(lambda: browser.texts(".mf-clock output") != now)
    browser.click(".mf-clock button")
    closed(browser)


def test_findings_are_numbered_and_show_their_values(browser: Browser) -> None:
    reports, drawing = fleet(100), FleetMap("trucks", offline=True)
    values = np.array([1.0, 5.0, np.nan, 2.0])
    window = partial(Window, signal="tank_level", values=values, distance=3.14159265)
    hour = timedelta(hours=1)
    found = [
        window(rank, f"truck-{rank}", start=START + rank * hour / 9, end=START + hour)
        for rank in (1, 2, 3)
    ]
    drawing.paths(reports)
    drawing.findings("discord", found[:2], reports)
    drawing.findings("match", found[2:], reports)
    browser.open(drawing)
    assert browser.texts(".mf-finding") == ["1", "2", "3"]
    assert browser.texts(".leaflet-control-layers label") == [
        *("boundaries", "paths", "discords", "matches")
    ]
    browser.click(".mf-finding.mf-square")
    assert browser.popup().splitlines() == [
        "match 3: truck-3",
        "signal tank level",
        "from 2026-03-02 08:20:00Z",
        "to 2026-03-02 09:00:00Z",
        "reports 4",
        "distance 3.142",
    ]
    line = browser.chrome.find_element(By.CSS_SELECTOR, ".mf-spark path").get_attribute("d")
    assert line is not None
    assert line.count("M") == 2  # the missing value is a gap
    closed(browser)


def test_layers_come_and_go_with_their_legend(browser: Browser) -> None:
    yard = "POLYGON ((-93.7 41.2, -93.3 41.2, -93.3 41.6, -93.7 41.6, -93.7 41.2))"
    drawing = FleetMap("trucks", offline=True)
    drawing.fences(fences_from_wkt({"yard": yard}))
    drawing.reports(fleet(9))
    browser.open(drawing)
    assert browser.texts(".mf-legend h4") == ["fences", "reports by event type"]
    browser.click(".leaflet-control-layers-overlays input", 2)
    assert browser.texts(".mf-legend h4") == ["fences"]
    browser.click_at(41.4, -93.5)
    assert browser.popup().splitlines() == ["yard", "km² 1,486"]
    closed(browser)


@pytest.mark.parametrize("style", ["markers", "clusters"])
def test_reports_over_the_antimeridian_are_side_by_side(browser: Browser, style: str) -> None:
    reports = fleet(2)
    at = reports.column_names.index("longitude")
    drawing = FleetMap("ships", offline=True)
    across = reports.set_column(at, "longitude", pa.array([179.5, -179.5]))
    drawing.reports(across, style=style)
    drawing.paths(across)
    browser.open(drawing)
    west, east = browser.run("const box = map.getBounds(); return [box.getWest(), box.getEast()]")
    assert 170 < west < 179.5
    assert 180.5 < east < 190


HOSTILE = [
    "<img src=x onerror='window.hacked=1'>",
    "</script><script>window.hacked=1</script>",
    "{{ 7 * 7 }}{% raw %}{# gone #}",
    "'\"`${window.hacked=1}\\u2028\u2028",
    "<b>&amp;</b>",
]


@pytest.mark.parametrize("name", HOSTILE)
def test_what_data_says_is_shown_and_never_run(browser: Browser, name: str) -> None:
    reports = fleet(5)
    for column in ("device_id", "event_type", "manufacturer"):
        at = reports.column_names.index(column)
        reports = reports.set_column(at, column, pa.array([name] * 5))
    reports = reports.rename_columns([*reports.column_names[:-2], name, "tank_level"])
    area = "POLYGON ((-94.2 40.8, -92.8 40.8, -92.8 42.2, -94.2 42.2, -94.2 40.8))"
    window = Window(1, name, name, START, START + timedelta(minutes=1), np.ones(3), 0.5)
    drawing = FleetMap(name, offline=True)
    drawing.fences(fences_from_wkt({name: area}), title=name)
    drawing.paths(reports, title=name)
    drawing.reports(reports, title=name)
    drawing.findings("discord", [window], reports, title=name)
    browser.open(drawing)
    shown = " ".join(name.replace("_", " ").split())
    assert browser.chrome.title.strip() == " ".join(name.split())
    assert [" ".join(each.split()) for each in browser.texts(".leaflet-control-layers label")] == [
        "boundaries",
        *[" ".join(f"{name}{number}".split()) for number in ("", " (2)", " (3)", " (4)")],
    ]
    browser.click(".mf-finding")
    said = " ".join(browser.popup().split())
    assert f"discord 1: {' '.join(name.split())}" in said
    browser.run("map.closePopup()")
    browser.until(lambda: browser.run("return !document.querySelector('.leaflet-popup')"))
    browser.click_at(reports["latitude"][4].as_py(), reports["longitude"][4].as_py())
    said = " ".join(browser.popup().split())
    assert said.startswith(" ".join(name.split()))
    assert said.count(shown) >= 3
    assert browser.run("return window.hacked === undefined")
    closed(browser)


class _Tiles(BaseHTTPRequestHandler):
    """A server of tiles that has some, or none."""

    status = 200

    def do_GET(self) -> None:
        self.send_response(self.status)
        self.send_header("Content-Type", "image/png")
        self.end_headers()
        if self.status == 200:
            self.wfile.write(PIXEL)

    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture
def tiles() -> Iterator[Callable[[int], str]]:
    servers = []

    def serve(status: int) -> str:
        handler = type("Tiles", (_Tiles,), {"status": status})
        servers.append(ThreadingHTTPServer(("127.0.0.1", 0), handler))
        Thread(target=servers[-1].serve_forever, daemon=True).start()
        return f"http://127.0.0.1:{servers[-1].server_port}/{{z}}/{{x}}/{{y}}.png"

    yield serve
    for server in servers:
        server.shutdown()
        server.server_close()


@pytest.mark.parametrize("status", [200, 404])
def test_boundaries_are_seen_where_tiles_cannot_be_had(
    browser: Browser, tiles: Callable[[int], str], status: int
) -> None:
    drawing = FleetMap("trucks", tiles=tiles(status))
    drawing.reports(fleet(9))
    browser.open(drawing)
    loaded = "return document.querySelectorAll('.leaflet-tile-pane img.leaflet-tile-loaded').length"
    asked = "return document.querySelectorAll('.leaflet-tile-pane img').length"
    assert browser.run(asked) > 0
    if status == 200:
        browser.until(lambda: browser.run(loaded) > 0)
        assert browser.complaints() == []
    assert browser.color_at(41.05, -93.03, "mf-ground-pane") == LAND
    assert browser.run("return layer('reports').getLayers().length") == 9


def test_a_notebook_shows_it(browser: Browser) -> None:
    drawing = FleetMap("trucks", offline=True)
    drawing.reports(fleet(9))
    page = browser.folder / "notebook.html"
    page.write_text(f"<html><body>{drawing._repr_html_()}</body></html>", encoding="utf-8")
    browser.visit(page.as_uri())
    frame = browser.chrome.find_element(By.TAG_NAME, "iframe")
    browser.chrome.switch_to.frame(frame)
    assert browser.run("return layer('reports').getLayers().length") == 9
    assert browser.texts(".mf-entry")[0] == "ok\n6"
    browser.chrome.switch_to.default_content()
    closed(browser)


_SLIDE = """
const slider = document.querySelector(".mf-clock input");
slider.value = arguments[0];
slider.dispatchEvent(new Event("input"));
"""
_SHOWN = """
let sum = 0;
layer("reports")._featureGroup.eachLayer((each) => {
  sum += each.getChildCount ? each.getChildCount() : 1;
});
return sum;
"""
