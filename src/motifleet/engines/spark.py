"""The engine of a cluster: Spark runs the same job, a task for each item.

Each task reads its item by itself, with PyIceberg, and works on it as this machine would; Spark
hands items out, tries failed ones again and brings the findings back. So Motifleet has to be
installed on the workers, and they have to reach the catalog and the files: on one machine they do,
on a cluster the catalog is one over the network and the warehouse an object store. This module is
the one importer of pyspark.
"""

import pickle
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from motifleet.engines.contract import Item, Job, Kernels, Loaded
from motifleet.errors import MissingExtraError

if TYPE_CHECKING:
    from pyspark.sql import SparkSession


@dataclass(frozen=True, slots=True)
class SparkEngine:
    """Does a job by Spark, in the session that is there, or in one of this machine.

    Args:
        kernels: how they are run within a task; one thread, since Spark has as many tasks at a
            time as there are cores.
        session: the Spark session; None: the one that is active, else a new one as Spark's own
            configuration says (``spark.master``, without it all cores of this machine).

    Raises:
        MissingExtraError: pyspark is not installed.
    """

    kernels: Kernels = field(default_factory=lambda: Kernels(threads=1))
    session: "SparkSession | None" = None

    def run(self, job: Job[Item, Loaded], items: Sequence[Item]) -> Iterator[tuple[Item, pa.Table]]:
        """Yield each item with what was found in it, as Spark brings it back."""
        if not items:
            return
        context = (self.session or _session()).sparkContext
        # Pickled here, by reference to our own modules: no code of a user travels.
        work, kernels = pickle.dumps(job), self.kernels
        numbered = context.parallelize(list(enumerate(map(pickle.dumps, items))), len(items))
        found = numbered.map(lambda each: (each[0], done(work, each[1], kernels)))
        for number, rows in found.toLocalIterator(prefetchPartitions=True):
            yield items[number], pa.ipc.open_stream(rows).read_all()


def done(job: bytes, item: bytes, kernels: Kernels) -> bytes:
    """Do a pickled job for a pickled item; the findings are in Arrow's stream format."""
    work: Job[Any, Any] = pickle.loads(job)  # noqa: S301 -- our own, from the driver
    rows = work.work(work.load(pickle.loads(item)), kernels)  # noqa: S301
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, rows.schema) as writer:
        writer.write_table(rows)
    return sink.getvalue().to_pybytes()


def _session() -> "SparkSession":
    try:
        from pyspark import SparkConf
        from pyspark.sql import SparkSession
    except ImportError:
        raise MissingExtraError(
            "the engine 'spark' (which runs on Java 17 or newer)", "pyspark", "spark"
        ) from None
    builder = SparkSession.builder.appName("motifleet")
    if SparkConf().get("spark.master", "local").startswith("local"):
        # Else Spark would take whatever Python is first on the path, which may lack Motifleet.
        builder = builder.config("spark.pyspark.python", sys.executable)
    return builder.getOrCreate()
