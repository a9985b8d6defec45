"""What an engine is, and what it is given to do."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeVar

import pyarrow as pa

Item = TypeVar("Item")
Item_contra = TypeVar("Item_contra", contravariant=True)
Loaded = TypeVar("Loaded")


@dataclass(frozen=True, slots=True)
class Kernels:
    """How the kernels are run.

    Args:
        threads: how many to use; 0: one for each core.
        simd: the instruction set.
    """

    threads: int = 0
    simd: str = "auto"


class Job(Protocol[Item_contra, Loaded]):
    """Work on an item in two steps, so that one can be read while another is worked on.

    A job is pure, small and can be pickled: it says where to read, it holds no data.
    """

    def load(self, item: Item_contra) -> Loaded:
        """Read what the item stands for."""

    def work(self, loaded: Loaded, how: Kernels) -> pa.Table:
        """Find what there is to be found in it."""


class Engine(Protocol):
    """Does a job for many items."""

    def run(self, job: Job[Item, Loaded], items: Sequence[Item]) -> Iterator[tuple[Item, pa.Table]]:
        """Yield each item with what was found in it, as soon as that is known, in any order."""
