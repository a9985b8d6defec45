"""When each vehicle drives which tour, breaks down, and fills its tank."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from motifleet.telemetry.simulators.routes import atlas
from motifleet.telemetry.simulators.span import Span
from motifleet.telemetry.simulators.vehicles import Vehicles
from motifleet.types import Floats, Ints

SLOTS = 3
"""How many tours a day has room for."""
TURNAROUND = 10
LONGEST_SHIFT = 600
REFUEL_BELOW = 25.0
PUMP = 12.0
"""Percent of a tank that is filled in a minute."""
WORKS_ON_WEEKDAYS, WORKS_ON_WEEKENDS = 0.98, 0.12


class Tours(NamedTuple):
    """The tours of a block, shape (vehicles, slots); what was not driven has length 0.

    Times are minutes of the span. A tour rests for ``pause`` minutes after ``halt`` minutes of
    driving: that is a breakdown. ``level`` is the tank level before, ``back`` at the return and
    ``filled`` after refuelling, in percent.
    """

    route: Ints
    start: Ints
    length: Ints
    halt: Ints
    pause: Ints
    level: Floats
    back: Floats
    filled: Floats

    @property
    def end(self) -> Ints:
        """The minutes at which the vehicles are back."""
        return self.start + self.length + self.pause

    @property
    def refuelling(self) -> Ints:
        """For how many minutes the tank is filled after the return."""
        return np.ceil((self.filled - self.back) / PUMP).astype(np.int64)

    @property
    def free(self) -> Ints:
        """The minutes from which the vehicles are parked, their tanks filled."""
        return self.end + self.refuelling


class _State(NamedTuple):
    """Where the vehicles of a block stand between two tours."""

    free: Ints
    driven: Ints
    level: Floats
    sound: NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Scheduler:
    """Plans the tours of a block one after the other, all vehicles at once.

    Args:
        span: the time to fill.
        vehicles: the n vehicles of the block.
        fails: shape (n,), which vehicles break down.
        failure: shape (3, n), uniform in [0, 1): how late, how far on the way, for how long.
    """

    span: Span
    vehicles: Vehicles
    fails: NDArray[np.bool_]
    failure: Floats

    def tours(self, rhythm: Floats) -> Tours:
        """Fill the slots, by uniform random numbers of shape (vehicles, slots, 3)."""
        none = np.zeros(len(self.fails), np.int64)
        state = _State(none, none, self.vehicles.level, ~self.fails)
        columns = []
        for slot in range(rhythm.shape[1]):
            tour, state = self._next(slot, rhythm[:, slot].T, state)
            columns.append(tour)
        return Tours(*(np.stack(column, axis=1) for column in zip(*columns, strict=True)))

    def _next(self, slot: int, u: Floats, state: _State) -> tuple[Tours, _State]:
        start, drives = self._departure(slot, u, state)
        turn = state.driven % self.vehicles.route_count
        route = self.vehicles.routes[np.arange(len(turn)), turn]
        length = np.where(drives, atlas().lengths[route], 0)
        halt, pause = self._breakdown(start, length, state)
        fuel = atlas().fuel[atlas().starts[route] + atlas().lengths[route] - 1]
        back = state.level - self.vehicles.thirst * fuel * drives
        filled = np.where(drives & (back < REFUEL_BELOW), np.rint(92 + 7 * u[2]), back)
        tour = Tours(route, start, length, halt, pause, state.level, back, filled)
        return tour, _State(tour.free, state.driven + drives, filled, state.sound | (pause > 0))

    def _departure(self, slot: int, u: Floats, state: _State) -> tuple[Ints, NDArray[np.bool_]]:
        """When each vehicle leaves, and whether it does at all."""
        day, place = divmod(slot, SLOTS)
        shift, weekend = self.span.midnight(day) + self.vehicles.departure, self.span.weekend(day)
        if place == 0:
            wished = shift + 24 * (u[1] - 0.5)
            works = u[0] < (WORKS_ON_WEEKENDS if weekend else WORKS_ON_WEEKDAYS)
        else:
            wished = state.free + TURNAROUND + 8 * u[1]
            more = (place < self.vehicles.tours_a_day) & (not weekend)
            works = more & (state.free > shift)
        start = np.maximum(wished.astype(np.int64), state.free + TURNAROUND)
        in_time = (start < shift + LONGEST_SHIFT) & (start < self.span.minutes)
        drives = works & in_time & (wished > 0)
        return np.where(drives, start, state.free), drives

    def _breakdown(self, start: Ints, length: Ints, state: _State) -> tuple[Ints, Ints]:
        """Where in its tour a vehicle fails, and for how long: once, late enough to see it come."""
        lateness, way, duration = self.failure
        late = start >= self.span.minutes * (0.4 + 0.25 * lateness)
        fails = ~state.sound & (length > 0) & late & (start + length <= self.span.minutes)
        halt = (length * (0.25 + 0.5 * way)).astype(np.int64)
        pause = (90 + 150 * duration).astype(np.int64)
        return np.where(fails, halt, length), np.where(fails, pause, 0)
