"""Motifs that many devices share: shapes that so many of a fleet have, and every time they do."""

from itertools import pairwise

import numpy as np

from motifleet.matrixprofile.options import Progress, progress_function
from motifleet.matrixprofile.series import fleet_values
from motifleet.matrixprofile.shared_search import GROUPS, InMemory, Search
from motifleet.matrixprofile.shared_terms import Asked, SharedMotif
from motifleet.types import FleetSeries

HALF = 0.5


def shared_motifs(
    fleet: FleetSeries,
    m: int,
    *,
    min_devices: float = HALF,
    k: int = 3,
    max_distance: float | None = None,
    constant: bool = False,
    progress: Progress | None = None,
    threads: int = 0,
    simd: str = "auto",
) -> list[SharedMotif]:
    """Find the shapes that many devices have, and every time that they do; the closest first.

    A consensus motif (`consensus_motif`) has to be on every device, so that one odd device spoils
    it. Here the radius of a window is the distance within which ``min_devices`` devices, its own
    among them, have a window like it; the motif is the window with the least. The next one is that
    with the least radius that overlaps no occurrence of an earlier one.

    The answer is exact: no window has a smaller radius. A few windows that are promising on some
    devices are measured over all, which bounds the least radius; devices are then compared with one
    another in rounds, and a window that is beyond the bound from more devices than it can afford is
    compared no further. At most all devices are joined with all, which grows as the square of their
    number; asked for by half of them, about half of that.

    Args:
        fleet: one signal of at least two devices.
        m: the window length, at least 3.
        min_devices: how many devices have to have the motif: a number from 2, or a share up to 1.0
            of those that have a window without a gap.
        k: how many motifs at most.
        max_distance: how far an occurrence may be; None: twice the radius, within the bounds that
            `motif_sets` has.
        constant: whether windows can be the motif that hold one value for more than half their
            length. Parked vehicles all have them in common, so by default they cannot.
        progress: called now and then with the devices done so far and their number, in each round
            anew; what it raises stops the work, as Ctrl-C does.
        threads: how many to use; 0: ``MOTIFLEET_THREADS``, else one for each core.
        simd: the instruction set, "auto": ``MOTIFLEET_SIMD``, else the widest there is.

    Raises:
        InvalidArgumentError: fewer devices than that have a window without a gap, or an argument
            is out of its bounds.

    >>> import numpy as np
    >>> values = np.random.default_rng(4).normal(size=800)
    >>> for start in (20, 230, 510, 560):  # on three of the four devices, on one of them twice
    ...     values[start : start + 30] = 4 * np.hanning(30) + values[start : start + 30] / 20
    >>> fleet = FleetSeries(values, np.arange(5) * 200, ("a", "b", "c", "d"), "speed")
    >>> (found,) = shared_motifs(fleet, 30, min_devices=3, k=1)
    >>> found.devices, sorted(each.device_id for each in found.occurrences)
    (3, ['a', 'b', 'c', 'c'])
    """
    fleet = fleet_values(fleet)
    asked = Asked.checked(m, min_devices, k, max_distance, constant=constant)
    told = progress_function(progress)
    groups = InMemory(cut(fleet, GROUPS), (threads, simd))
    return Search(asked, groups, (threads, simd), told).run()


def cut(fleet: FleetSeries, groups: int) -> list[FleetSeries]:
    """Cut a fleet into so many groups of devices, equally large; fewer where there are fewer."""
    ends = np.unique(np.linspace(0, len(fleet), groups + 1).astype(int)).tolist()
    return [_part(fleet, first, last) for first, last in pairwise(ends)]


def _part(fleet: FleetSeries, first: int, last: int) -> FleetSeries:
    start, end = int(fleet.offsets[first]), int(fleet.offsets[last])
    times = None if fleet.event_ts is None else fleet.event_ts[start:end]
    offsets = fleet.offsets[first : last + 1] - start
    return FleetSeries(
        fleet.values[start:end], offsets, fleet.device_ids[first:last], fleet.signal, times
    )
