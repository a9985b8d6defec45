"""What part of the earth a map shows, across the antimeridian where the data goes across."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from motifleet.types import Floats

_MERCATOR = 85.0
"""Beyond this latitude the map's projection has nothing."""
_LEAST = 0.004
"""A map of one place shows so many degrees to each side."""


@dataclass(frozen=True, slots=True)
class Frame:
    """The box around what is drawn; ``east`` may be beyond 180.

    Args:
        west: degrees.
        south: degrees.
        east: degrees, at least ``west``.
        north: degrees.
    """

    west: float
    south: float
    east: float
    north: float

    @property
    def middle(self) -> float:
        """The longitude in the middle."""
        return (self.west + self.east) / 2

    def unwrapped(self, longitude: Floats) -> Floats:
        """Longitudes within half a turn of the middle, so that neighbours are drawn together."""
        return longitude + 360 * np.round((self.middle - longitude) / 360)

    def turns(self, longitude: float) -> float:
        """What to add to the longitudes of something whole whose middle is there."""
        return float(360 * np.round((self.middle - longitude) / 360))

    def corners(self) -> list[list[float]]:
        """The south-west and the north-east corner, latitude first, with a little room."""
        south, north = np.clip([self.south, self.north], -_MERCATOR, _MERCATOR)
        return [
            [float(south) - _LEAST, self.west - _LEAST],
            [float(north) + _LEAST, self.east + _LEAST],
        ]

    def wider(self, degrees: float) -> "Frame":
        """The frame with its own size to each side of it, and at least so many degrees."""
        x, y = max(self.east - self.west, degrees), max(self.north - self.south, degrees)
        return Frame(self.west - x, self.south - y, self.east + x, self.north + y)


def around(parts: Iterable[tuple[Floats, Floats]]) -> Frame:
    """The smallest frame around positions, by way of the antimeridian if that is shorter.

    Args:
        parts: longitudes and latitudes, at least one of each.

    >>> frame = around([(np.array([179.5, -179.0]), np.array([-17.0, -18.0]))])
    >>> frame.west, frame.east, frame.unwrapped(np.array([-179.0])).tolist()
    (179.5, 181.0, [181.0])
    """
    longitude, latitude = (np.concatenate(each) for each in zip(*parts, strict=True))
    turned = np.unique(np.mod(longitude, 360))
    gaps = np.diff(turned, append=turned[0] + 360)
    widest = int(np.argmax(gaps))
    west = float(turned[(widest + 1) % len(turned)])
    west = west - 360 if west >= 180 else west
    span = 360 - float(gaps[widest])
    return Frame(_tidy(west), float(latitude.min()), _tidy(west + span), float(latitude.max()))


def _tidy(degrees: float) -> float:
    return round(degrees, 9)
