"""The devices most like each device, in a result table.

An engine compares groups of devices with all, a group and a page of others in memory at a time.
What was found for a group is kept under ``unfinished/`` until the table is written.
"""

from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import pyarrow as pa

import motifleet
from motifleet.app.devices import Alike, Devices
from motifleet.app.groups import Source, in_groups, in_pages
from motifleet.app.keeping import keep
from motifleet.app.origin import Origin
from motifleet.app.staging import Staging
from motifleet.config import prepare_home
from motifleet.engines import Engine, Kernels
from motifleet.errors import InvalidArgumentError
from motifleet.matrixprofile import (
    DeviceIndex,
    SimilarDevices,
    chosen_devices,
    device_distances,
)
from motifleet.tables import Page
from motifleet.types import FleetSeries, Series

EXACT = 400
"""Up to so many devices are all compared with all, unless it is said otherwise."""
CANDIDATES = 200
"""Devices that an index chooses for each, to be compared one by one."""
AT_ONCE = 64
"""Groups that an engine is given at once: an index chooses for all of their devices before."""
How = tuple[Alike, bool | None]


@dataclass(frozen=True, slots=True)
class Similarity:
    """What was written to a result table.

    Args:
        table: the result table.
        rows: how many rows the answer has.
        devices: how many devices there are.
        compared: how many others each was compared with at most.
        source_table: the table of reports.
        snapshot_id: its snapshot.
        question_id: the answer's part of the result table.
    """

    table: str
    rows: int
    devices: int
    compared: int
    source_table: str
    snapshot_id: int
    question_id: str

    @property
    def exact(self) -> bool:
        """Whether every device was compared with all others."""
        return self.compared >= self.devices - 1

    def to_dict(self) -> dict[str, Any]:
        """The fields as plain values."""
        return {**asdict(self), "exact": self.exact}


def of_device(devices: Devices, device: str, k: int, how: How, into: str) -> SimilarDevices:
    """Find the devices most like one, and write them to a result table."""
    snapshot, pinned = devices.pinned()
    alike, exact = how
    found = pinned.similar(device, k, alike, exact)
    nearest = list(zip(found.distances.tolist(), found.device_ids, strict=True))
    _written(pinned, snapshot, alike, _rows({device: nearest}), (into, device))
    return found


def of_each(devices: Devices, k: int, how: How, into: str, engine: Engine) -> Similarity:
    """Find the devices most like each one, and write them to a result table."""
    snapshot, pinned = devices.pinned()
    alike, exact = how
    names = pinned.names()
    if len(names) < 2:
        raise InvalidArgumentError(
            f"expected at least two devices to compare, got {len(names)}: choose more reports"
        )
    every = len(names) <= EXACT if exact is None else exact
    search = _Search(pinned, alike, k, None if every else pinned.fresh_index(alike, snapshot))
    question = _origin(pinned, snapshot, alike, None)
    home, version = prepare_home(pinned.settings), motifleet.__version__
    pages = pinned.settings.page_rows
    staging = Staging.of(home, version, question, k, every, pages)
    rows = pa.concat_tables(search.parts(len(names), staging, engine))
    _written(pinned, snapshot, alike, rows, (into, None))
    staging.clear()
    compared = len(names) - 1 if every else min(max(CANDIDATES, 3 * k), len(names) - 1)
    return Similarity(
        into, rows.num_rows, len(names), compared, pinned.table, snapshot, question.question_id
    )


@dataclass(frozen=True, slots=True)
class _Search:
    """Groups of devices compared with all devices, by an engine.

    Args:
        devices: what to read.
        alike: how devices are compared.
        k: how many for each.
        index: what chooses whom to compare; None: all are compared.
    """

    devices: Devices
    alike: Alike
    k: int
    index: DeviceIndex | None

    def parts(self, devices: int, staging: Staging, engine: Engine) -> list[pa.Table]:
        """Find the rows of each group of devices; those that are kept are not searched again."""
        question = self.devices.settings, self.devices.tables, self.devices.reports()
        everyone, whole = in_pages(*question)
        # An index leaves so little to compare that to read a large table for each small group
        # would take longer.
        large = self.index is not None and len(whole) > 1
        groups, pages = (everyone, whole) if large else in_groups(*question)
        job = _Job(groups, everyone, whole, self.alike, self.k)
        found = staging.finished()
        missing = [page for page in pages if page.number not in found]
        done = sum(_devices(rows) for rows in found.values())
        for start in range(0, len(missing), AT_ONCE):
            some = missing[start : start + AT_ONCE]
            items = [_Group(page, self._chosen(groups, page)) for page in some]
            for item, rows in engine.run(job, items):
                staging.put(item.page.number, rows)
                found[item.page.number] = rows
                done += _devices(rows)
                self.devices.progress(min(done, devices), devices)
        return [found[page.number] for page in pages]

    def _chosen(self, source: Source, page: Page) -> dict[str, tuple[str, ...]] | None:
        """Whom the index has each device of a group compared with."""
        if self.index is None:
            return None
        count, threads = max(CANDIDATES, 3 * self.k), self.devices.settings.threads
        share, index = self.alike.share, self.index
        return {
            str(each.device_id): tuple(index.candidates(each, count, share=share, threads=threads))
            for each in source.read(page)
            if len(each) >= self.alike.m
        }


@dataclass(frozen=True, slots=True)
class _Group:
    """Some devices, and whom each is compared with; None: with all."""

    page: Page
    chosen: dict[str, tuple[str, ...]] | None


@dataclass(frozen=True, slots=True)
class _Job:
    """The devices of a group compared with those of every page, for an engine.

    Args:
        groups: reads a group.
        everyone: reads a page of the others.
        pages: all of them.
        alike: how devices are compared.
        k: how many for each.
    """

    groups: Source
    everyone: Source
    pages: tuple[Page, ...]
    alike: Alike
    k: int

    def load(self, item: _Group) -> tuple[_Group, FleetSeries]:
        """Read the group."""
        return item, self.groups.read(item.page)

    def work(self, loaded: tuple[_Group, FleetSeries], how: Kernels) -> pa.Table:
        """Find the k nearest of each device in the group."""
        item, group = loaded
        found: dict[str, _Nearest] = {str(name): [] for name in group.device_ids}
        for page in self.pages:
            others = self.everyone.read(page)
            for each in group:
                if len(each) >= self.alike.m:
                    name = str(each.device_id)
                    chosen = None if item.chosen is None else frozenset(item.chosen[name])
                    nearest = self._nearest(each, others, chosen, how)
                    found[name] = sorted(found[name] + nearest)[: self.k]
        return _rows(found)

    def _nearest(
        self, series: Series, others: FleetSeries, chosen: Collection[str] | None, how: Kernels
    ) -> "_Nearest":
        """The k nearest of these others: distances and names."""
        names = others.device_ids
        if chosen is not None:
            places = [place for place, name in enumerate(names) if name in chosen]
            others = chosen_devices(others, places)
            names = others.device_ids
        kernels = {**self.alike.arguments(), "threads": how.threads, "simd": how.simd}
        distances = device_distances(series, others, self.alike.m, **kernels)
        distances[[place for place, name in enumerate(names) if name == series.device_id]] = np.inf
        order = np.argsort(distances, kind="stable")[: self.k].tolist()
        return [(float(distances[at]), names[at]) for at in order if distances[at] < np.inf]


def _devices(rows: pa.Table) -> int:
    return len(rows["device_id"].unique())


_Nearest = list[tuple[float, str]]


def _rows(found: Mapping[str, "_Nearest"]) -> pa.Table:
    """A row for each device and one that is like it, the nearest first."""
    rows = [
        (rank, device, neighbor, distance)
        for device, nearest in found.items()
        for rank, (distance, neighbor) in enumerate(nearest, 1)
    ]
    columns: list[Any] = list(zip(*rows, strict=True)) if rows else [[]] * len(_COLUMNS)
    named = zip(_COLUMNS.items(), columns, strict=True)
    return pa.table({name: pa.array(column, kind) for (name, kind), column in named})


_COLUMNS: dict[str, pa.DataType] = {
    "rank": pa.int64(),
    "device_id": pa.string(),
    "neighbor_device_id": pa.string(),
    "distance": pa.float64(),
}


def _written(
    devices: Devices, snapshot: int, alike: Alike, rows: pa.Table, where: tuple[str, str | None]
) -> None:
    into, device = where
    keep(devices.tables, into, rows, _origin(devices, snapshot, alike, device))


def _origin(devices: Devices, snapshot: int, alike: Alike, device: str | None) -> Origin:
    """What is asked: how the answer is found, and for how many each, are no part of it."""
    chosen = {**devices.selection.arguments(), **alike.arguments(), "device": device}
    chosen.pop("as_of")
    if devices.step is not None:
        chosen["step"] = devices.step.total_seconds()
    said = {name: value for name, value in chosen.items() if value is not None}
    return Origin("similarity", devices.table, snapshot, (devices.signal,), int(alike.m), said)
