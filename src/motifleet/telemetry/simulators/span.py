"""The time that is simulated."""

from dataclasses import dataclass
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from motifleet.types import Times

DAY = 1440


@dataclass(frozen=True, slots=True)
class Span:
    """So many minutes from a start in UTC; minute 0 is the start."""

    start: datetime
    minutes: int

    @property
    def days(self) -> int:
        """The calendar days that the span touches."""
        return -(-(self.start.hour * 60 + self.start.minute + self.minutes) // DAY)

    def midnight(self, day: int) -> int:
        """The minute at which a day of the span begins; the first may have begun before."""
        return day * DAY - self.start.hour * 60 - self.start.minute

    def weekend(self, day: int) -> bool:
        """Whether a day of the span is a Saturday or a Sunday."""
        return (self.start.weekday() + day) % 7 >= 5

    def moments(self, minutes: NDArray[np.int64]) -> Times:
        """Minutes of the span as moments in UTC."""
        first = np.datetime64(self.start.replace(tzinfo=None), "us")
        return first + minutes.astype("timedelta64[m]")
