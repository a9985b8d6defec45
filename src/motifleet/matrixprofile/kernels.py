"""The way to the compiled kernels: arguments checked, settings resolved."""

import operator
import os
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from motifleet.errors import InvalidArgumentError, SettingsError
from motifleet.matrixprofile import _core
from motifleet.types import Floats, Ints

MIN_WINDOW = 3


def exclusion_zone(m: int) -> int:
    """Tell how near to a window its neighbours do not count: ⌈m / 4⌉, on either side, inclusive.

    >>> exclusion_zone(30)
    8
    """
    return -(-m // 4)


MOST_NEIGHBORS = 1 << 31
"""Of all windows together: a hundred gigabytes."""


def window_length(m: Any) -> int:
    """Return the window length as an integer of at least 3."""
    length = integer("a window length m", m)
    if length < MIN_WINDOW:
        raise InvalidArgumentError(
            f"expected a window length m of at least {MIN_WINDOW}, got {length}: "
            "shorter windows all have the same shape"
        )
    return length


def result_count(k: Any) -> int:
    """Return the number of results as an integer of at least 1."""
    return integer_from("a number of results k", k, 1)


def neighbor_count(k: Any, windows: int = 1) -> int:
    """Return how many neighbours of each window are kept: not more than can be in memory."""
    number = integer_from("a number of neighbours k", k, 1)
    if number > 1 and number * windows > MOST_NEIGHBORS:
        raise InvalidArgumentError(
            f"expected at most {MOST_NEIGHBORS:,} neighbours in all, got k = {number:,} for "
            f"each of {windows:,} windows: choose a smaller k"
        )
    return number


def integer_from(what: str, value: Any, least: int) -> int:
    """Return the value as an integer of at least so much."""
    number = integer(what, value)
    if number < least:
        raise InvalidArgumentError(f"expected {what} of at least {least}, got {number}")
    return number


def integer(what: str, value: Any) -> int:
    """Return the value as an integer; a float is refused even where it is whole."""
    try:
        if isinstance(value, bool | np.bool_):
            raise TypeError
        return operator.index(value)
    except TypeError:
        raise InvalidArgumentError(f"expected {what} as an integer, got {value!r}") from None


@dataclass(frozen=True, slots=True)
class Work:
    """How work without a join is done, as the kernels read it."""

    progress: Callable[[int, int | None], None] | None
    threads: int
    simd: str

    @classmethod
    def resolved(
        cls, threads: int, simd: str, progress: Callable[[int, int | None], None] | None = None
    ) -> "Work":
        """Check threads and instruction set; settings resolve what is left open."""
        return cls(progress, resolve_threads(threads), resolve_simd(simd))


def distance_profile(
    pattern: Floats,
    values: Floats,
    offsets: Ints,
    *,
    normalize: bool,
    p: float = 2.0,
    progress: Callable[[int, int | None], None] | None = None,
    threads: int,
    simd: str,
) -> Floats:
    """Compute the distances of a pattern to the windows of all series laid end to end."""
    work = Work.resolved(threads, simd, progress)
    return _core.distance_profile(pattern, values, offsets, normalize, p, work)


def window_offsets(offsets: Ints, m: int) -> Ints:
    """Count where each series' windows begin in the output, and the number of all of them."""
    counts = np.maximum(np.diff(offsets) - m + 1, 0)
    return np.concatenate([np.zeros(1, np.int64), np.cumsum(counts, dtype=np.int64)])


def pairs(windows: Ints, m: int) -> Ints:
    """Count the pairs of windows that series of so many windows have outside exclusion zones."""
    lags = np.maximum(np.asarray(windows) - exclusion_zone(m) - 1, 0)
    return np.asarray(lags * (lags + 1) // 2)


def resolve_threads(threads: int) -> int:
    """Return what was asked for; 0 stands for MOTIFLEET_THREADS, else for every core."""
    asked = integer("a number of threads", threads)
    if asked < 0:
        raise InvalidArgumentError(f"expected 0 threads (every core) or more, got {asked}")
    setting = os.environ.get("MOTIFLEET_THREADS", "0") if asked == 0 else str(asked)
    if not setting.isdecimal():
        raise SettingsError(f"MOTIFLEET_THREADS has value {setting!r}: not a number of threads")
    return int(setting)


def resolve_simd(simd: str) -> str:
    """Return what was asked for; "auto" stands for MOTIFLEET_SIMD, else for the widest."""
    name = os.environ.get("MOTIFLEET_SIMD", "auto") if simd == "auto" else simd
    known = ["auto", *_core.simd_levels()]
    if name not in known:
        raise InvalidArgumentError(
            f"expected an instruction set that this machine has ({', '.join(known)}), got {name!r}"
        )
    return name
