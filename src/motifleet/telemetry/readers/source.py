"""What a source of rows is, and which one reads which file."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Final, Protocol

from motifleet.errors import ReadError
from motifleet.telemetry.blocks import RawBlock
from motifleet.telemetry.readers.csv import CsvSource
from motifleet.telemetry.readers.jsonl import JsonLinesSource
from motifleet.telemetry.readers.parquet import ParquetSource


class Source(Protocol):
    """An open file of reports."""

    def blocks(self) -> Iterator[RawBlock]:
        """All rows, once, in blocks of bounded size."""

    def fraction(self) -> float:
        """How much of the file has been read, from 0 to 1."""

    def close(self) -> None:
        """Close the file."""


_FORMATS: Final[dict[str, Callable[[Path, str, Sequence[str]], Source]]] = {
    ".csv": CsvSource,
    ".tsv": CsvSource,
    ".jsonl": JsonLinesSource,
    ".ndjson": JsonLinesSource,
    ".parquet": ParquetSource,
}


def open_source(path: Path, name: str, ignore: Sequence[str]) -> Source:
    """Open a file by its extension; text may be packed with gzip.

    Args:
        path: the file.
        name: what messages call it.
        ignore: columns that will not be asked for.

    Raises:
        ReadError: there is no such file, its extension is unknown, or it is no file of its format.
    """
    _check_file(path, name)
    packed = path.suffix.lower() == ".gz"
    extension = Path(path.stem).suffix.lower() if packed else path.suffix.lower()
    if extension not in _FORMATS or (packed and extension == ".parquet"):
        raise ReadError(
            f"{name}: expected a file that ends in {', '.join(_FORMATS)} (or .csv.gz, .jsonl.gz), "
            f"got {''.join(path.suffixes[-2:]) or 'no extension'}"
        )
    try:
        return _FORMATS[extension](path, name, ignore)
    except OSError as error:
        raise ReadError(f"{name}: cannot be read: {error.strerror or error}") from error


def _check_file(path: Path, name: str) -> None:
    try:
        size = path.stat().st_size
    except OSError as error:
        raise ReadError(f"{name}: cannot be read: {error.strerror}") from None
    if path.is_dir():
        raise ReadError(f"{name}: expected a file, got a folder: name the files one by one")
    if size == 0 and path.is_file():
        raise ReadError(f"{name}: the file is empty: expected a header and rows")
