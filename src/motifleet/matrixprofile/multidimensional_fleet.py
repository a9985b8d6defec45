"""What several signals do at the same time, over many devices."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from operator import attrgetter
from typing import TypeVar

import numpy as np

from motifleet.errors import InvalidArgumentError
from motifleet.matrixprofile import findings, kernels
from motifleet.matrixprofile.findings import Finding, Match
from motifleet.matrixprofile.measure import Measure
from motifleet.matrixprofile.multidimensional import (
    MultidimensionalDiscord,
    MultidimensionalMotif,
    MultidimensionalProfile,
    multidimensional_profile,
)
from motifleet.matrixprofile.options import Progress, progress_function
from motifleet.matrixprofile.ranking import disjoint
from motifleet.matrixprofile.series import SeriesLike, as_series, fleet_values
from motifleet.matrixprofile.spread import LONG, spread
from motifleet.matrixprofile.steps import Steps
from motifleet.types import FleetSeries, Floats

FleetChannels = Mapping[str, FleetSeries]
Found = TypeVar("Found", bound=Finding)


@dataclass(frozen=True, slots=True)
class MultidimensionalMatch(Match):
    """A window that is near to a pattern of several signals.

    Args:
        channels: the signals that its distance is the mean of, the nearest first.

    >>> values = np.random.default_rng(1).normal(size=(2, 300))
    >>> fleet = {
    ...     name: FleetSeries(row, np.array([0, 300]), ("a",), name)
    ...     for name, row in zip(("speed", "load"), values)
    ... }
    >>> pattern = {name: one.values[50:80] for name, one in fleet.items()}
    >>> found = multidimensional_match(pattern, fleet, k=1)[0]
    >>> found.index, sorted(found.channels)
    (50, ['load', 'speed'])
    """

    channels: tuple[str, ...]


def multidimensional_motifs(
    fleet: FleetChannels,
    m: int,
    *,
    k: int = 3,
    each: int | None = None,
    dimensions: int | None = None,
    share: float = 1.0,
    progress: Progress | None = None,
    threads: int = 0,
    simd: str = "auto",
) -> list[MultidimensionalMotif]:
    """Find the closest pairs of windows within a device over several signals, closest first.

    Args:
        fleet: the signals, all with the same devices, offsets and times.
        m: the window length, at least 3.
        k: how many at most.
        each: how many of one device at most; None: as many as there are.
        dimensions: how many of the signals have to agree; None: all.
        share: compare only so large a share of the pairs of each device, chosen at random but
            always alike. Distances are then upper bounds.
        progress: called now and then with the pairs of windows compared so far and their number;
            what it raises stops the work, as Ctrl-C does.
        threads: how many to use; 0: ``MOTIFLEET_THREADS``, else one for each core.
        simd: the instruction set, "auto": ``MOTIFLEET_SIMD``, else the widest there is.

    Raises:
        InvalidArgumentError: the signals do not fit together, or an argument is out of its bounds.

    >>> values = np.random.default_rng(1).normal(size=(2, 600))
    >>> values[:, 500:530] = values[:, 350:380]
    >>> fleet = {
    ...     name: FleetSeries(row, np.array([0, 300, 600]), ("a", "b"), name)
    ...     for name, row in zip(("speed", "load"), values)
    ... }
    >>> found = multidimensional_motifs(fleet, 30, k=1)[0]
    >>> found.device_id, found.index, found.neighbor_index
    ('b', 50, 200)
    """
    wanted = _wanted(k, each)

    def motifs(profile: MultidimensionalProfile) -> list[MultidimensionalMotif]:
        return profile.motifs(wanted, dimensions=dimensions)

    how = share, progress_function(progress), threads, simd
    found = _of_each(fleet, m, motifs, dimensions, how)
    return sorted(found, key=attrgetter("distance"))[:k]


def multidimensional_discords(
    fleet: FleetChannels,
    m: int,
    *,
    k: int = 3,
    each: int | None = None,
    dimensions: int | None = None,
    min_windows: int = 1,
    share: float = 1.0,
    progress: Progress | None = None,
    threads: int = 0,
    simd: str = "auto",
) -> list[MultidimensionalDiscord]:
    """Find the windows farthest from any other of their device over several signals.

    Args:
        fleet: the signals, all with the same devices, offsets and times.
        m: the window length, at least 3.
        k: how many at most, the farthest first.
        each: how many of one device at most; None: as many as there are.
        dimensions: how many of the signals count, those that are most alike; None: all.
        min_windows: devices with fewer windows that have a neighbour are passed over.
        share: compare only so large a share of the pairs of each device, chosen at random but
            always alike. Distances are then upper bounds.
        progress: called now and then with the pairs of windows compared so far and their number;
            what it raises stops the work, as Ctrl-C does.
        threads: how many to use; 0: ``MOTIFLEET_THREADS``, else one for each core.
        simd: the instruction set, "auto": ``MOTIFLEET_SIMD``, else the widest there is.

    Raises:
        InvalidArgumentError: the signals do not fit together, or an argument is out of its bounds.

    >>> values = np.random.default_rng(1).normal(size=(2, 600)) / 9 + np.sin(np.arange(600) / 5)
    >>> values[:, 500:530] = np.random.default_rng(2).normal(size=(2, 30))
    >>> fleet = {
    ...     name: FleetSeries(row, np.array([0, 300, 600]), ("a", "b"), name)
    ...     for name, row in zip(("speed", "load"), values)
    ... }
    >>> found = multidimensional_discords(fleet, 30, k=1)[0]
    >>> found.device_id, 190 < found.index < 210, sorted(found.channels)
    ('b', True, ['load', 'speed'])
    """
    wanted = _wanted(k, each)

    def discords(profile: MultidimensionalProfile) -> list[MultidimensionalDiscord]:
        if np.isfinite(profile.distances[(dimensions or 0) - 1]).sum() < min_windows:
            return []
        return profile.discords(wanted, dimensions=dimensions)

    how = share, progress_function(progress), threads, simd
    found = _of_each(fleet, m, discords, dimensions, how)
    return sorted(found, key=lambda one: -one.distance)[:k]


def multidimensional_match(
    pattern: Mapping[str, SeriesLike],
    fleet: FleetChannels,
    *,
    k: int | None = 10,
    dimensions: int | None = None,
    max_distance: float | None = None,
    normalize: bool = True,
    p: float = 2.0,
    progress: Progress | None = None,
    threads: int = 0,
    simd: str = "auto",
) -> list[MultidimensionalMatch]:
    """Find the windows nearest to a pattern of several signals, the nearest first.

    The distance is the mean over the signals in which a window is most like the pattern, as in
    `multidimensional_profile`. A signal with a gap is infinitely far. No two of a device overlap.

    Args:
        pattern: m values of each signal, all finite.
        fleet: the same signals, all with the same devices, offsets and times.
        k: how many at most; None: all.
        dimensions: how many of the signals count, those that are nearest; None: all.
        max_distance: only windows at most this far.
        normalize: whether level and scale are taken out before windows are compared.
        p: of the norm that the plain distance is.
        progress: called now and then with the windows measured so far, of every signal, and their
            number; what it raises stops the work, as Ctrl-C does.
        threads: how many to use; 0: ``MOTIFLEET_THREADS``, else one for each core.
        simd: the instruction set, "auto": ``MOTIFLEET_SIMD``, else the widest there is.

    Raises:
        InvalidArgumentError: the signals do not fit together, the pattern is too short or has
            gaps, or an argument is out of its bounds.

    >>> values = np.random.default_rng(1).normal(size=(2, 600))
    >>> fleet = {
    ...     name: FleetSeries(row, np.array([0, 300, 600]), ("a", "b"), name)
    ...     for name, row in zip(("speed", "load"), values)
    ... }
    >>> pattern = {name: 3 * one.values[350:380] + 7 for name, one in fleet.items()}
    >>> found = multidimensional_match(pattern, fleet, k=1)[0]
    >>> found.device_id, found.index, round(found.distance, 6)
    ('b', 50, 0.0)
    """
    names, measure = _names(fleet), Measure.checked(normalize, p)
    if set(pattern) != set(names):
        raise InvalidArgumentError(
            f"expected a pattern of the signals {', '.join(names)}, got {', '.join(pattern)}"
        )
    d = _dimensions(dimensions, len(names))
    k = None if k is None else kernels.result_count(k)
    windows = len(names) * len(fleet[names[0]].values)
    steps = Steps(progress, windows)
    apart, m = _distances(pattern, fleet, measure, (steps, threads, simd))
    steps.finished()
    scores = np.sort(apart, axis=0)[:d].mean(axis=0)
    if max_distance is not None:
        scores = np.where(scores <= max_distance, scores, np.inf)
    first = fleet[names[0]]
    offsets = kernels.window_offsets(first.offsets, m)
    found = []
    for device, index in disjoint(scores, offsets, m, k):
        at = int(offsets[device]) + index
        nearest = np.argsort(apart[:, at], kind="stable")[:d]
        place = findings.match_at(first[device], m, float(scores[at]), index)
        found.append(
            MultidimensionalMatch(
                place.device_id,
                None,
                index,
                place.event_ts,
                m,
                place.distance,
                tuple(names[each] for each in nearest),
            )
        )
    return found


def _distances(
    pattern: Mapping[str, SeriesLike],
    fleet: FleetChannels,
    measure: Measure,
    how: tuple[Steps, int, str],
) -> tuple[Floats, int]:
    """Measure every window in every signal; shape (signals, windows), and the window length."""
    parts = {name: as_series(pattern[name], f"pattern of {name!r}").values for name in fleet}
    lengths = {len(part) for part in parts.values()}
    if len(lengths) > 1 or min(lengths) < kernels.MIN_WINDOW:
        raise InvalidArgumentError(
            f"expected a pattern of at least {kernels.MIN_WINDOW} values of each signal, equally "
            f"many, got {', '.join(f'{name}: {len(part)}' for name, part in parts.items())}"
        )
    if not all(np.isfinite(part).all() for part in parts.values()):
        raise InvalidArgumentError("expected a pattern without gaps, got one with: fill it first")
    rows, (steps, threads, simd) = [], how
    for name, part in parts.items():
        one = fleet_values(fleet[name])
        rows.append(
            kernels.distance_profile(
                part,
                one.values,
                one.offsets,
                normalize=measure.normalize,
                p=measure.p,
                progress=steps.part(len(one.values)),
                threads=threads,
                simd=simd,
            )
        )
    return np.stack(rows), lengths.pop()


def _of_each(
    fleet: FleetChannels,
    m: int,
    find: Callable[[MultidimensionalProfile], list[Found]],
    dimensions: int | None,
    how: tuple[float, Progress | None, int, str],
) -> list[Found]:
    """Profile every device that is long enough: short ones by a thread each, long ones by all."""
    names, m, (share, progress, threads, simd) = _names(fleet), kernels.window_length(m), how
    _dimensions(dimensions, len(names))
    first = fleet[names[0]]
    pairs = kernels.pairs(np.maximum(np.diff(first.offsets) - m + 1, 0), m)
    steps = Steps(progress, int(share * pairs.sum()))

    def one(device: int, threads: int, follow: Progress | None = None) -> list[Found]:
        channels = {name: fleet[name][device] for name in names}
        if not any(np.isfinite(each.values).any() for each in channels.values()):
            return []
        return find(
            multidimensional_profile(
                channels, m, share=share, progress=follow, threads=threads, simd=simd
            )
        )

    lengths = np.diff(first.offsets)
    long = np.flatnonzero((lengths >= m) & (lengths > LONG)).tolist()
    short = np.flatnonzero((lengths >= m) & (lengths <= LONG)).tolist()
    parts = {device: int(share * pairs[device]) for device in (*long, *short)}
    results = {device: one(device, threads, steps.part(parts[device])) for device in long}
    found = spread(lambda device: one(device, 1), short, threads)
    for device, each in zip(short, found, strict=True):
        results[device] = each
        steps.part(parts[device])
    steps.finished()
    return [each for device in sorted(results) for each in results[device]]


def _names(fleet: FleetChannels) -> list[str]:
    names = list(fleet)
    if not names:
        raise InvalidArgumentError("expected signals of a fleet, got none")
    first = fleet[names[0]]
    for name in names[1:]:
        other = fleet[name]
        if other.device_ids != first.device_ids or not np.array_equal(other.offsets, first.offsets):
            raise InvalidArgumentError(
                f"expected signals with the same devices and times, got others for {name!r}: lay "
                "them out together, with fleet_channels"
            )
    return names


def _dimensions(asked: int | None, channels: int) -> int:
    count = channels if asked is None else kernels.integer("a number of dimensions", asked)
    if not 1 <= count <= channels:
        raise InvalidArgumentError(
            f"expected a number of dimensions from 1 to {channels}, got {count}"
        )
    return count


def _wanted(k: int, each: int | None) -> int:
    k = kernels.result_count(k)
    return k if each is None else min(k, kernels.integer_from("a number each", each, 1))
