"""Polygons as arrays: the shape that every fence file is read into, and well-known binary."""

import struct
from collections.abc import Iterator
from typing import Any, TypeAlias

import numpy as np

from motifleet.errors import GeometryError
from motifleet.types import Floats

Ring: TypeAlias = Floats
"""shape (points, 2): longitude, latitude in degrees; the last point repeats the first."""
Polygon: TypeAlias = list[Ring]
"""The outer ring, then the holes."""
Shape: TypeAlias = list[Polygon]
"""One or several polygons."""

_POLYGON, _MULTIPOLYGON = 3, 6
_NAMES = {
    1: "POINT",
    2: "LINESTRING",
    4: "MULTIPOINT",
    5: "MULTILINESTRING",
    7: "GEOMETRYCOLLECTION",
}


def rings_of(shape: Shape) -> Iterator[Ring]:
    """All rings of a shape."""
    return (ring for polygon in shape for ring in polygon)


def to_wkb(shape: Shape) -> bytes:
    """A shape as a MultiPolygon in well-known binary (OGC 06-103r4).

    >>> square = np.array([[0.0, 0], [1, 0], [1, 1], [0, 1], [0, 0]])
    >>> len(to_wkb([[square]]))
    102
    """
    out = [struct.pack("<BII", 1, _MULTIPOLYGON, len(shape))]
    for polygon in shape:
        out.append(struct.pack("<BII", 1, _POLYGON, len(polygon)))
        for ring in polygon:
            out += [struct.pack("<I", len(ring)), np.asarray(ring, "<f8").tobytes()]
    return b"".join(out)


def from_wkb(content: bytes) -> Shape:
    """The polygons in well-known binary, heights and measures left out.

    Raises:
        GeometryError: it is something else than polygons, or cut off.
    """
    if not content:
        return []
    try:
        return _Reader(content).shape()
    except (struct.error, ValueError) as error:
        raise GeometryError(f"expected well-known binary, got something else: {error}") from None


class _Reader:
    """Reads one geometry, ISO or extended well-known binary, either byte order."""

    def __init__(self, content: bytes) -> None:
        self._content = content
        self._at = 0

    def shape(self) -> Shape:
        order, kind, width = self._header()
        if kind == _POLYGON:
            return [self._polygon(order, width)]
        if kind == _MULTIPOLYGON:
            return [self._part() for _ in range(self._number(order))]
        raise GeometryError(not_a_polygon(_NAMES.get(kind, f"type {kind}")))

    def _part(self) -> Polygon:
        order, _, width = self._header()
        return self._polygon(order, width)

    def _polygon(self, order: str, width: int) -> Polygon:
        return [self._ring(order, width) for _ in range(self._number(order))]

    def _ring(self, order: str, width: int) -> Ring:
        points = self._number(order)
        values = np.frombuffer(self._content, f"{order}f8", points * width, self._at)
        self._at += points * width * 8
        return values.reshape(points, width)[:, :2].astype(np.float64)

    def _header(self) -> tuple[str, int, int]:
        order = "<" if self._take("<B") == 1 else ">"
        code = self._number(order)
        if code & 0x20000000:
            self._at += 4  # the SRID
        iso, kind = divmod(code & 0x0FFFFFFF, 1000)
        heights = bool(code & 0x80000000) or iso in (1, 3)
        measures = bool(code & 0x40000000) or iso in (2, 3)
        return order, kind, 2 + heights + measures

    def _number(self, order: str) -> int:
        return self._take(f"{order}I")

    def _take(self, form: str) -> int:
        (value,) = struct.unpack_from(form, self._content, self._at)
        self._at += struct.calcsize(form)
        return int(value)


def from_coordinates(coordinates: Any) -> Polygon:
    """A polygon from nested lists, as GeoJSON has it (RFC 7946).

    Raises:
        GeometryError: they are no lists of points.
    """
    try:
        return [
            np.array([[float(x), float(y)] for x, y, *_ in ring], np.float64).reshape(-1, 2)
            for ring in coordinates
        ]
    except (TypeError, ValueError):
        raise GeometryError(
            "expected rings of points such as [[[-93.6, 41.5], [-93.5, 41.5], …]], "
            f"got {str(coordinates)[:60]}"
        ) from None


def not_a_polygon(kind: str) -> str:
    """What is said of a geometry that encloses nothing."""
    return f"expected a POLYGON or MULTIPOLYGON, got {kind}, which has no inside"
