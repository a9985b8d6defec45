"""The multidimensional matrix profile: what several channels of a device do at the same time."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, fields
from itertools import takewhile
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from motifleet.errors import InvalidArgumentError
from motifleet.matrixprofile import _core, findings, kernels
from motifleet.matrixprofile.channels import ChannelsLike, as_channels, chosen
from motifleet.matrixprofile.findings import Discord, Motif
from motifleet.matrixprofile.measure import flag
from motifleet.matrixprofile.options import JoinOptions, Progress
from motifleet.matrixprofile.ranking import constant_windows, disjoint, unlikeness
from motifleet.types import Floats, Frozen, Ints, Series

if TYPE_CHECKING:
    import pyarrow as pa
    from plotly.graph_objects import Figure


@dataclass(frozen=True, slots=True)
class MultidimensionalMotif(Motif):
    """Two windows that are alike in some channels.

    Args:
        channels: those that take part, included ones first, then the nearest.

    >>> import numpy as np
    >>> from motifleet.matrixprofile import multidimensional_profile
    >>> signal = np.random.default_rng(1).normal(size=300)
    >>> signal[200:230] = signal[50:80]
    >>> both = np.stack([signal, 3 * signal + np.random.default_rng(2).normal(size=300) / 99])
    >>> found = multidimensional_profile(both, 30).motifs(1)[0]
    >>> found.index, found.neighbor_index, sorted(found.channels)
    (50, 200, ['0', '1'])
    """

    channels: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class MultidimensionalDiscord(Discord):
    """A window that is unlike all others, and the one it is least unlike.

    Args:
        channels: those that its distance is the mean of.

    >>> import numpy as np
    >>> from motifleet.matrixprofile import multidimensional_profile
    >>> signal = np.random.default_rng(1).normal(size=300)
    >>> signal[200:230] = signal[50:80]
    >>> signal[120:150] = 99.0
    >>> found = multidimensional_profile(np.stack([signal, -signal]), 30).discords(1)[0]
    >>> found.distance > 5, sorted(found.channels)
    (True, ['0', '1'])
    """

    channels: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class MultidimensionalProfile(Frozen):
    """For every window and every k, the nearest neighbour over the best k of d channels.

    A distance is the mean of the k smallest distances of the channels, z-normalised Euclidean ones
    unless ``normalize`` is False; a window without a neighbour has distance infinity and index -1.

    Args:
        channels_of: the series it is of, by name; d of them.
        m: the window length.
        distances: shape (d, n - m + 1); row k - 1 is the k-dimensional profile.
        indices: shape (d, n - m + 1), where the nearest neighbours begin.
        included: the channels that always take part.
        farthest: whether the k largest distances count, not the k smallest.
        neighbors_of: the series in which the neighbours are; `channels_of` itself, or another's.
        reverse: of two series, the other's profile: its windows' neighbours in this one.
        normalize: whether distances are z-normalised.
        share: the share of all pairs that was compared; below 1 the profile is approximate, its
            distances are upper bounds.
        p: of the norm, where distances are not z-normalised.
    """

    channels_of: dict[str, Series]
    m: int
    distances: Floats
    indices: Ints
    included: tuple[str, ...]
    farthest: bool
    neighbors_of: dict[str, Series]
    reverse: "MultidimensionalProfile | None" = None
    normalize: bool = True
    share: float = 1.0
    p: float = 2.0

    def __len__(self) -> int:
        return int(self.distances.shape[1])

    @property
    def names(self) -> tuple[str, ...]:
        """The channels' names."""
        return tuple(self.channels_of)

    def channels(self, index: int, dimensions: int | None = None) -> tuple[str, ...]:
        """Name the k channels that a window's distance to its nearest neighbour is the mean of.

        Args:
            index: where the window begins.
            dimensions: k, from 1 to d; None: d.

        Returns:
            the included channels, then the others, the nearest first (with `farthest`, the
            farthest first); none where the window has no neighbour.

        Raises:
            InvalidArgumentError: there is no such window, or k is out of its bounds.
        """
        k = self._dimensions(dimensions)
        index = kernels.integer("a window's index", index)
        if not 0 <= index < len(self):
            raise InvalidArgumentError(
                f"expected a window's index from 0 to {len(self) - 1}, got {index}"
            )
        neighbor = int(self.indices[k - 1, index])
        if neighbor < 0:
            return ()
        apart = {name: self._distance(name, index, neighbor) for name in self.names}
        others = [name for name in self.names if name not in self.included]
        others.sort(key=apart.__getitem__, reverse=self.farthest)
        return (*self.included, *others)[:k]

    def motifs(
        self, k: int = 3, *, dimensions: int | None = None, constant: bool = False
    ) -> list[MultidimensionalMotif]:
        """Find the closest pairs of windows over some number of channels, the closest first.

        No window of a pair overlaps one of an earlier pair. Of two series, ``index`` is in this
        one and ``neighbor_index`` in the other.

        Args:
            k: how many at most.
            dimensions: how many channels have to agree, from 1 to d; None: all.
            constant: whether windows count in which as many channels hold a single value: those
                of a parked vehicle are all at distance 0 from one another.

        Raises:
            InvalidArgumentError: an argument is out of its bounds.

        >>> import numpy as np
        >>> values = np.random.default_rng(1).normal(size=(3, 300))
        >>> values[:2, 200:230] = values[:2, 50:80]
        >>> found = multidimensional_profile(values, 30).motifs(1, dimensions=2)[0]
        >>> found.index, found.neighbor_index, sorted(found.channels)
        (50, 200, ['0', '1'])
        """
        d, k = self._dimensions(dimensions), kernels.result_count(k)
        scores = self.distances[d - 1]
        if not constant:
            scores = np.where(self._constant(d), np.inf, scores)
        found = self._disjoint_pairs(scores, self.indices[d - 1], k)
        return [MultidimensionalMotif(**self._finding(index, d, sort=True)) for index in found]

    def discords(
        self, k: int = 3, *, dimensions: int | None = None
    ) -> list[MultidimensionalDiscord]:
        """Find the windows farthest from any other over some number of channels, farthest first.

        With the smallest distances, a discord over k channels is unlike everything even in the
        k channels that are most alike; with ``farthest``, in the k that are least alike. A window
        that is the same as another, at distance 0, is none.

        Args:
            k: how many at most; none overlaps another.
            dimensions: how many channels count, from 1 to d; None: all.

        Raises:
            InvalidArgumentError: an argument is out of its bounds.
        """
        d, k = self._dimensions(dimensions), kernels.result_count(k)
        span = np.array([0, len(self)], np.int64)
        scores = unlikeness(self.distances[d - 1], self.m, normalize=self.normalize)
        found = (index for _, index in disjoint(scores, span, self.m, k))
        return [MultidimensionalDiscord(**self._finding(index, d, sort=False)) for index in found]

    def to_arrow(self) -> "pa.Table":
        """Lay out one row for each window: ``event_ts`` where known, then distances and indices.

        ``distance_2`` and ``index_2`` are those over two channels.
        """
        import pyarrow as pa

        columns: dict[str, Any] = {}
        times = _clock(self.channels_of).event_ts
        if times is not None:
            columns["event_ts"] = pa.array(times[: len(self)], pa.timestamp("us", tz="UTC"))
        rows = zip(self.distances, self.indices, strict=True)
        for number, (distances, indices) in enumerate(rows, 1):
            columns |= {f"distance_{number}": distances, f"index_{number}": indices}
        return pa.table(columns)

    def plot(
        self, *, dimensions: int | None = None, motifs: int = 1, discords: int = 1
    ) -> "Figure":
        """Draw the channels with the windows that were found, above one of the profiles.

        A window is drawn over the channels that take part in it.

        Args:
            dimensions: which profile, from 1 to d; None: d.
            motifs: how many motifs to show; 0 for none.
            discords: how many discords to show; 0 for none.

        Raises:
            InvalidArgumentError: an argument is out of its bounds.
        """
        from motifleet.matrixprofile.multidimensional_figure import multidimensional_figure

        d = self._dimensions(dimensions)
        return multidimensional_figure(
            self,
            d,
            self.motifs(motifs, dimensions=d) if motifs else [],
            self.discords(discords, dimensions=d) if discords else [],
        )

    def _dimensions(self, asked: int | None) -> int:
        if asked is None:
            return len(self.names)
        count = kernels.integer("a number of dimensions", asked)
        if not 1 <= count <= len(self.names):
            raise InvalidArgumentError(
                f"expected a number of dimensions from 1 to {len(self.names)}, got {count}"
            )
        return count

    def _joined_with_itself(self) -> bool:
        return self.neighbors_of is self.channels_of

    def _distance(self, name: str, index: int, neighbor: int) -> float:
        """Measure one channel's distance between a window and its neighbour."""
        ours = self.channels_of[name].values[index : index + self.m]
        theirs = self.neighbors_of[name].values[neighbor : neighbor + self.m]
        if not np.isfinite(ours).all():
            return np.inf
        span = np.array([0, self.m], np.int64)
        distances = kernels.distance_profile(
            ours, theirs, span, normalize=self.normalize, p=self.p, threads=1, simd="auto"
        )
        return float(distances[0])

    def _constant(self, dimensions: int) -> NDArray[np.bool_]:
        """Tell in which windows so many channels hold a single value."""
        masks = [constant_windows(series.values, self.m) for series in self.channels_of.values()]
        return np.asarray(np.sum(masks, axis=0) >= dimensions)

    def _disjoint_pairs(self, scores: Floats, partners: Ints, k: int) -> Iterator[int]:
        if not self._joined_with_itself():
            # The other's windows behind, beyond the reach of ours: free, and never chosen first.
            start = len(scores) + self.m
            there = len(_clock(self.neighbors_of)) - self.m + 1
            last = np.finfo(np.float64).max
            scores = np.concatenate([scores, np.full(self.m, np.inf), np.full(there, last)])
            others = np.arange(start, start + there)
            partners = np.concatenate([partners + start, np.full(self.m, -1), others])
        span = np.array([0, len(scores)], np.int64)
        pairs = (index for _, index in disjoint(scores, span, self.m, k, partners=partners))
        return takewhile(lambda index: index < len(self), pairs)

    def _finding(self, index: int, dimensions: int, *, sort: bool) -> dict[str, Any]:
        distance = float(self.distances[dimensions - 1, index])
        neighbor = int(self.indices[dimensions - 1, index])
        channels = self.channels(index, dimensions)
        ours, theirs = _clock(self.channels_of), _clock(self.neighbors_of)
        if sort and self._joined_with_itself():
            index, neighbor = sorted((index, neighbor))
        found = findings.discord(ours, self.m, distance, index, index)
        at = findings.match_at(theirs, self.m, distance, neighbor).event_ts
        base = {field.name: getattr(found, field.name) for field in fields(found)}
        return base | {"neighbor_index": neighbor, "neighbor_ts": at, "channels": channels}


def multidimensional_profile(
    series: ChannelsLike,
    m: int,
    *,
    other: ChannelsLike | None = None,
    include: Collection[str | int] = (),
    exclude: Collection[str | int] = (),
    farthest: bool = False,
    normalize: bool = True,
    p: float = 2.0,
    share: float = 1.0,
    progress: Progress | None = None,
    threads: int = 0,
    simd: str = "auto",
) -> MultidimensionalProfile:
    """Find every window's nearest neighbour over its best k channels, for every k at once.

    The multidimensional matrix profile of Yeh, Kavantzas and Keogh, "Matrix Profile VI" (ICDM
    2017), with the conventions of `matrix_profile`: a channel that has a gap in a window is
    infinitely far there and takes part in it only where k leaves no other. The result does not
    depend on the number of threads.

    Args:
        series: d channels of n values at the same times: an array of shape (d, n), named
            columns, an Arrow, pandas or Polars table, or a list of series.
        m: the window length, from 3 to n.
        other: channels of the same names, of any length: the neighbours are then searched in
            them, without an exclusion zone, and ``reverse`` is the profile the other way.
        include: channels, by name or number, that take part whatever their distance. The first
            of them alone makes the 1-dimensional profile, the first two the next.
        exclude: channels to leave out; they have no row in the result.
        farthest: let the k largest distances count, not the k smallest: what a discord is, is
            then decided by the channels in which it is least like its neighbour.
        normalize: whether a window's level and scale are taken out before it is compared; False
            for the plain distance, which sees both. Channels then weigh as their scales do.
        p: of the norm that the plain distance is, from 1 to 20: 2 is Euclidean, 1 Manhattan.
        share: compare only so large a share of the pairs, chosen at random but always alike.
            Distances are then upper bounds.
        progress: called now and then with the pairs of windows compared so far and their number;
            what it raises stops the work, as Ctrl-C does.
        threads: how many to use; 0: ``MOTIFLEET_THREADS``, else one for each core.
        simd: the instruction set, "auto": ``MOTIFLEET_SIMD``, else the widest there is.

    Raises:
        InvalidArgumentError: channels are unknown, of unequal length, no numbers or all gaps, m
            is out of its bounds, as is another argument, or the machine has no such instruction
            set.

    >>> import numpy as np
    >>> values = np.random.default_rng(1).normal(size=(3, 300))
    >>> values[:2, 200:230] = values[:2, 50:80]
    >>> profile = multidimensional_profile(values, 30)
    >>> profile.distances[:, 50].round(1), int(profile.indices[1, 50])
    (array([0. , 0. , 2.6]), 200)
    """
    m, farthest = kernels.window_length(m), flag("farthest", farthest)
    both = [as_channels(series)]
    if other is not None:
        both.append(_ordered(as_channels(other, "other"), list(both[0])))
    names = list(both[0])
    first, left_out = chosen(include, names, "include"), chosen(exclude, names, "exclude")
    used = _used(names, first, left_out)
    both = [{name: channels[name] for name in used} for channels in both]
    order = first + [name for name in used if name not in first]
    arrays = [_values(channels, order, m) for channels in both]
    options = JoinOptions.checked(
        normalize=normalize, p=p, share=share, progress=progress, threads=threads, simd=simd
    )
    second = arrays[1] if other is not None else None
    sides = _core.multidimensional(arrays[0], second, m, (len(first), farthest), options)
    options.finished(_pairs([array.shape[1] - m + 1 for array in arrays], m))

    def profile(side: int, reverse: MultidimensionalProfile | None) -> MultidimensionalProfile:
        distances, indices = sides[side]
        shape = (len(used), -1)
        return MultidimensionalProfile(
            both[side],
            m,
            distances.reshape(shape),
            indices.reshape(shape),
            tuple(first),
            farthest,
            both[-1 - side],
            reverse,
            options.normalize,
            options.share,
            options.p,
        )

    return profile(0, None if other is None else profile(1, None))


def _pairs(windows: list[int], m: int) -> int:
    """Count the pairs of windows that are compared."""
    if len(windows) == 1:
        return int(kernels.pairs(np.array(windows[0]), m))
    return windows[0] * windows[1]


def _used(names: list[str], included: list[str], excluded: list[str]) -> list[str]:
    if conflict := set(included) & set(excluded):
        raise InvalidArgumentError(
            f"expected a channel to be included or excluded, got both for {', '.join(conflict)}"
        )
    used = [name for name in names if name not in excluded]
    if not used:
        raise InvalidArgumentError("expected at least one channel, got all of them excluded")
    return used


def _ordered(channels: dict[str, Series], names: list[str]) -> dict[str, Series]:
    if set(channels) != set(names):
        raise InvalidArgumentError(
            f"expected the other's channels to be {', '.join(names)} too, got {', '.join(channels)}"
        )
    return {name: channels[name] for name in names}


def _values(channels: dict[str, Series], order: list[str], m: int) -> Floats:
    values = np.array([channels[name].values for name in order])
    if m > values.shape[1]:
        raise InvalidArgumentError(
            f"expected a window length m of at most {values.shape[1]}, the length of the series, "
            f"got {m}: choose a shorter window"
        )
    if not np.isfinite(values).any():
        raise InvalidArgumentError(
            "expected channels with values, got only NaN and infinity: there is nothing to compare"
        )
    return values


def _clock(channels: dict[str, Series]) -> Series:
    """Return a series with the device and the times of the first channel that knows them."""
    every = list(channels.values())
    device = next((each.device_id for each in every if each.device_id is not None), None)
    times = next((each.event_ts for each in every if each.event_ts is not None), None)
    return Series(every[0].values, device, None, times)
