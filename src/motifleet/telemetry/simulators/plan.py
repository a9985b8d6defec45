"""All that is decided about devices before any signal is computed."""

from typing import NamedTuple

import numpy as np

from motifleet.telemetry.simulators.randomness import Stream, device_generator
from motifleet.telemetry.simulators.schedule import SLOTS, Scheduler, Tours
from motifleet.telemetry.simulators.span import Span
from motifleet.telemetry.simulators.vehicles import CHARACTER, Vehicles, vehicles
from motifleet.types import Floats

TROUBLE = 10
"""How many random numbers decide on a device's failure and sensor fault."""


class Scenario(NamedTuple):
    """What is simulated: when, by which seed, and the shares of devices with trouble."""

    span: Span
    seed: int
    fault_share: float
    failure_share: float


class Plan(NamedTuple):
    """What a block of devices does; ``trouble`` has shape (vehicles, TROUBLE)."""

    scenario: Scenario
    vehicles: Vehicles
    trouble: Floats
    tours: Tours

    @property
    def span(self) -> Span:
        """The time that is planned."""
        return self.scenario.span


def plan(scenario: Scenario, numbers: range) -> Plan:
    """Decide what the numbered devices do."""
    count = CHARACTER + TROUBLE + 3 * SLOTS * scenario.span.days
    rngs = (device_generator(scenario.seed, number, Stream.PLAN) for number in numbers)
    draws = np.stack([rng.random(count) for rng in rngs])
    character, trouble, rhythm = np.split(draws, [CHARACTER, CHARACTER + TROUBLE], axis=1)
    block = vehicles(numbers, character)
    fails = trouble[:, 0] >= 1 - scenario.failure_share
    scheduler = Scheduler(scenario.span, block, fails, trouble[:, 1:4].T)
    return Plan(scenario, block, trouble, scheduler.tours(rhythm.reshape(len(numbers), -1, 3)))
