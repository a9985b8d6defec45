"""The compiled kernels: plain arrays in and out, no checks that a user would want."""

from collections.abc import Callable, Sequence
from typing import Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray

_Side: TypeAlias = tuple[NDArray[np.float64], NDArray[np.int64]]

class _Work(Protocol):
    @property
    def progress(self) -> Callable[[int, int | None], None] | None: ...
    @property
    def threads(self) -> int: ...
    @property
    def simd(self) -> str: ...

class _How(Protocol):
    @property
    def k(self) -> int: ...
    @property
    def normalize(self) -> bool: ...
    @property
    def p(self) -> float: ...
    @property
    def share(self) -> float: ...
    @property
    def skip(self) -> float: ...
    @property
    def progress(self) -> Callable[[int, int | None], None] | None: ...
    @property
    def threads(self) -> int: ...
    @property
    def simd(self) -> str: ...

def simd_levels() -> list[str]: ...
def self_join(
    values: NDArray[np.float64], offsets: NDArray[np.int64], m: int, how: _How
) -> tuple[_Side, _Side, _Side]: ...
def ab_join(
    a: NDArray[np.float64], b: NDArray[np.float64], m: int, how: _How
) -> tuple[_Side, _Side]: ...
def mp_distances(
    series: NDArray[np.float64],
    values: NDArray[np.float64],
    offsets: NDArray[np.int64],
    m: int,
    rank: tuple[float, bool],
    how: _How,
) -> NDArray[np.float64]: ...
def distance_profile(
    pattern: NDArray[np.float64],
    values: NDArray[np.float64],
    offsets: NDArray[np.int64],
    normalize: bool,
    p: float,
    work: _Work,
) -> NDArray[np.float64]: ...
def multidimensional(
    values: NDArray[np.float64],
    other: NDArray[np.float64] | None,
    m: int,
    order: tuple[int, bool],
    how: _How,
) -> list[_Side]: ...
def pair_distances(
    values: NDArray[np.float64],
    offsets: NDArray[np.int64],
    m: int,
    others: NDArray[np.int64],
    work: _Work,
) -> NDArray[np.float64]: ...
def nearest(
    pattern: NDArray[np.float64],
    values: NDArray[np.float64],
    offsets: NDArray[np.int64],
    k: int,
    max_distance: float,
    work: _Work,
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]: ...
def elsewhere(
    patterns: NDArray[np.float64],
    bounds: NDArray[np.float64],
    own: NDArray[np.int64],
    enough: float,
    values: NDArray[np.float64],
    offsets: NDArray[np.int64],
    work: _Work,
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]: ...

_Profile: TypeAlias = tuple[
    NDArray[np.float64], NDArray[np.int64], NDArray[np.float64], NDArray[np.int64]
]
_Came: TypeAlias = tuple[NDArray[np.int64], NDArray[np.float64], NDArray[np.int64]]
_Saves: TypeAlias = tuple[list[NDArray[np.float64]], list[NDArray[np.int64]]]
_Follow: TypeAlias = Callable[[int, int | None], None] | None

class _Terms(Protocol):
    @property
    def m(self) -> int: ...
    @property
    def history(self) -> int: ...
    @property
    def k(self) -> int: ...
    @property
    def p(self) -> float: ...
    @property
    def simd(self) -> str: ...

class Stream:
    total: int
    channels: int

    def __init__(
        self,
        terms: _Terms,
        total: int,
        channels: Sequence[tuple[NDArray[np.float64], _Profile]],
    ) -> None: ...
    def append(self, values: NDArray[np.float64], progress: _Follow) -> _Came: ...
    def update(self, value: float) -> float: ...
    @staticmethod
    def restored(
        terms: _Terms,
        channels: int,
        floats: Sequence[NDArray[np.float64]],
        whole: Sequence[NDArray[np.int64]],
    ) -> Stream: ...
    def save(self) -> _Saves: ...
    def values(self, channel: int) -> NDArray[np.float64]: ...
    def profile(self, channel: int) -> _Profile: ...

class MultidimensionalStream:
    total: int
    channels: int

    def __init__(
        self,
        terms: _Terms,
        total: int,
        values: Sequence[NDArray[np.float64]],
        profile: _Profile,
    ) -> None: ...
    def append(self, values: NDArray[np.float64], progress: _Follow) -> _Came: ...
    @staticmethod
    def restored(
        terms: _Terms,
        floats: Sequence[NDArray[np.float64]],
        whole: Sequence[NDArray[np.int64]],
    ) -> MultidimensionalStream: ...
    def save(self) -> _Saves: ...
    def values(self, channel: int) -> NDArray[np.float64]: ...
    def profile(self) -> _Profile: ...

class DeviceStreams:
    totals: NDArray[np.int64]
    memory: NDArray[np.float64]

    def __init__(
        self, terms: _Terms, totals: NDArray[np.int64], memory: NDArray[np.float64] | None
    ) -> None: ...
    def append(
        self,
        devices: NDArray[np.int64],
        values: NDArray[np.float64],
        progress: _Follow,
        threads: int,
    ) -> _Side: ...
    def values(self, device: int) -> NDArray[np.float64]: ...
