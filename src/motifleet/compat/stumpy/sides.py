"""The k nearest neighbours of a series' windows, and what is put together of them in parts."""

from dataclasses import dataclass, replace

import numpy as np

from motifleet.matrixprofile import _core
from motifleet.matrixprofile.measure import Measure
from motifleet.matrixprofile.options import JoinOptions
from motifleet.matrixprofile.pieces import pieces
from motifleet.types import Floats, Ints


@dataclass(frozen=True, slots=True)
class Neighbours:
    """The neighbours of all windows of a series; infinity and -1 where there are none.

    Args:
        distances: shape (windows, k), to the nearest neighbours, the nearest first.
        indices: where these begin.
        left_distances: shape (windows,), to the nearest earlier one, in a self-join.
        left_indices: where that begins.
        right_distances: to the nearest later one.
        right_indices: where that begins.
    """

    distances: Floats
    indices: Ints
    left_distances: Floats
    left_indices: Ints
    right_distances: Floats
    right_indices: Ints

    @classmethod
    def none(cls, windows: int, k: int) -> "Neighbours":
        """Return windows without neighbours."""
        distance, index = np.full(windows, np.inf), np.full(windows, -1, np.int64)
        distances, indices = np.full((windows, k), np.inf), np.full((windows, k), -1, np.int64)
        return cls(distances, indices, distance, index, distance, index)

    def merged(self, other: "Neighbours") -> "Neighbours":
        """Return the nearest of both, of equally near ones those of this."""
        nearest = merged(self.distances, self.indices, other.distances, other.indices)
        left, right = other.left_distances, other.right_distances
        earlier, later = left < self.left_distances, right < self.right_distances
        return Neighbours(
            *nearest,
            np.where(earlier, left, self.left_distances),
            np.where(earlier, other.left_indices, self.left_indices),
            np.where(later, right, self.right_distances),
            np.where(later, other.right_indices, self.right_indices),
        )


def joined(
    a: Floats,
    b: Floats | None,
    m: int,
    k: int,
    measure: Measure,
    part: tuple[float, float] = (0.0, 1.0),
) -> Neighbours:
    """Find the k nearest neighbours of a's windows in b, or where that is None in a itself.

    Args:
        a: one series, at least m long.
        b: another one, at least m long.
        m: the window length.
        k: how many are kept.
        measure: how windows are compared.
        part: from which share of the pairs to which they are compared: (0, 1) for all. Parts
            that follow one another have no pair in common.
    """
    checked = JoinOptions.checked(
        k=k, normalize=measure.normalize, p=measure.p, threads=0, simd="auto"
    )
    how = replace(checked, skip=part[0], share=part[1])
    if b is not None:
        (distances, indices), _ = _core.ab_join(a, b, m, how)
        none = Neighbours.none(len(a) - m + 1, k)
        return replace(none, distances=distances.reshape(-1, k), indices=indices.reshape(-1, k))
    sides = _core.self_join(a, np.array([0, len(a)], np.int64), m, how)
    (distances, indices), *others = (
        (distance.reshape(-1, k), index.reshape(-1, k)) for distance, index in sides
    )
    (left, left_index), (right, right_index) = others
    nearest = left[:, 0], left_index[:, 0], right[:, 0], right_index[:, 0]
    return Neighbours(distances, indices, *nearest)


def merged(
    distances: Floats, indices: Ints, other_distances: Floats, other_indices: Ints
) -> tuple[Floats, Ints]:
    """Keep the nearest of two sets of neighbours, as many as the first has, none of them twice.

    >>> merged(*(np.array([each]) for each in ([1.0, 3.0], [7, 8], [2.0, 3.0], [9, 8])))
    (array([[1., 2.]]), array([[7, 9]]))
    """
    nearest = np.empty_like(distances), np.empty_like(indices)
    for part in pieces(len(distances), 4 * distances.shape[1]):
        nearest[0][part], nearest[1][part] = _merged(
            distances[part], indices[part], other_distances[part], other_indices[part]
        )
    return nearest


def _merged(
    distances: Floats, indices: Ints, other_distances: Floats, other_indices: Ints
) -> tuple[Floats, Ints]:
    k = distances.shape[1]
    both = np.concatenate([distances, other_distances], axis=1)
    places = np.concatenate([indices, other_indices], axis=1)
    both, places = _in_order(both, places)
    for column in range(1, both.shape[1]):
        again = (places[:, :column] == places[:, column, None]).any(axis=1)
        both[again, column], places[again, column] = np.inf, -1
    both, places = _in_order(both, places)
    return both[:, :k], places[:, :k]


def _in_order(distances: Floats, indices: Ints) -> tuple[Floats, Ints]:
    order = np.argsort(distances, axis=1, kind="stable")
    return np.take_along_axis(distances, order, 1), np.take_along_axis(indices, order, 1)
