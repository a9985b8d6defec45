"""The signals that follow from what a vehicle does: speed, temperature, vibration, tank."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from motifleet.telemetry.simulators.degradation import Degradation
from motifleet.telemetry.simulators.plan import Plan
from motifleet.telemetry.simulators.randomness import Stream, device_generator
from motifleet.telemetry.simulators.routes import atlas
from motifleet.telemetry.simulators.timeline import Timeline
from motifleet.telemetry.simulators.vehicles import of_make
from motifleet.types import Floats

WARMS_IN, COOLS_IN = 6.0, 40.0
"""Time constants of the engine's temperature in minutes: running, and off."""


class Sensor(NamedTuple):
    """A signal's range, its steps to a unit (the resolution), and its noise in that unit."""

    low: float
    high: float
    steps: float
    noise: float


SENSORS = {
    "speed": Sensor(0.0, 140.0, 10.0, 0.5),
    "engine_temperature": Sensor(-40.0, 210.0, 2.0, 0.12),
    "vibration": Sensor(0.0, 40.0, 100.0, 0.07),
    "tank_level": Sensor(0.0, 100.0, 2.5, 0.1),
}
"""Speed in km/h, engine temperature in °C, vibration in mm/s, tank level in percent."""


def signals(plan: Plan, line: Timeline, degradations: list[Degradation]) -> dict[str, Floats]:
    """What the vehicles do, shape (vehicles, minutes) for each signal, as good sensors see it."""
    true = {
        "speed": _speed(plan, line),
        "engine_temperature": _engine_temperature(plan, line, degradations),
        "vibration": _vibration(plan, line, degradations),
        "tank_level": line.level.copy(),
    }
    noise = _noise(plan, line)
    noise[0] *= true["speed"] > 0  # wheels at rest give no pulses, so no noise either
    for name, each in zip(true, noise, strict=True):
        true[name] += SENSORS[name].noise * each
        measured(true[name], SENSORS[name])
    return true


def measured(values: Floats, sensor: Sensor) -> None:
    """Make values what a sensor reports, in its range and rounded to its resolution, in place."""
    np.clip(values, sensor.low, sensor.high, out=values)
    values *= sensor.steps
    np.rint(values, out=values)
    values /= sensor.steps


def _noise(plan: Plan, line: Timeline) -> NDArray[np.float32]:
    """Standard normal noise while the engine runs, shape (signals, vehicles, minutes).

    It is drawn minute by minute, so that a later breakdown leaves the minutes before as they are.
    """
    noise = np.zeros((len(SENSORS), *line.running.shape), dtype=np.float32)
    for row, (number, running) in enumerate(zip(plan.vehicles.numbers, line.running, strict=True)):
        rng = device_generator(plan.scenario.seed, int(number), Stream.NOISE)
        shape = np.count_nonzero(running), len(SENSORS)
        noise[:, row, running] = rng.standard_normal(shape, dtype=np.float32).T
    return noise


def _speed(plan: Plan, line: Timeline) -> Floats:
    return atlas().speed[line.place] * line.running * plan.vehicles.speed_factor[:, None]


def _engine_temperature(plan: Plan, line: Timeline, degradations: list[Degradation]) -> Floats:
    """A first-order lag behind the thermostat's temperature and the load, or the air around."""
    make, ambient = plan.vehicles.make, plan.vehicles.ambient[:, None]
    heat = of_make(make, "heat_of_load") * plan.vehicles.load_factor
    target = of_make(make, "thermostat")[:, None] + heat[:, None] * atlas().load[line.place]
    for each in degradations:
        if each.signal == "engine_temperature":
            target[each.row, each.minutes] += 30.0 * each.wear
    target = np.where(line.running, target, ambient)
    rate = np.where(line.running, 1 - np.exp(-1 / WARMS_IN), 1 - np.exp(-1 / COOLS_IN))
    return _lagged(target, rate, start=ambient[:, 0])


def _lagged(target: Floats, rate: Floats, start: Floats) -> Floats:
    """Follow the target: each minute by ``rate`` of what is missing."""
    kept = np.ascontiguousarray((1 - rate).T)
    values = np.ascontiguousarray((rate * target).T)
    values[0] += kept[0] * start
    for minute in range(1, len(values)):
        values[minute] += kept[minute] * values[minute - 1]
    return np.ascontiguousarray(values.T)


def _vibration(plan: Plan, line: Timeline, degradations: list[Degradation]) -> Floats:
    make = plan.vehicles.make
    vibration = of_make(make, "road_vibration")[:, None] * atlas().vibration[line.place]
    vibration += of_make(make, "idle_vibration")[:, None]
    vibration *= line.running
    for each in degradations:
        if each.signal == "vibration":
            vibration[each.row, each.minutes] *= 1.0 + 1.8 * each.wear
    return vibration
