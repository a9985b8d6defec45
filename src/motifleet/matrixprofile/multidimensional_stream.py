"""The multidimensional profile of a stream: what several signals of a device do at once."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from motifleet.matrixprofile import _core, saving
from motifleet.matrixprofile.options import Progress, progress_function
from motifleet.matrixprofile.stream_figure import left_profiles_figure
from motifleet.matrixprofile.stream_terms import StreamTerms, channel_count, matrix
from motifleet.types import Floats, Frozen, Ints

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

WHAT = b"channels"


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class MultidimensionalArrivals(Frozen):
    """The windows that new values completed, and how near to each its nearest earlier window is.

    Args:
        m: the window length.
        windows: shape (n,), where each window begins, counted from the stream's beginning; -1
            for values that complete none, since fewer than m have come.
        left_distances: shape (d, n); row k - 1 is to the nearest earlier window over k channels:
            large means never seen before. Infinity where there is none.
        left_indices: shape (d, n), where that one begins; -1: none.

    >>> stream = MultidimensionalStream(2, 8)
    >>> came = stream.append(np.random.default_rng(1).normal(size=(2, 20)))
    >>> came.windows[5:9].tolist(), came.left_distances.shape
    ([-1, -1, 0, 1], (2, 20))
    """

    m: int
    windows: Ints
    left_distances: Floats
    left_indices: Ints

    def __len__(self) -> int:
        return len(self.windows)

    def to_arrow(self) -> pa.Table:
        """Lay out a row for each complete window; ``left_distance_2`` is over two channels."""
        complete = self.windows >= 0
        columns: dict[str, Any] = {"window": self.windows[complete]}
        for k, (distances, indices) in enumerate(
            zip(self.left_distances, self.left_indices, strict=True), 1
        ):
            columns[f"left_distance_{k}"] = distances[complete]
            columns[f"left_index_{k}"] = indices[complete]
        return pa.table(columns)

    def plot(self) -> "Figure":
        """Draw the left profiles, which rise where something is new."""
        complete = self.windows >= 0
        return left_profiles_figure(
            self.windows[complete], self.left_distances[:, complete], self.m
        )


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class MultidimensionalSnapshot(Frozen):
    """What a stream of d channels remembers at one moment.

    Args:
        m: the window length.
        start: the place of the first values in memory, counted from the stream's beginning.
        values: shape (d, n), the values in memory.
        distances: shape (d, n - m + 1); row k - 1 is the k-dimensional profile: to the nearest of
            all windows that have been in memory together with this one.
        indices: shape (d, n - m + 1), where those begin, counted from the stream's beginning.
        left_distances: shape (d, n - m + 1), to the nearest one before.
        left_indices: shape (d, n - m + 1), where those begin.

    >>> stream = MultidimensionalStream(2, 8, history=15)
    >>> came = stream.append(np.random.default_rng(1).normal(size=(2, 20)))
    >>> known = stream.snapshot()
    >>> known.start, known.values.shape, known.distances.shape
    (5, (2, 15), (2, 8))
    """

    m: int
    start: int
    values: Floats
    distances: Floats
    indices: Ints
    left_distances: Floats
    left_indices: Ints

    def __len__(self) -> int:
        return int(self.distances.shape[1])

    def to_arrow(self) -> pa.Table:
        """Lay the windows out as a table, a row for each; ``distance_2`` is over two channels."""
        columns: dict[str, Any] = {"window": self.start + np.arange(len(self))}
        for k in range(len(self.distances)):
            columns[f"distance_{k + 1}"] = self.distances[k]
            columns[f"index_{k + 1}"] = self.indices[k]
            columns[f"left_distance_{k + 1}"] = self.left_distances[k]
            columns[f"left_index_{k + 1}"] = self.left_indices[k]
        return pa.table(columns)

    def plot(self) -> "Figure":
        """Draw the left profiles, which rise where something is new."""
        windows = self.start + np.arange(len(self))
        return left_profiles_figure(windows, self.left_distances, self.m)


class MultidimensionalStream:
    """The multidimensional profile of a stream, for every k kept up with every value.

    A distance is the mean of the k smallest z-normalised distances of the channels, as in
    `multidimensional_profile` (mSTAMP, Yeh, Kavantzas and Keogh, "Matrix Profile VI", ICDM 2017).
    Memory, gaps and what is compared are as in `StreamingProfile`.

    Args:
        channels: how many signals, d.
        m: the window length, at least 3.
        history: how many values of each channel to remember; None: all, and memory grows.
        simd: the instruction set, "auto": ``MOTIFLEET_SIMD``, else the widest there is.

    Raises:
        InvalidArgumentError: an argument is out of its bounds, or the machine has no such
            instruction set.

    >>> walk = np.random.default_rng(1).normal(size=(3, 300)).cumsum(axis=1)
    >>> walk[:2, 270:290] = walk[:2, 100:120]
    >>> stream = MultidimensionalStream(3, 20, history=280)
    >>> came = stream.append(walk)
    >>> int(came.windows[-11]), came.left_indices[1, -11], came.left_distances[:2, -11]
    (270, np.int64(100), array([0., 0.]))
    """

    def __init__(
        self, channels: int, m: int, *, history: int | None = None, simd: str = "auto"
    ) -> None:
        self._terms = StreamTerms.checked(m, history, simd=simd)
        none = np.zeros(0), np.zeros(0, np.int64), np.zeros(0), np.zeros(0, np.int64)
        rows = [np.zeros(0)] * channel_count(channels)
        self._stream = _core.MultidimensionalStream(self._terms, 0, rows, none)

    @property
    def m(self) -> int:
        """The window length."""
        return self._terms.m

    @property
    def history(self) -> int | None:
        """How many values of each channel are remembered; None: all."""
        return self._terms.history or None

    @property
    def channels(self) -> int:
        """How many signals there are."""
        return self._stream.channels

    def __len__(self) -> int:
        """How many values have come, of each channel."""
        return self._stream.total

    def append(self, values: Any, *, progress: Progress | None = None) -> MultidimensionalArrivals:
        """Take in a block of every channel; NaN where a report is missing.

        Args:
            values: shape (d, n), or (d,) for one value of each.
            progress: called now and then with how many values are done, and how many there are.
                Where it raises, or at Ctrl-C, what has been taken in stays; ``len`` tells.

        Returns:
            the windows that the values completed, each with its nearest earlier windows.

        Raises:
            InvalidArgumentError: these are not real numbers of such a shape. Nothing is taken in.
        """
        block = matrix(values, self.channels, "channels")
        came = self._stream.append(block.T.ravel(), progress_function(progress))
        windows, distances, indices = came
        moments = block.shape[::-1]
        return MultidimensionalArrivals(
            self.m,
            windows,
            np.ascontiguousarray(distances.reshape(moments).T),
            np.ascontiguousarray(indices.reshape(moments).T),
        )

    def snapshot(self) -> MultidimensionalSnapshot:
        """Copy what the stream remembers: its values, profiles and left profiles."""
        values = np.stack([self._stream.values(channel) for channel in range(self.channels)])
        distances, indices, left, left_index = self._stream.profile()
        shape = self.channels, len(distances) // self.channels
        return MultidimensionalSnapshot(
            self.m,
            len(self) - values.shape[1],
            values,
            distances.reshape(shape),
            indices.reshape(shape),
            left.reshape(shape),
            left_index.reshape(shape),
        )

    def to_bytes(self) -> bytes:
        """Save the stream: what `from_bytes` makes of it goes on exactly as this one.

        All that rounding has been part of is saved, as `StreamingProfile.to_bytes` does.

        Returns:
            about 70 bytes for each value in memory and channel, and for those that are forgotten
            and still laid out, half as many values at most.
        """
        floats, whole = self._stream.save()
        return saving.pack(WHAT, [*self._terms.saved(), *floats, *whole])

    @classmethod
    def from_bytes(cls, data: bytes, *, simd: str = "auto") -> "MultidimensionalStream":
        """Restore a stream that `to_bytes` saved.

        Raises:
            InvalidArgumentError: these are not the bytes of such a stream, or they are damaged.
        """
        version, arrays = saving.unpack(WHAT, data)
        with saving.fitting("stream of channels"):
            whole, power, *rest = arrays
            stream = cls.__new__(cls)
            stream._terms = StreamTerms.restored([whole, power], simd)
            if version == 1:
                total, distances, indices, left, left_index, *values = rest
                profile = distances, indices, left, left_index
                stream._stream = _core.MultidimensionalStream(
                    stream._terms, int(total.item()), values, profile
                )
            else:
                stream._stream = _core.MultidimensionalStream.restored(
                    stream._terms, *saving.by_kind(rest)
                )
        return stream
