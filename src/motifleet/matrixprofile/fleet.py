"""The matrix profiles of one signal over many devices."""

from collections.abc import Iterator
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

import numpy as np

from motifleet.matrixprofile import _core, extremes, kernels
from motifleet.matrixprofile.findings import Discord, Motif
from motifleet.matrixprofile.neighbors import SelfNeighbors
from motifleet.matrixprofile.options import JoinOptions, Progress
from motifleet.matrixprofile.profile import MatrixProfile
from motifleet.matrixprofile.series import fleet_values
from motifleet.types import FleetSeries, Floats, Ints, Series

if TYPE_CHECKING:
    import pyarrow as pa
    from plotly.graph_objects import Figure


@dataclass(frozen=True, slots=True, eq=False, repr=False, kw_only=True)
class FleetProfile(SelfNeighbors):
    """For every window of every device, its nearest neighbours in the same device's series.

    Args:
        fleet: the series it is of.
        offsets: shape (devices + 1,): the windows of device i are those from ``offsets[i]`` to
            ``offsets[i + 1]`` in all other arrays; a device shorter than m has none.

    >>> import numpy as np
    >>> values = np.random.default_rng(3).normal(size=500)
    >>> fleet = FleetSeries(values, np.array([0, 240, 480, 500]), ("a", "b", "c"), "speed")
    >>> profile = fleet_profile(fleet, 30)
    >>> len(profile["b"]), profile.too_short
    (211, 1)
    """

    fleet: FleetSeries
    offsets: Ints

    @property
    def too_short(self) -> int:
        """How many devices have fewer than m reports, and so no window."""
        return int(np.count_nonzero(np.diff(self.offsets) == 0))

    def all_series(self) -> list[Series]:
        """List each device's series."""
        return list(self.fleet)

    def __len__(self) -> int:
        return len(self.fleet)

    def __getitem__(self, device: str | int) -> MatrixProfile:
        index = self.fleet.index(device) if isinstance(device, str) else range(len(self))[device]
        span = slice(int(self.offsets[index]), int(self.offsets[index + 1]))
        arrays = {name: getattr(self, name)[span] for name in _ARRAYS}
        return MatrixProfile(
            series=self.fleet[index],
            m=self.m,
            **arrays,
            normalize=self.normalize,
            p=self.p,
            share=self.share,
        )

    def __iter__(self) -> Iterator[MatrixProfile]:
        return (self[index] for index in range(len(self)))

    def motifs(self, k: int = 3, *, constant: bool = False, each: int | None = None) -> list[Motif]:
        """Find the closest pairs of windows within a device, over the fleet, closest first.

        Args:
            k: how many at most.
            constant: whether windows that hold a single value count.
            each: how many of one device at most; None: as many as there are.

        Raises:
            InvalidArgumentError: k is less than 1 or no integer.
        """
        return extremes.best_motifs(self, k, constant=constant, each=each)

    def discords(
        self,
        k: int = 3,
        *,
        neighbor: int = 1,
        min_windows: int = 1,
        each: int | None = None,
        past: bool = False,
    ) -> list[Discord]:
        """Find the windows farthest from any other of their device, farthest first.

        Args:
            k: how many at most.
            neighbor: which of the nearest neighbours counts, at most the k of the profile.
            min_windows: devices with fewer windows without a gap are passed over: where there
                is little to compare with, everything is far from everything. With ``past``, so are
                windows with fewer before them.
            each: how many of one device at most; None: as many as there are.
            past: whether only earlier windows count: what was new when it came, however often it
                came back since. ``neighbor`` is then not looked at.

        Raises:
            InvalidArgumentError: k or each is less than 1 or no integer, or the profile holds no
                such neighbour.
        """
        if past:
            ranked = extremes.of_past(self, min_windows)
            return extremes.best_discords(ranked, k, each=each)
        ranked = extremes.of_neighbor(self, neighbor)
        return extremes.best_discords(ranked, k, min_windows=min_windows, each=each)

    def to_arrow(self) -> "pa.Table":
        """Lay out one row for each window: device, then as `MatrixProfile.to_arrow`."""
        import pyarrow as pa

        tables = [
            profile.to_arrow().add_column(0, "device_id", pa.array([name] * len(profile), "string"))
            for name, profile in zip(self.fleet.device_ids, self, strict=True)
        ]
        return pa.concat_tables(tables)

    def plot(self, *, k: int = 3, motifs: int = 0, discords: int = 1) -> "Figure":
        """Draw the devices with the best findings of the fleet, each above its profile.

        Args:
            k: how many devices to show at most.
            motifs: how many motifs of each device to highlight; 0 for none.
            discords: how many discords of each device to highlight; 0 for none.

        Raises:
            InvalidArgumentError: a number is no integer or out of its bounds.
        """
        from motifleet.matrixprofile.figure import fleet_figure

        return fleet_figure(self, kernels.result_count(k), motifs, discords)


def fleet_profile(
    fleet: FleetSeries,
    m: int,
    *,
    k: int = 1,
    normalize: bool = True,
    p: float = 2.0,
    share: float = 1.0,
    progress: Progress | None = None,
    threads: int = 0,
    simd: str = "auto",
) -> FleetProfile:
    """Find the nearest neighbour of every window of every device in the device's own series.

    One call for all devices, spread over the threads; otherwise as `matrix_profile`. Devices
    that are too short have an empty profile, devices without a value one of infinities.

    Args:
        fleet: one signal of many devices.
        m: the window length, at least 3.
        k: how many nearest neighbours of each window are kept.
        normalize: whether a window's level and scale are taken out before it is compared; False
            for the plain distance, which sees both.
        p: of the norm that the plain distance is, from 1 (Manhattan) over 2 (Euclidean) to 20;
            whole ones take a small part of the time that others do.
        share: compare only so large a share of the pairs of each device, chosen at random but
            always alike. Distances are then upper bounds.
        progress: called now and then with the pairs of windows compared so far and their number;
            what it raises stops the work, as Ctrl-C does.
        threads: how many to use; 0: ``MOTIFLEET_THREADS``, else one for each core.
        simd: the instruction set, "auto": ``MOTIFLEET_SIMD``, else the widest there is.

    Raises:
        InvalidArgumentError: m is out of its bounds, the values are no numbers, or the machine
            has no such instruction set.

    >>> import numpy as np
    >>> values = np.random.default_rng(3).normal(size=480)
    >>> values[400:430] = values[300:330]
    >>> fleet = FleetSeries(values, np.array([0, 240, 480]), ("a", "b"), "speed")
    >>> found = fleet_profile(fleet, 30).motifs(1)[0]
    >>> found.device_id, found.index, found.neighbor_index
    ('b', 60, 160)
    """
    m = kernels.window_length(m)
    fleet = fleet_values(fleet)
    options = JoinOptions.checked(
        k=k,
        normalize=normalize,
        p=p,
        share=share,
        progress=progress,
        threads=threads,
        simd=simd,
        windows=len(fleet.values),
    )
    sides = _core.self_join(fleet.values, fleet.offsets, m, options)
    options.finished(_pairs(fleet, m))
    return FleetProfile(
        fleet=fleet,
        m=m,
        offsets=kernels.window_offsets(fleet.offsets, m),
        **options.self_fields(sides),
        normalize=options.normalize,
        p=options.p,
        share=options.share,
    )


_ARRAYS = [each.name for each in fields(SelfNeighbors) if each.type in (Floats, Ints)]


def _pairs(fleet: FleetSeries, m: int) -> int:
    windows = np.diff(kernels.window_offsets(fleet.offsets, m))
    return int(kernels.pairs(windows, m).sum())
