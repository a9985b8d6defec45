"""The devices that behave most like one: those nearest by the shapes that they share."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from motifleet.errors import InvalidArgumentError
from motifleet.matrixprofile import kernels
from motifleet.matrixprofile.device_distance import SHARE, device_distances
from motifleet.matrixprofile.measure import Measure
from motifleet.matrixprofile.mp_distance import fitting
from motifleet.matrixprofile.options import Progress
from motifleet.matrixprofile.series import SeriesLike
from motifleet.types import FleetSeries, Floats, Frozen, Ints, Series

if TYPE_CHECKING:
    import pyarrow as pa
    from plotly.graph_objects import Figure


@dataclass(frozen=True, slots=True, eq=False, repr=False, kw_only=True)
class SimilarDevices(Frozen):
    """The devices nearest to one, the nearest first.

    Args:
        series: the series that was asked about.
        m: the window length.
        distances: shape (found,), MPdist to each.
        fleet: the series of those that were found, in the same order.
        compared: how many devices were compared window by window.
        devices: how many there are in all; where more than were compared, an index chose.
        normalize: whether shapes were compared, or values as they are.
        p: the norm of plain distances.
        share: which of the windows' distances counts.
        constant: whether windows count that hold one value for more than half their length.

    >>> import numpy as np
    >>> values = np.random.default_rng(1).normal(size=900)
    >>> values[400:500] = 5 * values[80:180]
    >>> fleet = FleetSeries(values, np.arange(4) * 300, ("a", "b", "c"))
    >>> found = similar_devices(fleet["a"], fleet, 20, k=1)
    >>> found.device_ids, found.distances.round(1), found.exact
    (('b',), array([0.]), True)
    """

    series: Series
    m: int
    distances: Floats
    fleet: FleetSeries = field(repr=False)
    compared: int
    devices: int
    normalize: bool
    p: float
    share: float
    constant: bool

    @property
    def device_ids(self) -> tuple[str, ...]:
        """The devices that were found, the nearest first."""
        return self.fleet.device_ids

    @property
    def exact(self) -> bool:
        """Whether every device was compared, or only those that an index chose."""
        return self.compared >= self.devices

    def __len__(self) -> int:
        return len(self.distances)

    def rows(self) -> list[dict[str, Any]]:
        """List what was found: device_id, neighbor_id, rank (1 for the nearest) and distance."""
        pairs = zip(self.device_ids, self.distances.tolist(), strict=True)
        return [
            {
                "device_id": self.series.device_id,
                "neighbor_id": name,
                "rank": rank,
                "distance": distance,
            }
            for rank, (name, distance) in enumerate(pairs, 1)
        ]

    def to_arrow(self) -> "pa.Table":
        """Lay out one row for each device: device_id, neighbor_id, rank, distance, signal, m."""
        import pyarrow as pa

        found = len(self)
        columns: dict[str, Any] = {
            "device_id": pa.array([self.series.device_id] * found, pa.string()),
            "neighbor_id": pa.array(self.device_ids, pa.string()),
            "rank": np.arange(1, found + 1),
            "distance": self.distances,
            "signal": pa.array([self.series.signal] * found, pa.string()),
            "m": np.full(found, self.m),
            "normalize": pa.array([self.normalize] * found, pa.bool_()),
            "share": np.full(found, self.share),
            "exact": pa.array([self.exact] * found, pa.bool_()),
        }
        return pa.table(columns)

    def plot(self, *, k: int = 4) -> "Figure":
        """Draw the device above the k nearest, with a window in colour that each shares with it.

        Raises:
            InvalidArgumentError: k is no integer or below 1.
        """
        from motifleet.matrixprofile.devices_figure import similar_figure

        return similar_figure(self, kernels.result_count(k))


def similar_devices(
    series: SeriesLike,
    fleet: FleetSeries,
    m: int,
    *,
    k: int = 10,
    constant: bool = False,
    normalize: bool = True,
    p: float = 2.0,
    share: float = SHARE,
    progress: Progress | None = None,
    threads: int = 0,
    simd: str = "auto",
) -> SimilarDevices:
    """Find the devices of a fleet that behave most like a series: all of them are compared.

    Two devices behave alike if they share many shapes, wherever these are: by MPdist of the windows
    that can be compared, as `device_distances` has it. `DeviceIndex` chooses those that are worth
    comparing where there are too many.

    Args:
        series: n values, at least m; where it is one of the fleet's, by the name of its device,
            that one is left out.
        fleet: one signal of many devices.
        m: the window length, at least 3.
        k: how many at most; devices with which nothing can be compared are never found.
        constant: whether windows count that hold one value for more than half their length.
        normalize: whether a window's level and scale are taken out before it is compared; False
            for the plain distance, which sees both.
        p: of the norm that the plain distance is, from 1 (Manhattan) over 2 (Euclidean) to 20.
        share: which of the windows' distances counts, from 0, the nearest, to 1, the farthest.
        progress: called now and then with the pairs of windows compared so far and their number;
            what it raises stops the work, as Ctrl-C does.
        threads: how many to use; 0: ``MOTIFLEET_THREADS``, else one for each core.
        simd: the instruction set, "auto": ``MOTIFLEET_SIMD``, else the widest there is.

    Raises:
        InvalidArgumentError: as for `device_distances`; or k is less than 1 or no integer.

    >>> import numpy as np
    >>> rng = np.random.default_rng(1)
    >>> values = rng.normal(size=900)
    >>> values[700:800] = 5 * values[80:180]  # the third device does what the first did
    >>> fleet = FleetSeries(values, np.array([0, 300, 600, 900]), ("a", "b", "c"))
    >>> similar_devices(fleet["a"], fleet, 20, k=1).device_ids
    ('c',)
    """
    k = kernels.result_count(k)
    one = fitting(series, kernels.window_length(m), "of the device")
    distances = device_distances(
        one,
        fleet,
        m,
        constant=constant,
        normalize=normalize,
        p=p,
        share=share,
        progress=progress,
        threads=threads,
        simd=simd,
    )
    others = np.array([name != one.device_id for name in fleet.device_ids], np.bool_)
    candidates = np.flatnonzero(others & np.isfinite(distances))
    order = candidates[np.argsort(distances[candidates], kind="stable")][:k]
    measure = Measure.of_join(normalize, p)
    return SimilarDevices(
        series=one,
        m=int(m),
        distances=distances[order],
        fleet=chosen_devices(fleet, order),
        compared=int(others.sum()),
        devices=int(others.sum()),
        normalize=measure.normalize,
        p=measure.p,
        share=float(share),
        constant=constant,
    )


def chosen_by_index(found: SimilarDevices, devices: int) -> SimilarDevices:
    """Tell that those that were compared had been chosen of so many.

    >>> import numpy as np
    >>> values = np.random.default_rng(1).normal(size=900)
    >>> values[400:500] = 5 * values[80:180]
    >>> fleet = FleetSeries(values, np.arange(4) * 300, ("a", "b", "c"))
    >>> found = chosen_by_index(similar_devices(fleet["a"], fleet, 20, k=1), 1000)
    >>> found.exact
    False
    """
    if devices < found.compared:
        raise InvalidArgumentError(
            f"expected at least the {found.compared} devices that were compared, got {devices}"
        )
    return replace(found, devices=devices)


def nearest_of(found: Sequence[SimilarDevices], k: int) -> SimilarDevices:
    """Put together what was found in parts of a fleet: the k nearest of all.

    Raises:
        InvalidArgumentError: there is no part, or k is less than 1 or no integer.

    >>> import numpy as np
    >>> values = np.random.default_rng(1).normal(size=900)
    >>> values[400:500] = 5 * values[80:180]
    >>> fleet = FleetSeries(values, np.arange(4) * 300, ("a", "b", "c"))
    >>> pages = [chosen_devices(fleet, [0, 1]), chosen_devices(fleet, [2])]
    >>> found = nearest_of([similar_devices(fleet["a"], page, 20, k=2) for page in pages], 2)
    >>> found.device_ids, found.distances.round(1)
    (('b', 'c'), array([0. , 3.3]))
    """
    k = kernels.result_count(k)
    if not found:
        raise InvalidArgumentError("expected devices to compare, got none: choose more reports")
    if len(found) == 1 and len(found[0]) <= k:
        return found[0]
    distances = np.concatenate([each.distances for each in found])
    order = np.argsort(distances, kind="stable")[:k].tolist()
    series = [one for each in found for one in each.fleet]
    return replace(
        found[0],
        distances=distances[order],
        fleet=end_to_end([series[place] for place in order], found[0].fleet.signal),
        compared=sum(each.compared for each in found),
        devices=sum(each.devices for each in found),
    )


def chosen_devices(fleet: FleetSeries, places: Ints | Sequence[int]) -> FleetSeries:
    """Lay the series at these places end to end, in their order.

    >>> import numpy as np
    >>> values = np.random.default_rng(1).normal(size=900)
    >>> values[400:500] = 5 * values[80:180]
    >>> fleet = FleetSeries(values, np.arange(4) * 300, ("a", "b", "c"))
    >>> chosen_devices(fleet, [2, 0]).device_ids
    ('c', 'a')
    """
    return end_to_end([fleet[int(at)] for at in places], fleet.signal)


def end_to_end(series: Sequence[Series], signal: str | None) -> FleetSeries:
    """Lay series end to end, with their devices' names, and their times where all have them."""
    times = [each.event_ts for each in series if each.event_ts is not None]
    return FleetSeries(
        np.concatenate([np.zeros(0), *(each.values for each in series)]),
        np.cumsum([0, *map(len, series)], dtype=np.int64),
        tuple(str(each.device_id) for each in series),
        signal,
        np.concatenate(times) if times and len(times) == len(series) else None,
    )
