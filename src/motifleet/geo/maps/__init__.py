"""Maps: layers of reports, cells, paths, fences and findings on one page that needs no network.

:class:`FleetMap` takes layers one by one and gives the page. Each layer has a module: it turns
Arrow tables into compact columns, which one script (``web/map.js``) draws, so that a report costs
some tens of bytes of the page instead of an object of its own. :mod:`page` puts them on a Folium
map and is the one importer of Folium.
"""

from motifleet.geo.maps.choice import (
    CLUSTERS_UP_TO,
    MARKERS_UP_TO,
    REPORTS_UP_TO,
    Style,
    chosen_style,
)
from motifleet.geo.maps.fleet_map import FleetMap
from motifleet.geo.maps.hexagons import fitting_resolution
from motifleet.geo.maps.layer import Drawn
from motifleet.geo.maps.scene import map_assets
from motifleet.geo.maps.tiles import OPENSTREETMAP
from motifleet.geo.maps.windows import Window

__all__ = [
    "CLUSTERS_UP_TO",
    "MARKERS_UP_TO",
    "OPENSTREETMAP",
    "REPORTS_UP_TO",
    "Drawn",
    "FleetMap",
    "Style",
    "Window",
    "chosen_style",
    "fitting_resolution",
    "map_assets",
]
