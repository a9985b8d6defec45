"""The hands-on lab, step by step, on a home of one's own.

``run_lab`` does what the lab describes: part 1 from telemetry to two monitored endpoints, part 2 a
failure classifier from its training to the accuracy of its answers, and after it what the lab has
no data for, real flights and a plausible fleet. A `Step` is told by its name.
"""

from motifleet.app.lab.everything import BEYOND, Demonstration, demonstrate
from motifleet.app.lab.run import STEPS, run_lab, steps_named
from motifleet.app.lab.step import Did, LabResult, Step, StepResult

__all__ = [
    "BEYOND",
    "STEPS",
    "Demonstration",
    "Did",
    "LabResult",
    "Step",
    "StepResult",
    "demonstrate",
    "run_lab",
    "steps_named",
]
