"""The nearest neighbours of windows: what all profiles of one signal hold."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from motifleet.types import Floats, Frozen, Ints, Series

if TYPE_CHECKING:
    import pyarrow as pa


@dataclass(frozen=True, slots=True, eq=False, repr=False, kw_only=True)
class Neighbors(Frozen):
    """For every window of some series, its nearest neighbours.

    Args:
        m: the window length.
        distances: shape (windows,), to the nearest neighbour; infinity where there is none.
        indices: shape (windows,), where that one begins in its series; -1 where there is none.
        neighbor_distances: shape (windows, k), to the k nearest neighbours, the nearest first.
        neighbor_indices: shape (windows, k), where they begin.
        normalize: whether distances are z-normalised; if not, they are plain.
        p: of the norm that plain distances are.
        share: the share of all pairs that was compared; below 1 the profile is approximate, its
            distances are upper bounds.
    """

    m: int
    distances: Floats
    indices: Ints
    neighbor_distances: Floats
    neighbor_indices: Ints
    normalize: bool = True
    p: float = 2.0
    share: float = 1.0


@dataclass(frozen=True, slots=True, eq=False, repr=False, kw_only=True)
class SelfNeighbors(Neighbors):
    """The nearest neighbours of windows in their own series, earlier and later ones apart.

    Args:
        left_distances: shape (windows,), to the nearest earlier one.
        left_indices: shape (windows,), where that begins.
        right_distances: shape (windows,), to the nearest later one.
        right_indices: shape (windows,), where that begins.
    """

    left_distances: Floats
    left_indices: Ints
    right_distances: Floats
    right_indices: Ints

    def arrays(self) -> dict[str, Any]:
        """Name the columns of a table of them."""
        return {
            "distance": self.distances,
            "index": self.indices,
            "left_distance": self.left_distances,
            "left_index": self.left_indices,
            "right_distance": self.right_distances,
            "right_index": self.right_indices,
        }


def all_windows(count: int) -> Ints:
    """Where the windows of a single series begin and end: 0 and how many there are."""
    return np.array([0, count], np.int64)


def table_of(series: Series, columns: dict[str, Any]) -> "pa.Table":
    """Lay out one row for each window of a series: ``event_ts`` where known, then the columns."""
    import pyarrow as pa

    table = pa.table(columns)
    if series.event_ts is None:
        return table
    times = pa.array(series.event_ts[: table.num_rows], pa.timestamp("us", tz="UTC"))
    return table.add_column(0, "event_ts", times)
