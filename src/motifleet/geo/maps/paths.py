"""Paths with time: where each device went, and when."""

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from motifleet.geo.arrow import ordered, rows_at
from motifleet.geo.maps.colors import MOVING, PALETTE
from motifleet.geo.maps.encode import ends, moments, places
from motifleet.geo.maps.frame import Frame
from motifleet.geo.maps.layer import Drawn
from motifleet.geo.positions import POSITION, device_codes, microseconds, positions
from motifleet.telemetry import DEVICE_ID, EVENT_TS
from motifleet.types import Floats, Ints

ENOUGH = 60_000
"""So many positions make paths that are smooth at every zoom that shows all of them."""
_RESTING = 1e-4
"""Positions within such parts of a degree, some ten metres, are one place for a path."""


@dataclass(frozen=True, slots=True, eq=False)
class PathsLayer:
    """The ways of devices, in pieces that no gap interrupts.

    Args:
        codes: shape (n,), each position's device; positions are by device and time.
        micros: shape (n,), their times.
        longitude: shape (n,), degrees.
        latitude: shape (n,), degrees.
        starts: shape (pieces,), where each piece begins.
        devices: the devices' names.
        title: the layer's name.
        remark: what was left out to keep the page small.
    """

    function: ClassVar[str] = "paths"

    codes: Ints
    micros: Ints
    longitude: Floats
    latitude: Floats
    starts: Ints
    devices: list[str]
    title: str
    remark: str | None

    @property
    def drawn(self) -> Drawn:
        """How many pieces of paths."""
        return Drawn(self.title, "paths", len(self.starts))

    def extent(self) -> tuple[Floats, Floats]:
        """All positions."""
        return self.longitude, self.latitude

    def data(self, frame: Frame) -> dict[str, Any]:
        """Positions and times, piece by piece."""
        lengths = np.diff(self.starts, append=len(self.codes))
        few = len(self.devices) <= len(PALETTE)
        return {
            "title": self.title,
            "remark": self.remark,
            **places(frame.unwrapped(self.longitude), self.latitude),
            **moments(self.micros),
            "ends": ends(lengths),
            "device": self.codes[self.starts].tolist(),
            "devices": self.devices,
            "color": list(range(len(self.devices))) if few else [0] * len(self.devices),
            "colors": list(PALETTE[: len(self.devices)]) if few else [PALETTE[0]],
            "moving": None if few else MOVING,
            "names": self.devices if few else [f"{len(self.devices):,} devices"],
        }


def paths_layer(reports: pa.Table, max_gap: float, title: str, enough: int = ENOUGH) -> PathsLayer:
    """Lay out the paths of devices.

    A path breaks off where nothing was heard for longer than ``max_gap`` seconds. Of a device at
    rest only the first and the last position are kept; of too many positions every second, third …
    of a piece.
    """
    placed = rows_at(reports.select(list(POSITION)), positions(reports).rows)
    placed = ordered(placed, DEVICE_ID, EVENT_TS)
    codes, devices = device_codes(placed)
    micros, found = microseconds(placed), positions(placed)
    first = _begins(codes, micros, found.longitude, max_gap)
    kept = _moving(first, found.longitude, found.latitude)
    nth = -(-len(kept) // enough)
    kept = _every(nth, kept, first)
    starts = np.flatnonzero(first[kept])
    return PathsLayer(
        codes[kept],
        micros[kept],
        found.longitude[kept],
        found.latitude[kept],
        starts,
        devices,
        title,
        f"of the positions on the way one in {nth} is drawn" if nth > 1 else None,
    )


def _begins(codes: Ints, micros: Ints, longitude: Floats, max_gap: float) -> NDArray[np.bool_]:
    """Which positions begin a piece."""
    first = np.ones(len(codes), np.bool_)
    late = np.diff(micros) > max_gap * 1e6
    # A way of half the globe between two reports was none that could be drawn.
    leap = np.abs((np.diff(longitude) + 180) % 360 - 180) > 90
    first[1:] = (np.diff(codes) != 0) | late | leap
    return first


def _moving(first: NDArray[np.bool_], longitude: Floats, latitude: Floats) -> Ints:
    """The positions but those in the midst of a rest."""
    x, y = np.rint(longitude / _RESTING), np.rint(latitude / _RESTING)
    same = (np.diff(x) == 0) & (np.diff(y) == 0) & ~first[1:]
    resting = np.zeros(len(first), np.bool_)
    resting[1:-1] = same[:-1] & same[1:]
    return np.flatnonzero(~resting)


def _every(nth: int, kept: Ints, first: NDArray[np.bool_]) -> Ints:
    """One in n of the positions, and the first and the last of each piece."""
    if nth <= 1:
        return kept
    begins = first[kept]
    piece_starts = np.flatnonzero(begins)
    within = np.arange(len(kept)) - np.repeat(piece_starts, np.diff(piece_starts, append=len(kept)))
    last = np.append(begins[1:], True)
    chosen: Ints = kept[(within % nth == 0) | last]
    return chosen
