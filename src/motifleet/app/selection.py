"""Which reports of a table are meant."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class Selection:
    """Part of a table: some devices, a stretch of time, a filter, a snapshot.

    Args:
        devices: only these; None: all.
        start: only reports from this time on; ISO 8601 or a datetime, UTC without a zone.
        end: only reports before this time.
        where: a filter over the columns, as in ``speed > 80 and tank_level < 10``.
        as_of: a snapshot id, or a time whose snapshot is meant; None: the current one.

    >>> Selection(start="2026-03-02", where="speed > 80").only("truck-7").devices
    ('truck-7',)
    """

    devices: tuple[str, ...] | None = None
    start: datetime | str | None = None
    end: datetime | str | None = None
    where: str | None = None
    as_of: int | datetime | str | None = None

    def only(self, device: str) -> "Selection":
        """The same part of the table, of one device."""
        return replace(self, devices=(device,))

    def arguments(self) -> dict[str, Any]:
        """The arguments that a scan of a table takes."""
        return {
            "devices": self.devices,
            "start": self.start,
            "end": self.end,
            "where": self.where,
            "as_of": self.as_of,
        }


EVERYTHING = Selection()
