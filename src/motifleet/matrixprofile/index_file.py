"""An index as a file: versioned, checked, and nothing that could run.

What it is and its version, a head of plain values (JSON), arrays (little-endian), and the SHA-256
of all that comes before it. Lengths are held against the file's size before memory is asked for,
and nothing is made of the arrays before the checksum was right. The file appears whole or not at
all.
"""

import hashlib
import json
import os
import struct
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from motifleet.errors import IndexFileError

Array = NDArray[Any]
MAGIC, VERSION = b"motifleet devices\n", 1
START, DIGEST = struct.Struct("<HQ"), 32
KINDS: dict[str, "np.dtype[Any]"] = {
    "f4": np.dtype("<f4"),
    "f8": np.dtype("<f8"),
    "i8": np.dtype("<i8"),
    "u1": np.dtype("u1"),
}
LARGEST_HEAD = 1 << 24


@dataclass(frozen=True, slots=True)
class Saved:
    """An array as it is written: its kind of number, its length, and its parts in their order."""

    kind: str
    length: int
    parts: Iterable[Array]


def write(path: Path, head: Mapping[str, Any], arrays: "Mapping[str, Saved]") -> None:
    """Write a head and arrays; whoever reads the file sees all of it.

    Raises:
        IndexFileError: the file cannot be written.
    """
    try:
        with NamedTemporaryFile("wb", dir=path.parent, delete=False) as file:
            try:
                _write(_Hashed(file), head, arrays)
                file.flush()
                os.fsync(file.fileno())
                os.replace(file.name, path)  # noqa: PTH105
            except BaseException:
                Path(file.name).unlink(missing_ok=True)
                raise
    except OSError as error:
        raise IndexFileError(f"the index cannot be written to {path}: {error.strerror}") from error


def read(path: Path) -> tuple[dict[str, Any], dict[str, Array]]:
    """Read what `write` wrote: the head and the arrays.

    Raises:
        IndexFileError: the file is not there, is another one or of another version, or is damaged.
    """
    try:
        with path.open("rb") as file:
            return _read(_Hashed(file), path, path.stat().st_size)
    except OSError as error:
        raise IndexFileError(f"no index to read at {path}: {error.strerror}") from error


class _Hashed:
    """A file whose bytes are hashed as they pass."""

    def __init__(self, file: IO[bytes]) -> None:
        self.file, self.hash = file, hashlib.sha256()

    def write(self, data: bytes | memoryview) -> None:
        self.hash.update(data)
        self.file.write(data)

    def read(self, size: int) -> bytes:
        data = self.file.read(size)
        self.hash.update(data)
        return data


def _write(file: _Hashed, head: Mapping[str, Any], arrays: Mapping[str, Saved]) -> None:
    shapes = {name: [saved.kind, saved.length] for name, saved in arrays.items()}
    text = json.dumps({"head": head, "arrays": shapes}).encode()
    file.write(MAGIC + START.pack(VERSION, len(text)) + text)
    for saved in arrays.values():
        for part in saved.parts:
            stored = np.ascontiguousarray(part.astype(KINDS[saved.kind], copy=False))
            file.write(stored.view(np.uint8).data)
    file.file.write(file.hash.digest())


def _read(file: _Hashed, path: Path, size: int) -> tuple[dict[str, Any], dict[str, Array]]:
    start = file.read(len(MAGIC) + START.size)
    if len(start) < len(MAGIC) + START.size or not start.startswith(MAGIC):
        raise IndexFileError(f"expected an index of devices, got another kind of file: {path}")
    version, length = START.unpack_from(start, len(MAGIC))
    if version != VERSION:
        raise IndexFileError(
            f"expected an index of version {VERSION}, got {version}: build it again ({path})"
        )
    try:
        if length > LARGEST_HEAD:
            raise ValueError
        told = json.loads(file.read(length))
        shapes = {str(name): (KINDS[kind], int(n)) for name, (kind, n) in told["arrays"].items()}
        whole = len(start) + length + sum(kind.itemsize * n for kind, n in shapes.values()) + DIGEST
        if whole != size or any(n < 0 for _, n in shapes.values()):
            raise ValueError
        arrays = {name: _array(file, kind, n) for name, (kind, n) in shapes.items()}
        expected = file.hash.digest()
        if file.file.read(DIGEST) != expected:
            raise ValueError
        return dict(told["head"]), arrays
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise damaged(path) from error


def _array(file: _Hashed, kind: "np.dtype[Any]", length: int) -> Array:
    found = np.empty(length, kind)
    view = found.view(np.uint8).data
    at = 0
    while at < len(view):
        data = file.read(min(len(view) - at, 1 << 24))
        if not data:
            raise ValueError
        view[at : at + len(data)] = data
        at += len(data)
    return found.astype(kind.newbyteorder("="), copy=False)


def damaged(path: Path) -> IndexFileError:
    """Return the error that says that a file is not as it was saved."""
    return IndexFileError(f"expected an index as it was saved, got a damaged file: {path}")
