"""Files of reports, read and checked batch by batch."""

import os
from collections.abc import Generator, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Final, TypeVar

import pyarrow as pa

from motifleet.errors import InvalidArgumentError, ReadError
from motifleet.telemetry.arrow import pc
from motifleet.telemetry.blocks import RawBlock, regroup
from motifleet.telemetry.columns import ColumnMapping, find_columns
from motifleet.telemetry.readers import Source, open_source
from motifleet.telemetry.roles import counts_rows, has_decimal_commas
from motifleet.telemetry.schema import TIME_TYPE
from motifleet.telemetry.times import to_times
from motifleet.telemetry.validation import CheckedBatch, Existing, Validator

_Item = TypeVar("_Item")

_BLOCKS_AHEAD: Final = 8
_SUSPICIOUSLY_EARLY: Final = pa.scalar(datetime(1990, 1, 1, tzinfo=UTC), TIME_TYPE)


class ReportReader:
    """An open file of reports: iterate over it once for its checked batches.

    Args:
        source: the file.
        name: what messages call it.
        mapping: what the columns mean.
        batch_rows: rows of the file in a batch.
        now: the moment that the far future is counted from.
        existing: from keys to a mask of those that are in the table already.

    Attributes:
        name: what messages call the file.
        columns: the file's own names of device, time and position.
        hints: sentences about what looks odd in the first batch, for the user to decide.
    """

    def __init__(
        self,
        source: Source,
        name: str,
        mapping: ColumnMapping,
        *,
        batch_rows: int,
        now: datetime | None,
        existing: Existing | None,
    ) -> None:
        self.name = name
        self._source = source
        self._raw = regroup(_ahead(source.blocks()), batch_rows)
        try:
            self._first = self._first_batch()
            names = [*self._first.table.column_names, *sorted(self._first.left_out)]
            self.columns = find_columns(names, mapping, name)
        except BaseException:
            self._raw.close()
            raise
        self._validator = Validator(self.columns, mapping, now, existing)
        self.hints = tuple(self._find_hints(self._first.table, mapping))

    def __iter__(self) -> Iterator[CheckedBatch]:
        yield self._validator.check(self._first, 0)
        self._first = RawBlock(self._first.table[:0], self._first.rows[:0])
        for number, batch in enumerate(self._raw, start=1):
            yield self._validator.check(batch, number)

    def __enter__(self) -> "ReportReader":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    @property
    def fraction(self) -> float:
        """How much of the file has been read, from 0 to 1."""
        return self._source.fraction()

    def close(self) -> None:
        """Close the file."""
        self._raw.close()
        self._source.close()
        self._validator.close()

    def _first_batch(self) -> RawBlock:
        first = next(self._raw, None)
        if first is None:
            raise ReadError(f"{self.name}: expected rows, got none")
        if not first.table.column_names:
            raise ReadError(f"{self.name}: row {first.broken[0].row}: {first.broken[0].reason}")
        return first

    def _find_hints(self, first: pa.Table, mapping: ColumnMapping) -> Iterator[str]:
        taken = {*mapping.ignore, *self.columns.renamed()}
        for name in first.column_names:
            if name in taken:
                continue
            role = self._validator.roles.role(name, first[name])
            if role is None:
                yield f"column {name!r} is empty so far: it is taken once it has values"
            elif role == "label" and has_decimal_commas(first[name]):
                yield f"column {name!r} has decimal commas, so it is taken as text: write points"
            elif role == "signal" and counts_rows(first[name]):
                yield f"column {name!r} counts the rows: leave it out with --ignore {name}"
        earliest = pc.min(to_times(first[self.columns.time]).values)
        if pc.less(earliest, _SUSPICIOUSLY_EARLY).as_py():
            yield (
                f"times begin at {pc.cast(earliest, pa.string())}: is column "
                f"{self.columns.time!r} the time? choose with --time-column"
            )


def read_reports(
    path: Path | str,
    mapping: ColumnMapping | None = None,
    *,
    batch_rows: int = 500_000,
    source: str | None = None,
    now: datetime | None = None,
    existing: Existing | None = None,
) -> ReportReader:
    r"""Open a CSV, Parquet or JSON Lines file of reports.

    The file is read in batches, in bounded memory whatever its size. Batch k holds the rows
    k * ``batch_rows`` + 1 to (k + 1) * ``batch_rows`` of the file, accepted and rejected
    together, whatever else is given: the same file gives the same batches.

    Text cells are cast one by one: "", NA, N/A, null, none, NaN and - are no value, and a report
    may lack any value but its device and time. Infinite values of signals are kept. Where two
    rows have the same device and time, the first is accepted and the others are rejected.

    Args:
        path: a file that ends in .csv, .tsv, .jsonl or .ndjson (each also with .gz) or .parquet.
        mapping: what the columns mean; without it they are guessed from their names.
        batch_rows: rows of the file in a batch.
        source: what messages call the file; without it its path.
        now: the moment that the far future is counted from; without it the time of the read.
        existing: from keys to a mask of those that are in the table already.

    Raises:
        InvalidArgumentError: ``batch_rows`` is below 1.
        ReadError: the file cannot be read as reports. Damage further down shows up later, while
            iterating.

    >>> import tempfile
    >>> folder = tempfile.TemporaryDirectory()
    >>> file = Path(folder.name) / "trucks.csv"
    >>> _ = file.write_text("truck,time,speed\n7,2024-05-01 06:00,81.5\n7,2024-05-01 06:01,fast\n")
    >>> with read_reports(file, ColumnMapping(signals=("speed",))) as reader:
    ...     for batch in reader:
    ...         print(batch.accepted.num_rows, batch.rejected["reason"].to_pylist())
    1 ["signal speed: not a number: 'fast'"]
    >>> folder.cleanup()
    """
    if batch_rows < 1:
        raise InvalidArgumentError(f"expected batches of at least 1 row, got {batch_rows}")
    mapping = mapping or ColumnMapping()
    name = source or os.fspath(path)
    opened = open_source(Path(path), name, mapping.ignore)
    try:
        return ReportReader(
            opened, name, mapping, batch_rows=batch_rows, now=now, existing=existing
        )
    except BaseException:
        opened.close()
        raise


def _ahead(items: Iterator[_Item]) -> Generator[_Item]:
    """The same items, made in a thread of their own while the last ones are in use."""
    with ThreadPoolExecutor(1, thread_name_prefix="motifleet-read") as thread:
        waiting: list[Future[_Item | None]] = []
        while True:
            while len(waiting) < _BLOCKS_AHEAD:
                waiting.append(thread.submit(next, items, None))
            item = waiting.pop(0).result()
            if item is None:
                return
            try:
                yield item
            except GeneratorExit:
                thread.shutdown(cancel_futures=True)
                raise
