"""A text file in blocks that end where a row ends."""

import gzip
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, Final

from motifleet.errors import ReadError

_HEAD_BYTES: Final = 64 << 10
_BLOCK_BYTES: Final = 4 << 20
_LONGEST_ROW: Final = 16 << 20
_BYTE_ORDER_MARK: Final = b"\xef\xbb\xbf"
_MAGIC: Final = (
    (b"PAR1", "a Parquet file: name it .parquet"),
    (b"\x1f\x8b", "a gzip file: let its name end in .gz"),
    (b"PK\x03\x04", "a ZIP archive or an Excel workbook: save it as .csv"),
    (b"SQLite format 3", "an SQLite database: export its table as .csv"),
    (b"\xff\xfe", "text in UTF-16: save it as UTF-8"),
    (b"\xfe\xff", "text in UTF-16: save it as UTF-8"),
)


class TextFile:
    """A plain or gzip-packed text file, read from its beginning to its end once."""

    def __init__(self, path: Path, name: str) -> None:
        self.name = name
        self._size = max(path.stat().st_size, 1)
        self._raw = path.open("rb")
        packed = path.suffix.lower() == ".gz"
        self._bytes: IO[bytes] | gzip.GzipFile = (
            gzip.GzipFile(fileobj=self._raw) if packed else self._raw
        )
        try:
            self._head = self._read(_HEAD_BYTES)
            self._refuse_binary()
        except ReadError:
            self.close()
            raise
        self._head = self._head.removeprefix(_BYTE_ORDER_MARK)

    def first_line(self) -> bytes:
        """Take the first line off the file, without its end."""
        while b"\n" not in self._head and len(self._head) < _LONGEST_ROW:
            more = self._read(_HEAD_BYTES)
            if not more:
                break
            self._head += more
        line, _, self._head = self._head.partition(b"\n")
        return line.rstrip(b"\r")

    def blocks(self, end_of_rows: Callable[[bytes], int]) -> Iterator[bytes]:
        """The rest of the file.

        Args:
            end_of_rows: how many bytes of a block are whole rows.

        Raises:
            ReadError: the file breaks off, or a row is too long to be one.
        """
        rest = self._head
        while more := self._read(_BLOCK_BYTES):
            block = rest + more
            cut = end_of_rows(block)
            if cut:
                yield block[:cut]
            rest = block[cut:]
            if len(rest) > _LONGEST_ROW:
                raise ReadError(
                    f"{self.name}: expected rows of at most {_LONGEST_ROW >> 20} MB, got a longer "
                    f"one that begins {_shown(rest)}: is a quote left open, or is it no text?"
                )
        if rest.strip():
            yield rest

    def fraction(self) -> float:
        """How much of the file has been read, from 0 to 1."""
        return 1.0 if self._raw.closed else min(self._raw.tell() / self._size, 1.0)

    def close(self) -> None:
        """Close the file."""
        self._bytes.close()
        self._raw.close()

    def _read(self, size: int) -> bytes:
        try:
            return self._bytes.read(size)
        except (EOFError, OSError, zlib.error) as error:
            raise ReadError(
                f"{self.name}: cannot be read to its end: {error}: is the file damaged?"
            ) from error

    def _refuse_binary(self) -> None:
        for magic, meaning in _MAGIC:
            if self._head.startswith(magic):
                raise ReadError(f"{self.name}: expected text, got {meaning}")
        if b"\0" in self._head:
            raise ReadError(f"{self.name}: expected text, got binary data")


def decoded(block: bytes, name: str, rows_before: int) -> str:
    """The text of a block.

    Raises:
        ReadError: it is not UTF-8; the message says where.
    """
    try:
        return block.decode("utf-8")
    except UnicodeDecodeError as error:
        row = rows_before + block.count(b"\n", 0, error.start) + 1
        raise ReadError(
            f"{name}: expected text in UTF-8, got the byte {block[error.start]:#04x} about row "
            f"{row}: save the file as UTF-8 (iconv -f latin1 -t utf8)"
        ) from None


def _shown(text: bytes) -> str:
    return repr(text[:40].decode("utf-8", "replace"))
