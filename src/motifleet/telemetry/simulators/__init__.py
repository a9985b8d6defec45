"""Telemetry from nowhere: fleets that are simulated, deterministic by seed.

`simulate_lab` is the plain distribution of the hands-on lab: every column independent, good for
trying out tables, maps and commands. `simulate_fleet` drives trucks over real distances with
signals that depend on one another; it knows the truth about what happened, so that what a
method finds can be checked.

Both give Arrow batches of reports with bounded memory and read no clock. The fleet is decided
first (``vehicles``, ``schedule``), then laid out over the minutes (``timeline``), then its
signals follow (``physics``, ``degradation``), then sensors fail (``faults``); ``truth`` tells of
all of it.
"""

from motifleet.telemetry.simulators.fleet import FleetSimulation, simulate_fleet
from motifleet.telemetry.simulators.lab import FIRST_REPORT, simulate_lab

__all__ = ["FIRST_REPORT", "FleetSimulation", "simulate_fleet", "simulate_lab"]
