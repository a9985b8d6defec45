"""Distances on the WGS84 spheroid, and cheap bounds of them.

The exact distance is that of Karney's algorithm (2013, doi:10.1007/s00190-012-0578-z), from PROJ.
Only candidates need it: take a point's longitude and latitude for those of a point on the unit
sphere. This map stretches every path by a factor between the least and the greatest radius of
curvature of the spheroid, so that for the angle between two points

    6,335,439 m · angle <= distance <= 6,399,594 m · angle

at any latitude, across the antimeridian and over the poles.
"""

from dataclasses import dataclass
from math import asin, cos, degrees, pi, radians, sin
from typing import Final

import numpy as np

from motifleet.errors import GeometryError
from motifleet.types import Floats

_A: Final = 6_378_137.0
_F: Final = 1 / 298.257223563
_E2: Final = _F * (2 - _F)
LEAST_RADIUS: Final = _A * (1 - _E2)
GREATEST_RADIUS: Final = _A / (1 - _E2) ** 0.5
_ROUNDING: Final = 1e-7
"""Radians that an angle between opposite points may be off by rounding."""


def distances(
    longitude: Floats | float,
    latitude: Floats | float,
    to_longitude: Floats | float,
    to_latitude: Floats | float,
) -> Floats:
    """The lengths of the shortest ways, in metres, to nanometres (Karney 2013).

    Args:
        longitude: degrees; arrays of shape (n,) or single numbers, like the next three.
        latitude: degrees.
        to_longitude: degrees.
        to_latitude: degrees.

    >>> distances(0.0, 60.0, 1.0, 60.0).round(3).tolist()
    [55799.47]
    """
    import pyproj

    given = np.atleast_1d(longitude, latitude, to_longitude, to_latitude)
    x, y, to_x, to_y = (np.ascontiguousarray(each) for each in np.broadcast_arrays(*given))
    _, _, metres = pyproj.Geod(ellps="WGS84").inv(x, y, to_x, to_y)
    return np.asarray(metres, dtype=np.float64)


def unit_vectors(longitude: Floats, latitude: Floats) -> Floats:
    """The points on the unit sphere: shape (n, 3)."""
    x, y = np.radians(longitude), np.radians(latitude)
    across = np.cos(y)
    return np.column_stack([across * np.cos(x), across * np.sin(x), np.sin(y)])


def angles(points: Floats, centre: Floats) -> Floats:
    """The angles between unit vectors and one of them, in radians: shape (n,)."""
    chords = np.linalg.norm(points - centre, axis=1)
    return np.asarray(2 * np.arcsin(np.minimum(chords / 2, 1)))


def widest_angle(metres: float) -> float:
    """Two points farther apart than this angle are farther apart than ``metres``."""
    return metres / LEAST_RADIUS + _ROUNDING


def beyond_nearest(angle: float) -> float:
    """Two points farther apart than this angle are farther apart than any pair at ``angle``."""
    return angle * (GREATEST_RADIUS / LEAST_RADIUS) + _ROUNDING


def earth_centred(longitude: Floats, latitude: Floats) -> Floats:
    """The points on the spheroid, in metres from the centre of the earth: shape (n, 3)."""
    sines = np.sin(np.radians(latitude))
    normal = _A / np.sqrt(1 - _E2 * sines**2)
    return unit_vectors(longitude, latitude) * np.column_stack([normal, normal, normal * (1 - _E2)])


def surface_latitude(flat: Floats, z: Floats) -> Floats:
    """The latitude, in degrees, of the direction from the centre of the earth to the surface.

    Args:
        flat: shape (n,), the distance from the earth's axis, in any unit.
        z: shape (n,), the height above the plane of the equator, in the same unit.
    """
    return np.asarray(np.degrees(np.arctan2(z, flat * (1 - _E2))))


def ring_km2(ring: Floats) -> float:
    """The area inside a ring whose edges are straight in longitude and latitude.

    Below each edge lies the area between it and the equator: an integral of the authalic
    latitude's sine (Snyder 1987, equation 3-12) over longitude, by eight Gauss-Legendre points.

    Args:
        ring: shape (points, 2), longitude and latitude in degrees, closed.
    """
    x, y = np.radians(ring).T
    nodes, weights = np.polynomial.legendre.leggauss(8)
    sines = np.sin(y[:-1, None] + np.diff(y)[:, None] * (nodes + 1) / 2)
    e = _E2**0.5
    zone = (1 - _E2) * (sines / (1 - _E2 * sines**2) + np.arctanh(e * sines) / e) / 2
    below = np.diff(x) * (zone @ weights) / 2
    return abs(float(below.sum())) * _A**2 / 1e6


@dataclass(frozen=True, slots=True)
class Box:
    """A box of longitudes and latitudes, borders included.

    Args:
        west: degrees; greater than ``east`` where the box goes across the antimeridian.
        south: degrees.
        east: degrees.
        north: degrees.

    Raises:
        GeometryError: a side is not on the earth, or south is north of north.

    >>> Box(170, -20, -170, 0).where()
    'latitude >= -20.0 and latitude <= 0.0 and (longitude >= 170.0 or longitude <= -170.0)'
    """

    west: float
    south: float
    east: float
    north: float

    def __post_init__(self) -> None:
        on_earth = all(abs(x) <= 180 for x in (self.west, self.east))
        if not (on_earth and -90 <= self.south <= self.north <= 90):
            raise GeometryError(
                "expected a box as west, south, east, north with longitudes within ±180 and "
                f"latitudes within ±90, south below north, got {self.west:g}, {self.south:g}, "
                f"{self.east:g}, {self.north:g}"
            )

    def where(self) -> str:
        """The box as a filter over a table's columns."""
        between = "or" if self.west > self.east else "and"
        # A filter knows no exponents.
        west, south, east, north = (
            np.format_float_positional(side, trim="0")
            for side in (self.west, self.south, self.east, self.north)
        )
        return (
            f"latitude >= {south} and latitude <= {north} and "
            f"(longitude >= {west} {between} longitude <= {east})"
        )

    def halves(self) -> list["Box"]:
        """The box as boxes that do not go across the antimeridian."""
        if self.west <= self.east:
            return [self]
        return [
            Box(self.west, self.south, 180.0, self.north),
            Box(-180.0, self.south, self.east, self.north),
        ]


def box_around(longitude: float, latitude: float, metres: float) -> Box:
    """A box that holds every point within a distance of a point."""
    angle = widest_angle(metres)
    up = degrees(angle)
    south, north = max(latitude - up, -90.0), min(latitude + up, 90.0)
    if latitude - up <= -90 or latitude + up >= 90 or angle >= pi / 2:
        return Box(-180.0, south, 180.0, north)
    aside = degrees(asin(min(1.0, sin(angle) / cos(radians(latitude))))) + degrees(_ROUNDING)
    return Box(_wrapped(longitude - aside), south, _wrapped(longitude + aside), north)


def _wrapped(longitude: float) -> float:
    return (longitude + 180) % 360 - 180 if abs(longitude) > 180 else longitude
