"""Clusters of a fleet: devices that behave alike, and those that are like no others."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from motifleet.matrixprofile import kernels
from motifleet.matrixprofile.device_distance import SHARE, device_distances
from motifleet.matrixprofile.measure import Measure
from motifleet.matrixprofile.nearest import complete_windows, nearest
from motifleet.matrixprofile.options import Progress, progress_function
from motifleet.matrixprofile.partition import NONE, grouped, medoid
from motifleet.matrixprofile.ranking import disjoint, idle_windows
from motifleet.matrixprofile.series import fleet_values
from motifleet.matrixprofile.similar import chosen_devices
from motifleet.types import FleetSeries, Floats, Frozen, Ints, Series

if TYPE_CHECKING:
    import pyarrow as pa
    from plotly.graph_objects import Figure

SAMPLE = 400
"""Devices that are compared with one another; of larger fleets a sample."""
LEAST = 3
"""Devices that make a cluster."""
TYPICAL = 3
"""Windows of each cluster that are shown."""
SHOWN = 5
"""Other members that say what is typical of the medoid."""
RowOf = Callable[[Series, FleetSeries], Floats]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class DeviceCluster(Frozen):
    """Devices that behave alike.

    Args:
        number: 0 for the largest.
        medoid_id: the device in the middle: the least sum of distances to the others.
        device_ids: all of them, the nearest to the medoid first.
        distances: shape (devices,), of each to the medoid, whose own is 0.
        windows: shape (typical, m), windows of the medoid that the others share most closely.
        starts: shape (typical,), where these begin.
        normalize: whether shapes were compared, or values as they are.

    >>> import numpy as np
    >>> rng, steps = np.random.default_rng(1), np.arange(300)
    >>> tours = [np.sin(steps / 5), np.abs(steps / 9 % 2 - 1)]
    >>> values = np.concatenate([tours[n % 2] + rng.normal(size=300) / 20 for n in range(8)])
    >>> fleet = FleetSeries(values, np.arange(9) * 300, tuple("abcdefgh"))
    >>> first = device_clusters(fleet, 40).clusters[0]
    >>> first.size, sorted(first.device_ids)
    (4, ['a', 'c', 'e', 'g'])
    """

    number: int
    medoid_id: str
    device_ids: tuple[str, ...]
    distances: Floats
    windows: Floats
    starts: Ints
    normalize: bool

    def __len__(self) -> int:
        return len(self.device_ids)

    @property
    def size(self) -> int:
        """How many devices it has."""
        return len(self.device_ids)

    def to_dict(self) -> dict[str, Any]:
        """Return the fields as JSON has them."""
        return {
            "number": self.number,
            "medoid_id": self.medoid_id,
            "size": self.size,
            "device_ids": list(self.device_ids),
            "distances": self.distances.tolist(),
            "starts": self.starts.tolist(),
            "windows": self.windows.tolist(),
        }

    def to_arrow(self) -> "pa.Table":
        """Lay out one row for each device: device_id, cluster, medoid_id, distance."""
        import pyarrow as pa

        columns: dict[str, Any] = {
            "device_id": pa.array(self.device_ids, pa.string()),
            "cluster": np.full(self.size, self.number),
            "medoid_id": pa.array([self.medoid_id] * self.size, pa.string()),
            "distance": self.distances,
        }
        return pa.table(columns)

    def plot(self) -> "Figure":
        """Draw its typical windows."""
        from motifleet.matrixprofile.devices_figure import cluster_figure

        return cluster_figure(self)


@dataclass(frozen=True, slots=True, eq=False, repr=False, kw_only=True)
class DeviceClusters(Frozen):
    """Which devices of a fleet behave alike, and which are like no others.

    Args:
        device_ids: all devices.
        labels: shape (devices,), the number of each one's cluster, -1 for none.
        distances: shape (devices,), of each to the medoid of its cluster, or to the nearest
            medoid where it belongs to none; infinity where nothing can be compared.
        clusters: the largest first.
        signal: the signal's name, where it is known.
        m: the window length.
        sampled: how many devices were compared with one another; the others went to the nearest
            medoid.
        normalize: whether shapes were compared, or values as they are.
        share: which of the windows' distances counts.

    >>> import numpy as np
    >>> rng, steps = np.random.default_rng(1), np.arange(300)
    >>> tours = [np.sin(steps / 5), np.abs(steps / 9 % 2 - 1)]
    >>> values = np.concatenate([tours[n % 2] + rng.normal(size=300) / 20 for n in range(8)])
    >>> fleet = FleetSeries(values, np.arange(9) * 300, tuple("abcdefgh"))
    >>> found = device_clusters(fleet, 40)
    >>> found.labels.tolist(), found.alone
    ([0, 1, 0, 1, 0, 1, 0, 1], ())
    """

    device_ids: tuple[str, ...] = field(repr=False)
    labels: Ints
    distances: Floats
    clusters: tuple[DeviceCluster, ...] = field(repr=False)
    signal: str | None
    m: int
    sampled: int
    normalize: bool
    share: float

    def __len__(self) -> int:
        return len(self.device_ids)

    @property
    def alone(self) -> tuple[str, ...]:
        """The devices that belong to no cluster."""
        return tuple(self.device_ids[place] for place in np.flatnonzero(self.labels == NONE))

    def to_arrow(self) -> "pa.Table":
        """Lay out one row for each device: device_id, cluster, medoid_id, distance, signal, m.

        Cluster and medoid_id are null where a device belongs to none.
        """
        import pyarrow as pa

        none = self.labels == NONE
        medoids = [each.medoid_id for each in self.clusters]
        names = [None if label == NONE else medoids[label] for label in self.labels.tolist()]
        columns: dict[str, Any] = {
            "device_id": pa.array(self.device_ids, pa.string()),
            "cluster": pa.array(self.labels, pa.int64(), mask=none),
            "medoid_id": pa.array(names, pa.string()),
            "distance": self.distances,
            "signal": pa.array([self.signal] * len(self), pa.string()),
            "m": np.full(len(self), self.m),
        }
        return pa.table(columns)

    def plot(self, *, k: int = 6) -> "Figure":
        """Draw typical windows of the k largest clusters.

        Raises:
            InvalidArgumentError: k is no integer or below 1.
        """
        from motifleet.matrixprofile.devices_figure import clusters_figure

        return clusters_figure(self, kernels.result_count(k))


def device_clusters(
    fleet: FleetSeries,
    m: int,
    *,
    k: int | None = None,
    least: int = LEAST,
    sample: int = SAMPLE,
    seed: int = 0,
    constant: bool = False,
    normalize: bool = True,
    p: float = 2.0,
    share: float = SHARE,
    progress: Progress | None = None,
    threads: int = 0,
    simd: str = "auto",
) -> DeviceClusters:
    """Find the groups of devices that behave alike, and the devices that are like no others.

    All pairs of a sample of devices (of all, where there are no more) are compared, by MPdist as
    `device_distances` has it. The sample is put together by average linkage (UPGMA) and cut where
    the mean silhouette is best; groups that are too small are none. Every other device goes to the
    nearest medoid if it is as near to it as a device of its cluster in the sample is, and else to
    none. So the work grows as the number of devices; behaviour that is too rare to be in the sample
    is not found.

    Args:
        fleet: one signal of many devices.
        m: the window length, at least 3.
        k: how many clusters; None: as many as the silhouette says.
        least: how many devices make a cluster.
        sample: how many devices are compared with one another at most.
        seed: of the choice of the sample; the same seed gives the same clusters.
        constant: whether windows count that hold one value for more than half their length.
        normalize: whether a window's level and scale are taken out before it is compared; False
            for the plain distance, which sees both.
        p: of the norm that the plain distance is, from 1 (Manhattan) over 2 (Euclidean) to 20.
        share: which of the windows' distances counts, from 0, the nearest, to 1, the farthest.
        progress: called with the devices compared so far and their number; what it raises stops
            the work, as Ctrl-C does.
        threads: how many to use; 0: ``MOTIFLEET_THREADS``, else one for each core.
        simd: the instruction set, "auto": ``MOTIFLEET_SIMD``, else the widest there is.

    Raises:
        InvalidArgumentError: an argument is out of its bounds, or the values are no numbers.

    >>> import numpy as np
    >>> rng = np.random.default_rng(1)
    >>> steps = np.arange(300)
    >>> tours = [np.sin(steps / 5), np.abs(steps / 9 % 2 - 1), np.sin(steps / 5) ** 9]
    >>> values = np.concatenate([tours[n % 3] + rng.normal(size=300) / 20 for n in range(12)])
    >>> names = tuple(f"truck-{number:02}" for number in range(12))
    >>> found = device_clusters(FleetSeries(values, np.arange(13) * 300, names), 40)
    >>> [sorted(each.device_ids)[:2] for each in found.clusters]
    [['truck-00', 'truck-03'], ['truck-01', 'truck-04'], ['truck-02', 'truck-05']]
    """
    m, fleet = kernels.window_length(m), fleet_values(fleet)
    k = None if k is None else kernels.result_count(k)
    least = kernels.integer_from("a number of devices that make a cluster", least, 2)
    sample = kernels.integer_from("a sample", sample, least)
    seed = kernels.integer_from("a seed", seed, 0)
    measure = Measure.of_join(normalize, p)

    def row(series: Series, others: FleetSeries) -> Floats:
        return device_distances(
            series,
            others,
            m,
            constant=constant,
            normalize=normalize,
            p=p,
            share=share,
            threads=threads,
            simd=simd,
        )

    work = _Clustering(fleet, m, row, progress_function(progress))
    chosen = work.sample(sample, seed)
    labels, distances, medoids = work.run(chosen, k, least)
    clusters = tuple(
        _cluster(work, number, place, (labels, distances), (measure, constant, threads, simd))
        for number, place in enumerate(medoids)
    )
    return DeviceClusters(
        device_ids=fleet.device_ids,
        labels=labels,
        distances=distances,
        clusters=clusters,
        signal=fleet.signal,
        m=m,
        sampled=len(chosen),
        normalize=measure.normalize,
        share=float(share),
    )


class _Clustering:
    """The search for clusters, told how to measure one device against others."""

    def __init__(self, fleet: FleetSeries, m: int, row: RowOf, progress: Any) -> None:
        self.fleet, self.m, self.row = fleet, m, row
        self.progress, self.done, self.total = progress, 0, 0

    def sample(self, most: int, seed: int) -> Ints:
        """Choose devices that are long enough, at random, in the fleet's order."""
        long_enough = np.flatnonzero(np.diff(self.fleet.offsets) >= self.m)
        if len(long_enough) <= most:
            return long_enough
        rng = np.random.default_rng(seed)
        return np.sort(rng.choice(long_enough, most, replace=False))

    def run(self, chosen: Ints, k: int | None, least: int) -> tuple[Ints, Floats, list[int]]:
        """Return each device's cluster, its distance to the medoid, and the medoids' places."""
        self.total = len(chosen)
        near = self._matrix(chosen)
        groups = grouped(near, k, least)
        medoids, reach = [], []
        for number in range(int(groups.max(initial=NONE)) + 1):
            members = np.flatnonzero(groups == number)
            inside = near[np.ix_(members, members)]
            middle = medoid(inside)
            medoids.append(int(chosen[members[middle]]))
            reach.append(float(inside[middle].max()))
        labels, distances = self._to_medoids(medoids, reach)
        labels[chosen] = groups
        own = groups >= 0
        rows = [int(np.flatnonzero(chosen == place)[0]) for place in medoids]
        if rows:
            distances[chosen[own]] = near[np.flatnonzero(own), np.array(rows)[groups[own]]]
        return labels, distances, medoids

    def _matrix(self, chosen: Ints) -> Floats:
        """Compare all pairs; those with nothing in common are at infinity."""
        fleet = chosen_devices(self.fleet, chosen)
        near = np.zeros((len(chosen), len(chosen)))
        for place in range(len(chosen) - 1):
            others = chosen_devices(fleet, range(place + 1, len(chosen)))
            near[place, place + 1 :] = self.row(fleet[place], others)
            near[place + 1 :, place] = near[place, place + 1 :]
            self._tell(1)
        return near

    def _to_medoids(self, medoids: list[int], reach: list[float]) -> tuple[Ints, Floats]:
        """Give every device to the nearest medoid that its cluster reaches as far from."""
        count = len(self.fleet)
        labels, nearest_one = np.full(count, NONE), np.full(count, np.inf)
        self.total += len(medoids)
        for number, place in enumerate(medoids):
            distances = self.row(self.fleet[place], self.fleet)
            distances[place] = 0.0
            nearer = distances < nearest_one
            nearest_one[nearer] = distances[nearer]
            labels[nearer] = np.where(distances[nearer] <= reach[number], number, NONE)
            self._tell(1)
        return labels, nearest_one

    def _tell(self, more: int) -> None:
        self.done += more
        if self.progress is not None:
            self.progress(self.done, self.total)


def _cluster(
    work: _Clustering,
    number: int,
    place: int,
    found: tuple[Ints, Floats],
    how: tuple[Measure, bool, int, str],
) -> DeviceCluster:
    labels, distances = found
    members = np.flatnonzero(labels == number)
    members = members[np.argsort(distances[members], kind="stable")]
    # The medoid first, whatever is at distance 0 beside it.
    members = np.concatenate([[place], members[members != place]])
    series = work.fleet[place]
    others = [work.fleet[int(each)] for each in members[1 : SHOWN + 1]]
    starts = _typical(series, others, work.m, how)
    windows = [series.values[start : start + work.m] for start in starts]
    return DeviceCluster(
        number,
        str(series.device_id),
        tuple(work.fleet.device_ids[each] for each in members),
        distances[members],
        np.array(windows).reshape(len(starts), work.m),
        np.array(starts, np.int64),
        how[0].normalize,
    )


def _typical(
    series: Series, others: list[Series], m: int, how: tuple[Measure, bool, int, str]
) -> list[int]:
    """Choose the windows that are nearest to other devices on the mean, none overlapping."""
    measure, constant, threads, simd = how
    values = series.values
    usable = complete_windows(values, m)
    if not constant:
        usable &= ~idle_windows(values, m)
    sums = np.zeros(len(usable))
    for other in others:
        (distances, _), _ = nearest(values, other.values, m, measure, threads=threads, simd=simd)
        sums += distances
    scores = np.where(usable, sums, np.inf)
    ends = np.array([0, len(scores)], np.int64)
    return [index for _, index in disjoint(scores, ends, m, TYPICAL)]
