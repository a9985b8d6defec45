"""The atlas: every regular tour between two depots, minute by minute, laid end to end."""

from functools import cache
from itertools import accumulate
from typing import NamedTuple

import numpy as np

from motifleet.telemetry.simulators import profiles
from motifleet.telemetry.simulators.depots import (
    DEPOTS,
    Depot,
    destinations,
    great_circle_km,
    road,
)
from motifleet.types import Floats, Ints

DETOUR = 1.18
ROADS_SEED = 1964
FUEL_IDLING, FUEL_DRIVING = 0.008, 0.1


class Tour(NamedTuple):
    """Out to a destination, unload, back home, load: one value a minute."""

    name: str
    profile: profiles.Profile
    outward_minutes: int
    longitude: Floats
    latitude: Floats


class Atlas(NamedTuple):
    """All tours in flat arrays: tour k owns ``starts[k]`` up to ``starts[k] + lengths[k]``.

    ``of_depot[i]`` are the tours that begin and end at depot i. ``fuel`` is what has been used
    since the tour began, in percent of the tank.
    """

    tours: tuple[Tour, ...]
    of_depot: tuple[tuple[int, ...], ...]
    starts: Ints
    lengths: Ints
    outward: Ints
    speed: Floats
    load: Floats
    vibration: Floats
    fuel: Floats
    longitude: Floats
    latitude: Floats


@cache
def atlas() -> Atlas:
    """The roads of the simulated world: they are the same for every seed.

    >>> len(atlas().tours), atlas().tours[0].name
    (165, 'Denver CO to Boulder CO')
    """
    per_depot = [[_tour(home, there) for there in destinations(home)] for home in DEPOTS]
    ends = list(accumulate(len(tours) for tours in per_depot))
    of_depot = tuple(
        tuple(range(end - len(tours), end)) for end, tours in zip(ends, per_depot, strict=True)
    )
    return _laid_out([tour for tours in per_depot for tour in tours], of_depot)


def _laid_out(tours: list[Tour], of_depot: tuple[tuple[int, ...], ...]) -> Atlas:
    lengths = np.array([len(tour.longitude) for tour in tours])
    return Atlas(
        tours=tuple(tours),
        of_depot=of_depot,
        starts=np.cumsum(lengths) - lengths,
        lengths=lengths,
        outward=np.array([tour.outward_minutes for tour in tours]),
        speed=np.concatenate([tour.profile.speed for tour in tours]),
        load=np.concatenate([tour.profile.load for tour in tours]),
        vibration=np.concatenate([tour.profile.vibration for tour in tours]),
        fuel=np.concatenate([_fuel(tour.profile) for tour in tours]),
        longitude=np.concatenate([tour.longitude for tour in tours]),
        latitude=np.concatenate([tour.latitude for tour in tours]),
    )


def _tour(home: Depot, there: Depot) -> Tour:
    rng = np.random.default_rng([ROADS_SEED, DEPOTS.index(home), DEPOTS.index(there)])
    kilometres = DETOUR * great_circle_km(home, there)
    hilly = home.hilly or there.hilly
    out = profiles.outward(rng, kilometres, hilly)
    back = profiles.homeward(rng, kilometres, hilly)
    whole = profiles.joined([out, profiles.unloading(), back, profiles.loading()])
    progress = np.concatenate(
        [
            _progress(out.speed),
            np.ones(len(profiles.unloading().speed)),
            1 - _progress(back.speed),
            np.zeros(len(profiles.loading().speed)),
        ]
    )
    longitude, latitude = road(home, there, progress, rng.normal(0, [0.04, 0.02, 0.01, 0.005]))
    return Tour(f"{home.city} to {there.city}", whole, len(out.speed), longitude, latitude)


def _progress(speed: Floats) -> Floats:
    """The share of the way that lies behind at each minute, by the speed driven."""
    driven = np.cumsum(speed) - speed[0]
    share: Floats = driven / driven[-1]
    return share


def _fuel(profile: profiles.Profile) -> Floats:
    rate = FUEL_IDLING + FUEL_DRIVING * profile.load * profile.speed / 90
    used: Floats = np.cumsum(rate) - rate[0]
    return used
