"""The engine of one machine: one item after the other, each by all threads of the kernels."""

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import pyarrow as pa

from motifleet.engines.contract import Item, Job, Kernels, Loaded


@dataclass(frozen=True, slots=True)
class LocalEngine:
    """Reads the next item in a thread of its own while the kernels work on this one.

    At most two items are in memory.

    Args:
        kernels: how they are run.

    >>> class Squares:
    ...     def load(self, item: int) -> int:
    ...         return item * item
    ...
    ...     def work(self, loaded: int, how: Kernels) -> pa.Table:
    ...         return pa.table({"square": [loaded]})
    >>> found = LocalEngine().run(Squares(), [3, 4])
    >>> [(item, table["square"][0].as_py()) for item, table in found]
    [(3, 9), (4, 16)]
    """

    kernels: Kernels = field(default_factory=Kernels)

    def run(self, job: Job[Item, Loaded], items: Sequence[Item]) -> Iterator[tuple[Item, pa.Table]]:
        """Yield each item with what was found in it, in their order."""
        with ThreadPoolExecutor(1, thread_name_prefix="ahead") as ahead:
            coming = [ahead.submit(job.load, item) for item in items[:1]]
            for number, item in enumerate(items):
                loaded = coming.pop().result()
                coming += [ahead.submit(job.load, one) for one in items[number + 1 : number + 2]]
                yield item, job.work(loaded, self.kernels)
                del loaded
