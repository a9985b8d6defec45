"""Every instruction set computes what scalar code does: every kernel, every kind of series."""

from collections.abc import Callable
from typing import TypeAlias

import numpy as np
import pytest
from hypothesis import given, settings
from tests.matrixprofile.strategies import GAPS, KINDS, series
from tests.reference.joins import matrix, nearest, self_matrix

from motifleet.matrixprofile import (
    FleetStream,
    StreamingProfile,
    _core,
    ab_join,
    distance_profile,
    exclusion_zone,
    fleet_profile,
    match,
    matrix_profile,
    multidimensional_profile,
)
from motifleet.types import FleetSeries, Floats

LEVELS = _core.simd_levels()
TOLERANCE = 1e-6
Kernel: TypeAlias = Callable[[Floats, int, str], list[Floats]]


def finite(values: Floats) -> Floats:
    """The values with gaps closed, for what takes no gaps."""
    return np.where(np.isfinite(values), values, 0.0)


def self_join(
    values: Floats, m: int, simd: str, k: int = 1, normalize: bool = True
) -> list[Floats]:
    found = matrix_profile(values, m, k=k, normalize=normalize, threads=1, simd=simd)
    return [found.neighbor_distances, found.left_distances, found.right_distances]


def two_series(
    values: Floats, m: int, simd: str, k: int = 1, normalize: bool = True
) -> list[Floats]:
    other = np.concatenate([values[::-1], values[:m]])
    found = ab_join(values, other, m, k=k, normalize=normalize, threads=1, simd=simd)
    return [found.neighbor_distances, found.b_neighbor_distances]


def devices(values: Floats, m: int) -> FleetSeries:
    """The series among devices with no window, with one, and with nothing."""
    parts = [values[: m - 1], values, np.zeros(0), np.roll(values, 3), values[-m:]]
    names = tuple(map(str, range(len(parts))))
    return FleetSeries(np.concatenate(parts), np.cumsum([0, *map(len, parts)]), names)


def fleet(values: Floats, m: int, simd: str) -> list[Floats]:
    found = fleet_profile(devices(values, m), m, threads=1, simd=simd)
    return [each.distances for each in found]


def pattern(values: Floats, m: int, simd: str, normalize: bool = True) -> list[Floats]:
    sought = finite(values)[-m:]
    return [distance_profile(sought, values, normalize=normalize, threads=1, simd=simd)]


def matches(values: Floats, m: int, simd: str) -> list[Floats]:
    found = match(finite(values)[-m:], devices(values, m), k=5, threads=1, simd=simd)
    return [np.array([each.distance for each in found])]


def multidimensional(values: Floats, m: int, simd: str) -> list[Floats]:
    channels = np.stack([values, values[::-1], np.roll(values, 5)])
    alone = multidimensional_profile(channels, m, threads=1, simd=simd)
    joined = multidimensional_profile(
        channels, m, other=channels[:, -m:], farthest=True, threads=1, simd=simd
    )
    assert joined.reverse is not None
    return [alone.distances, joined.distances, joined.reverse.distances]


def stream(values: Floats, m: int, simd: str) -> list[Floats]:
    one = StreamingProfile(m, history=2 * m + 20, simd=simd)
    left = one.append(values).left_distances
    return [left, one.snapshot().distances]


def fleet_stream(values: Floats, m: int, simd: str) -> list[Floats]:
    both = FleetStream(2, m, history=2 * m + 20, threads=1, simd=simd)
    blocks = np.split(np.stack([values, values[::-1]]), [len(values) // 2], axis=1)
    return [both.append(block).left_distances for block in blocks]


KERNELS: dict[str, Kernel] = {
    "self-join": self_join,
    "self-join, three": lambda values, m, simd: self_join(values, m, simd, k=3),
    "AB-join": two_series,
    "AB-join, three": lambda values, m, simd: two_series(values, m, simd, k=3),
    "fleet": fleet,
    "distance profile": pattern,
    "match": matches,
    "multidimensional": multidimensional,
    "stream": stream,
    "fleet stream": fleet_stream,
}
PLAIN: dict[str, Kernel] = {
    "self-join": lambda values, m, simd: self_join(values, m, simd, 2, normalize=False),
    "AB-join": lambda values, m, simd: two_series(values, m, simd, 2, normalize=False),
    "distance profile": lambda values, m, simd: pattern(values, m, simd, normalize=False),
}
WIDER = [name for name in LEVELS if name != "scalar"]


def alike(
    kernel: Kernel, values: Floats, m: int, simd: str, *, rtol: float = 0, atol: float = TOLERANCE
) -> None:
    pairs = zip(kernel(values, m, simd), kernel(values, m, "scalar"), strict=True)
    for one, scalar in pairs:
        np.testing.assert_allclose(one, scalar, rtol=rtol, atol=atol)


@pytest.mark.parametrize("simd", WIDER)
@pytest.mark.parametrize("name", KERNELS)
@settings(max_examples=30, deadline=None)
@given(case=series(200))
def test_distances_are_those_of_scalar_code(name: str, simd: str, case: tuple[Floats, int]) -> None:
    values, m = case
    if np.isfinite(values).any():
        alike(KERNELS[name], values, m, simd)


@pytest.mark.parametrize("simd", WIDER)
@pytest.mark.parametrize("name", PLAIN)
@settings(max_examples=30, deadline=None)
@given(case=series(200))
def test_plain_distances_are_those_of_scalar_code(
    name: str, simd: str, case: tuple[Floats, int]
) -> None:
    values, m = case
    largest = float(np.abs(values[np.isfinite(values)]).max(initial=0))
    if largest > 0:
        scale = max(largest * 1e-8, min(1.0, largest))
        alike(PLAIN[name], values, m, simd, rtol=1e-9, atol=TOLERANCE * scale)


@pytest.mark.parametrize("simd", LEVELS)
@pytest.mark.parametrize("normalize", [True, False])
@pytest.mark.parametrize("gap", GAPS, ids=str)
def test_a_gap_at_every_position(gap: float, normalize: bool, simd: str) -> None:
    m, whole = 5, KINDS["random walk"](np.random.default_rng(17), 43)
    other = KINDS["noise"](np.random.default_rng(18), 21)
    for place in range(len(whole)):
        values = whole.copy()
        values[place] = gap
        alone, _, _ = self_join(values, m, simd, 1, normalize)
        expected = nearest(self_matrix(values, m, normalize=normalize), 1)
        np.testing.assert_allclose(alone, expected, rtol=0, atol=TOLERANCE)
        join = ab_join(values, other, m, normalize=normalize, threads=1, simd=simd)
        pairs = matrix(values, other, m, normalize=normalize)
        np.testing.assert_allclose(join.distances, pairs.min(axis=1), rtol=0, atol=TOLERANCE)
        np.testing.assert_allclose(join.b_distances, pairs.min(axis=0), rtol=0, atol=TOLERANCE)


@pytest.mark.parametrize("simd", LEVELS)
@pytest.mark.parametrize("name", KERNELS)
@pytest.mark.parametrize("gap", GAPS, ids=str)
def test_a_gap_at_every_position_in_every_kernel(gap: float, name: str, simd: str) -> None:
    whole = KINDS["noise"](np.random.default_rng(19), 40)
    for place in range(len(whole)):
        values = whole.copy()
        values[place] = gap
        alike(KERNELS[name], values, 6, simd)


@pytest.mark.parametrize("simd", LEVELS)
@pytest.mark.parametrize("kind", KINDS)
def test_one_device_among_thousands(kind: str, simd: str) -> None:
    """An awkward device changes nothing of its neighbours, nor they of it."""
    rng = np.random.default_rng(23)
    count, n, m, place = 3000, 40, 8, 1234
    rows = rng.normal(size=(count, n)).cumsum(axis=1)
    rows[place] = KINDS[kind](rng, n)
    rows[place, [0, n - 1]] = GAPS[0], GAPS[1]
    names = tuple(map(str, range(count)))
    whole = FleetSeries(rows.ravel(), np.arange(count + 1) * n, names)
    profiles = fleet_profile(whole, m, threads=2, simd=simd)
    expected = self_matrix(rows[place], m, normalize=True).min(axis=1)
    np.testing.assert_allclose(profiles[place].distances, expected, rtol=0, atol=TOLERANCE)
    for device in (0, place - 1, place + 1, count - 1):
        alone = matrix_profile(rows[device], m, threads=1, simd=simd)
        np.testing.assert_array_equal(profiles[device].distances, alone.distances)
        np.testing.assert_array_equal(profiles[device].indices, alone.indices)


@pytest.mark.parametrize("simd", LEVELS)
@pytest.mark.parametrize("m", [3, 4, 5, 8, 9, 16, 17, 33])
def test_the_shortest_series(m: int, simd: str) -> None:
    """From a single window to one pair of windows, and one more."""
    for n in range(m, m + exclusion_zone(m) + 4):
        values = KINDS["noise"](np.random.default_rng(n), n)
        alone, _, _ = self_join(values, m, simd)
        expected = nearest(self_matrix(values, m, normalize=True), 1)
        np.testing.assert_allclose(alone, expected, rtol=0, atol=TOLERANCE)
        for name, kernel in KERNELS.items():
            if name != "self-join":
                alike(kernel, values, m, simd)
