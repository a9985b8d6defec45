"""What a drive looks like minute by minute: town streets, ramps, highway, grades, stops.

A profile is fixed for each route and direction, so every trip over the route repeats it. That
repetition is what a motif search should find.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from motifleet.types import Floats

CRUISE_KMH = 86.0
TOWN_KM = 8.0


class Mark(NamedTuple):
    """A named stretch of a profile, from ``start`` up to ``end`` (exclusive), in minutes."""

    name: str
    start: int
    end: int

    def shifted(self, minutes: int) -> "Mark":
        """The same stretch in a longer profile."""
        return Mark(self.name, self.start + minutes, self.end + minutes)


class Profile(NamedTuple):
    """One value a minute: speed in km/h, engine load from 0 to 1, vibration in mm/s."""

    speed: Floats
    load: Floats
    vibration: Floats
    marks: tuple[Mark, ...] = ()

    def named(self, name: str) -> "Profile":
        """The same profile, marked from end to end."""
        return self._replace(marks=(*self.marks, Mark(name, 0, len(self.speed))))


def joined(profiles: Sequence[Profile]) -> Profile:
    """One profile after the other, their marks moved along."""
    starts = np.cumsum([0, *(len(profile.speed) for profile in profiles)])
    marks = [m.shifted(int(s)) for s, p in zip(starts, profiles, strict=False) for m in p.marks]
    channels = zip(*(profile[:3] for profile in profiles), strict=True)
    speed, load, vibration = (np.concatenate(parts) for parts in channels)
    return Profile(speed, load, vibration, tuple(marks))


def outward(rng: np.random.Generator, kilometres: float, hilly: bool) -> Profile:
    """From the yard to the customers: departure, highway, perhaps a grade, delivery loop."""
    departure = joined([_town(rng, 8), _ramp(rng, 42.0, CRUISE_KMH)]).named("departure")
    arrival = [_ramp(rng, 78.0, 40.0), _delivery_loop(rng)]
    return joined([departure, *_cruise(rng, kilometres, hilly), *arrival])


def homeward(rng: np.random.Generator, kilometres: float, hilly: bool) -> Profile:
    """From the customers back to the yard."""
    departure = joined([_town(rng, 6), _ramp(rng, 40.0, CRUISE_KMH)]).named("way home")
    arrival = joined([_ramp(rng, 80.0, 42.0), _town(rng, 8)]).named("arrival")
    return joined([departure, *_cruise(rng, kilometres, hilly), arrival])


def unloading() -> Profile:
    """Half an hour at the customer's ramp: the tail lift goes up and down five times."""
    lift = np.array([0.6, 2.6, 2.2, 0.9, 0.3, 0.3])
    weights = np.repeat([1.0, 0.9, 0.8, 0.7, 0.6], len(lift))
    return _standing(np.tile(lift, 5) * weights, load=0.22).named("unloading")


def loading() -> Profile:
    """24 minutes in the yard: pallets drop in, each with a thump, ever closer to the door."""
    thumps = np.tile([3.0, 0.5, 1.2], 8) * np.linspace(0.5, 1.0, 24)
    return _standing(thumps, load=0.12).named("loading")


def _cruise(rng: np.random.Generator, kilometres: float, hilly: bool) -> list[Profile]:
    minutes = max(10, round((kilometres - 2 * TOWN_KM) / CRUISE_KMH * 60))
    if not hilly:
        return [_highway(rng, minutes)]
    before = int(minutes * rng.uniform(0.2, 0.5))
    return [_highway(rng, before), _grade(rng), _highway(rng, max(5, minutes - before - 18))]


def _town(rng: np.random.Generator, minutes: int) -> Profile:
    speed = np.clip(34 + 9 * _wave(rng, minutes, 2), 12, 50)
    speed[rng.random(minutes) < 0.3] *= 0.2
    return _driving(rng, speed, 0.2 + 0.3 * speed / 50)


def _delivery_loop(rng: np.random.Generator) -> Profile:
    speed = np.array([32.0, 24, 6, 0, 18, 27, 8, 0, 15, 22, 12, 4])
    return _driving(rng, speed * rng.uniform(0.85, 1.15), 0.15 + speed / 80).named("delivery loop")


def _ramp(rng: np.random.Generator, before: float, after: float) -> Profile:
    speed = np.linspace(before, after, 3)
    return _driving(rng, speed, np.full(3, 0.95 if after > before else 0.05))


def _highway(rng: np.random.Generator, minutes: int) -> Profile:
    terrain = _wave(rng, minutes, 9)
    speed = np.clip(CRUISE_KMH - 4 * terrain + 1.5 * _wave(rng, minutes, 3), 62, 100)
    return _driving(rng, speed, np.clip(0.5 + 0.22 * terrain, 0.08, 0.98))


def _grade(rng: np.random.Generator) -> Profile:
    climb = np.concatenate([np.linspace(80, 54, 4), np.full(8, 52.0)])
    speed = np.concatenate([climb, np.linspace(60, 76, 6)])
    load = np.concatenate([np.full(len(climb), 1.0), np.full(6, 0.06)])
    return _driving(rng, speed, load).named("mountain grade")


def _driving(rng: np.random.Generator, speed: Floats, load: Floats) -> Profile:
    roughness = 1.0 + 0.28 * _wave(rng, len(speed), 2)
    return Profile(speed, load, speed / 90 * np.clip(2.4 * roughness, 0.5, None))


def _standing(vibration: Floats, load: float) -> Profile:
    still = np.zeros(len(vibration))
    return Profile(still, np.full(len(vibration), load), vibration)


def _wave(rng: np.random.Generator, minutes: int, width: int) -> Floats:
    """Smooth noise of unit variance whose humps are about ``width`` minutes wide."""
    kernel = np.hanning(2 * width + 1)
    noise = rng.standard_normal(minutes + len(kernel) - 1)
    wave: Floats = np.convolve(noise, kernel / np.sqrt(np.sum(kernel**2)), mode="valid")
    return wave
