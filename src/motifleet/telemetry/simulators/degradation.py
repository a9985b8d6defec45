"""Slow degradations that end in a failure: the vehicle stands until it has been repaired."""

from typing import NamedTuple

import numpy as np

from motifleet.telemetry.simulators.plan import Plan
from motifleet.types import Floats

CAUSES = {"vibration": "bearing wear", "engine_temperature": "coolant loss"}


class Degradation(NamedTuple):
    """A degradation of the vehicle in ``row`` of its block; times are minutes of the span.

    The onset lies before the span where the minute is negative.
    """

    row: int
    signal: str
    onset: int
    failure: int
    repaired: int

    @property
    def minutes(self) -> slice:
        """The minutes of the span in which the vehicle runs worse and worse."""
        return slice(max(0, self.onset), self.failure)

    @property
    def wear(self) -> Floats:
        """From 0 at the onset to 1 at the failure, ever faster, for each of the minutes."""
        passed = np.arange(self.minutes.start, self.failure) - self.onset
        return (passed / (self.failure - self.onset)) ** 2


def degradations(plan: Plan) -> list[Degradation]:
    """The degradations behind a plan's breakdowns: each takes one to two and a half days."""
    rows, slots = np.nonzero(plan.tours.pause)
    failures = (plan.tours.start + plan.tours.halt)[rows, slots]
    onsets = failures - (1440 + 2160 * plan.trouble[rows, 5]).astype(np.int64)
    repairs = failures + plan.tours.pause[rows, slots]
    signals = np.array(list(CAUSES))[(plan.trouble[rows, 4] * len(CAUSES)).astype(np.int64)]
    columns = rows, signals, onsets, failures, repairs
    return [Degradation(*each) for each in zip(*(c.tolist() for c in columns), strict=True)]
