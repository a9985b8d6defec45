"""How far off distances are: from the plain references, and from what a peer found."""

from typing import Any

import numpy as np
from tests.reference.exact import Ranking, largest_error
from tests.reference.joins import matrix
from tests.reference.self_join import distance_matrix

from motifleet.matrixprofile import exclusion_zone
from motifleet.types import Floats, Ints

# A longer series is held against the reference at a sample of its windows.
SHORT = 2_000


def of_self_join(values: Floats, m: int, distances: Floats, indices: Ints) -> float:
    """The largest error of a self-join."""
    if len(values) <= SHORT:
        return apart(distances, distance_matrix(values, m).min(axis=1))
    ranking = Ranking(values, m, normalize=True)
    return largest_error(values, ranking, distances, indices, exclusion_zone(m))


def of_ab_join(a: Floats, b: Floats, m: int, distances: Floats, indices: Ints) -> float:
    """The largest error of one direction of an AB-join, from the windows of a."""
    if len(a) <= SHORT:
        return apart(distances, matrix(a, b, m, normalize=True).min(axis=1))
    return largest_error(a, Ranking(b, m, normalize=True), distances, indices, None)


def apart(ours: Any, theirs: Any) -> float:
    """The largest difference of two arrays of distances, of whatever type."""
    return float(np.abs(np.asarray(ours, float) - np.asarray(theirs, float)).max())
