"""What a stream remembers at one moment."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from motifleet.types import Floats, Frozen, Ints

if TYPE_CHECKING:
    from plotly.graph_objects import Figure


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class StreamSnapshot(Frozen):
    """What a stream remembers at one moment.

    Args:
        m: the window length.
        start: the place of the first value in memory, counted from the stream's beginning.
        values: shape (n,), the values in memory.
        neighbor_distances: shape (n - m + 1, k), of each window to the k nearest of all that have
            been in memory together with it, the nearest first.
        neighbor_indices: shape (n - m + 1, k), where those begin, counted from the stream's
            beginning; -1: there is none.
        left_distances: shape (n - m + 1,), to the nearest one before it.
        left_indices: shape (n - m + 1,), where that one begins.

    >>> from motifleet.matrixprofile import StreamingProfile
    >>> stream = StreamingProfile(4, history=7)
    >>> came = stream.append([1, 5, 2, 8, 1, 5, 2, 9])
    >>> known = stream.snapshot()
    >>> known.start, known.values.tolist(), len(known)
    (1, [5.0, 2.0, 8.0, 1.0, 5.0, 2.0, 9.0], 4)
    """

    m: int
    start: int
    values: Floats
    neighbor_distances: Floats
    neighbor_indices: Ints
    left_distances: Floats
    left_indices: Ints

    def __len__(self) -> int:
        return len(self.left_distances)

    @property
    def distances(self) -> Floats:
        """The matrix profile: the distances to the nearest neighbours; shape (n - m + 1,)."""
        return self.neighbor_distances[:, 0]

    @property
    def indices(self) -> Ints:
        """Where the nearest neighbours begin; shape (n - m + 1,)."""
        return self.neighbor_indices[:, 0]

    def to_arrow(self) -> pa.Table:
        """Lay the windows out as a table, a row for each."""
        columns: dict[str, Any] = {
            "window": self.start + np.arange(len(self)),
            "distance": self.distances,
            "index": self.indices,
            "left_distance": self.left_distances,
            "left_index": self.left_indices,
        }
        return pa.table(columns)

    def plot(self) -> "Figure":
        """Draw the values above the left profile, which rises where something is new."""
        from motifleet.matrixprofile.stream_figure import stream_figure

        return stream_figure(self)
