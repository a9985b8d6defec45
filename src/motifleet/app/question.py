"""What the demo asks of a table: one signal, in windows of one length."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from motifleet.app.home import Motifleet
from motifleet.app.selection import Selection
from motifleet.app.tasks import Against
from motifleet.geo import FleetMap
from motifleet.matrixprofile import (
    Across,
    Discord,
    Finding,
    FleetProfile,
    Match,
    SimilarDevices,
)
from motifleet.types import Floats, Series


@dataclass(frozen=True, slots=True)
class Question:
    """A signal of a table, in windows of m reports.

    Args:
        table: the table.
        signal: the signal's column.
        m: the window's length.
        step: seconds between reports.
        where: which reports count; None: all.
    """

    table: str
    signal: str
    m: int
    step: int
    where: str | None = None

    def profile(self, fleet: Motifleet) -> FleetProfile:
        """The profiles of all devices."""
        return fleet.profile(self.table, self.signal, self.m, selection=self._selection)

    def discords(
        self, fleet: Motifleet, against: Against, k: int, min_windows: int
    ) -> list[Discord | Across]:
        """The k windows least like what came before them, or like those of any other device."""
        return fleet.discords(
            self.table,
            self.signal,
            self.m,
            against=against,
            k=k,
            min_windows=min_windows,
            selection=self._selection,
        )

    def match(self, fleet: Motifleet, pattern: Floats, k: int) -> list[Match]:
        """The k windows of all devices nearest to a pattern."""
        return fleet.match(pattern, self.table, self.signal, k=k, selection=self._selection)

    def similar(self, fleet: Motifleet, device: str, k: int) -> SimilarDevices:
        """The k devices that behave most like one: all are compared."""
        found = self.table, device, self.signal, self.m
        return fleet.similar_devices(*found, k=k, exact=True, selection=self._selection)

    def states(self, fleet: Motifleet) -> list[dict[str, Any]]:
        """The US states that devices were in: fence, reports, devices; the most reports first."""
        counted = fleet.geo.count(self.table, selection=self._selection).to_pylist()
        return [row for row in counted if row["fence"] is not None]

    def map(self, fleet: Motifleet, found: Sequence[Finding]) -> FleetMap:
        """The paths of all devices with findings on top, offline."""
        return fleet.geo.map(
            self.table,
            layers=["paths"],
            findings=found,
            offline=True,
            selection=self._selection,
        )

    def series(self, fleet: Motifleet, found: Finding) -> Series:
        """The series that a finding is in."""
        device = str(found.device_id)
        return fleet.series(self.table, device, self.signal, selection=self._selection)

    def values(self, fleet: Motifleet, found: Finding) -> Floats:
        """The values of a finding's window."""
        return self.series(fleet, found).values[found.index : found.index + found.m]

    def span(self, start: datetime) -> tuple[datetime, datetime]:
        """The time that a window takes."""
        return start, start + timedelta(seconds=self.step * self.m)

    @property
    def _selection(self) -> Selection:
        return Selection(where=self.where)


FLIGHTS = Question("flights", "groundspeed", 60, step=10)
# A parked truck reports nothing but constants, so only running engines are looked at.
FLEET = Question("fleet", "engine_temperature", 60, step=60, where="vibration > 0")
