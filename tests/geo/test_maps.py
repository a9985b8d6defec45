"""Maps without a browser: how reports are drawn, what is left out, and what no page may hold."""

import hashlib
import json
import re
from datetime import UTC, datetime, timedelta
from importlib.resources import files
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.geo.conftest import MakeReports

from motifleet.errors import InvalidArgumentError, StorageError, UnknownColumnError
from motifleet.geo import (
    CLUSTERS_UP_TO,
    MARKERS_UP_TO,
    REPORTS_UP_TO,
    FleetMap,
    Window,
    cells,
    chosen_style,
    fitting_resolution,
)
from motifleet.geo.arrow import rows_at
from motifleet.geo.maps.colors import PALETTE, RAMP, by_label, classes
from motifleet.geo.maps.encode import DEGREE, as_script, numbers, steps
from motifleet.geo.maps.frame import around
from motifleet.geo.maps.ground import ground
from motifleet.geo.maps.paths import paths_layer
from motifleet.geo.maps.tiles import check_tiles

WEB = files("motifleet.geo.maps") / "web"
LONGITUDES = st.floats(-180, 180, allow_subnormal=False)
PLACES = st.lists(st.tuples(LONGITUDES, st.floats(-89, 89, allow_subnormal=False)), min_size=1)


def offline(reports: pa.Table, **how: Any) -> FleetMap:
    drawing = FleetMap("trucks", offline=True)
    drawing.reports(reports, **how)
    return drawing


@given(
    st.recursive(
        st.text() | st.integers() | st.none(), lambda x: st.lists(x) | st.dictionaries(st.text(), x)
    )
)
def test_a_script_holds_any_value_and_no_markup(value: Any) -> None:
    text = as_script(value)
    assert json.loads(text) == value
    assert not set("<>&'\u2028\u2029") & set(text)
    assert text.isascii()


@given(st.lists(st.floats(-180, 180)))
def test_steps_add_up(values: list[float]) -> None:
    summed = np.cumsum(np.array(steps(np.array(values), DEGREE), dtype=np.int64)) / DEGREE
    assert np.all(np.abs(summed - np.array(values)) <= 0.5001 / DEGREE)


@given(st.floats())
def test_numbers_keep_five_digits(value: float) -> None:
    (told,) = numbers(np.array([value]))
    if np.isfinite(value):
        assert told == pytest.approx(value, rel=1e-4)
    else:
        assert told is None


@given(PLACES)
def test_a_frame_is_the_narrowest_that_holds_all(places: list[tuple[float, float]]) -> None:
    longitude, latitude = np.array(places).T
    frame = around([(longitude, latitude)])
    turned = frame.unwrapped(longitude)
    assert np.all((turned >= frame.west - 1e-6) & (turned <= frame.east + 1e-6))
    assert (frame.south, frame.north) == (latitude.min(), latitude.max())
    from_each = [float(np.mod(longitude - start, 360).max()) for start in longitude]
    assert frame.east - frame.west <= min(from_each) + 1e-6


def test_reports_are_drawn_by_their_number() -> None:
    numbers = [1, MARKERS_UP_TO, MARKERS_UP_TO + 1, CLUSTERS_UP_TO, CLUSTERS_UP_TO + 1, 10**9]
    chosen = [chosen_style(number) for number in numbers]
    assert [style for style, _ in chosen] == [
        *("markers", "markers", "clusters", "clusters", "cells", "cells")
    ]
    assert [word is None for _, word in chosen] == [True, True, False, False, False, False]
    assert chosen_style(REPORTS_UP_TO, "markers") == ("markers", None)
    assert chosen_style(10**9, "cells") == ("cells", None)


def test_what_a_page_cannot_hold_is_refused() -> None:
    with pytest.raises(InvalidArgumentError, match=r"at most 250,000 .* as markers, got 250,001"):
        chosen_style(REPORTS_UP_TO + 1, "markers")
    with pytest.raises(InvalidArgumentError, match="markers, clusters, cells, got 'dots'"):
        chosen_style(1, "dots")


def test_many_reports_one_by_one_are_refused_with_the_way_out(reports: MakeReports) -> None:
    many = rows_at(reports([("a", 0, 8.0, 47.0)]), np.zeros(CLUSTERS_UP_TO + 1, np.int64))
    with pytest.raises(InvalidArgumentError, match=r"count them with motifleet\.geo\.cells"):
        offline(many)


def test_reports_without_a_position_are_left_out_and_told_of(reports: MakeReports) -> None:
    nan = float("nan")
    rows = [("a", 0, 8.0, 47.0), ("a", 1, nan, 47.0), ("a", 2, 8.0, None), ("b", 3, None, None)]
    drawing = offline(reports(rows))
    assert [each.count for each in drawing.drawn] == [1]
    assert drawing.remarks == ["3 of 4 reports have no position"]
    assert drawing.frame.corners()[0] == pytest.approx([46.996, 7.996])


@pytest.mark.parametrize("rows", [[], [("a", 0, None, None)]], ids=["no row", "no position"])
def test_nothing_to_draw_is_an_error(reports: MakeReports, rows: Any) -> None:
    drawing = offline(reports(rows))
    drawing.paths(reports(rows))
    drawing.cells(cells([reports(rows)], 4))
    with pytest.raises(InvalidArgumentError, match="at least one position to draw, got none"):
        drawing.html()


def test_labels_that_are_none_are_refused(reports: MakeReports) -> None:
    with pytest.raises(UnknownColumnError, match="no column 'event_typ'"):
        offline(reports([("a", 0, 8.0, 47.0)]), color="event_typ")


def test_rare_labels_share_a_colour() -> None:
    names = [f"kind {n}" for n in range(12) for _ in range(20 - n)] + [None] * 3
    found = by_label(pa.chunked_array([pa.array(names, pa.string())]), len(names), "kind")
    assert found.names[:8] == [f"kind {n}" for n in range(8)]
    assert found.names[8:] == ["other kind", "no kind"]
    assert len(set(found.colors[:9])) == 9
    assert found.counts == np.bincount(found.codes).tolist()
    assert sum(found.counts) == len(names)
    assert [found.names[code] for code in found.codes[-4:]] == ["other kind"] + ["no kind"] * 3


@given(st.lists(st.integers(1, 10**9), min_size=1))
def test_classes_of_counts_do_not_overlap(counts: list[int]) -> None:
    codes, told = classes(np.array(counts))
    for count, code in zip(counts, codes.tolist(), strict=True):
        assert told[code]["from"] <= count <= told[code]["to"]
    assert all(a["to"] < b["from"] for a, b in pairwise(told))
    assert [each["color"] for each in told] == [c for c in RAMP if c in {e["color"] for e in told}]


def luminance(color: str) -> float:
    parts = [int(color[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return float(np.dot([0.2126, 0.7152, 0.0722], linear))


def test_the_ramp_goes_from_light_to_dark() -> None:
    """So that counts can be told apart without seeing colours (WCAG's relative luminance)."""
    light = [luminance(color) for color in RAMP]
    assert all(a > b + 0.01 for a, b in pairwise(light))
    assert len(set(PALETTE)) == len(PALETTE)


@pytest.mark.parametrize("span", [0.01, 0.5, 10, 60, 300])
def test_cells_can_be_told_apart(span: float) -> None:
    longitude, latitude = np.meshgrid(np.linspace(-span / 2, span / 2, 60), np.linspace(-1, 1, 5))
    resolution = fitting_resolution(longitude.ravel(), latitude.ravel() * min(span / 2, 30))
    assert 0 <= resolution <= 10
    if span == 60:
        assert resolution == 3


def test_paths_break_at_gaps_and_leave_rests_out(reports: MakeReports) -> None:
    rows: list[Any] = [("a", 60.0 * n, 8.0 + max(n - 5, 0) / 100, 47.0) for n in range(10)]
    rows += [("a", 60.0 * 9 + 3601 + n, 9.0, 47.0) for n in range(3)]
    rows += [("b", 0.0, 8.5, 46.0), ("b", 60.0, 8.5, None), ("b", 120.0, 8.6, 46.0)]
    layer = paths_layer(reports(rows), 3600, "paths")
    assert layer.devices == ["a", "b"]
    assert layer.starts.tolist() == [0, 6, 8]
    kept = (layer.micros // 60_000_000).tolist()
    assert kept[:6] == [0, 5, 6, 7, 8, 9]
    assert layer.remark is None


def test_long_paths_are_thinned_to_what_is_enough(reports: MakeReports) -> None:
    rows: list[Any] = [("a", 60.0 * n, n / 1000, 47.0) for n in range(1000)]
    rows += [("b", 60.0 * n, n / 1000, 46.0) for n in range(7)]
    layer = paths_layer(reports(rows), 3600, "paths", enough=100)
    assert layer.remark == "of the positions on the way one in 11 is drawn"
    assert len(layer.codes) <= 100 + 4
    minutes = (layer.micros // 60_000_000).tolist()
    assert minutes[:2] == [0, 11]
    assert minutes[-3:] == [999, 0, 6]


def test_a_way_around_half_the_globe_is_not_drawn(reports: MakeReports) -> None:
    across = reports([("a", 0, 179.9, 0.0), ("a", 60, -179.9, 0.0), ("a", 120, 20.0, 0.0)])
    layer = paths_layer(across, 3600, "paths")
    assert layer.starts.tolist() == [0, 2]
    drawn = layer.data(around([(layer.longitude[:2], layer.latitude[:2])]))
    assert np.cumsum(drawn["lon"])[:2].tolist() == [17_990_000, 18_010_000]


def test_windows_without_a_position_are_told_of(reports: MakeReports) -> None:
    start = datetime(1970, 1, 1, tzinfo=UTC)
    placed = reports([("a", 0, 8.0, 47.0), ("a", 60, 8.1, 47.0), ("b", 0, None, None)])
    found = [
        Window(rank, name, "speed", start, start + timedelta(minutes=1), np.ones(2), 1.0)
        for rank, name in enumerate("ab", 1)
    ]
    drawing = FleetMap("trucks", offline=True)
    drawing.findings("discord", found, placed)
    assert [each.count for each in drawing.drawn] == [1]
    assert drawing.remarks == ["1 of 2 windows (discord) have no position"]
    drawing.findings("match", found[1:], placed)
    assert len(drawing.drawn) == 1
    with pytest.raises(InvalidArgumentError, match="discord, match, motif, got 'anomaly'"):
        drawing.findings("anomaly", found, placed)


def test_an_offline_page_names_no_other_host(reports: MakeReports) -> None:
    page = offline(reports([("a", 0, 8.0, 47.0)])).html()
    assert "default-src 'none'" in page
    outside = re.sub(r"<script>.*?</script>|<style>.*?</style>", "", page, flags=re.DOTALL)
    assert not re.search(r"(src|href)\s*=", outside)
    styles = "".join(re.findall(r"<style>.*?</style>", page, flags=re.DOTALL))
    assert not re.search(r"url\(|@import", styles)
    assert "sourceMappingURL" not in page


def test_a_page_stays_small(reports: MakeReports) -> None:
    """150,000 markers of Folium's own made 135 MB, some 900 bytes each."""
    few, more = (
        offline(reports([("a", n, n % 97 / 9, n % 89 / 9) for n in range(rows)]), style="clusters")
        for rows in (100, 20_100)
    )
    assert (len(more.html()) - len(few.html())) / 20_000 < 40


def test_the_ground_is_what_lies_around() -> None:
    def around_place(longitude: float, latitude: float) -> set[str]:
        told = ground(around([(np.array([longitude]), np.array([latitude]))]))
        assert len(told["lon"]) == len(told["lat"]) == told["ends"][-1]
        return {area["name"] for area in told["areas"]}

    assert {"Iowa", "Nebraska"} <= around_place(-95.9, 41.3)
    assert "Iowa" not in around_place(8.5, 47.4)
    assert {"Switzerland", "France"} <= around_place(8.5, 47.4)
    assert "Fiji" in around_place(179.9, -17) & around_place(-179.9, -17)


def test_boundaries_are_on_the_frames_side_of_the_globe() -> None:
    told = ground(around([(np.array([177.0, -177.0]), np.array([-16.0, -18.0]))]))
    longitude = np.cumsum(told["lon"]) / told["scale"]
    assert np.all((longitude > 0) & (longitude < 360))


@pytest.mark.parametrize(
    "tiles",
    [
        "no such provider",
        "ftp://host/{z}/{x}/{y}.png",
        "https://host/{z}/{x}.png",
        "https://host/{z}/{x}/{y}/{{7*7}}",
        "https://host/{z}/{x}/{y}/{% x %}",
        "javascript:/{z}/{x}/{y}",
        "https://host/{z}/{x}/{y}'\"><script>",
        "Thunderforest.Landscape",
    ],
)
def test_tiles_that_are_none_are_refused(tiles: str) -> None:
    with pytest.raises(InvalidArgumentError, match=r"expected (tiles|a provider)"):
        FleetMap("trucks", tiles=tiles)


@pytest.mark.parametrize("tiles", ["OpenStreetMap", "OpenTopoMap"])
def test_providers_are_known_by_name(tiles: str, reports: MakeReports) -> None:
    check_tiles(tiles)
    drawing = FleetMap("trucks", tiles=tiles)
    drawing.reports(reports([("a", 0, 8.0, 47.0)]))
    assert "L.tileLayer" in drawing.html()
    assert "Content-Security-Policy" not in drawing.html()


def test_a_page_is_written_whole_or_not_at_all(reports: MakeReports, tmp_path: Path) -> None:
    drawing = offline(reports([("a", 0, 8.0, 47.0)]))
    assert drawing.write(tmp_path / "map.html").read_text("utf-8").endswith("</html>")
    assert [each.name for each in tmp_path.iterdir()] == ["map.html"]
    with pytest.raises(StorageError, match="cannot be written: No such file"):
        drawing.write(tmp_path / "nowhere" / "map.html")


def test_the_bundled_files_are_those_that_are_named() -> None:
    told = (WEB / "assets.md").read_text("utf-8")
    pinned = dict(re.findall(r"^\| `([\w.]+)` \| `([0-9a-f]{64})` \|", told, flags=re.MULTILINE))
    assert set(pinned) == {"leaflet.js", "leaflet.css", "markercluster.js"}
    for name, digest in pinned.items():
        assert hashlib.sha256((WEB / name).read_bytes()).hexdigest() == digest
