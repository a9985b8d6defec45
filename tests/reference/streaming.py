"""What a stream must know, as its definition has it: all windows, compared where memory allows."""

import numpy as np
from tests.reference.self_join import Floats, distance_matrix


def profiles(values: Floats, m: int, history: int | None) -> tuple[Floats, Floats]:
    """Distances overall and to the left of all windows that a stream of these values has seen.

    Two windows are compared if both were in memory when the later one was complete.
    """
    matrix = distance_matrix(values, m)
    lags = np.subtract.outer(np.arange(len(matrix)), np.arange(len(matrix)))
    if history is not None:
        matrix = np.where(np.abs(lags) > history - m, np.inf, matrix)
    left = np.where(lags > 0, matrix, np.inf)
    return matrix.min(axis=1), left.min(axis=1)
