"""Motifs that many devices share: shapes that so many of a fleet have, and every time they do."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from motifleet.errors import InvalidArgumentError
from motifleet.matrixprofile import kernels
from motifleet.matrixprofile.findings import Match, Place, place
from motifleet.matrixprofile.matching import match
from motifleet.matrixprofile.motif_set import default_radius
from motifleet.matrixprofile.series import fleet_values
from motifleet.matrixprofile.sharing import Centre, Groups, Sharing
from motifleet.types import FleetSeries, Floats, Series

if TYPE_CHECKING:
    import pyarrow as pa

HALF = 0.5
Told = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class SharedMotif(Place):
    """A window that many devices have one like.

    Args:
        radius: within this distance, so many devices as were asked for have a window like it.
        reach: within this distance, windows are occurrences.
        devices: how many devices have an occurrence, its own too.
        occurrences: every window within reach, none overlapping another, the nearest first; its
            own, at distance 0, is the first.
    """

    radius: float
    reach: float
    devices: int
    occurrences: tuple[Match, ...]

    def __len__(self) -> int:
        return len(self.occurrences)

    def to_dict(self) -> dict[str, Any]:
        """Return the fields as JSON has them, times in ISO 8601."""
        where = Place(self.device_id, self.signal, self.index, self.event_ts, self.m).to_dict()
        facts = {"radius": self.radius, "reach": self.reach, "devices": self.devices}
        return {**where, **facts, "occurrences": [each.to_dict() for each in self.occurrences]}


class Kept(Protocol):
    """Where parts of a long search are kept, by their numbers."""

    def finished(self) -> "dict[int, pa.Table]":
        """The parts that are there."""

    def put(self, number: int, found: "pa.Table") -> None:
        """Keep a part."""


def shared_motifs(
    fleet: FleetSeries,
    m: int,
    *,
    min_devices: float = HALF,
    k: int = 3,
    max_distance: float | None = None,
    constant: bool = False,
    threads: int = 0,
    simd: str = "auto",
) -> list[SharedMotif]:
    """Find the shapes that many devices have, and every time that they do; the closest first.

    A consensus motif (`consensus_motif`) has to be on every device, so that one odd device spoils
    it. Here the radius of a window is the distance within which ``min_devices`` devices, its own
    among them, have a window like it; the motif is the window with the least. The next one is that
    with the least radius that overlaps no occurrence of an earlier one. The answer is exact: the
    radius of promising windows bounds that of the best, and a window is ruled out as soon as too
    few devices are left to compare it with. The work grows as the square of the number of devices,
    less the share that is asked for.

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
    return Search(asked, lambda: iter([fleet]), (threads, simd)).run()


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked for, as `shared_motifs` takes it."""

    m: int
    min_devices: float
    k: int
    max_distance: float | None
    constant: bool

    @classmethod
    def checked(
        cls, m: int, min_devices: float, k: int, max_distance: float | None, *, constant: bool
    ) -> "Asked":
        """Check what does not depend on the fleet.

        Raises:
            InvalidArgumentError: an argument is out of its bounds.
        """
        if max_distance is not None and not max_distance >= 0:
            raise InvalidArgumentError(f"expected a max_distance of 0 or more, got {max_distance}")
        whole = isinstance(min_devices, int | np.integer) and not isinstance(min_devices, bool)
        share = isinstance(min_devices, float) and 0 < min_devices <= 1
        if not (share or (whole and min_devices >= 2)):
            raise InvalidArgumentError(
                "expected a number of devices from 2 (as 12) or a share of them up to 1.0 (as "
                f"0.5) that share a motif, got {min_devices!r}"
            )
        m, k = kernels.window_length(m), kernels.result_count(k)
        return cls(m, min_devices, k, max_distance, constant)

    def wanted(self, devices: int) -> int:
        """How many of so many devices have to share a motif.

        Raises:
            InvalidArgumentError: there are fewer.
        """
        share = isinstance(self.min_devices, float)
        wanted = (
            max(2, int(np.ceil(self.min_devices * devices - 1e-9))) if share else self.min_devices
        )
        if devices < wanted:
            raise InvalidArgumentError(
                f"expected at least {wanted} devices with a window of {self.m} values without a "
                f"gap, got {devices}: choose a shorter window, more devices or fewer that share it"
            )
        return int(wanted)


@dataclass(slots=True)
class Search:
    """The search over a fleet that is read group by group.

    Args:
        asked: what is asked for.
        groups: reads the fleet, always in the same groups.
        how: threads, and the instruction set.
        told: called with what is done and how much there is.
        kept: where the windows found in a part are kept, for each round; None: nowhere.
    """

    asked: Asked
    groups: Groups
    how: tuple[int, str]
    told: Told | None = None
    kept: Callable[[str], Kept] | None = None

    def run(self) -> list[SharedMotif]:
        """Find the motifs, the closest first."""
        sharing = Sharing(self.groups, self.asked.m, self.asked.constant, self.how)
        devices = len(sharing.devices())
        others = self.asked.wanted(devices) - 1
        found: list[SharedMotif] = []
        bound = self._bound(sharing, others, devices)
        while True:
            centres = self._centres(sharing, bound, others, devices)
            found = self._chosen(centres)
            if len(found) == self.asked.k or bound == np.inf:
                return found
            bound = 2 * bound if 0 < bound < self.asked.m**0.5 else np.inf

    def _bound(self, sharing: Sharing, others: int, devices: int) -> float:
        """A radius within which there are as many motifs, as far as a few windows tell."""
        seeds = sorted(sharing.seeds(others, devices), key=lambda each: each.radius)[:_SEEDS]
        sure = [
            replace(each, radius=sharing.radius(self._pattern(each), each.device_id, others))
            for each in seeds
        ]
        found = self._chosen(sure)
        return found[-1].radius if found else np.inf

    def _centres(self, sharing: Sharing, bound: float, others: int, devices: int) -> list[Centre]:
        """All windows with a radius up to the bound."""
        kept = self.kept(f"{bound!r}") if self.kept is not None else None
        parts = {} if kept is None else kept.finished()
        found: list[Centre] = []
        done = 0
        for number, block in enumerate(sharing.blocks(devices)):
            if number in parts:
                centres = _from_table(parts[number])
            else:
                tell = self._telling(done, len(block), devices)
                centres = sharing.within(block, bound, others, devices, tell)
                if kept is not None:
                    kept.put(number, _table(centres))
            found += centres
            done += len(block)
            if self.told is not None:
                self.told(done, devices)
        return found

    def _telling(self, done: int, block: int, devices: int) -> Callable[[int], None]:
        def tell(seen: int) -> None:
            if self.told is not None:
                self.told(done + block * seen // devices, devices)

        return tell

    def _chosen(self, centres: list[Centre]) -> list[SharedMotif]:
        """The k windows with the least radius, none overlapping an occurrence of an earlier one."""
        found: list[SharedMotif] = []
        taken: dict[str, list[int]] = {}
        order = sorted(centres, key=lambda each: (each.radius, each.device_id, each.index))
        for centre in order:
            apart = (abs(at - centre.index) for at in taken.get(centre.device_id, []))
            if not centre.radius < np.inf or any(far < self.asked.m for far in apart):
                continue
            found.append(self._motif(centre))
            for each in found[-1].occurrences:
                taken.setdefault(str(each.device_id), []).append(each.index)
            if len(found) == self.asked.k:
                break
        return found

    def _motif(self, centre: Centre) -> SharedMotif:
        series = self._series(centre.device_id)
        pattern = series.values[centre.index : centre.index + self.asked.m]
        reach = self.asked.max_distance
        if reach is None:
            reach = default_radius(self.asked.m, centre.radius)
        threads, simd = self.how
        limit = max(reach, centre.radius) if self.asked.max_distance is None else reach
        found = [
            each
            for group in self.groups()
            for each in match(
                pattern, group, k=None, max_distance=limit, threads=threads, simd=simd
            )
        ]
        own = [Match(**place(series, self.asked.m, centre.index), distance=0.0)]
        own += sorted((each for each in found if not _same(each, centre, self.asked.m)), key=_far)
        return SharedMotif(
            **place(series, self.asked.m, centre.index),
            radius=centre.radius,
            reach=float(limit),
            devices=len({each.device_id for each in own}),
            occurrences=tuple(own),
        )

    def _pattern(self, centre: Centre) -> Floats:
        values = self._series(centre.device_id).values
        return np.asarray(values[centre.index : centre.index + self.asked.m])

    def _series(self, device_id: str) -> Series:
        for group in self.groups():
            if device_id in group.device_ids:
                return group[device_id]
        raise LookupError(device_id)


def _same(found: Match, centre: Centre, m: int) -> bool:
    """Whether a window overlaps the motif, which is its nearest occurrence by itself."""
    return found.device_id == centre.device_id and abs(found.index - centre.index) < m


def _far(found: Match) -> float:
    return found.distance


_SEEDS = 24


def _table(centres: list[Centre]) -> "pa.Table":
    import pyarrow as pa

    columns: Mapping[str, Any] = {
        "radius": pa.array([each.radius for each in centres], pa.float64()),
        "device_id": pa.array([each.device_id for each in centres], pa.string()),
        "index": pa.array([each.index for each in centres], pa.int64()),
    }
    return pa.table(columns)


def _from_table(rows: "pa.Table") -> list[Centre]:
    def each() -> Iterator[Centre]:
        for row in rows.to_pylist():
            yield Centre(**row)

    return list(each())
