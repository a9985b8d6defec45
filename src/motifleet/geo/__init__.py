"""Where devices are: fences, what is near, trips and stops, H3 cells, spatial SQL, and maps.

Fences are named areas: the bundled ``us_states`` or the user's own (``read_fences``). ``locate``
says which one each report is in, ``visits`` and ``events`` when devices entered and left, and how
long they stayed. ``within``, ``nearest``, ``in_box`` and ``along`` find what is near a point, a box
or a route, in metres on the spheroid. ``trips``, ``stops`` and ``distance`` tell how devices moved,
``cells`` counts them in hexagons, and ``query`` runs the user's SQL. ``FleetMap`` draws all of it.

All take reports as Arrow tables and give Arrow tables, which can be appended to Iceberg tables as
they are. This room is the one importer of SedonaDB, PROJ, H3 and Folium.
"""

from motifleet.geo.cells import cell_ids, cells
from motifleet.geo.fences import Fences, fences_from_wkt, read_fences, us_states
from motifleet.geo.geodesic import Box, box_around, distances
from motifleet.geo.locate import Locator, locate
from motifleet.geo.maps import (
    CLUSTERS_UP_TO,
    MARKERS_UP_TO,
    OPENSTREETMAP,
    REPORTS_UP_TO,
    Drawn,
    FleetMap,
    Style,
    Window,
    chosen_style,
    fitting_resolution,
    map_assets,
)
from motifleet.geo.motion import MotionRules, distance, stops, trips
from motifleet.geo.near import Point, in_box, latest, merge_nearest, nearest, within
from motifleet.geo.points import parse_numbers, read_points
from motifleet.geo.positions import POSITION, Positions, positions
from motifleet.geo.query import DEFAULT_MEMORY, query
from motifleet.geo.route import along, read_route
from motifleet.geo.visits import events, visits

__all__ = [
    "CLUSTERS_UP_TO",
    "DEFAULT_MEMORY",
    "MARKERS_UP_TO",
    "OPENSTREETMAP",
    "POSITION",
    "REPORTS_UP_TO",
    "Box",
    "Drawn",
    "Fences",
    "FleetMap",
    "Locator",
    "MotionRules",
    "Point",
    "Positions",
    "Style",
    "Window",
    "along",
    "box_around",
    "cell_ids",
    "cells",
    "chosen_style",
    "distance",
    "distances",
    "events",
    "fences_from_wkt",
    "fitting_resolution",
    "in_box",
    "latest",
    "locate",
    "map_assets",
    "merge_nearest",
    "nearest",
    "parse_numbers",
    "positions",
    "query",
    "read_fences",
    "read_points",
    "read_route",
    "stops",
    "trips",
    "us_states",
    "visits",
    "within",
]
