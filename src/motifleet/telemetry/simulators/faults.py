"""Faults of the sensors: what is reported is not what the vehicle does."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from motifleet.telemetry.simulators.physics import SENSORS, measured
from motifleet.telemetry.simulators.plan import Plan
from motifleet.telemetry.simulators.randomness import Stream, device_generator
from motifleet.telemetry.simulators.routes import atlas
from motifleet.types import Floats

KINDS = ("stuck value", "spike burst", "drift", "noise")
STRENGTH = {"engine_temperature": 10.0, "vibration": 2.5, "tank_level": 12.0}
"""How strong a fault is, in the signal's unit."""
LIKELY = np.array([0.4, 0.8, 1.0])
"""Which sensor a fault hits, as cumulated likelihoods."""
SHORTEST, LONGEST = 30, 180


class SensorFault(NamedTuple):
    """A fault of one sensor of the vehicle in ``row`` of its block, in minutes of the span."""

    row: int
    name: str
    signal: str
    start: int
    end: int


def sensor_faults(plan: Plan) -> list[SensorFault]:
    """The faults of a plan: at most one for each device, while it is on its way to a customer."""
    driven = (plan.tours.length > 0) & (plan.tours.start < plan.span.minutes - SHORTEST)
    faulty = (plan.trouble[:, 0] < plan.scenario.fault_share) & driven.any(axis=1)
    rows = np.flatnonzero(faulty)
    signal, kind, tour, start, duration = plan.trouble[rows, 4:9].T
    nth = (tour * driven[rows].sum(axis=1)).astype(np.int64) + 1
    slots = np.argmax(np.cumsum(driven[rows], axis=1) == nth[:, None], axis=1)
    begins, ends = _when(plan, rows, slots, start, duration)
    names = np.array(KINDS)[(kind * len(KINDS)).astype(np.int64)]
    signals = np.array(list(STRENGTH))[np.searchsorted(LIKELY, signal, side="right")]
    columns = rows, names, signals, begins, ends
    return [SensorFault(*each) for each in zip(*(c.tolist() for c in columns), strict=True)]


def _when(
    plan: Plan, rows: NDArray[np.intp], slots: NDArray[np.intp], start: Floats, duration: Floats
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    departs, route = plan.tours.start[rows, slots], plan.tours.route[rows, slots]
    begins = departs + 2 + (start * 0.6 * atlas().outward[route]).astype(np.int64)
    begins = np.minimum(begins, plan.span.minutes - SHORTEST)
    lasts = (SHORTEST + (LONGEST - SHORTEST) * duration).astype(np.int64)
    return begins, np.minimum(begins + lasts, plan.tours.end[rows, slots])


def inject(signals: dict[str, Floats], plan: Plan, faults: list[SensorFault]) -> None:
    """Overwrite what good sensors see with what the faulty ones report, in place."""
    for fault in faults:
        rng = device_generator(
            plan.scenario.seed, int(plan.vehicles.numbers[fault.row]), Stream.FAULT
        )
        reported = signals[fault.signal][fault.row, fault.start : fault.end]
        reported[:] = _faulty(fault, reported, rng)
        measured(reported, SENSORS[fault.signal])


def _faulty(fault: SensorFault, seen: Floats, rng: np.random.Generator) -> Floats:
    strength = STRENGTH[fault.signal] * float(rng.choice([-1.0, 1.0]))
    if fault.name == "stuck value":
        return np.full(len(seen), seen[0])
    if fault.name == "drift":
        error = 1.5 * np.linspace(1 / len(seen), 1.0, len(seen))
    elif fault.name == "noise":
        error = rng.standard_normal(len(seen))
    else:
        spikes = rng.random(len(seen)) < 0.15
        spikes[[0, -1]] = True
        error = spikes * rng.uniform(2.0, 5.0, len(seen))
    reported: Floats = seen + strength * error
    return reported
