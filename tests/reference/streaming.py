"""What a stream must know, as its definition has it: all windows, compared where memory allows."""

import numpy as np
from tests.reference.multidimensional import mean_matrices
from tests.reference.self_join import Floats, distance_matrix, windows


def compared(matrix: Floats, m: int, history: int | None) -> Floats:
    """The distances of the pairs that a stream compares, of any leading shape; others infinity.

    Two windows are compared if both were in memory when the later one was complete.
    """
    places = np.arange(matrix.shape[-1])
    lags = np.abs(np.subtract.outer(places, places))
    return matrix if history is None else np.where(lags > history - m, np.inf, matrix)


def earlier(matrix: Floats) -> Floats:
    """The same distances, to earlier windows alone."""
    places = np.arange(matrix.shape[-1])
    return np.where(np.subtract.outer(places, places) > 0, matrix, np.inf)


def profiles(values: Floats, m: int, history: int | None) -> tuple[Floats, Floats]:
    """Distances overall and to the left of all windows that a stream of these values has seen."""
    matrix = compared(distance_matrix(values, m), m, history)
    return matrix.min(axis=1), earlier(matrix).min(axis=1)


def plain_matrix(values: Floats, m: int, p: float) -> Floats:
    """All distances by the p-norm of the difference, in a self-join."""
    each, zone = windows(values, m), -(-m // 4)
    matrix = np.full((len(each), len(each)), np.inf)
    for i, window in enumerate(each):
        for j in range(i - zone):
            if np.isfinite(window).all() and np.isfinite(each[j]).all():
                matrix[i, j] = matrix[j, i] = norm(window - each[j], p)
    return matrix


def norm(difference: Floats, p: float) -> float:
    """The p-norm; scaled first, so that no power overflows."""
    largest = float(np.abs(difference).max())
    if largest == 0:
        return 0.0
    return float(largest * ((np.abs(difference) / largest) ** p).sum() ** (1 / p))


def multidimensional(values: Floats, m: int, history: int | None) -> tuple[Floats, Floats]:
    """The same over every number of channels; shape (d, windows) each."""
    matrices = compared(mean_matrices(values, m), m, history)
    return matrices.min(axis=2), earlier(matrices).min(axis=2)
