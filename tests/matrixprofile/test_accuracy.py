"""How far off long series are, at 1e8, of a million values, in windows of 10,000."""

from collections.abc import Callable
from time import perf_counter

import numpy as np
import pytest
from tests.reference.exact import Ranking, largest_error

from motifleet.matrixprofile import ab_join, exclusion_zone, matrix_profile
from motifleet.types import Floats

pytestmark = pytest.mark.slow
TOLERANCE = 1e-6
OFFSET = 1e8
Generator = np.random.Generator


def periodic(rng: Generator, n: int) -> Floats:
    """A day of 1,440 values, repeated with a little noise, and a spike now and then."""
    day = np.sin(np.arange(n) * np.pi / 720) + rng.normal(size=n) / 50
    return day + 1e3 * (rng.random(n) < 1e-4)


SERIES: dict[str, Callable[[Generator, int], Floats]] = {
    "random walk": lambda rng, n: rng.normal(size=n).cumsum(),
    "noise": lambda rng, n: rng.normal(size=n),
    "periodic and spikes": periodic,
}
MEASURES = pytest.mark.parametrize("normalize", [True, False], ids=["z-normalised", "plain"])
KINDS = pytest.mark.parametrize("kind", SERIES)


def series(kind: str, n: int, m: int, seed: int) -> Floats:
    """A series far from zero; what comes first comes again at the end, nearly."""
    rng = np.random.default_rng(seed)
    values = SERIES[kind](rng, n) + OFFSET
    values[-m:] = values[:m] + 1e-3 * rng.normal(size=m)
    return values


def report(what: str, errors: list[float], started: float, done: float) -> None:
    """One line of the table in the documentation; pytest shows it."""
    print(f"| {what} | {max(errors):.1e} | {done - started:.1f} s |")
    assert max(errors) <= TOLERANCE


def self_join(kind: str, n: int, m: int, normalize: bool) -> None:
    values = series(kind, n, m, 43)
    started = perf_counter()
    profile = matrix_profile(values, m, normalize=normalize)
    done = perf_counter()
    ranking = Ranking(values, m, normalize=normalize)
    error = largest_error(values, ranking, profile.distances, profile.indices, exclusion_zone(m))
    measure = "z-normalised" if normalize else "plain"
    report(f"self-join, {measure} | {kind} | {n:,} | {m:,}", [error], started, done)


@MEASURES
@KINDS
@pytest.mark.parametrize("m", [3, 100, 10_000])
def test_self_joins(kind: str, m: int, normalize: bool) -> None:
    self_join(kind, 131_072, m, normalize)


@MEASURES
@KINDS
@pytest.mark.parametrize("m", [100, 10_000])
def test_ab_joins(kind: str, m: int, normalize: bool) -> None:
    a, b = series(kind, 131_072, m, 47), series("random walk", 65_536, m, 53)
    b[-m:] = a[:m]
    started = perf_counter()
    join = ab_join(a, b, m, normalize=normalize)
    done = perf_counter()
    in_a, in_b = (Ranking(each, m, normalize=normalize) for each in (a, b))
    errors = [
        largest_error(a, in_b, join.distances, join.indices, None),
        largest_error(b, in_a, join.b_distances, join.b_indices, None),
    ]
    measure = "z-normalised" if normalize else "plain"
    what = f"AB-join, {measure} | {kind} | 131,072 × 65,536 | {m:,}"
    report(what, errors, started, done)


@MEASURES
@pytest.mark.parametrize(("kind", "m"), [("random walk", 100), ("noise", 10_000)])
def test_a_million_values(kind: str, m: int, normalize: bool) -> None:
    self_join(kind, 1_000_000, m, normalize)
