"""The matrix profile of a stream: of one device, or some of its signals, value by value."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from motifleet.errors import InvalidArgumentError
from motifleet.matrixprofile import _core, saving
from motifleet.matrixprofile.arrivals import Arrivals
from motifleet.matrixprofile.options import Progress, progress_function
from motifleet.matrixprofile.series import SeriesLike, as_series
from motifleet.matrixprofile.stream_snapshot import StreamSnapshot
from motifleet.matrixprofile.stream_terms import StreamTerms, channel_count, check_channel, matrix
from motifleet.types import Floats, Ints

WHAT = b"stream  "
ARRAYS = 5
EMPTY = np.zeros(0), (np.zeros(0), np.zeros(0, np.int64), np.zeros(0), np.zeros(0, np.int64))


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
        channels: how many signals; each has a profile of its own. For what they do at the same
            time there is `MultidimensionalStream`.
        k: how many neighbours of each window to keep.
        normalize: False: the plain distance, which sees level and scale.
        p: of the norm that the plain distance is, from 1 (Manhattan) over 2 (Euclidean) to 20.
        simd: the instruction set, "auto": ``MOTIFLEET_SIMD``, else the widest there is.

    Raises:
        InvalidArgumentError: an argument is out of its bounds, p is not 2 for z-normalised
            distances, or the machine has no such instruction set.

    >>> stream = StreamingProfile(8, history=500)
    >>> signal = np.sin(np.arange(300) * np.pi / 10)
    >>> signal[250:254] = 3.0
    >>> seen_before = stream.append(signal[:250])
    >>> new = stream.append(signal[250:])
    >>> int(new.windows[new.left_distances.argmax()])
    243
    """

    def __init__(
        self,
        m: int,
        *,
        history: int | None = None,
        channels: int = 1,
        k: int = 1,
        normalize: bool = True,
        p: float = 2.0,
        simd: str = "auto",
    ) -> None:
        self._terms = StreamTerms.checked(m, history, k=k, normalize=normalize, p=p, simd=simd)
        self._stream = _core.Stream(self._terms, 0, [EMPTY] * channel_count(channels))

    @property
    def m(self) -> int:
        """The window length."""
        return self._terms.m

    @property
    def history(self) -> int | None:
        """How many values are remembered; None: all."""
        return self._terms.history or None

    @property
    def channels(self) -> int:
        """How many signals there are."""
        return self._stream.channels

    def __len__(self) -> int:
        """How many values have come, of each channel."""
        return self._stream.total

    def update(self, value: float) -> float:
        """Take in one value, of the only channel: the quickest way, a microsecond and a little.

        Args:
            value: a number; NaN where a report is missing.

        Returns:
            the left distance of the window that it completes; infinity where there is none.

        Raises:
            InvalidArgumentError: it is no real number, or there are several channels.

        >>> stream = StreamingProfile(4)
        >>> round([stream.update(value) for value in [1, 5, 2, 8, 1, 5, 2, 9]][-1], 3)
        0.15
        """
        if self._stream.channels > 1:
            raise InvalidArgumentError(
                f"expected a value of each of the {self.channels} channels, got {value!r}: "
                "append takes them"
            )
        try:
            return self._stream.update(value)
        except (TypeError, OverflowError) as error:
            raise InvalidArgumentError(f"expected a real number, got {value!r}") from error

    def append(
        self,
        values: SeriesLike | Sequence[Sequence[float]] | float,
        *,
        progress: Progress | None = None,
    ) -> Arrivals:
        """Take in one value or a block of them; NaN where a report is missing.

        Args:
            values: a number, or shape (n,); of several channels shape (channels, n), or
                (channels,) for one value of each.
            progress: called now and then with how many values are done, and how many there are.
                Where it raises, or at Ctrl-C, what has been taken in stays; ``len`` tells.

        Returns:
            the windows that the values completed, each with its nearest earlier window.

        Raises:
            InvalidArgumentError: these are not real numbers of such a shape. Nothing is taken in.
        """
        several = self.channels > 1
        block = matrix(values, self.channels, "channels") if several else _row(values)
        came = self._stream.append(block.ravel(), progress_function(progress))
        windows, distances, indices = came
        shape = block.shape
        return Arrivals(
            self.m, windows.reshape(shape), distances.reshape(shape), indices.reshape(shape)
        )

    def snapshot(self, channel: int = 0) -> StreamSnapshot:
        """Copy what a channel remembers: its values, profile and left profile.

        Raises:
            InvalidArgumentError: there is no such channel.
        """
        at = check_channel(channel, self.channels)
        values, k = self._stream.values(at), self._terms.k
        distances, indices, left, left_index = self._stream.profile(at)
        near = distances.reshape(-1, k), indices.reshape(-1, k)
        return StreamSnapshot(self.m, len(self) - len(values), values, *near, left, left_index)

    def to_bytes(self) -> bytes:
        """Save the stream: what `from_bytes` makes of it goes on exactly as this one.

        All that rounding has been part of is saved, down to the sums that distances are stepped
        by, so that on the same instruction set every later result is the same to the last bit.

        Returns:
            about 70 bytes for each value in memory and channel, 16 more for each further k; as
            many for those that are forgotten and still laid out, half as many values at most.
        """
        floats, whole = self._stream.save()
        channels = np.array([self.channels], np.int64)
        return saving.pack(WHAT, [*self._terms.saved(), channels, *floats, *whole])

    @classmethod
    def from_bytes(cls, data: bytes, *, simd: str = "auto") -> "StreamingProfile":
        """Restore a stream that `to_bytes` saved.

        Bytes of the first version hold no sums: what is made of them goes on as that stream
        did, which laid its memory out anew when it was saved.

        Raises:
            InvalidArgumentError: these are not the bytes of a stream, or they are damaged.

        >>> stream = StreamingProfile(4, history=100)
        >>> _ = stream.append([1, 5, 2, 8, 1, 5, 2, 8])
        >>> restored = StreamingProfile.from_bytes(stream.to_bytes())
        >>> restored.append(1.0).left_distances == stream.append(1.0).left_distances
        array([ True])
        """
        version, arrays = saving.unpack(WHAT, data)
        with saving.fitting("stream"):
            whole, power, count, *rest = arrays
            terms, number = StreamTerms.restored([whole, power], simd), int(count.item())
            if version == 1:
                channels = [rest[at : at + ARRAYS] for at in range(0, len(rest), ARRAYS)]
                return cls._of(terms, number, channels)
            stream = cls.__new__(cls)
            stream._terms = terms
            stream._stream = _core.Stream.restored(terms, number, *saving.by_kind(rest))
        return stream

    @classmethod
    def _of(
        cls, terms: StreamTerms, total: int, channels: Sequence[Sequence[saving.Array]]
    ) -> "StreamingProfile":
        stream = cls.__new__(cls)
        stream._terms = terms
        stream._stream = _core.Stream(
            terms,
            total,
            [
                (values, (distances, indices, left, left_index))
                for values, distances, indices, left, left_index in channels
            ],
        )
        return stream


def resumed(
    values: Floats,
    terms: StreamTerms,
    distances: Floats,
    indices: Ints,
    left: tuple[Floats, Ints],
) -> StreamingProfile:
    """Go on from a profile that was computed at once; distances and indices have shape (n, k)."""
    arrays = [values, distances.ravel(), indices.ravel(), *left]
    return StreamingProfile._of(terms, len(values), [arrays])


def _row(values: Any) -> Floats:
    if isinstance(values, float | int | np.number):
        return np.array([values], np.float64)
    return as_series(values, "block").values
