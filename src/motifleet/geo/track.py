"""Reports in order, device by device, cut where nothing was heard for long."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from motifleet.errors import InvalidArgumentError
from motifleet.geo.arrow import Array, named
from motifleet.geo.geodesic import distances
from motifleet.geo.positions import (
    Positions,
    as_times,
    device_codes,
    microseconds,
    positions,
)
from motifleet.types import Floats, Ints


@dataclass(frozen=True, slots=True, eq=False)
class Track:
    """Positions by device and time.

    Args:
        names: the devices' names, sorted.
        codes: shape (n,), the device of each position.
        times: shape (n,), microseconds since 1970.
        points: the positions.
        stretch: shape (n,), numbers the stretches of a device without a longer gap.
    """

    names: list[str]
    codes: Ints
    times: Ints
    points: Positions
    stretch: Ints

    def __len__(self) -> int:
        return len(self.codes)

    def steps(self) -> Floats:
        """Metres from each position to the next; 0 at the end of a stretch: shape (n,)."""
        x, y = self.points.longitude, self.points.latitude
        metres = np.zeros(len(self))
        if len(self) > 1:
            metres[:-1] = distances(x[:-1], y[:-1], x[1:], y[1:])
            metres[:-1][self.stretch[1:] != self.stretch[:-1]] = 0
        return metres

    def devices(self, places: Ints) -> Array:
        """The devices of some positions."""
        return named(self.names, self.codes[places]).cast(pa.string())

    def at(self, places: Ints) -> Array:
        """The times of some positions."""
        return as_times(self.times[places])


def track(reports: pa.Table, max_gap: float) -> Track:
    """Bring reports in order; those without a position are left out.

    Args:
        reports: columns ``device_id``, ``event_ts``, ``longitude``, ``latitude``.
        max_gap: seconds without a report after which a stretch ends.

    Raises:
        InvalidArgumentError: the gap is not above 0.
    """
    if not max_gap > 0:
        raise InvalidArgumentError(f"expected a gap above 0 seconds, got {max_gap}")
    points = positions(reports)
    codes, names = device_codes(reports)
    codes, times = codes[points.rows], microseconds(reports)[points.rows]
    order = np.lexsort((times, codes))
    codes, times = codes[order], times[order]
    breaks = (np.diff(codes) != 0) | (np.diff(times) > max_gap * 1e6)
    stretch = np.concatenate([[0], np.cumsum(breaks)]) if len(codes) else codes
    return Track(names, codes, times, points.at(order), stretch)
