"""The compiled kernels: plain arrays in and out, no checks that a user would want."""

from collections.abc import Callable
from typing import Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray

_Side: TypeAlias = tuple[NDArray[np.float64], NDArray[np.int64]]

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
def distance_profile(
    pattern: NDArray[np.float64],
    values: NDArray[np.float64],
    offsets: NDArray[np.int64],
    normalize: bool,
    p: float,
    threads: int,
    simd: str,
) -> NDArray[np.float64]: ...
def multidimensional(
    values: NDArray[np.float64],
    other: NDArray[np.float64] | None,
    m: int,
    order: tuple[int, bool],
    how: _How,
) -> list[_Side]: ...
def nearest(
    pattern: NDArray[np.float64],
    values: NDArray[np.float64],
    offsets: NDArray[np.int64],
    k: int,
    max_distance: float,
    threads: int,
    simd: str,
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]: ...

_Profile: TypeAlias = tuple[
    NDArray[np.float64],
    NDArray[np.float64],
    NDArray[np.int64],
    NDArray[np.float64],
    NDArray[np.int64],
]

class Stream:
    total: int
    values: NDArray[np.float64]
    profile: _Profile

    def __init__(
        self, m: int, history: int, total: int, values: NDArray[np.float64], profile: _Profile
    ) -> None: ...
    def append(
        self, values: NDArray[np.float64], simd: str
    ) -> tuple[NDArray[np.int64], NDArray[np.float64], NDArray[np.int64]]: ...
    def renew(self) -> None: ...

class DeviceStreams:
    totals: NDArray[np.int64]
    memory: NDArray[np.float64]

    def __init__(
        self, m: int, history: int, totals: NDArray[np.int64], memory: NDArray[np.float64] | None
    ) -> None: ...
    def append(
        self,
        devices: NDArray[np.int64],
        values: NDArray[np.float64],
        threads: int,
        simd: str,
    ) -> _Side: ...
    def values(self, device: int) -> NDArray[np.float64]: ...
