"""Fence files: GeoJSON, GeoParquet, well-known text, and tables of names and well-known text."""

import csv
import json
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any, TypeAlias

import pyarrow as pa
import pyarrow.parquet as pq

from motifleet.errors import GeometryError
from motifleet.geo.rings import Shape, from_coordinates, from_wkb, not_a_polygon
from motifleet.geo.wkt import from_wkt, is_wkt

Named: TypeAlias = Iterator[tuple[str, Callable[[], Shape]]]
"""Each fence's name, and what reads its shape: an error then can name the fence."""


def read_shapes(path: Path, name_column: str | None) -> Named:
    """The fences of a file.

    Raises:
        GeometryError: the file is not there, of another kind or not what its name says.
    """
    reader = _READERS.get(path.suffix.lower())
    if reader is None:
        raise GeometryError(
            f"expected fences in a file that ends in {', '.join(_READERS)}, got {path.name!r}"
        )
    try:
        yield from reader(path, name_column)
    except OSError as error:
        raise GeometryError(f"{path} cannot be read: {error.strerror or error}") from None
    except (UnicodeDecodeError, json.JSONDecodeError, csv.Error, pa.ArrowException) as error:
        raise GeometryError(f"{path.name} is not what its name says: {error}") from None


def _geojson(path: Path, name_column: str | None) -> Named:
    document = json.loads(path.read_text(encoding="utf-8-sig"))
    kind = document.get("type") if isinstance(document, dict) else None
    _check_crs(str(document.get("crs", "")) if kind else "", path)
    features = document.get("features") if kind == "FeatureCollection" else [document]
    if kind is None or not isinstance(features, list):
        raise GeometryError(f"expected GeoJSON in {path.name}: an object with a type and features")
    for number, feature in enumerate(features, 1):
        given = feature.get("properties") or {}
        name = _name(given, name_column or "name", f"{path.stem} {number}")
        geometry = feature.get("geometry") if feature.get("type") == "Feature" else feature
        yield name, partial(_of_geojson, geometry)


def _of_geojson(geometry: Any) -> Shape:
    if not geometry or not geometry.get("coordinates"):
        return []
    if geometry["type"] == "Polygon":
        return [from_coordinates(geometry["coordinates"])]
    if geometry["type"] == "MultiPolygon":
        return [from_coordinates(polygon) for polygon in geometry["coordinates"]]
    raise GeometryError(not_a_polygon(str(geometry["type"])))


def _check_crs(crs: str, path: Path) -> None:
    """GeoJSON is WGS84; files of before 2016 may name something else."""
    if crs and not any(code in crs for code in ("CRS84", "4326")):
        raise GeometryError(f"expected degrees in WGS84 in {path.name}, got {crs[:80]}")


def _geoparquet(path: Path, name_column: str | None) -> Named:
    table = pq.read_table(path)
    about = json.loads((table.schema.metadata or {}).get(b"geo", b"{}"))
    column = about.get("primary_column", "geometry")
    if column not in table.column_names:
        raise GeometryError(f"expected GeoParquet in {path.name}, got no column {column!r}")
    described = about.get("columns", {}).get(column, {})
    if str(described.get("encoding", "WKB")).upper() != "WKB":
        raise GeometryError(f"expected geometries as WKB, got {described['encoding']!r}")
    _check_projjson(described.get("crs"), path)
    names = _names(table.drop_columns([column]), name_column, path)
    for name, geometry in zip(names, table[column].to_pylist(), strict=True):
        yield name, partial(from_wkb, geometry or b"")


def _check_projjson(crs: Any, path: Path) -> None:
    known = crs.get("id") or {} if isinstance(crs, dict) else {}
    code = f"{known.get('authority')}:{known.get('code')}"
    if crs is not None and code not in ("OGC:CRS84", "EPSG:4326"):
        named = crs.get("name", code) if isinstance(crs, dict) else crs
        raise GeometryError(f"expected degrees in WGS84 in {path.name}, got the CRS {named!r}")


def _names(table: pa.Table, name_column: str | None, path: Path) -> list[str]:
    texts = [field.name for field in table.schema if _is_text(field.type)]
    chosen = name_column or ("name" if "name" in texts else next(iter(texts), None))
    if chosen is None:
        return [f"{path.stem} {number}" for number in range(1, table.num_rows + 1)]
    if chosen not in table.column_names:
        raise GeometryError(_no_column(chosen, table.column_names))
    return [str(name) for name in table[chosen].to_pylist()]


def _is_text(kind: pa.DataType) -> bool:
    return pa.types.is_string(kind) or pa.types.is_large_string(kind)


def _wkt_lines(path: Path, name_column: str | None) -> Named:
    del name_column  # there are no columns
    lines = path.read_text(encoding="utf-8-sig").splitlines()
    for number, line in enumerate(filter(str.strip, lines), 1):
        yield f"{path.stem} {number}", partial(from_wkt, line)


def _delimited(path: Path, name_column: str | None) -> Named:
    # A boundary is one cell, and a long one.
    csv.field_size_limit(2**31 - 1)
    delimiter = "," if path.suffix.lower() == ".csv" else "\t"
    with path.open(newline="", encoding="utf-8-sig") as file:
        rows = [row for row in csv.reader(file, delimiter=delimiter) if any(row)]
    header = rows.pop(0) if rows and not any(map(is_wkt, rows[0])) else None
    place = _name_place(header, name_column)
    for number, row in enumerate(rows, 1):
        at = next((at for at, cell in enumerate(row) if is_wkt(cell)), None)
        if at is None:
            raise GeometryError(
                f"expected a name and well-known text in each row of {path.name}, got in row "
                f"{number}: {str(row)[:60]}"
            )
        others = [cell for cell in row[:at] + row[at + 1 :] if cell.strip()]
        name = row[place] if place is not None else next(iter(others), f"{path.stem} {number}")
        yield name.strip(), partial(from_wkt, row[at])


def _name_place(header: list[str] | None, name_column: str | None) -> int | None:
    if name_column is None:
        return header.index("name") if header and "name" in header else None
    if header is None or name_column not in header:
        raise GeometryError(_no_column(name_column, header or []))
    return header.index(name_column)


def _name(given: dict[str, Any], column: str, otherwise: str) -> str:
    found = given.get(column)
    if found is not None:
        return str(found)
    return next((value for value in given.values() if isinstance(value, str)), otherwise)


def _no_column(name: str, known: Sequence[str]) -> str:
    return (
        f"no column {name!r} to take the fences' names from: there are {', '.join(known) or 'none'}"
    )


_READERS: dict[str, Callable[[Path, str | None], Named]] = {
    ".geojson": _geojson,
    ".json": _geojson,
    ".parquet": _geoparquet,
    ".geoparquet": _geoparquet,
    ".wkt": _wkt_lines,
    ".tsv": _delimited,
    ".csv": _delimited,
}
