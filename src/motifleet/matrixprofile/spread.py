"""Many small pieces of work over threads; the kernels let go of the interpreter meanwhile."""

import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from motifleet.matrixprofile import kernels

Item = TypeVar("Item")
Made = TypeVar("Made")

LONG = 32_768
"""Series with more values than this are worth all threads; of shorter ones each takes one."""

_AHEAD = 64


def spread(function: Callable[[Item], Made], items: Sequence[Item], threads: int) -> Iterator[Made]:
    """Call a function with each item, by so many threads; results come in the items' order.

    Whatever ends it early, Ctrl-C too, leaves no work behind.

    >>> list(spread(abs, [-1, 2, -3], threads=2))
    [1, 2, 3]
    """
    workers = kernels.resolve_threads(threads) or os.cpu_count() or 1
    pool = ThreadPoolExecutor(workers)
    try:
        for start in range(0, len(items), _AHEAD * workers):
            yield from pool.map(function, items[start : start + _AHEAD * workers])
    finally:
        pool.shutdown(wait=True, cancel_futures=True)
