"""Areas on a map: the user's fences, and how any area is laid out."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from motifleet.geo.fences import Fences
from motifleet.geo.maps.colors import FENCE
from motifleet.geo.maps.encode import DEGREE, ends, places
from motifleet.geo.maps.frame import Frame
from motifleet.geo.maps.layer import Drawn
from motifleet.geo.rings import Polygon, Ring, Shape, rings_of
from motifleet.types import Floats


@dataclass(frozen=True, slots=True, eq=False)
class FencesLayer:
    """Fences as outlines.

    Args:
        fences: which.
        title: the layer's name.
    """

    function: ClassVar[str] = "fences"

    fences: Fences
    title: str

    @property
    def drawn(self) -> Drawn:
        """How many fences."""
        return Drawn(self.title, "fences", len(self.fences))

    def extent(self) -> tuple[Floats, Floats]:
        """All corners."""
        points = np.concatenate([ring for shape in self.fences.shapes for ring in rings_of(shape)])
        return points[:, 0], points[:, 1]

    def data(self, frame: Frame) -> dict[str, Any]:
        """Outlines, the largest first, so that small ones are on top."""
        order = range(len(self.fences) - 1, -1, -1)
        named = [(self.fences.names[each], self.fences.shapes[each]) for each in order]
        told = laid_out(named, frame, DEGREE)
        for area, place in zip(told["areas"], order, strict=True):
            area["km2"] = float(f"{self.fences.km2[place]:.5g}")
        return {"title": self.title, "color": FENCE, **told}


def laid_out(areas: Iterable[tuple[str, Shape]], frame: Frame, scale: int) -> dict[str, Any]:
    """Areas as a script reads them: all rings end to end, and which of them each polygon has."""
    rings: list[Ring] = []
    told: list[dict[str, Any]] = []
    for name, shape in areas:
        polygons = [_turned(polygon, frame, scale) for polygon in shape]
        numbers = []
        for polygon in polygons:
            numbers.append(list(range(len(rings), len(rings) + len(polygon))))
            rings += polygon
        told.append({"name": name, "polygons": numbers})
    points = np.concatenate(rings) if rings else np.empty((0, 2))
    return {
        **places(points[:, 0], points[:, 1], scale),
        "ends": ends([len(ring) for ring in rings]),
        "areas": told,
    }


def _turned(polygon: Polygon, frame: Frame, scale: int) -> Polygon:
    """A polygon on the frame's side of the globe; points that fall together are one."""
    whole = [_unbroken(ring) for ring in polygon]
    outer = whole[0][:, 0]
    turn = frame.turns(float(outer.min() + outer.max()) / 2)
    return [_thinned(ring + np.array([turn, 0]), scale) for ring in whole]


def _unbroken(ring: Ring) -> Ring:
    """A ring that steps from 180 to -180 and back without the steps; one around a pole as it is."""
    longitude = np.unwrap(ring[:, 0], period=360)
    closes = bool(np.isclose(longitude[0], longitude[-1]))
    return np.column_stack([longitude, ring[:, 1]]) if closes else ring


def _thinned(ring: Ring, scale: int) -> Ring:
    whole = np.rint(ring * scale)
    kept: Ring = ring[np.append(True, np.any(np.diff(whole, axis=0) != 0, axis=1))]
    return kept
