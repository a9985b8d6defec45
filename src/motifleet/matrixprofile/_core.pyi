"""The compiled kernels: plain arrays in and out, no checks that a user would want."""

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

_Side: TypeAlias = tuple[NDArray[np.float64], NDArray[np.int64]]

def simd_levels() -> list[str]: ...
def self_join(
    values: NDArray[np.float64], offsets: NDArray[np.int64], m: int, threads: int, simd: str
) -> tuple[_Side, _Side, _Side]: ...
def distance_profile(
    pattern: NDArray[np.float64],
    values: NDArray[np.float64],
    offsets: NDArray[np.int64],
    threads: int,
    simd: str,
) -> NDArray[np.float64]: ...
