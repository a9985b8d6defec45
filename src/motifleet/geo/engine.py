"""SedonaDB as this room uses it: Arrow tables in, Arrow tables out, bounded, stopped by Ctrl-C."""

import signal
import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

import pyarrow as pa

from motifleet.errors import QueryError


class Engine:
    """One SedonaDB context with the tables that it was given.

    Args:
        memory: bytes that a query may take, and its result again; None: no limit.
    """

    def __init__(self, memory: int | None = None) -> None:
        with warnings.catch_warnings():
            # It warns where it finds no GDAL, which only rasters need.
            warnings.simplefilter("ignore")
            import sedonadb

            self._context: Any = sedonadb.connect()
        self._memory = memory
        if memory is not None:
            self._context.options.memory_limit = memory

    def register(self, name: str, rows: pa.Table) -> None:
        """Make a table known under a name; one known under it before is forgotten."""
        self._context.create_data_frame(rows).to_view(name, overwrite=True)

    def define(self, name: str, query: str) -> None:
        """Work a query out once, and make its result known under a name."""
        with _interruptible():
            self._context.sql(query).to_memtable().to_view(name, overwrite=True)

    def view(self, name: str, query: str) -> None:
        """Make a query known under a name, to be worked out when it is read."""
        self._context.sql(query).to_view(name, overwrite=True)

    def run(self, query: str) -> pa.Table:
        """Run one query.

        Raises:
            QueryError: it is no SQL, fails, or takes more memory than it may.
        """
        with _interruptible():
            try:
                reader = pa.RecordBatchReader.from_stream(self._context.sql(query))
                return pa.Table.from_batches(self._bounded(reader), schema=reader.schema)
            except Exception as error:
                if "Operation cancelled" in str(error):
                    raise
                raise QueryError(self._told(str(error))) from None

    def _bounded(self, reader: pa.RecordBatchReader) -> Iterator[pa.RecordBatch]:
        size = 0
        for batch in reader:
            size += batch.nbytes
            if self._memory is not None and size > self._memory:
                raise QueryError(
                    f"expected a result of at most {_shown(self._memory)}, got more: "
                    "aggregate, add a LIMIT or raise the memory limit"
                )
            yield batch

    def _told(self, message: str) -> str:
        first = message.split("\n", 1)[0]
        if self._memory is not None and "llocation failed" in message:
            return (
                f"expected a query that needs at most {_shown(self._memory)}, this one needs more: "
                "read fewer rows or raise the memory limit"
            )
        return first


def _shown(size: int) -> str:
    return f"{size / 2**20:,.0f} MiB"


@contextmanager
def _interruptible() -> Iterator[None]:
    """Let through what a signal's handler raises: SedonaDB stops for it, but swallows it."""
    raised: list[BaseException] = []
    before = signal.getsignal(signal.SIGINT)

    def handle(number: int, frame: FrameType | None) -> None:
        try:
            if callable(before):
                before(number, frame)
        except BaseException as error:
            raised.append(error)
            raise

    here = threading.current_thread() is threading.main_thread() and callable(before)
    if here:
        signal.signal(signal.SIGINT, handle)
    try:
        yield
    except Exception:
        if raised:
            raise raised[0] from None
        raise
    finally:
        if here:
            signal.signal(signal.SIGINT, before)
