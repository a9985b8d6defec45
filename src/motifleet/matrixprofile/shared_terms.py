"""What is asked of a search for shared motifs, and what it finds."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from motifleet.errors import InvalidArgumentError
from motifleet.matrixprofile import kernels
from motifleet.matrixprofile.findings import Match, Place


@dataclass(frozen=True, slots=True)
class SharedMotif(Place):
    """A window that many devices have one like.

    Args:
        radius: within this distance, so many devices as were asked for have a window like it.
        reach: within this distance, windows are occurrences.
        devices: how many devices have an occurrence, its own too.
        occurrences: every window within reach, none overlapping another, the nearest first; its
            own, at distance 0, is the first.

    >>> import numpy as np
    >>> from motifleet.matrixprofile import shared_motifs
    >>> values = np.random.default_rng(4).normal(size=600)
    >>> for start in (20, 230):
    ...     values[start : start + 30] = 4 * np.hanning(30) + values[start : start + 30] / 20
    >>> from motifleet.types import FleetSeries
    >>> fleet = FleetSeries(values, np.array([0, 200, 400, 600]), ("a", "b", "c"), "speed")
    >>> (found,) = shared_motifs(fleet, 30, min_devices=2, k=1)
    >>> found.devices, sorted({each.device_id for each in found.occurrences})
    (2, ['a', 'b'])
    """

    radius: float
    reach: float
    devices: int
    occurrences: tuple[Match, ...]

    def __len__(self) -> int:
        return len(self.occurrences)

    def to_dict(self) -> dict[str, Any]:
        """Return the fields as JSON has them, times in ISO 8601."""
        where = Place(self.device_id, self.signal, self.index, self.event_ts, self.m).to_dict()
        facts = {"radius": self.radius, "reach": self.reach, "devices": self.devices}
        return {**where, **facts, "occurrences": [each.to_dict() for each in self.occurrences]}


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked for, as `shared_motifs` takes it.

    >>> Asked.checked(30, 0.5, 3, None, constant=False).wanted(9)
    5
    """

    m: int
    min_devices: float
    k: int
    max_distance: float | None
    constant: bool

    @classmethod
    def checked(
        cls, m: int, min_devices: float, k: int, max_distance: float | None, *, constant: bool
    ) -> "Asked":
        """Check what does not depend on the fleet.

        Raises:
            InvalidArgumentError: an argument is out of its bounds.
        """
        if max_distance is not None and not max_distance >= 0:
            raise InvalidArgumentError(f"expected a max_distance of 0 or more, got {max_distance}")
        whole = isinstance(min_devices, int | np.integer) and not isinstance(min_devices, bool)
        share = isinstance(min_devices, float) and 0 < min_devices <= 1
        if not (share or (whole and min_devices >= 2)):
            raise InvalidArgumentError(
                "expected a number of devices from 2 (as 12) or a share of them up to 1.0 (as "
                f"0.5) that share a motif, got {min_devices!r}"
            )
        m, k = kernels.window_length(m), kernels.result_count(k)
        return cls(m, min_devices, k, max_distance, constant)

    def wanted(self, devices: int) -> int:
        """How many of so many devices have to share a motif.

        Raises:
            InvalidArgumentError: there are fewer.
        """
        share = isinstance(self.min_devices, float)
        wanted = (
            max(2, int(np.ceil(self.min_devices * devices - 1e-9))) if share else self.min_devices
        )
        if devices < wanted:
            raise InvalidArgumentError(
                f"expected at least {wanted} devices with a window of {self.m} values without a "
                f"gap, got {devices}: choose a shorter window, more devices or fewer that share it"
            )
        return int(wanted)
