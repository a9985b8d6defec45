"""What a stream tells at once of the values that have just come."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from motifleet.types import Floats, Frozen, Ints

if TYPE_CHECKING:
    from plotly.graph_objects import Figure


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Arrivals(Frozen):
    """The windows that new values completed, and how near to each its nearest earlier window is.

    Shapes are those of the values that were appended: (n,), (channels, n) or (devices, n).

    Args:
        m: the window length.
        windows: where each window begins, counted from the stream's beginning; -1 for values
            that complete none, since fewer than m have come.
        left_distances: to the nearest earlier window in memory: large means never seen before.
            Infinity where there is none, or a value is missing.
        left_indices: where that one begins, counted from the stream's beginning; -1: none.
        device_ids: the device of each row, of many devices.

    >>> from motifleet.matrixprofile import StreamingProfile
    >>> came = StreamingProfile(4).append([1, 5, 2, 8, 1, 5, 2, 9])
    >>> came.windows.tolist(), came.left_distances[-1].round(3)
    ([-1, -1, -1, 0, 1, 2, 3, 4], np.float64(0.15))
    """

    m: int
    windows: Ints
    left_distances: Floats
    left_indices: Ints
    device_ids: tuple[str, ...] | None = None

    def __len__(self) -> int:
        return self.windows.size

    def to_arrow(self) -> pa.Table:
        """Lay the windows out as a table, a row for each that is complete."""
        complete = self.windows >= 0
        columns: dict[str, Any] = {
            "window": self.windows[complete],
            "left_distance": self.left_distances[complete],
            "left_index": self.left_indices[complete],
        }
        table = pa.table(columns)
        if self.windows.ndim == 1:
            return table
        rows = np.broadcast_to(np.arange(len(self.windows))[:, None], complete.shape)[complete]
        if self.device_ids is None:
            return table.add_column(0, "channel", pa.array(rows))
        return table.add_column(0, "device_id", pa.array(self.device_ids, pa.string()).take(rows))

    def plot(self) -> "Figure":
        """Draw the left distances of the new windows, a line for each channel or device.

        Of many devices or channels the 10 are drawn whose windows are farthest from their past.
        """
        from motifleet.matrixprofile.panels import COLORS, Panels

        panels = Panels(["distance to the past"])
        windows, distances = np.atleast_2d(self.windows), np.atleast_2d(self.left_distances)
        farthest = np.where(np.isfinite(distances), distances, -1).max(axis=1, initial=-1)
        for number, row in enumerate(np.argsort(-farthest, kind="stable")[:10].tolist()):
            there = windows[row] >= 0
            name = str(row) if self.device_ids is None else self.device_ids[row]
            color = COLORS[number % len(COLORS)]
            panels.line(1, windows[row][there], distances[row][there], name, color)
        panels.figure.update_yaxes(rangemode="tozero")
        return panels.finish(f"new windows of {self.m} reports", "window")


def windows_of(totals: Ints, width: int, m: int) -> Ints:
    """Where the windows of new values begin, of rows that had so many; shape (rows, width)."""
    starts = totals[:, None] + np.arange(width)[None, :] - m + 1
    return np.asarray(np.maximum(starts, -1), np.int64)
