"""Fence files of every kind, and what becomes of bad geometry."""

import json
import struct
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from motifleet.errors import GeometryError
from motifleet.geo import Fences, fences_from_wkt, read_fences, us_states
from motifleet.geo.rings import from_wkb, to_wkb
from motifleet.geo.wkt import from_wkt, to_wkt

YARD = "POLYGON ((8 47, 9 47, 9 48, 8 48, 8 47))"
HOLED = "MULTIPOLYGON (((0 0, 4 0, 4 4, 0 4, 0 0), (1 1, 2 1, 2 2, 1 1)), ((6 6, 7 6, 7 7, 6 6)))"


def geojson(folder: Path, geometry: object, **members: object) -> Path:
    feature = {"type": "Feature", "properties": {"name": "yard"}, "geometry": geometry}
    path = folder / "yards.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": [feature], **members}))
    return path


def geoparquet(folder: Path, content: list[bytes | None], column: dict[str, object]) -> Path:
    about = {"version": "1.1.0", "primary_column": "shape", "columns": {"shape": column}}
    table = pa.table({"site": [f"yard {n}" for n in range(len(content))], "shape": content})
    path = folder / "yards.parquet"
    pq.write_table(table.replace_schema_metadata({"geo": json.dumps(about)}), path)
    return path


def square() -> list[list[list[float]]]:
    return [ring.tolist() for ring in from_wkt(YARD)[0]]


def test_every_kind_of_file_gives_the_same_fence(tmp_path: Path) -> None:
    wkb = to_wkb(from_wkt(YARD))
    geometry: dict[str, Any] = {"type": "Polygon", "coordinates": square()}
    files = [
        geojson(tmp_path, geometry),
        geoparquet(tmp_path, [wkb], {"encoding": "WKB"}),
    ]
    for name, text in {
        "a.wkt": YARD,
        "b.tsv": f"yard\t{YARD}\n",
        "c.tsv": f"name\tboundary\nyard\t{YARD}\n",
        "d.csv": f'id,area,name\n7,"{YARD}",yard\n',
        "e.wkt": f"SRID=4326;{YARD.replace('POLYGON', 'polygon')}",
        "f.json": json.dumps(geometry),
    }.items():
        (tmp_path / name).write_text(text)
        files.append(tmp_path / name)
    read = [read_fences(file) for file in files]
    assert {to_wkt(fences.shapes[0]) for fences in read} == {YARD}
    assert [fences.names[0] for fences in read] == [
        *("yard", "yard 0", "a 1", "yard", "yard", "yard", "e 1", "f 1")
    ]
    assert {fences.repairs for fences in read} == {()}


def test_the_column_with_the_names_can_be_said(tmp_path: Path) -> None:
    path = tmp_path / "yards.csv"
    path.write_text(f'name,code,area\nA,yard 7,"{YARD}"\n')
    assert read_fences(path, name_column="code").names == ("yard 7",)
    with pytest.raises(GeometryError, match=r"no column 'site'.*there are name, code, area"):
        read_fences(path, name_column="site")


def test_polygons_of_one_name_are_one_fence(tmp_path: Path) -> None:
    path = tmp_path / "states.tsv"
    path.write_text(f"Michigan\t{YARD}\nMichigan\tPOLYGON ((1 1, 2 1, 2 2, 1 1))\n")
    fences = read_fences(path)
    assert fences.names == ("Michigan",)
    assert len(fences.shapes[0]) == 2


def test_the_lines_of_the_labs_file_are_read(tmp_path: Path) -> None:
    path = tmp_path / "boundary-each-state.tsv"
    corners = "-109.0448 37.0004,-102.0424 36.9949,-102.0534 41.0006,-109.0489 40.9996"
    end = ",-109.0448 37.0004" * 2
    path.write_text(f"Colorado\tPOLYGON(({corners}{end}))\n")
    fences = read_fences(path)
    assert fences.names == ("Colorado",)
    assert fences.km2[0] == pytest.approx(269_601, rel=5e-3)
    assert fences.repairs == ()


def test_the_smallest_fence_comes_first_and_geojson_leads_back(tmp_path: Path) -> None:
    fences = fences_from_wkt({"state": HOLED, "b": YARD, "a": YARD})
    assert fences.names == ("a", "b", "state")
    path = tmp_path / "again.geojson"
    path.write_text(json.dumps(fences.to_geojson()))
    again = read_fences(path)
    assert again.names == fences.names
    assert [to_wkt(shape) for shape in again.shapes] == [to_wkt(s) for s in fences.shapes]
    assert fences.bounds()[0].tolist() == [8, 47, 9, 48]
    assert fences.only(["state"]).names == ("state",)
    with pytest.raises(GeometryError, match="no fence 'stat': did you mean 'state'"):
        fences.only(["stat"])


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("code", [3, 1003, 2003, 3003, 0x80000003, 0x20000003], ids=hex)
def test_well_known_binary_of_every_flavour(order: str, code: int) -> None:
    extra = {1003: 1, 2003: 1, 3003: 2, 0x80000003: 1}.get(code, 0)
    head = struct.pack(f"{order}BI", order == "<", code)
    srid = struct.pack(f"{order}I", 4326) if code == 0x20000003 else b""
    points = [(*point, *[5.0] * extra) for point in square()[0]]
    ring = b"".join(struct.pack(f"{order}{len(point)}d", *point) for point in points)
    content = head + srid + struct.pack(f"{order}II", 1, len(points)) + ring
    assert to_wkt(from_wkb(content)) == YARD


REPAIRED = {
    "open ring": ("POLYGON ((0 0, 1 0, 1 1))", "an open ring was closed"),
    "bow tie": ("POLYGON ((0 0, 1 1, 0 1, 1 0, 0 0))", "self-intersection at 0.5 0.5: made valid"),
    "overlapping parts": (
        "MULTIPOLYGON (((0 0, 2 0, 2 2, 0 2, 0 0)), ((1 1, 3 1, 3 3, 1 3, 1 1)))",
        "made valid",
    ),
    "antimeridian": ("POLYGON ((170 0, 190 0, 190 10, 170 10, 170 0))", "cut at the antimeridian"),
}


@pytest.mark.parametrize(("text", "said"), REPAIRED.values(), ids=REPAIRED)
def test_what_can_be_repaired_is_and_is_said(text: str, said: str) -> None:
    fences = fences_from_wkt({"yard": text})
    assert said in fences.repairs[0]
    assert "fence 'yard'" in fences.repairs[0]
    longitudes = np.concatenate([ring[:, 0] for polygon in fences.shapes[0] for ring in polygon])
    assert np.abs(longitudes).max() <= 180


def test_repairs_keep_the_area() -> None:
    def km2(text: str) -> float:
        return float(fences_from_wkt({"a": text}).km2[0])

    half, tie, overlap, across = (km2(text) for text in (HALF, *TEXTS[1:]))
    assert tie == pytest.approx(half, rel=1e-3)  # two quarters of the square against its half
    assert overlap == pytest.approx(half * 2 * 7, rel=2e-3)
    assert across == pytest.approx(km2(SHIFTED), rel=1e-12)


def test_areas_are_those_of_the_spheroid() -> None:
    degree = "POLYGON ((0 0, 1 0, 1 1, 0 1, 0 0))"
    assert fences_from_wkt({"a": degree}).km2[0] == pytest.approx(12_308.4639, abs=1e-4)
    world = "POLYGON ((-180 -90, 180 -90, 180 90, -180 90, -180 -90))"
    assert fences_from_wkt({"a": world}).km2[0] == pytest.approx(510_065_621.72, rel=1e-9)


TEXTS = [text for text, _ in REPAIRED.values()]
HALF = "POLYGON ((0 0, 1 0, 1 1, 0 0))"
SHIFTED = "POLYGON ((0 0, 20 0, 20 10, 0 10, 0 0))"
REFUSED = {
    "not a number": ("POLYGON ((0 0, 1 NaN, 1 1, 0 0))", r"finite coordinates, got \(1.0, nan\)"),
    "infinite": ("POLYGON ((0 0, 1 inf, 1 1, 0 0))", "finite coordinates"),
    "empty": ("POLYGON EMPTY", "empty geometry"),
    "two points": ("POLYGON ((0 0, 1 1, 0 0))", "rings of at least 3 points, got 2"),
    "no area": ("POLYGON ((0 0, 1 1, 2 2, 0 0))", "has no area"),
    "swapped": ("POLYGON ((42 -93, 43 -93, 43 -92, 42 -93))", "axes look swapped.*--swap-axes"),
    "metres": ("POLYGON ((4e5 5e6, 4e5 6e6, 5e5 6e6, 4e5 5e6))", "coordinates in metres"),
    "far longitude": ("POLYGON ((0 0, 400 0, 400 1, 0 0))", "longitudes within"),
    "round the earth": ("POLYGON ((170 0, -170 0, -170 9, 170 0))", "write 190 instead of -170"),
    "cut off": ("POLYGON ((0 0, 1 0, 1 1", "is it cut off"),
    "a point": ("POINT (1 2)", "expected a POLYGON or MULTIPOLYGON, got POINT"),
    "a collection": ("GEOMETRYCOLLECTION EMPTY", "got GEOMETRYCOLLECTION"),
    "words": ("the yard", "expected well-known text"),
    "words inside": ("POLYGON ((a b, 1 0, 1 1, a b))", "expected points"),
    "another system": (f"SRID=3857;{YARD}", "SRID 3857"),
}


@pytest.mark.parametrize(("text", "said"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_repaired_is_refused_by_name(text: str, said: str) -> None:
    with pytest.raises(GeometryError, match=said) as error:
        fences_from_wkt({"yard": text})
    assert "fence 'yard' in WKT" in str(error.value)


def test_swapped_axes_can_be_read(tmp_path: Path) -> None:
    path = tmp_path / "yards.tsv"
    path.write_text("yard\tPOLYGON ((42 -93, 43 -93, 43 -92, 42 -93))\n")
    swapped = read_fences(path, swap_axes=True)
    assert swapped.bounds()[0].tolist() == [-93, 42, -92, 43]


def bad_files(folder: Path) -> dict[str, tuple[Path, str]]:
    wkb = to_wkb(from_wkt(YARD))
    crs = {"name": "Pseudo-Mercator", "id": {"authority": "EPSG", "code": 3857}}
    texts = {
        "yards.shp": ("", "expected fences in a file that ends in .geojson"),
        "bad.geojson": ("{", "is not what its name says"),
        "list.json": ("[]", "expected GeoJSON"),
        "none.geojson": ('{"type": "FeatureCollection", "features": []}', "got none"),
        "line.tsv": ("yard\tnowhere\n", "got none"),
        "mixed.tsv": (
            f"a\t{YARD}\nb\tnowhere\n",
            "a name and well-known text in each row",
        ),
        "latin.wkt": ("caf\udce9", "is not what its name says"),
        "bad.parquet": ("no", "is not what its name says"),
    }
    files = {}
    for name, (text, said) in texts.items():
        (folder / name).write_text(text, errors="surrogateescape")
        files[name] = (folder / name, said)
    (folder / "a").mkdir()
    (folder / "b").mkdir()
    (folder / "c").mkdir()
    (folder / "d").mkdir()
    (folder / "e").mkdir()
    files |= {
        "missing": (folder / "nowhere.tsv", "cannot be read: No such file"),
        "crs": (
            geoparquet(folder / "a", [wkb], {"encoding": "WKB", "crs": crs}),
            "Pseudo-Mercator",
        ),
        "cut": (geoparquet(folder / "b", [wkb[:40]], {"encoding": "WKB"}), "well-known binary"),
        "null": (geoparquet(folder / "c", [None], {"encoding": "WKB"}), "empty geometry"),
        "empty": (
            geoparquet(folder / "e", [struct.pack("<BII", 1, 3, 0)], {"encoding": "WKB"}),
            "empty geometry",
        ),
        "encoding": (geoparquet(folder / "d", [wkb], {"encoding": "point"}), "as WKB, got 'point'"),
    }
    return files


NAMES = ["yards.shp", "bad.geojson", "list.json", "none.geojson", "line.tsv", "mixed.tsv"]
NAMES += ["latin.wkt", "bad.parquet", "missing", "crs", "cut", "null", "empty", "encoding"]


@pytest.mark.parametrize("name", NAMES)
def test_a_bad_file_is_refused(tmp_path: Path, name: str) -> None:
    path, said = bad_files(tmp_path)[name]
    with pytest.raises(GeometryError, match=said):
        read_fences(path)


@pytest.mark.parametrize(
    ("geometry", "said"),
    [
        (None, "empty geometry"),
        ({"type": "Polygon", "coordinates": []}, "empty geometry"),
        ({"type": "MultiPolygon", "coordinates": [[]]}, "empty geometry"),
        ({"type": "Polygon", "coordinates": [[1, 2, 3]]}, "expected rings of points"),
        ({"type": "LineString", "coordinates": [[1, 2], [3, 4]]}, "got LineString"),
    ],
)
def test_a_bad_feature_is_refused(tmp_path: Path, geometry: object, said: str) -> None:
    with pytest.raises(GeometryError, match=f"fence 'yard' in yards.geojson: .*{said}"):
        read_fences(geojson(tmp_path, geometry))


def test_a_part_without_a_ring_is_nothing(tmp_path: Path) -> None:
    parts = {"type": "MultiPolygon", "coordinates": [[], square()]}
    found = read_fences(geojson(tmp_path, parts))
    alone = read_fences(geojson(tmp_path, {"type": "Polygon", "coordinates": square()}))
    assert found.km2.tolist() == alone.km2.tolist()


def test_an_old_coordinate_system_is_refused(tmp_path: Path) -> None:
    crs = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::3857"}}
    with pytest.raises(GeometryError, match="expected degrees in WGS84"):
        read_fences(geojson(tmp_path, {"type": "Polygon", "coordinates": square()}, crs=crs))


@pytest.fixture(scope="module")
def states() -> Fences:
    return us_states()


def test_the_states_have_the_areas_that_they_have(states: Fences) -> None:
    # Square kilometres with inland water, US Census Bureau; coasts differ by what counts as land.
    known = {"Colorado": 269_601, "Iowa": 145_746, "Kansas": 213_100, "Wyoming": 253_335}
    for name, km2 in known.items():
        assert states.only([name]).km2[0] == pytest.approx(km2, rel=2e-3)
    assert states.repairs == ()


def test_neighbouring_states_share_their_border(states: Fences) -> None:
    def points(name: str) -> set[tuple[float, float]]:
        (shape,) = states.only([name]).shapes
        return {(x, y) for polygon in shape for ring in polygon for x, y in ring.tolist()}

    for one, other in (("Iowa", "Illinois"), ("Indiana", "Kentucky"), ("Oregon", "Washington")):
        assert len(points(one) & points(other)) > 10
