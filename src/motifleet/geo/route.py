"""What lies along a route: reports within a corridor around a line."""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Final

import numpy as np
import pyarrow as pa

from motifleet.errors import GeometryError
from motifleet.geo.arrow import rows_at, table_of
from motifleet.geo.engine import Engine
from motifleet.geo.geodesic import box_around, distances, earth_centred
from motifleet.geo.near import Point
from motifleet.geo.positions import Positions, check_point, positions
from motifleet.types import Floats, Ints

WIDEST: Final = 100_000.0
_RADIUS: Final = 6_371_000.0
_SHORTEST_PIECE, _LONGEST_PIECE = 1_000.0, 10_000.0
_JOIN: Final = """
SELECT p.row, b.piece FROM points p
JOIN boxes b ON ST_Intersects(
    ST_MakeEnvelope(b.west, b.south, b.east, b.north), ST_Point(p.longitude, p.latitude))
"""


@dataclass(frozen=True, slots=True, eq=False)
class _Pieces:
    """A route in short straight pieces: ends in metres from the centre of the earth."""

    longitude: Floats
    latitude: Floats
    starts: Floats
    ways: Floats
    before: Floats
    lengths: Floats


def read_route(source: str | Path) -> list[Point]:
    """The points of a route.

    Args:
        source: ``"-93.6 41.6, -91.5 41.7"``, a LINESTRING in well-known text, or a ``.wkt``,
            ``.geojson`` or ``.json`` file with a LineString.

    Raises:
        GeometryError: it is no line.

    >>> read_route("-93.6 41.6, -91.5 41.7")
    [(-93.6, 41.6), (-91.5, 41.7)]
    """
    text = str(source)
    path = Path(text)
    if path.suffix.lower() in (".wkt", ".geojson", ".json"):
        try:
            text = path.read_text(encoding="utf-8-sig")
        except (OSError, UnicodeDecodeError) as error:
            raise GeometryError(f"the route {path} cannot be read: {error}") from None
        if path.suffix.lower() != ".wkt":
            return _of_geojson(text, path.name)
    return _of_text(text)


def along(reports: pa.Table, route: Sequence[Point], metres: float) -> pa.Table:
    """The reports in the corridor around a route, in the table's order.

    The route follows the shortest way on the spheroid from point to point. It is cut into straight
    pieces of 1 to 10 km, a quarter of the corridor: distances are right within 3 cm up to 4 km, and
    within 3 m up to 100 km.

    Args:
        reports: columns ``longitude`` and ``latitude``.
        route: longitude, latitude of at least two points.
        metres: how far from the route, at most 100,000.

    Returns:
        The reports' columns, ``distance_m`` from the route, and ``along_m`` from its beginning to
        the place nearest to the report.

    Raises:
        GeometryError: the route or the corridor cannot be used.
    """
    if not 0 < metres <= WIDEST:
        raise GeometryError(f"expected a corridor of up to {WIDEST:,.0f} metres, got {metres}")
    pieces = _pieces(route, float(np.clip(metres / 4, _SHORTEST_PIECE, _LONGEST_PIECE)))
    found = positions(reports)
    points, candidates = _candidates(found, pieces, metres)
    apart, on_route = _measured(found, points, pieces, candidates)
    order = np.lexsort((apart, points))
    order = order[np.diff(points[order], prepend=-1) > 0]
    order = order[apart[order] <= metres]
    chosen = rows_at(reports, found.rows[points[order]])
    return chosen.append_column("distance_m", pa.array(apart[order])).append_column(
        "along_m", pa.array(on_route[order])
    )


def _pieces(route: Sequence[Point], longest: float) -> _Pieces:
    import pyproj

    if len(route) < 2:
        raise GeometryError(f"expected a route of at least 2 points, got {len(route)}")
    for x, y in route:
        if not np.isfinite([x, y]).all():
            raise GeometryError(f"expected a route of finite coordinates, got ({x}, {y})")
        check_point(x, y, "route")
    geod = pyproj.Geod(ellps="WGS84")
    corners = [route[0]]
    for (x, y), (to_x, to_y) in pairwise(route):
        count = int(np.ceil(geod.inv(x, y, to_x, to_y)[2] / longest))
        between = geod.npts(x, y, to_x, to_y, max(count - 1, 0)) if count > 1 else []
        corners += [*between, (to_x, to_y)]
    longitude, latitude = np.array(corners).T
    ends = earth_centred(longitude, latitude)
    ways = np.diff(ends, axis=0)
    lengths = distances(longitude[:-1], latitude[:-1], longitude[1:], latitude[1:])
    before = np.concatenate([[0.0], np.cumsum(lengths)[:-1]])
    return _Pieces(longitude, latitude, ends[:-1], ways, before, lengths)


def _candidates(found: Positions, pieces: _Pieces, metres: float) -> tuple[Ints, Ints]:
    """Pairs of a report and a piece that it may be near to."""
    boxes = [
        (piece, half.west, half.south, half.east, half.north)
        for piece, length in enumerate(pieces.lengths)
        for half in box_around(
            float(pieces.longitude[piece]), float(pieces.latitude[piece]), metres + length
        ).halves()
    ]
    names = ("piece", "west", "south", "east", "north")
    engine = Engine()
    engine.register("boxes", table_of(dict(zip(names, zip(*boxes, strict=True), strict=True))))
    engine.register(
        "points",
        table_of(
            {
                "row": np.arange(len(found)),
                "longitude": found.longitude,
                "latitude": found.latitude,
            }
        ),
    )
    pairs = engine.run(_JOIN)
    points, candidates = (pairs[name].to_numpy().astype(np.int64) for name in ("row", "piece"))
    return points, candidates


def _measured(
    found: Positions, points: Ints, pieces: _Pieces, candidates: Ints
) -> tuple[Floats, Floats]:
    """How far each report is from its piece, and where along the route the nearest place is."""
    there = earth_centred(found.longitude, found.latitude)[points]
    from_start, way = there - pieces.starts[candidates], pieces.ways[candidates]
    squares = np.maximum(np.einsum("ij,ij->i", way, way), np.finfo(np.float64).tiny)
    share = np.clip(np.einsum("ij,ij->i", from_start, way) / squares, 0, 1)
    chords = np.linalg.norm(from_start - share[:, None] * way, axis=1)
    apart = 2 * _RADIUS * np.arcsin(np.minimum(chords / (2 * _RADIUS), 1))
    return apart, pieces.before[candidates] + share * pieces.lengths[candidates]


def _of_text(text: str) -> list[Point]:
    inner = re.fullmatch(r"\s*LINESTRING\s*Z?\s*\((.*)\)\s*", text, re.IGNORECASE | re.DOTALL)
    try:
        parts = [part.split() for part in (inner[1] if inner else text).split(",")]
        return [(float(x), float(y)) for x, y, *_ in parts]
    except ValueError:
        raise GeometryError(
            f"expected a route such as '-93.6 41.6, -91.5 41.7' or a LINESTRING, got {text[:60]!r}"
        ) from None


def _of_geojson(text: str, name: str) -> list[Point]:
    try:
        document = json.loads(text)
        feature = document["features"][0] if "features" in document else document
        geometry = feature.get("geometry") or feature
        if geometry["type"] == "LineString":
            return [(float(x), float(y)) for x, y, *_ in geometry["coordinates"]]
    except (ValueError, KeyError, TypeError, AttributeError, IndexError):
        pass
    raise GeometryError(f"expected a LineString in {name}")
