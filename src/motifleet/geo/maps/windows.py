"""Findings on a map: the way that a device went while it did what was found."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar, Final

import numpy as np
import pyarrow as pa

from motifleet.errors import InvalidArgumentError
from motifleet.geo.arrow import ordered, pc, rows_at
from motifleet.geo.maps.colors import FINDINGS
from motifleet.geo.maps.encode import ends, numbers, places
from motifleet.geo.maps.frame import Frame
from motifleet.geo.maps.layer import Drawn
from motifleet.geo.positions import positions
from motifleet.telemetry import DEVICE_ID, EVENT_TS
from motifleet.types import Floats

_PLURAL: Final = {"discord": "discords", "match": "matches", "motif": "motifs"}


@dataclass(frozen=True, slots=True, eq=False)
class Window:
    """A window of a device's signal that was found.

    Args:
        rank: 1 for the strongest; a motif's two windows share it.
        device_id: the device.
        signal: the signal.
        start: its first report's time.
        end: its last report's time.
        values: shape (m,), the signal's values; NaN where a report is missing.
        distance: how far it is from what it was compared with.
    """

    rank: int
    device_id: str
    signal: str
    start: datetime
    end: datetime
    values: Floats
    distance: float


@dataclass(frozen=True, slots=True, eq=False)
class WindowsLayer:
    """Windows by rank, each with the way that its device went meanwhile.

    Args:
        kind: discord, match or motif.
        windows: each with its positions, longitude and latitude; at least one.
        title: the layer's name.
    """

    function: ClassVar[str] = "findings"

    kind: str
    windows: tuple[tuple[Window, Floats, Floats], ...]
    title: str

    @property
    def drawn(self) -> Drawn:
        """How many windows."""
        return Drawn(self.title, "findings", len(self.windows))

    def extent(self) -> tuple[Floats, Floats]:
        """All positions."""
        longitude = np.concatenate([each for _, each, _ in self.windows])
        return longitude, np.concatenate([each for _, _, each in self.windows])

    def data(self, frame: Frame) -> dict[str, Any]:
        """Each window's way, numbers and values."""
        longitude, latitude = self.extent()
        color, shape = FINDINGS[self.kind]
        return {
            "title": self.title,
            "kind": self.kind,
            "color": color,
            "shape": shape,
            **places(frame.unwrapped(longitude), latitude),
            "ends": ends([len(each) for _, each, _ in self.windows]),
            "found": [_told(window) for window, _, _ in self.windows],
        }


def windows(
    kind: str, found: Sequence[Window], reports: pa.Table, title: str | None = None
) -> WindowsLayer | None:
    """Lay out windows where their devices were; those without a position meanwhile are left out.

    Args:
        kind: discord, match or motif.
        found: the windows, the strongest first.
        reports: positions of their devices.
        title: the layer's name; None: the kind's plural.

    Returns:
        None where no window has a position.

    Raises:
        InvalidArgumentError: there is no such kind.
    """
    if kind not in FINDINGS:
        raise InvalidArgumentError(f"expected findings of {', '.join(FINDINGS)}, got {kind!r}")
    placed = ordered(rows_at(reports, positions(reports).rows), DEVICE_ID, EVENT_TS)
    laid = []
    for window in found:
        way = positions(placed.filter(_during(window)))
        if len(way):
            laid.append((window, way.longitude, way.latitude))
    return WindowsLayer(kind, tuple(laid), title or _PLURAL[kind]) if laid else None


def _during(window: Window) -> Any:
    time = pc.field(EVENT_TS)
    return (pc.field(DEVICE_ID) == window.device_id) & (time >= window.start) & (time <= window.end)


def _told(window: Window) -> dict[str, Any]:
    return {
        "rank": window.rank,
        "device": window.device_id,
        "signal": window.signal,
        "from": window.start.timestamp(),
        "to": window.end.timestamp(),
        "m": len(window.values),
        "distance": numbers(np.array([window.distance]))[0],
        "values": numbers(window.values),
    }
