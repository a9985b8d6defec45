"""The matrix profile of a stream: of one device, or some of its signals, value by value."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from motifleet.errors import InvalidArgumentError
from motifleet.matrixprofile import _core, kernels, saving
from motifleet.matrixprofile.arrivals import Arrivals
from motifleet.matrixprofile.series import SeriesLike, as_series
from motifleet.types import Floats, Ints

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

WHAT = b"stream  "
ARRAYS = 6
LONGEST = 1 << 62


@dataclass(frozen=True, slots=True, eq=False)
class StreamSnapshot:
    """What a stream remembers at one moment.

    Args:
        m: the window length.
        start: the place of the first value in memory, counted from the stream's beginning.
        values: shape (n,), the values in memory.
        distances: shape (n - m + 1,), of each window to the nearest of all that have been in
            memory together with it.
        indices: shape (n - m + 1,), where that one begins, counted from the stream's beginning.
        left_distances: shape (n - m + 1,), to the nearest one before it.
        left_indices: shape (n - m + 1,), where that one begins.
    """

    m: int
    start: int
    values: Floats
    distances: Floats
    indices: Ints
    left_distances: Floats
    left_indices: Ints

    def __len__(self) -> int:
        return len(self.distances)

    def to_arrow(self) -> pa.Table:
        """Lay the windows out as a table, a row for each."""
        columns: dict[str, Any] = {
            "window": self.start + np.arange(len(self)),
            "distance": self.distances,
            "index": self.indices,
            "left_distance": self.left_distances,
            "left_index": self.left_indices,
        }
        return pa.table(columns)

    def plot(self) -> "Figure":
        """Draw the values above the left profile, which rises where something is new."""
        from motifleet.matrixprofile.stream_figure import stream_figure

        return stream_figure(self)


class StreamingProfile:
    """The matrix profile of a stream, kept up with every value.

    Each new window is compared with all earlier ones in memory by stepping their covariances
    (STAMPI, Yeh and others, "Matrix Profile I", ICDM 2016), so a value costs work in proportion
    to the memory's length. Conventions are those of `matrix_profile`. Two windows are compared
    if both were in memory at some time; a neighbour stays one after it has left. The results do
    not depend on how the values were cut into blocks.

    Args:
        m: the window length, at least 3.
        history: how many values to remember; None: all, and memory grows.
        channels: how many signals; each has a profile of its own.
        simd: the instruction set, "auto": ``MOTIFLEET_SIMD``, else the widest there is.

    Raises:
        InvalidArgumentError: m, history or channels is out of its bounds, or the machine has no
            such instruction set.

    >>> stream = StreamingProfile(8, history=500)
    >>> signal = np.sin(np.arange(300) * np.pi / 10)
    >>> signal[250:254] = 3.0
    >>> seen_before = stream.append(signal[:250])
    >>> new = stream.append(signal[250:])
    >>> int(new.windows[new.left_distances.argmax()])
    243
    """

    def __init__(
        self, m: int, *, history: int | None = None, channels: int = 1, simd: str = "auto"
    ) -> None:
        self._m = kernels.window_length(m)
        self._history = history if history is None else memory_length(history, self._m)
        self._simd = kernels.resolve_simd(simd)
        empty = np.zeros(0), np.zeros(0, np.int64)
        profile = empty[0], empty[0], empty[1], empty[0], empty[1]
        self._channels = [
            _core.Stream(self._m, self._history or 0, 0, empty[0], profile)
            for _ in range(_at_least_one(channels))
        ]

    @property
    def m(self) -> int:
        """The window length."""
        return self._m

    @property
    def history(self) -> int | None:
        """How many values are remembered; None: all."""
        return self._history

    @property
    def channels(self) -> int:
        """How many signals there are."""
        return len(self._channels)

    def __len__(self) -> int:
        """How many values have come, of each channel."""
        return self._channels[0].total

    def append(self, values: SeriesLike | Sequence[Sequence[float]] | float) -> Arrivals:
        """Take in one value or a block of them; NaN where a report is missing.

        Args:
            values: a number, or shape (n,); of several channels shape (channels, n), or
                (channels,) for one value of each.

        Returns:
            the windows that the values completed, each with its nearest earlier window.

        Raises:
            InvalidArgumentError: these are not real numbers of such a shape. Nothing is taken in.
        """
        if len(self._channels) == 1:
            return Arrivals(self._m, *self._channels[0].append(_row(values), self._simd))
        rows = matrix(values, self.channels, "channels")
        came = [
            channel.append(row, self._simd)
            for channel, row in zip(self._channels, rows, strict=True)
        ]
        windows, distances, indices = (np.stack(arrays) for arrays in zip(*came, strict=True))
        return Arrivals(self._m, windows, distances, indices)

    def snapshot(self, channel: int = 0) -> StreamSnapshot:
        """Copy what a channel remembers: its values, profile and left profile.

        Raises:
            InvalidArgumentError: there is no such channel.
        """
        if kernels.integer("a channel", channel) not in range(self.channels):
            raise InvalidArgumentError(
                f"expected a channel from 0 to {self.channels - 1}, got {channel}"
            )
        stream = self._channels[channel]
        values = stream.values
        return StreamSnapshot(self._m, len(self) - len(values), values, *stream.profile[1:])

    def to_bytes(self) -> bytes:
        """Save the stream: what `from_bytes` makes of it goes on exactly as this one.

        Returns:
            about 48 bytes for each value in memory and channel.
        """
        arrays: list[saving.Array] = [
            np.array([self._m, self._history or 0, self.channels, len(self)], np.int64)
        ]
        for channel in self._channels:
            channel.renew()
            arrays += [channel.values, *channel.profile]
        return saving.pack(WHAT, arrays)

    @classmethod
    def from_bytes(cls, data: bytes, *, simd: str = "auto") -> "StreamingProfile":
        """Restore a stream that `to_bytes` saved.

        Raises:
            InvalidArgumentError: these are not the bytes of a stream, or they are damaged.

        >>> stream = StreamingProfile(4, history=100)
        >>> _ = stream.append([1, 5, 2, 8, 1, 5, 2, 8])
        >>> restored = StreamingProfile.from_bytes(stream.to_bytes())
        >>> restored.append(1.0).left_distances == stream.append(1.0).left_distances
        array([ True])
        """
        head, *arrays = saving.unpack(WHAT, data) or [np.zeros(0)]
        if len(head) != 4 or len(arrays) != ARRAYS * int(head[2]):
            raise InvalidArgumentError("expected the saved state of a stream, got other arrays")
        m, history, channels, total = head.tolist()
        stream = cls(m, history=history or None, channels=channels, simd=simd)
        parts = [arrays[at : at + ARRAYS] for at in range(0, len(arrays), ARRAYS)]
        try:
            stream._channels = [
                _core.Stream(m, history, total, values, (near, overall, index, left, left_index))
                for values, near, overall, index, left, left_index in parts
            ]
        except (ValueError, TypeError, OverflowError) as error:
            raise InvalidArgumentError(
                "expected the saved state of a stream, got arrays that do not fit together"
            ) from error
        return stream


def _row(values: Any) -> Floats:
    if isinstance(values, float | int | np.number):
        return np.array([values], np.float64)
    return as_series(values, "block").values


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


def _at_least_one(channels: Any) -> int:
    count = kernels.integer("a number of channels", channels)
    if count < 1:
        raise InvalidArgumentError(f"expected at least 1 channel, got {count}")
    return count
