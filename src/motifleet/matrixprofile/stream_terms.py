"""How a stream compares and remembers: what is the same for all of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from motifleet.errors import InvalidArgumentError
from motifleet.matrixprofile import kernels, saving
from motifleet.matrixprofile.measure import Measure
from motifleet.types import Floats

LONGEST = 1 << 62


@dataclass(frozen=True, slots=True)
class StreamTerms:
    """Checked terms of a stream, as the kernels read them.

    Args:
        m: the window length.
        history: how many values are remembered; 0: all.
        k: how many neighbours of each window are kept.
        p: of the plain distance; 0: z-normalised.
        simd: the instruction set.
    """

    m: int
    history: int
    k: int
    p: float
    simd: str

    @classmethod
    def checked(
        cls,
        m: Any,
        history: Any,
        *,
        simd: str,
        k: Any = 1,
        normalize: Any = True,
        p: Any = 2.0,
    ) -> "StreamTerms":
        """Check what a user passed, and resolve what is left to the settings."""
        length, measure = kernels.window_length(m), Measure.of_join(normalize, p)
        memory = 0 if history is None else memory_length(history, length)
        return cls(
            length,
            memory,
            kernels.neighbor_count(k, max(memory, _GROWN)),
            0.0 if measure.normalize else measure.p,
            kernels.resolve_simd(simd),
        )

    @classmethod
    def restored(cls, saved: Sequence[saving.Array], simd: str) -> "StreamTerms":
        """Check what `saved` wrote; ValueError if it did not."""
        whole, (p,) = saved
        m, history, k = whole.tolist()
        return cls.checked(m, history or None, k=k, normalize=p == 0, p=p or 2.0, simd=simd)

    def saved(self) -> list[saving.Array]:
        """Write all but the instruction set as numbers."""
        return [np.array([self.m, self.history, self.k], np.int64), np.array([self.p])]


_GROWN = 4096
"""Windows that a stream without an end of its memory is sure to have some day."""


def memory_length(history: Any, m: int) -> int:
    """Return a memory's length, with which at least two windows can be compared."""
    length = kernels.integer("a history", history)
    least = m + kernels.exclusion_zone(m) + 1
    if length < least:
        raise InvalidArgumentError(
            f"expected a history of at least {least} values for windows of {m}, got {length}: "
            "no two windows of it could be compared"
        )
    if length >= LONGEST:
        raise InvalidArgumentError(f"expected a history of at most 2^62 values, got {length}")
    return length


def channel_count(channels: Any) -> int:
    """Return a number of channels, at least 1."""
    count = kernels.integer("a number of channels", channels)
    if count < 1:
        raise InvalidArgumentError(f"expected at least 1 channel, got {count}")
    return count


def check_channel(channel: Any, channels: int) -> int:
    """Return a channel's number, of so many."""
    number = kernels.integer("a channel", channel)
    if number not in range(channels):
        raise InvalidArgumentError(f"expected a channel from 0 to {channels - 1}, got {channel}")
    return number


def matrix(values: Any, rows: int, what: str) -> Floats:
    """Return a block as rows of float64; one value for each row may come as a flat list."""
    try:
        block = np.asarray(values)
    except ValueError as error:
        raise InvalidArgumentError(
            f"expected a block of shape ({what}, n), got rows of different lengths"
        ) from error
    block = block[:, None] if block.ndim == 1 else block
    if block.ndim != 2 or len(block) != rows or block.dtype.kind not in "iufb":
        raise InvalidArgumentError(
            f"expected a block of real numbers of shape ({rows}, n), a row for each of the {what}, "
            f"got shape {np.shape(values)} of type {block.dtype}"
        )
    return np.ascontiguousarray(block, np.float64)
