"""Where each vehicle is in its tour at each minute."""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from motifleet.telemetry.simulators.plan import Plan
from motifleet.telemetry.simulators.routes import atlas
from motifleet.telemetry.simulators.schedule import PUMP, Tours
from motifleet.types import Floats, Ints


class Timeline(NamedTuple):
    """Shape (vehicles, minutes): the place in the atlas, the engine on or off, the tank in %."""

    place: Ints
    running: NDArray[np.bool_]
    level: Floats


class _Pieces(NamedTuple):
    """Stretches of time of all vehicles, in which nothing changes or the tour goes on."""

    length: Ints
    place: Ints
    running: Ints
    level: Floats
    filled: Floats


def timeline(plan: Plan) -> Timeline:
    """Lay the tours of a plan out over the minutes of its span."""
    shape = len(plan.vehicles.numbers), plan.span.minutes
    pieces = _pieces(plan)
    begin = np.cumsum(pieces.length) - pieces.length
    elapsed = np.arange(shape[0] * shape[1]) - np.repeat(begin, pieces.length)
    running = np.repeat(pieces.running, pieces.length)
    place = np.repeat(pieces.place, pieces.length) + running * elapsed
    level = np.repeat(pieces.level, pieces.length) + PUMP * elapsed
    np.minimum(level, np.repeat(pieces.filled, pieces.length), out=level)
    level -= np.repeat(plan.vehicles.thirst, shape[1]) * atlas().fuel[place]
    return Timeline(
        place.reshape(shape), running.astype(np.bool_).reshape(shape), level.reshape(shape)
    )


def _pieces(plan: Plan) -> _Pieces:
    """For each tour: parked, under way, broken down, under way again, refuelled; then parked."""
    tours = plan.tours
    home = np.broadcast_to(atlas().starts[plan.vehicles.routes[:, :1]], tours.route.shape)
    begin = atlas().starts[tours.route]
    again = begin + tours.halt
    on, off = np.ones_like(begin), np.zeros_like(begin)
    parked = tours.level
    return _Pieces(
        length=_lengths(tours, plan.span.minutes),
        place=_in_order(home, begin, again, again, home, home[:, -1:]),
        running=_in_order(off, on, off, on, off, off[:, -1:]),
        level=_in_order(parked, parked, parked, parked, tours.back, tours.filled[:, -1:]),
        filled=_in_order(parked, parked, parked, parked, tours.filled, tours.filled[:, -1:]),
    )


def _lengths(tours: Tours, minutes: int) -> Ints:
    """The minutes of each piece, cut at the end of the span, which the last piece reaches."""
    first = np.zeros_like(tours.free[:, :1])
    parked = tours.start - np.concatenate([first, tours.free[:, :-1]], axis=1)
    columns = parked, tours.halt, tours.pause, tours.length - tours.halt, tours.refuelling
    ends = np.cumsum(np.stack(columns, axis=2).reshape(len(first), -1), axis=1)
    ends = np.concatenate([first, np.minimum(ends, minutes), first + minutes], axis=1)
    return np.diff(ends, axis=1).ravel()


def _in_order(*columns: NDArray[Any]) -> NDArray[Any]:
    """The values of a vehicle's pieces in the order of time, a vehicle after the other."""
    *of_tour, last = columns
    per_vehicle = np.stack(of_tour, axis=2).reshape(len(last), -1)
    return np.concatenate([per_vehicle, last], axis=1).ravel()
