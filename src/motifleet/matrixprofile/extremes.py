"""The lowest and the highest points of matrix profiles: motifs and discords."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from motifleet.errors import InvalidArgumentError
from motifleet.matrixprofile import findings, kernels
from motifleet.matrixprofile.findings import Discord, Motif
from motifleet.matrixprofile.ranking import constant_windows, disjoint, unlikeness
from motifleet.types import Floats, Ints, Series


class Profiles(Protocol):
    """The profiles of some series, their windows laid end to end."""

    @property
    def m(self) -> int:
        """The window length."""

    @property
    def offsets(self) -> Ints:
        """Where each series' windows begin."""

    @property
    def normalize(self) -> bool:
        """Whether distances are z-normalised."""

    @property
    def distances(self) -> Floats:
        """To the nearest neighbours."""

    @property
    def indices(self) -> Ints:
        """Where the nearest neighbours begin in their series."""

    def all_series(self) -> list[Series]:
        """List the series."""


def best_motifs(
    profiles: Profiles, k: int, *, constant: bool, each: int | None = None
) -> list[Motif]:
    """Choose the k closest pairs of windows, the closest first, so many of a series at most."""
    k, all_series, scores = kernels.result_count(k), profiles.all_series(), profiles.distances
    each = None if each is None else kernels.integer_from("a number each", each, 1)
    if not constant:
        scores = np.where(_constant(all_series, profiles.m), np.inf, scores)
    chosen = disjoint(scores, profiles.offsets, profiles.m, k, partners=profiles.indices, each=each)
    return [
        findings.motif(all_series[device], profiles.m, distance, index, neighbor)
        for device, index, distance, neighbor in _looked_up(profiles, chosen)
    ]


def best_discords(
    profiles: Profiles, k: int, *, min_windows: int = 1, each: int | None = None
) -> list[Discord]:
    """Choose the k windows farthest from all others, the farthest first, so many of a series."""
    k, all_series = kernels.result_count(k), profiles.all_series()
    each = None if each is None else kernels.integer_from("a number each", each, 1)
    scores = unlikeness(profiles.distances, profiles.m, normalize=profiles.normalize)
    if min_windows > 1:
        compared = np.concatenate([[0], np.cumsum(np.isfinite(profiles.distances))])
        too_few = np.diff(compared[profiles.offsets]) < min_windows
        scores[np.repeat(too_few, np.diff(profiles.offsets))] = np.inf
    chosen = disjoint(scores, profiles.offsets, profiles.m, k, each=each)
    return [
        findings.discord(all_series[device], profiles.m, distance, index, neighbor)
        for device, index, distance, neighbor in _looked_up(profiles, chosen)
    ]


@dataclass(frozen=True, slots=True)
class _OfNeighbor:
    m: int
    normalize: bool
    offsets: Ints
    distances: Floats
    indices: Ints
    all_series: Callable[[], list[Series]]


class NeighborProfiles(Profiles, Protocol):
    """Profiles that hold several neighbours of each window."""

    @property
    def neighbor_distances(self) -> Floats:
        """To the nearest neighbours, shape (windows, k)."""

    @property
    def neighbor_indices(self) -> Ints:
        """Where they begin."""


def of_neighbor(profiles: NeighborProfiles, neighbor: int) -> Profiles:
    """Take the n-th nearest neighbours for the nearest."""
    rank = kernels.integer_from("a neighbor", neighbor, 1)
    held = profiles.neighbor_distances.shape[1]
    if rank > held:
        raise InvalidArgumentError(
            f"expected a neighbor of at most {held}, the k of the profile, got {rank}: "
            f"compute the profile with k={rank}"
        )
    return _OfNeighbor(
        profiles.m,
        profiles.normalize,
        profiles.offsets,
        profiles.neighbor_distances[:, rank - 1],
        profiles.neighbor_indices[:, rank - 1],
        profiles.all_series,
    )


class PastProfiles(Profiles, Protocol):
    """Profiles that know the nearest earlier neighbour of each window."""

    @property
    def left_distances(self) -> Floats:
        """To the nearest earlier ones."""

    @property
    def left_indices(self) -> Ints:
        """Where these begin."""


def of_past(profiles: PastProfiles, min_windows: int) -> Profiles:
    """Take the nearest earlier neighbours for the nearest, where enough windows came before.

    The first windows of a series have little to be like: those with fewer than ``min_windows``
    whole windows before them, outside of the exclusion zone, are left out.
    """
    zone, offsets = kernels.exclusion_zone(profiles.m), profiles.offsets
    whole = np.concatenate([[0], np.cumsum(np.isfinite(profiles.distances))])
    starts = np.repeat(offsets[:-1], np.diff(offsets))
    earlier = whole[np.maximum(np.arange(offsets[-1]) - zone, starts)] - whole[starts]
    return _OfNeighbor(
        profiles.m,
        profiles.normalize,
        offsets,
        np.where(earlier >= max(min_windows, 1), profiles.left_distances, np.inf),
        profiles.left_indices,
        profiles.all_series,
    )


def _looked_up(
    profiles: Profiles, chosen: Iterable[tuple[int, int]]
) -> Iterable[tuple[int, int, float, int]]:
    for device, index in chosen:
        window = int(profiles.offsets[device]) + index
        yield device, index, float(profiles.distances[window]), int(profiles.indices[window])


def _constant(all_series: list[Series], m: int) -> NDArray[np.bool_]:
    masks = [constant_windows(each.values, m) for each in all_series if len(each) >= m]
    return np.concatenate(masks) if masks else np.zeros(0, np.bool_)
