"""Reports to files."""

import os
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Final

import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq

from motifleet.errors import InvalidArgumentError, StorageError
from motifleet.telemetry.as_json import json_rows


def write_reports(reports: pa.Table | Iterable[pa.RecordBatch], path: Path | str) -> int:
    """Write reports to a file of the format that its extension names.

    The file appears under its name once it is whole, in place of what was there. All that is
    written, ``read_reports`` reads again.

    Args:
        reports: a table, or batches of one schema, of which one is in memory at a time.
        path: a file that ends in .csv, .jsonl, .ndjson or .parquet.

    Returns:
        The number of rows.

    Raises:
        InvalidArgumentError: the extension is unknown, or there is no batch.
        StorageError: the file cannot be written; nothing is left of it.

    >>> from motifleet.telemetry import read_reports, report_schema
    >>> reports = report_schema(signals=["speed"]).empty_table()
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write_reports(reports, Path(folder) / "none.parquet")
    0
    """
    path = Path(path)
    writer = _WRITERS.get(path.suffix.lower())
    if writer is None:
        raise InvalidArgumentError(
            f"{path}: expected a name that ends in {', '.join(_WRITERS)}, "
            f"got {path.suffix or 'no extension'}"
        )
    schema, batches = _batches(reports)
    try:
        with replacing(path) as file, writer(file, schema) as write:
            return sum(_written(write, batch) for batch in batches)
    except OSError as error:
        raise StorageError(f"{path}: cannot be written: {error.strerror or error}") from error


def _batches(
    reports: pa.Table | Iterable[pa.RecordBatch],
) -> tuple[pa.Schema, Iterator[pa.RecordBatch]]:
    if isinstance(reports, pa.Table):
        return reports.schema, iter(reports.to_batches())
    batches = iter(reports)
    first = next(batches, None)
    if first is None:
        raise InvalidArgumentError("expected reports to write, got no batch")
    return first.schema, _chained(first, batches)


def _chained(first: pa.RecordBatch, others: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    yield first
    yield from others


def _written(write: "_Write", batch: pa.RecordBatch) -> int:
    write(batch)
    return batch.num_rows


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Give a temporary file beside ``path`` that takes its place in the end.

    If what is done with it fails, it goes without a trace, and what was at ``path`` stays.

    >>> path = getfixture("tmp_path") / "page.html"
    >>> with replacing(path) as file:
    ...     size = file.write_text("all of it")
    >>> path.read_text()
    'all of it'
    """
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".tmp")
    os.close(handle)
    temporary = Path(name)
    try:
        yield temporary
        temporary.chmod(0o666 & ~_umask())
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


_Write = Callable[[pa.RecordBatch], None]


@contextmanager
def _csv(path: Path, schema: pa.Schema) -> Iterator[_Write]:
    with pa_csv.CSVWriter(path, schema) as writer:
        yield writer.write_batch


@contextmanager
def _parquet(path: Path, schema: pa.Schema) -> Iterator[_Write]:
    with pq.ParquetWriter(path, schema, compression="zstd") as writer:
        yield writer.write_batch


@contextmanager
def _json_lines(path: Path, _: pa.Schema) -> Iterator[_Write]:
    with path.open("w", encoding="utf-8", newline="\n") as file:

        def write(batch: pa.RecordBatch) -> None:
            lines = json_rows(pa.Table.from_batches([batch])).to_pylist()
            file.writelines(f"{line}\n" for line in lines)

        yield write


_WRITERS: Final[dict[str, Callable[[Path, pa.Schema], AbstractContextManager[_Write]]]] = {
    ".csv": _csv,
    ".jsonl": _json_lines,
    ".ndjson": _json_lines,
    ".parquet": _parquet,
}
