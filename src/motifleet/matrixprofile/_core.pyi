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
    def share(self) -> float: ...
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
    threads: int,
    simd: str,
) -> NDArray[np.float64]: ...
def multidimensional(
    values: NDArray[np.float64],
    other: NDArray[np.float64] | None,
    m: int,
    order: tuple[int, bool],
    threads: int,
    simd: str,
) -> list[_Side]: ...
