"""The ideal arc curve as stumpy has it: a beta distribution, fitted to random neighbours.

Motifleet's own segmentation divides by the parabola that is expected of random neighbours. stumpy
draws neighbours at random, with the seed 0, draws a thousand samples from the arcs over them, fits
a beta distribution to each by maximum likelihood, takes the means of the two parameters, rounded
to two digits, and scales the curve to the arcs. Here this is done with NumPy alone.
"""

import numpy as np
from numpy.typing import NDArray

from motifleet.matrixprofile.pieces import pieces
from motifleet.matrixprofile.segmentation import arcs_over
from motifleet.types import Floats

SAMPLES, DRAWS = 1000, 1000
STEPS = 40
ASYMPTOTIC = 10
"""How far arguments are raised by recurrence, before a series of few terms is exact enough."""


def ideal_arc_curve(
    width: int, *, one_sided: bool = False, samples: int = SAMPLES, draws: int = DRAWS
) -> Floats:
    """Return the arcs that stumpy expects over each of so many windows.

    Args:
        width: how many windows.
        one_sided: whether neighbours are drawn from later windows alone.
        samples: how many samples are drawn and fitted.
        draws: how many numbers each of them has.

    >>> ideal_arc_curve(400)[[100, 200, 300]].round()
    array([147., 196., 148.])
    """
    # The legacy generator is the one whose numbers the established curve is made of.
    random = np.random.RandomState(0)
    neighbors = random.randint(0, width, size=width, dtype=np.int64)
    if one_sided:
        for i in range(width - 1):
            neighbors[i] = random.randint(i + 1, width, dtype=np.int64)
    arcs = arcs_over(neighbors)
    density = arcs / float(np.sum(arcs))
    cumulated = np.concatenate([[0.0], np.cumsum(density)])
    uniform = random.uniform(size=(samples, draws))
    drawn = np.empty_like(uniform)
    for part in pieces(samples, 16 * draws):
        drawn[part] = np.interp(uniform[part], cumulated, np.arange(width + 1)) / width
    a, b = (np.round(each.mean(), 2) for each in fitted_beta(drawn))
    x = np.arange(width) / width
    shape = np.empty(width)
    with np.errstate(divide="ignore"):
        for part in pieces(width):
            shape[part] = x[part] ** (a - 1) * (1 - x[part]) ** (b - 1)
    return np.asarray(shape * (shape @ arcs) / (shape @ shape))


def fitted_beta(samples: Floats) -> tuple[Floats, Floats]:
    """Fit a beta distribution to each row by maximum likelihood, with Newton's method."""
    mean, variance = samples.mean(axis=1), samples.var(axis=1)
    size = mean * (1 - mean) / variance - 1
    a, b = mean * size, (1 - mean) * size
    log_a, log_b = np.log(samples).mean(axis=1), np.log1p(-samples).mean(axis=1)
    for _ in range(STEPS):
        both, slope = digamma(a + b), trigamma(a + b)
        error_a, error_b = log_a - digamma(a) + both, log_b - digamma(b) + both
        slope_a, slope_b = slope - trigamma(a), slope - trigamma(b)
        determinant = slope_a * slope_b - slope * slope
        step_a = (error_a * slope_b - error_b * slope) / determinant
        step_b = (error_b * slope_a - error_a * slope) / determinant
        a, b = np.maximum(a - step_a, a / 2), np.maximum(b - step_b, b / 2)
    return a, b


def digamma(x: NDArray[np.float64]) -> Floats:
    """Return the derivative of the logarithm of the gamma function (DLMF 5.11.2).

    >>> float(digamma(np.array([1.0]))[0].round(12))
    -0.577215664901
    """
    below = sum((1 / (x + step) for step in range(ASYMPTOTIC)), np.zeros_like(x))
    x = x + ASYMPTOTIC
    square = 1 / (x * x)
    tail = square * (1 / 12 - square * (1 / 120 - square * (1 / 252 - square / 240)))
    return np.asarray(np.log(x) - 0.5 / x - tail - below)


def trigamma(x: NDArray[np.float64]) -> Floats:
    """Return the derivative of digamma.

    >>> float(trigamma(np.array([1.0]))[0].round(12))
    1.644934066848
    """
    below = sum((1 / (x + step) ** 2 for step in range(ASYMPTOTIC)), np.zeros_like(x))
    x = x + ASYMPTOTIC
    square = 1 / (x * x)
    tail = square * (1 / 6 - square * (1 / 30 - square * (1 / 42 - square / 30)))
    return np.asarray(1 / x + square / 2 + tail / x + below)
