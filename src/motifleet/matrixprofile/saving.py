"""The state of a stream as bytes: versioned, checked, and nothing that could run.

A head (what it is, its version, how many arrays), the arrays (kind of number, length, numbers;
little-endian), and a CRC-32 of all that comes before it.
"""

import struct
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from motifleet.errors import InvalidArgumentError
from motifleet.matrixprofile.pieces import pieces

Array: TypeAlias = NDArray[Any]
VERSION = 2
"""1 had no sums and laid the memory out anew; of many devices there are none in either."""
READ = range(1, VERSION + 1)
HEAD, PART, TAIL = struct.Struct("<8s8sHH"), struct.Struct("<cQ"), struct.Struct("<I")
MAGIC = b"motiflt\n"
KINDS: dict[bytes, np.dtype[Any]] = {
    b"f": np.dtype("<f8"),
    b"i": np.dtype("<i8"),
    b"u": np.dtype("u1"),
}


def pack(what: bytes, arrays: list[Array]) -> bytes:
    """Write arrays of float64, int64 and bytes as one piece."""
    parts = [HEAD.pack(MAGIC, what, VERSION, len(arrays))]
    for array in arrays:
        code = array.dtype.kind.encode()
        parts += [PART.pack(code, array.size), array.astype(KINDS[code], copy=False).tobytes()]
    checksum = 0
    for part in parts:
        checksum = _checksum(part, checksum)
    return b"".join([*parts, TAIL.pack(checksum)])


def unpack(what: bytes, data: bytes) -> tuple[int, list[Array]]:
    """Read what `pack` has written, of this version or an earlier one, and nothing else.

    Returns:
        the version, and the arrays.

    Raises:
        InvalidArgumentError: these are other bytes, of another version, cut short or damaged.
    """
    if not isinstance(data, bytes | bytearray | memoryview):
        raise InvalidArgumentError(f"expected bytes, got a {type(data).__name__}")
    view = memoryview(data).cast("B")
    if len(view) < HEAD.size + TAIL.size or HEAD.unpack_from(view)[:2] != (MAGIC, what):
        raise _refusal(what, "other bytes: pass what to_bytes() returned")
    _, _, version, count = HEAD.unpack_from(view)
    if version not in READ:
        raise _refusal(what, f"version {version}, not up to {VERSION}: it needs a newer Motifleet")
    if TAIL.unpack_from(view, len(view) - TAIL.size)[0] != _checksum(view[: -TAIL.size]):
        raise _refusal(what, "damaged bytes: the checksum differs, save it again")
    try:
        arrays = list(_parts(view, count))
    except (struct.error, KeyError, ValueError) as error:
        raise _refusal(what, "bytes whose lengths do not fit: save it again") from error
    return version, arrays


def by_kind(arrays: list[Array]) -> tuple[list[Array], list[Array]]:
    """Tell the arrays of floats and of whole numbers apart, each in their order.

    Raises:
        ValueError: there are others.
    """
    floats = [array for array in arrays if array.dtype.kind == "f"]
    whole = [array for array in arrays if array.dtype.kind == "i"]
    if len(floats) + len(whole) < len(arrays):
        raise ValueError("neither floats nor whole numbers")
    return floats, whole


@contextmanager
def fitting(name: str) -> Iterator[None]:
    """Refuse arrays that a stream of that name cannot be made of."""
    try:
        yield
    except InvalidArgumentError:
        raise
    except (ValueError, TypeError, OverflowError) as error:
        raise InvalidArgumentError(
            f"expected the saved state of a {name}, got arrays that do not fit together"
        ) from error


def _checksum(data: bytes | memoryview, checksum: int = 0) -> int:
    """Carry a checksum on over more bytes, a piece at a time."""
    view = memoryview(data)
    for part in pieces(len(view)):
        checksum = zlib.crc32(view[part], checksum)
    return checksum


def _parts(data: memoryview, count: int) -> Iterator[Array]:
    place, end = HEAD.size, len(data) - TAIL.size
    for _ in range(count):
        code, length = PART.unpack_from(data, place)
        place += PART.size
        kind = KINDS[code]
        if length > (end - place) // kind.itemsize:
            raise ValueError
        # Arrays of our own, in this machine's order of bytes.
        native = kind.newbyteorder("=")
        yield np.frombuffer(data, kind, length, place).astype(native)
        place += length * kind.itemsize
    if place != end:
        raise ValueError


def _refusal(what: bytes, came: str) -> InvalidArgumentError:
    name = what.decode().strip()
    name = name if name.endswith("s") else f"a {name}"
    return InvalidArgumentError(f"expected the saved state of {name}, got {came}")
