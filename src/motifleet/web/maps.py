"""A map on the page: the layers of reports and notebooks, above state boundaries."""

from collections.abc import Sequence
from typing import Any

from nicegui import json, ui

from motifleet.geo import FleetMap
from motifleet.web.visit import PREFIX, Visit, address

_MIDDLE, _ZOOM = (39.5, -96.0), 4
_DRAW = {
    "polygon": True,
    "rectangle": True,
    "polyline": False,
    "circle": False,
    "marker": False,
    "circlemarker": False,
}


class MapView:
    """A map whose layers can be drawn anew.

    Args:
        visit: whose page it is on.
        label: what it shows, for who cannot see it.
        drawing: whether areas can be drawn on it.
    """

    def __init__(self, visit: Visit, label: str, *, drawing: bool = False) -> None:
        self._visit = visit
        resources = [f"{PREFIX}/maps/markercluster.js", f"{PREFIX}/maps/map.js"]
        # Leaflet Draw needs its rectangles not to say how large they are: it would fail on it.
        draw = {"draw": {**_DRAW, "rectangle": {"showArea": False}}, "edit": False}
        self.element = ui.leaflet(
            _MIDDLE,
            _ZOOM,
            options={"preferCanvas": True, "zoomSnap": 0.5, "maxZoom": 19},
            draw_control=draw if drawing else False,
            hide_drawn_items=True,
            additional_resources=resources,
        )
        self.element.layers.clear()  # its tiles, which other hosts would be asked for
        self.element.classes("map").props(f'role=application aria-label="{label}"')
        self._fitted = False

    async def show(self, drawing: FleetMap, table: str, *, fit: bool | None = None) -> None:
        """Draw layers in the place of those that are there; at first all of them are in view."""
        scene = drawing.scene() if drawing.drawn else _NOTHING
        link = PREFIX + address("/device", {"table": table, "device": ""}) + "&device="
        wanted = not self._fitted if fit is None else fit
        await self.element.initialized()
        told = f"{self.element.id}, {json.dumps(scene)}, {json.dumps(link)}"
        ui.run_javascript(f"page.draw({told}, {str(wanted and bool(scene['layers'])).lower()})")
        self._fitted = True

    def tiles(self, wanted: bool) -> None:
        """Ask for the streets of OpenStreetMap, or no longer."""
        ui.run_javascript(f"page.tiles(getElement({self.element.id}).map, {str(wanted).lower()})")


_NOTHING: dict[str, Any] = {
    "corners": [],
    "layers": [],
    "ground": {"scale": 1, "lon": [], "lat": [], "ends": [], "areas": []},
}


def as_wkt(ring: Sequence[dict[str, float]]) -> str:
    """Corners of an area, as Leaflet gives them, as well-known text.

    >>> as_wkt([{"lat": 41.5, "lng": -93.7}, {"lat": 41.5, "lng": -93.5}, {"lat": 42, "lng": -93}])
    'POLYGON ((-93.7 41.5, -93.5 41.5, -93 42, -93.7 41.5))'
    """
    corners = [f"{each['lng']:.7g} {each['lat']:.7g}" for each in [*ring, ring[0]]]
    return f"POLYGON (({', '.join(corners)}))"
