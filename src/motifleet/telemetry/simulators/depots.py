"""Where the simulated vehicles live: depots in real cities, and the ways between them."""

import math
from typing import NamedTuple

import numpy as np

from motifleet.types import Floats

EARTH_RADIUS_KM = 6371.0
SHORTEST_KM, LONGEST_KM = 35.0, 150.0
DESTINATIONS = 3


class Depot(NamedTuple):
    """A city with a yard: degrees WGS84, hours behind UTC in winter, hills around or not."""

    city: str
    latitude: float
    longitude: float
    hours_behind: int
    hilly: bool = False


DEPOTS = (
    Depot("Denver CO", 39.739, -104.990, 7, True),
    Depot("Boulder CO", 40.015, -105.271, 7, True),
    Depot("Fort Collins CO", 40.585, -105.084, 7, True),
    Depot("Colorado Springs CO", 38.834, -104.821, 7, True),
    Depot("Pueblo CO", 38.254, -104.609, 7, True),
    Depot("Vail CO", 39.640, -106.374, 7, True),
    Depot("Cheyenne WY", 41.140, -104.820, 7),
    Depot("Des Moines IA", 41.587, -93.625, 6),
    Depot("Ames IA", 42.031, -93.612, 6),
    Depot("Marshalltown IA", 42.049, -92.908, 6),
    Depot("Waterloo IA", 42.493, -92.343, 6),
    Depot("Cedar Rapids IA", 41.978, -91.666, 6),
    Depot("Iowa City IA", 41.661, -91.530, 6),
    Depot("Davenport IA", 41.524, -90.578, 6),
    Depot("Chicago IL", 41.878, -87.630, 6),
    Depot("Rockford IL", 42.271, -89.094, 6),
    Depot("Milwaukee WI", 43.039, -87.907, 6),
    Depot("Madison WI", 43.073, -89.401, 6),
    Depot("Gary IN", 41.593, -87.346, 6),
    Depot("South Bend IN", 41.676, -86.252, 5),
    Depot("Dallas TX", 32.777, -96.797, 6),
    Depot("Fort Worth TX", 32.755, -97.331, 6),
    Depot("Waco TX", 31.549, -97.147, 6),
    Depot("Temple TX", 31.098, -97.343, 6),
    Depot("Austin TX", 30.267, -97.743, 6),
    Depot("San Marcos TX", 29.883, -97.941, 6),
    Depot("San Antonio TX", 29.424, -98.494, 6),
    Depot("Los Angeles CA", 34.052, -118.244, 8, True),
    Depot("San Bernardino CA", 34.108, -117.290, 8, True),
    Depot("Barstow CA", 34.896, -117.017, 8, True),
    Depot("Santa Clarita CA", 34.392, -118.543, 8, True),
    Depot("Santa Ana CA", 33.746, -117.868, 8),
    Depot("Palm Springs CA", 33.830, -116.545, 8, True),
    Depot("Bakersfield CA", 35.373, -119.019, 8, True),
    Depot("San Jose CA", 37.338, -121.886, 8),
    Depot("Oakland CA", 37.804, -122.271, 8, True),
    Depot("Sacramento CA", 38.582, -121.494, 8),
    Depot("Stockton CA", 37.958, -121.291, 8),
    Depot("Santa Rosa CA", 38.440, -122.714, 8, True),
    Depot("Seattle WA", 47.606, -122.332, 8, True),
    Depot("Tacoma WA", 47.253, -122.444, 8),
    Depot("Olympia WA", 47.038, -122.901, 8),
    Depot("Everett WA", 47.979, -122.202, 8, True),
    Depot("Longview WA", 46.138, -122.938, 8),
    Depot("Portland OR", 45.515, -122.678, 8, True),
    Depot("Salem OR", 44.943, -123.035, 8),
    Depot("Eugene OR", 44.052, -123.087, 8, True),
    Depot("Philadelphia PA", 39.953, -75.165, 5),
    Depot("Allentown PA", 40.602, -75.471, 5, True),
    Depot("Reading PA", 40.336, -75.927, 5, True),
    Depot("Scranton PA", 41.409, -75.662, 5, True),
    Depot("Trenton NJ", 40.217, -74.743, 5),
    Depot("Newark NJ", 40.736, -74.172, 5),
    Depot("Wilmington DE", 39.746, -75.547, 5),
    Depot("Boston MA", 42.360, -71.059, 5),
    Depot("Worcester MA", 42.262, -71.802, 5, True),
    Depot("Springfield MA", 42.101, -72.590, 5),
    Depot("Providence RI", 41.824, -71.413, 5),
    Depot("Hartford CT", 41.766, -72.673, 5),
    Depot("Manchester NH", 42.996, -71.455, 5, True),
)


def great_circle_km(here: Depot, there: Depot) -> float:
    """The distance between two depots along the great circle, by the haversine formula.

    >>> denver, boulder = DEPOTS[:2]
    >>> round(great_circle_km(denver, boulder), 1)
    38.9
    """
    rise = math.radians(there.latitude - here.latitude)
    run = math.radians(there.longitude - here.longitude)
    cosines = math.cos(math.radians(here.latitude)) * math.cos(math.radians(there.latitude))
    half_chord = math.sin(rise / 2) ** 2 + cosines * math.sin(run / 2) ** 2
    return 2 * EARTH_RADIUS_KM * math.asin(math.sqrt(half_chord))


def destinations(home: Depot) -> tuple[Depot, ...]:
    """The three nearest depots that are a drive away, the nearest first."""
    distances = ((great_circle_km(home, there), there) for there in DEPOTS)
    drives = sorted(each for each in distances if SHORTEST_KM <= each[0] <= LONGEST_KM)
    return tuple(there for _, there in drives[:DESTINATIONS])


def road(here: Depot, there: Depot, progress: Floats, bends: Floats) -> tuple[Floats, Floats]:
    """Longitude and latitude along the road between two depots.

    The road follows the great circle and swings to its sides as ``bends`` tell.

    Args:
        here: where the progress is 0.
        there: where the progress is 1.
        progress: shape (minutes,), the share of the road that lies behind.
        bends: shape (k,), the sideways swing of the first k half-waves, in degrees.
    """
    start, end = _unit_vector(here), _unit_vector(there)
    angle = np.arccos(np.clip(start @ end, -1.0, 1.0))
    shares = np.sin((1 - progress) * angle), np.sin(progress * angle)
    points = (shares[0][:, None] * start + shares[1][:, None] * end) / np.sin(angle)
    sideways = np.cross(start, end) / np.sin(angle)
    waves = np.sin(np.pi * progress[:, None] * np.arange(1, len(bends) + 1))
    points += (waves @ np.radians(bends))[:, None] * sideways
    longitude = np.degrees(np.arctan2(points[:, 1], points[:, 0]))
    latitude = np.degrees(np.arctan2(points[:, 2], np.hypot(points[:, 0], points[:, 1])))
    return longitude, latitude


def _unit_vector(depot: Depot) -> Floats:
    longitude, latitude = np.radians([depot.longitude, depot.latitude])
    across = np.cos(latitude)
    return np.array([across * np.cos(longitude), across * np.sin(longitude), np.sin(latitude)])
