"""Polygons in well-known text (OGC 06-103r4)."""

import re

import numpy as np

from motifleet.errors import GeometryError
from motifleet.geo.rings import Polygon, Ring, Shape, not_a_polygon

_START = re.compile(r"\s*(?:SRID\s*=\s*(\d+)\s*;)?\s*([A-Z]+)\s*(ZM|Z|M)?\s*(.*)", re.I | re.S)
_KIND = re.compile(
    r"\s*(SRID\s*=\s*\d+\s*;)?\s*((MULTI)?(POINT|LINESTRING|POLYGON)|GEOMETRYCOLLECTION)\b", re.I
)
_PARTS = re.compile(r"\(\([^()]*\)(?:\s*,\s*\([^()]*\))*\)")
_RING = re.compile(r"\(([^()]*)\)")


def from_wkt(text: str) -> Shape:
    """The polygons of a POLYGON or MULTIPOLYGON, heights and measures left out.

    Raises:
        GeometryError: it is no well-known text, something else than polygons, or not in degrees.

    >>> from_wkt("POLYGON ((0 0, 4 0, 4 3, 0 0))")[0][0][2].tolist()
    [4.0, 3.0]
    """
    start = _START.fullmatch(text)
    if start is None or not is_wkt(text):
        raise GeometryError(f"expected well-known text such as {_EXAMPLE}, got {text[:60]!r}")
    srid, kind, _, body = start.groups()
    if srid not in (None, "4326"):
        raise GeometryError(f"expected degrees in WGS84 (SRID 4326), got SRID {srid}")
    if kind.upper() not in ("POLYGON", "MULTIPOLYGON"):
        raise GeometryError(not_a_polygon(kind.upper()))
    if body.strip().upper() == "EMPTY":
        return []
    return [_polygon(part) for part in _parts(body, 2 if len(kind) > len("POLYGON") else 1)]


def to_wkt(shape: Shape) -> str:
    """A shape as well-known text, every digit kept.

    >>> to_wkt(from_wkt("MULTIPOLYGON (((0 0, 4 0, 4 3, 0 0)))"))
    'POLYGON ((0 0, 4 0, 4 3, 0 0))'
    """
    parts = [f"({', '.join(map(_ring_text, polygon))})" for polygon in shape]
    return f"POLYGON {parts[0]}" if len(parts) == 1 else f"MULTIPOLYGON ({', '.join(parts)})"


def _ring_text(ring: Ring) -> str:
    return f"({', '.join(f'{_digits(x)} {_digits(y)}' for x, y in ring.tolist())})"


def _digits(value: float) -> str:
    return repr(value).removesuffix(".0")


def _parts(body: str, depth: int) -> list[str]:
    """The polygons' texts, each with its own brackets."""
    packed = re.sub(r"\s*([()])\s*", r"\1", body)
    ends = "(" * (depth + 1), ")" * (depth + 1)
    if (
        packed.count("(") != packed.count(")")
        or (
            packed[: depth + 1],
            packed[-depth - 1 :],
        )
        != ends
    ):
        raise GeometryError(
            f"expected balanced brackets as in {_EXAMPLE}, got {body[:40]!r}…: is it cut off?"
        )
    return [packed] if depth == 1 else _PARTS.findall(packed)


def _polygon(part: str) -> Polygon:
    return [_ring(points) for points in _RING.findall(part)]


def _ring(text: str) -> Ring:
    points = [point.split()[:2] for point in text.split(",")]
    try:
        return np.array([[float(x), float(y)] for x, y in points])
    except ValueError:
        raise GeometryError(
            f"expected points such as '-93.6 41.5, -93.5 41.5', got {text[:60]!r}"
        ) from None


def is_wkt(text: str) -> bool:
    """Whether a text begins as well-known text does."""
    return _KIND.match(text) is not None


_EXAMPLE = "'POLYGON ((-93.6 41.5, -93.5 41.5, -93.5 41.6, -93.6 41.5))'"
