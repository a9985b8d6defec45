"""The search for the windows that the nearest devices have: the least radius first, and exact.

A few promising windows are measured over all devices, which says within what radii the motifs are.
Groups of devices are then compared in rounds, each with the next one, the one after that, and so
on. A window that is beyond a radius from more devices than it can afford is out; as soon as few
are left within the least, these are measured, the best is chosen, and what overlaps it is out too.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

import numpy as np

from motifleet.matrixprofile.findings import Match, findings_from, place
from motifleet.matrixprofile.motif_set import default_radius
from motifleet.matrixprofile.shared_ledger import Ledger, Masks, homes_of, pairs_of
from motifleet.matrixprofile.shared_seeds import Seeds
from motifleet.matrixprofile.shared_terms import Asked, SharedMotif
from motifleet.matrixprofile.sharing import (
    Apart,
    Extract,
    Fetch,
    How,
    Item,
    Look,
    Nearest,
    Occurrences,
    Step,
    fetched,
)
from motifleet.matrixprofile.window_runs import Run, WindowRuns, as_bytes, parts_of, runs_from
from motifleet.types import FleetSeries, Floats, Series

if TYPE_CHECKING:
    import pyarrow as pa

Told = Callable[[int, int], None]
GROUPS = 32
"""Groups that a fleet is compared in: a window is out after so many rounds at the earliest."""
SAMPLE, PART = 32, 6
"""Devices that say which windows are promising: at most so many, and one of so many."""
TRIED = 8
"""Windows that are measured over all devices for each motif."""
BUDGET = 16_000_000
"""Distances that are held at a time."""
SLACK = 1e-6
"""Distances are as good as equal that differ by less, relative to √m."""


class Fleet(Protocol):
    """A fleet in groups of devices, and who does the work."""

    @property
    def groups(self) -> int:
        """How many groups there are."""

    def run(self, step: Step, items: Sequence[Item]) -> "Iterator[tuple[Item, pa.Table]]":
        """Do a step for some groups, or pairs of them; in any order."""


class Kept(Protocol):
    """Where parts of a long search are kept, by their numbers."""

    def finished(self) -> "dict[int, pa.Table]":
        """The parts that are there."""

    def put(self, number: int, found: "pa.Table") -> None:
        """Keep a part."""


@dataclass(frozen=True, slots=True)
class InMemory:
    """A fleet in memory, cut into groups.

    Args:
        parts: the groups.
        how: threads, and the instruction set.
    """

    parts: Sequence[FleetSeries]
    how: How

    @property
    def groups(self) -> int:
        """How many groups there are."""
        return len(self.parts)

    def run(self, step: Step, items: Sequence[Item]) -> "Iterator[tuple[Item, pa.Table]]":
        """Do a step for each item in turn."""
        for item in items:
            yield item, step.find(item, [self.parts[number] for number in item], self.how)


@dataclass(frozen=True, slots=True)
class Centre:
    """A window, and how far away the last of the wanted devices has one like it."""

    radius: float
    device_id: str
    index: int


@dataclass(slots=True)
class Search:
    """The search over a fleet.

    Args:
        asked: what is asked for.
        fleet: its groups.
        how: threads, and the instruction set, for what is done here.
        told: called with how many devices are as good as done, and how many there are.
        kept: where the comparisons of groups are kept, for each round; None: nowhere.

    >>> import numpy as np
    >>> values = np.random.default_rng(4).normal(size=600)
    >>> for start in (20, 230):
    ...     values[start : start + 30] = 4 * np.hanning(30) + values[start : start + 30] / 20
    >>> fleet = FleetSeries(values, np.array([0, 200, 400, 600]), ("a", "b", "c"), "speed")
    >>> parts = [
    ...     FleetSeries(fleet[number].values, np.array([0, 200]), (name,))
    ...     for number, name in enumerate("abc")
    ... ]
    >>> asked = Asked.checked(30, 2, 1, None, constant=False)
    >>> (found,) = Search(asked, InMemory(parts, (0, "auto")), (0, "auto")).run()
    >>> found.devices
    2
    """

    asked: Asked
    fleet: Fleet
    how: How
    told: Told | None = None
    kept: Callable[[str], Kept] | None = None
    others: int = field(init=False)
    ledger: Ledger = field(init=False)
    found: list[SharedMotif] = field(init=False)

    def run(self) -> list[SharedMotif]:
        """Find the motifs, the closest first."""
        self.found = []
        self._look()
        seeds = self._seeds()
        while len(self.found) < self.asked.k:
            limits = self._limits(seeds)
            self._search(limits)
            if limits[-1] == np.inf:
                break
        self._tell(1.0)
        return self.found

    def _look(self) -> None:
        """Learn which devices there are, and which of their windows may be the motif."""
        step = Look(self.asked.m, self.asked.constant)
        groups, free = [], []
        for (group,), rows in sorted(self._each(step), key=lambda each: each[0]):
            masks = [each.values.to_numpy(zero_copy_only=False) for each in rows["usable"]]
            names = [str(name) for name in rows["device_id"].to_pylist()]
            groups.append((group, names, [len(mask) for mask in masks]))
            free.append(np.concatenate([*masks, np.zeros(0, np.bool_)]))
        homes = dict(homes_of(groups))
        self.others = self.asked.wanted(len(homes)) - 1
        self.ledger = Ledger(self.asked.m, homes, free, len(homes) - 1 - self.others)

    def _seeds(self) -> Seeds:
        homes = self.ledger.homes
        longest = max(home.windows for home in homes.values())
        most = min(SAMPLE, max(4, len(homes) // PART), max(4, int((BUDGET / longest) ** 0.5)))
        places = np.unique(np.linspace(0, len(homes) - 1, min(len(homes), most)).astype(int))
        names = [list(homes)[place] for place in places]
        series = self._series(set(names))
        share = self.others / (len(homes) - 1)
        rank = max(1, round(share * (len(names) - 1)))
        usable = [
            self.ledger.free[home.group][home.start : home.start + home.windows].copy()
            for home in (homes[name] for name in names)
        ]
        return Seeds(self.asked.m, [series[name] for name in names], usable, rank, self.how)

    def _limits(self, seeds: Seeds) -> list[float]:
        """Radii within which the next motifs are, the least first, as far as the seeds tell."""
        free, limits = seeds.free(), list[float]()
        for motif in self.found:
            free.take(motif.occurrences)
        while len(self.found) + len(limits) < self.asked.k:
            tried = free.best(TRIED)
            if not tried:
                return sorted(limits) or [np.inf]
            best = min(self._measured(tried), key=_by_radius)
            limits.append(best.radius + SLACK * self.asked.m**0.5)
            free.take(self._motif(best).occurrences)
        return sorted(limits)

    def _search(self, limits: Sequence[float]) -> None:
        """Find the motifs within some limits; those within the least as soon as few are left.

        Groups are compared in rounds, each with the one that is so many places further.
        """
        if limits[-1] == np.inf:
            self._choose(self.ledger.free, np.inf)
            return
        self.ledger.start(limits)
        rounds, level = self.fleet.groups // 2 + 1, 0
        for stride in range(rounds):
            last = stride + 1 == rounds
            self._compare(stride, rounds)
            while level < len(limits) and len(self.found) < self.asked.k:
                windows = self.ledger.left(level)
                few = self.ledger.size(windows) * GROUPS <= self.ledger.windows()
                if not (few or last):
                    break
                self._choose(windows, limits[level])
                level += 1
            if level == len(limits) or len(self.found) == self.asked.k:
                return

    def _compare(self, stride: int, rounds: int) -> None:
        """Compare the groups that are so far apart; count the devices that windows are far from."""
        limits, masks = tuple(self.ledger.limits.tolist()), self.ledger.left()
        pairs = [
            pair
            for pair in pairs_of(self.fleet.groups, stride)
            if any(masks[number].any() for number in pair)
        ]
        left = {number: masks[number] for pair in pairs for number in pair}
        step = Apart(self.asked.m, limits, left)
        for number, rows in enumerate(self._kept(step, pairs, f"{limits!r}-{stride}")):
            for group, counts in zip(rows["group"].to_numpy().tolist(), rows["far"], strict=True):
                counted = counts.values.to_numpy().reshape(len(limits), -1)
                self.ledger.far[group] += counted
            self._tell(0.99 * (stride + (number + 1) / len(pairs)) / rounds)

    def _kept(self, step: Step, pairs: Sequence[Item], name: str) -> "Iterator[pa.Table]":
        """Do a step for pairs of groups; what is kept is not done again."""
        kept = self.kept(name) if self.kept is not None else None
        there = {} if kept is None else kept.finished()
        yield from (there[pair[0]] for pair in pairs if pair[0] in there)
        missing = [pair for pair in pairs if pair[0] not in there]
        for pair, rows in self.fleet.run(step, missing):
            if kept is not None:
                kept.put(pair[0], rows)
            yield rows

    def _choose(self, windows: Masks, limit: float) -> None:
        """Choose the best of some windows, up to a limit, none overlapping what is found."""
        centres: list[Centre] = []
        for runs in self._runs(windows, max(BUDGET // len(self.ledger.homes), 1)):
            centres += [each for each in self._measured(runs) if each.radius <= limit]
        for centre in sorted(centres, key=_by_radius):
            home = self.ledger.homes[centre.device_id]
            free = self.ledger.free[home.group][home.start + centre.index]
            if free and centre.radius < np.inf and len(self.found) < self.asked.k:
                self.found.append(self._motif(centre))
                self.ledger.take(self.found[-1].occurrences)

    def _runs(self, left: Masks, most: int) -> Iterator[list[Run]]:
        """Yield the windows that are left, so many at a time."""
        items = [(number,) for number, mask in enumerate(left) if mask.any()]
        step = Extract(self.asked.m, {number: left[number] for (number,) in items})
        waiting: list[Run] = []
        count = 0
        for _, rows in self.fleet.run(step, items):
            for part in (
                part for run in runs_from(rows) for part in parts_of(run, most, self.asked.m)
            ):
                if waiting and count + len(part.places) > most:
                    yield waiting
                    waiting, count = [], 0
                waiting.append(part)
                count += len(part.places)
        if waiting:
            yield waiting

    def _measured(self, runs: Sequence[Run]) -> list[Centre]:
        """The windows of some runs with their radii over all devices."""
        step = Nearest(self.asked.m, as_bytes(WindowRuns.table(runs)))
        near: list[Floats] = []
        for _, rows in self._each(step):
            near += [each.values.to_numpy() for each in rows["distances"]]
        rank = self.others - 1
        radii = np.partition(np.stack(near), rank, axis=0)[rank].tolist()
        windows = ((run.device_id, int(index)) for run in runs for index in run.indices)
        return [Centre(radius, *window) for radius, window in zip(radii, windows, strict=True)]

    def _motif(self, centre: Centre) -> SharedMotif:
        m, reach = self.asked.m, self.asked.max_distance
        series = self._series({centre.device_id})[centre.device_id]
        pattern = series.values[centre.index : centre.index + m]
        if reach is None:
            reach = max(default_radius(m, centre.radius), centre.radius)
        step = Occurrences(tuple(pattern.tolist()), float(reach))
        found = [each for _, rows in self._each(step) for each in findings_from(rows, Match)]
        own = [Match(**place(series, m, centre.index), distance=0.0)]
        own += sorted((each for each in found if not _same(each, centre, m)), key=_by_distance)
        return SharedMotif(
            **place(series, m, centre.index),
            radius=centre.radius,
            reach=float(reach),
            devices=len({each.device_id for each in own}),
            occurrences=tuple(own),
        )

    def _series(self, names: set[str]) -> dict[str, Series]:
        groups = sorted({self.ledger.homes[name].group for name in names})
        step = Fetch(frozenset(names))
        found = self.fleet.run(step, [(group,) for group in groups])
        return {str(each.device_id): each for _, rows in found for each in fetched(rows)}

    def _each(self, step: Step) -> "Iterator[tuple[Item, pa.Table]]":
        return self.fleet.run(step, [(number,) for number in range(self.fleet.groups)])

    def _tell(self, share: float) -> None:
        if self.told is not None:
            devices = len(self.ledger.homes)
            self.told(int(share * devices), devices)


def _same(found: Match, centre: Centre, m: int) -> bool:
    """Whether a window overlaps the motif, which is its nearest occurrence by itself."""
    return found.device_id == centre.device_id and abs(found.index - centre.index) < m


def _by_distance(found: Match) -> tuple[float, str, int]:
    return found.distance, str(found.device_id), found.index


def _by_radius(centre: Centre) -> tuple[float, str, int]:
    return centre.radius, centre.device_id, centre.index
