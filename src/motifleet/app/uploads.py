"""Files of reports that come from elsewhere: looked at before they are read."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from motifleet.config import Settings, prepare_home
from motifleet.errors import ReadError

MEDIA = {
    "text/csv": ".csv",
    "text/tab-separated-values": ".tsv",
    "application/x-ndjson": ".jsonl",
    "application/jsonl": ".jsonl",
    "application/vnd.apache.parquet": ".parquet",
    "application/vnd.apache.arrow.stream": ".arrow",
}
"""What is taken, by the media type of the body, and as which kind of file."""
KINDS = tuple(dict.fromkeys(MEDIA.values()))

_MOST_ROWS, _MOST_CELLS = 50_000_000, 1_000_000_000
_MOST_UNPACKED = 8 << 30
_LONGEST_TEXT = 64 << 10
_SLICE_ROWS = 64 << 10


@contextmanager
def upload_folder(settings: Settings) -> Iterator[Path]:
    """A folder for one upload, which goes with what is in it."""
    with TemporaryDirectory(prefix="upload-", dir=prepare_home(settings)) as folder:
        yield Path(folder)


def checked_upload(path: Path) -> Path:
    """A file that the readers may read: a stream of Arrow becomes Parquet, and no bomb gets by.

    Args:
        path: the file, which ends in one of `KINDS`.

    Raises:
        ReadError: it is no such file, or would unpack to more than it may.
    """
    try:
        if path.suffix == ".arrow":
            path = _as_parquet(path)
        if path.suffix == ".parquet":
            _check_parquet(path)
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError, OSError) as error:
        raise ReadError(f"expected a {path.suffix} file, got something else: {error}") from None
    return path


def _as_parquet(path: Path) -> Path:
    """The same reports as Parquet, batch by batch."""
    written, rows = path.with_suffix(".parquet"), 0
    with (
        pa.OSFile(str(path), "rb") as source,
        pa.ipc.open_stream(source) as stream,
        pq.ParquetWriter(written, stream.schema, compression="zstd") as writer,
    ):
        for batch in stream:
            rows += batch.num_rows
            _check_size(rows, len(stream.schema), batch.nbytes)
            writer.write_batch(batch)
    return written


def _check_parquet(path: Path) -> None:
    told = pq.read_metadata(path)
    groups = [told.row_group(number) for number in range(told.num_row_groups)]
    unpacked = sum(
        each.column(n).total_uncompressed_size for each in groups for n in _columns(each)
    )
    _check_size(told.num_rows, told.num_columns, unpacked)
    schema = pq.read_schema(path)
    texts = [each.name for each in schema if _is_text(each.type)]
    if texts:
        _check_texts(path, texts)


def _columns(group: pq.RowGroupMetaData) -> range:
    return range(group.num_columns)


def _check_size(rows: int, columns: int, unpacked: int) -> None:
    if rows > _MOST_ROWS or rows * columns > _MOST_CELLS or unpacked > _MOST_UNPACKED:
        raise ReadError(
            f"expected at most {_MOST_ROWS:,} rows, {_MOST_CELLS:,} cells and "
            f"{_MOST_UNPACKED:,} bytes unpacked, got {rows:,} rows of {columns} columns: "
            "send it in parts"
        )


def _is_text(kind: pa.DataType) -> bool:
    if isinstance(kind, pa.DictionaryType):
        return _is_text(kind.value_type)
    return any(
        test(kind)
        for test in (
            pa.types.is_string,
            pa.types.is_large_string,
            pa.types.is_binary,
            pa.types.is_large_binary,
        )
    )


def _check_texts(path: Path, names: list[str]) -> None:
    """A text that is kept once and named in a million rows is measured before it is repeated."""
    with pq.ParquetFile(path, read_dictionary=names, pre_buffer=False) as file:
        for batch in file.iter_batches(_SLICE_ROWS, columns=names, use_threads=False):
            columns: Any = batch.columns
            for column in columns:
                packed = pa.types.is_dictionary(column.type)
                texts = column.dictionary if packed else column
                longest = pc.max(pc.binary_length(texts)).as_py() or 0
                if longest > _LONGEST_TEXT:
                    raise ReadError(
                        f"expected texts of at most {_LONGEST_TEXT:,} bytes, got one of "
                        f"{longest:,}: leave that column out"
                    )
