"""What a vehicle is like: its make, its home, its routes and its habits."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from motifleet.telemetry.simulators.depots import DEPOTS
from motifleet.telemetry.simulators.routes import atlas
from motifleet.types import Floats, Ints


class Make(NamedTuple):
    """A manufacturer: vibration in mm/s, temperatures in °C, fuel use as a factor."""

    name: str
    idle_vibration: float
    road_vibration: float
    thermostat: float
    heat_of_load: float
    thirst: float


MAKES = (
    Make("Alder & Sons", 0.8, 1.0, 82.0, 13.0, 1.0),
    Make("Brightwater", 0.5, 0.8, 84.0, 11.0, 0.9),
    Make("Corvane", 1.1, 1.3, 80.0, 15.0, 1.15),
    Make("Dunmore Trucks", 0.7, 1.1, 86.0, 12.0, 1.05),
)
CHARACTER = 10
"""How many random numbers make a vehicle."""


class Vehicles(NamedTuple):
    """The vehicles of one block, one value each.

    ``routes`` are numbers of tours in the atlas, the regular ones first, of which the vehicle
    drives ``route_count``. Departures are in minutes after midnight UTC.
    """

    numbers: Ints
    make: Ints
    routes: Ints
    route_count: Ints
    departure: Floats
    tours_a_day: Ints
    ambient: Floats
    speed_factor: Floats
    load_factor: Floats
    thirst: Floats
    level: Floats


def vehicles(numbers: Sequence[int], character: Floats) -> Vehicles:
    """The vehicles that random numbers stand for.

    Args:
        numbers: the numbers of the n devices.
        character: shape (n, CHARACTER), uniform in [0, 1).
    """
    u = character.T
    home = (u[0] * len(DEPOTS)).astype(np.int64)
    make = (u[1] * len(MAKES)).astype(np.int64)
    routes, route_count = _regular_routes(home, wanted=2 + (u[2] < 0.5))
    tours_a_day = _tours_a_day(routes, route_count)
    hours_behind = np.array([depot.hours_behind for depot in DEPOTS])[home]
    return Vehicles(
        numbers=np.array(numbers),
        make=make,
        routes=routes,
        # No more routes than daily tours: the same day comes again, and each route thrice in three.
        route_count=np.minimum(route_count, tours_a_day),
        departure=60.0 * hours_behind + 300 + 180 * u[3],
        tours_a_day=tours_a_day,
        ambient=np.rint(14 + 10 * u[4]),
        speed_factor=0.97 + 0.05 * u[5],
        load_factor=0.9 + 0.15 * u[6],
        thirst=(0.95 + 0.1 * u[7]) * of_make(make, "thirst"),
        level=45 + 50 * u[8],
    )


def of_make(make: Ints, attribute: str) -> Floats:
    """One attribute of the makes, for each vehicle."""
    values: Floats = np.array([float(getattr(each, attribute)) for each in MAKES])[make]
    return values


def _regular_routes(home: Ints, wanted: Ints) -> tuple[Ints, Ints]:
    of_depot = atlas().of_depot
    count = np.minimum(wanted, np.array([len(routes) for routes in of_depot])[home])
    padded = np.array([(routes * 3)[:3] for routes in of_depot])
    return padded[home], count


def _tours_a_day(routes: Ints, route_count: Ints) -> Ints:
    """As many tours as fit into a shift of 12 hours, three at most."""
    longest = np.where(np.arange(3) < route_count[:, None], atlas().lengths[routes], 0).max(axis=1)
    count: Ints = np.clip(720 // (longest + 20), 1, 3)
    return count
