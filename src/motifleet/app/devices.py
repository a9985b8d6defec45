"""Devices that behave alike: compared one by one, or chosen by an index kept in the home."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

from motifleet.app.files import file_channels, is_file
from motifleet.app.index_store import Indexed, IndexStore
from motifleet.app.progress import Progress, unseen
from motifleet.app.search import Reports
from motifleet.app.selection import Selection
from motifleet.config import Settings
from motifleet.errors import InvalidArgumentError, UnknownDeviceError
from motifleet.matrixprofile import (
    DeviceClusters,
    DeviceIndex,
    SimilarDevices,
    chosen_by_index,
    device_clusters,
    nearest_of,
    similar_devices,
)
from motifleet.tables import Tables
from motifleet.telemetry import fleet_series
from motifleet.types import FleetSeries, Series

EXACT = 2_000
"""Up to so many devices are compared one by one, unless it is said otherwise."""
CANDIDATES = 200
"""Devices that an index chooses, to be compared one by one."""
Note = Callable[[str], None]


def unsaid(text: str) -> None:
    """The remark that nobody reads."""


@dataclass(frozen=True, slots=True)
class Alike:
    """How devices of one signal are compared.

    Args:
        m: the window length, in reports.
        constant: whether windows count that hold one value for more than half their length.
        normalize: whether shapes are compared, or values as they are.
        share: which of the windows' distances counts.
    """

    m: int
    constant: bool = False
    normalize: bool = True
    share: float = 0.05

    def arguments(self) -> dict[str, Any]:
        """The arguments that the functions of the matrix profile take by name."""
        return {"constant": self.constant, "normalize": self.normalize, "share": self.share}


@dataclass(frozen=True, slots=True)
class Devices:
    """One signal of a table's, or a file's, devices.

    Args:
        tables: the home's tables.
        settings: threads and instruction set of the kernels, and where indexes are.
        table: the table's name, or a file of reports.
        signal: the signal's column.
        selection: which reports.
        step: the time between reports; None: each device's median.
        progress: told the number of devices done.
        note: told what a person should know.
        indexed_for: the selection that an index is kept for; None: this one.
    """

    tables: Tables
    settings: Settings
    table: str
    signal: str
    selection: Selection
    step: timedelta | None
    progress: Progress = unseen
    note: Note = unsaid
    indexed_for: Selection | None = None
    store: IndexStore = field(init=False)

    def __post_init__(self) -> None:
        if self.indexed_for is None:
            object.__setattr__(self, "indexed_for", self.selection)
        object.__setattr__(self, "store", IndexStore(self.settings.home))

    def similar(self, device: str, k: int, alike: Alike, exact: bool | None) -> SimilarDevices:
        """The k devices nearest to one; without a word on it, exact where there are few."""
        if is_file(self.table):
            fleet = self._read(self.selection)
            return self._compare(fleet[device], [fleet], len(fleet), k, alike)
        devices = self.names()
        if device not in devices:
            raise UnknownDeviceError(device, devices)
        series = self._read(self.selection.only(device))[device]
        if exact or (exact is None and len(devices) <= EXACT) or self.selection.devices:
            return self._compare(series, self._groups(), len(devices), k, alike)
        return self._by_index(series, devices, k, alike)

    def reports(self) -> Reports:
        """What is read of a table for them."""
        step = None if self.step is None else self.step.total_seconds()
        return Reports(self.table, (self.signal,), self.selection, step)

    def pinned(self) -> tuple[int, "Devices"]:
        """The table's snapshot, and these devices as of it.

        Raises:
            InvalidArgumentError: the table is a file.
            UnknownSnapshotError: it has no reports yet.
        """
        if is_file(self.table):
            raise InvalidArgumentError(
                f"expected a table whose similar devices are written to a result table, got the "
                f"file {self.table}: import it into a table first"
            )
        snapshot = self.tables.snapshot(self.table, self.selection.as_of).id
        selection = replace(self.selection, as_of=snapshot)
        return snapshot, replace(self, selection=selection, indexed_for=self.indexed_for)

    def clusters(self, alike: Alike, **how: Any) -> DeviceClusters:
        """The clusters of all devices; their signal is in memory."""
        fleet = self._read(self.selection)
        return device_clusters(
            fleet, alike.m, **alike.arguments(), progress=self.progress, **self.kernels(), **how
        )

    def index(self, alike: Alike, rebuild: bool) -> Indexed:
        """Build the index of all devices, or add those that it does not have yet."""
        if is_file(self.table):
            raise InvalidArgumentError(
                f"expected a table to index, got the file {self.table}: import it first"
            )
        if self.selection.devices:
            raise InvalidArgumentError("expected all devices for an index, got a choice of them")
        indexed = None if rebuild else self._stored(alike)
        now = self._snapshot()
        if indexed is None:
            index = DeviceIndex(alike.m, constant=alike.constant, normalize=alike.normalize)
            indexed = Indexed(index, now, now)
        missing = tuple(name for name in self.names() if name not in indexed.index)
        if missing:
            self._extend(indexed.index, missing)
        source = {**self._key(alike), "snapshot_id": indexed.snapshot_id}
        self.store.save(self._key(alike), indexed.index, source)
        return replace(indexed, current_id=now)

    def _compare(
        self,
        series: Series,
        groups: Iterable[FleetSeries],
        devices: int,
        k: int,
        alike: Alike,
    ) -> SimilarDevices:
        found, done = [], 0
        for group in groups:
            few = similar_devices(
                series, group, alike.m, k=k, **alike.arguments(), **self.kernels()
            )
            found.append(few)
            done += len(group)
            self.progress(done, devices)
        return nearest_of(found, k)

    def _by_index(self, series: Series, devices: list[str], k: int, alike: Alike) -> SimilarDevices:
        indexed = self._stored(alike)
        if indexed is None:
            self.note(f"{len(devices):,} devices: an index chooses which to compare; building it …")
            indexed = self.index(alike, rebuild=False)
        elif indexed.stale:
            self.note(
                f"the index is of snapshot {indexed.snapshot_id}, {self.table!r} has moved on "
                "since: `motifleet device index` adds new devices, with --rebuild new reports too"
            )
        index, threads = indexed.index, self.settings.threads
        names = index.candidates(series, max(CANDIDATES, 3 * k), share=alike.share, threads=threads)
        known = set(devices)
        chosen = tuple(name for name in names if name in known)
        if not chosen:
            raise InvalidArgumentError(
                f"expected windows of {series.device_id!r} to compare, got none that vary: "
                "choose another window length or signal"
            )
        few = self._read(replace(self.selection, devices=chosen))
        found = self._compare(series, [few], len(few), k, alike)
        return chosen_by_index(found, max(len(devices) - 1, found.compared))

    def fresh_index(self, alike: Alike, snapshot: int) -> DeviceIndex:
        """The index of these devices as of a snapshot; it is built where it is of another one."""
        indexed = self._stored(alike)
        if indexed is None or indexed.snapshot_id not in (None, snapshot):
            self.note("an index chooses which devices to compare; building it …")
            indexed = self.index(alike, rebuild=True)
        return indexed.index

    def _stored(self, alike: Alike) -> Indexed | None:
        index = self.store.load(self._key(alike))
        if index is None:
            return None
        built = index.source.get("snapshot_id")
        return Indexed(index, built if isinstance(built, int) else None, self._snapshot())

    def _extend(self, index: DeviceIndex, missing: tuple[str, ...]) -> None:
        before, total = len(index), len(index) + len(missing)
        wanted = replace(self.selection, devices=missing if before else None)
        for group in self._groups(wanted):
            index.extend(group, threads=self.settings.threads)
            self.progress(len(index), total)

    def _groups(self, selection: Selection | None = None) -> Iterator[FleetSeries]:
        arguments = (selection or self.selection).arguments()
        groups = self.tables.by_device(self.table, columns=[self.signal], **arguments)
        return (fleet_series(group, self.signal, step=self.step) for group in groups)

    def _read(self, selection: Selection) -> FleetSeries:
        if is_file(self.table):
            return file_channels(self.table, [self.signal], selection, self.step)[self.signal]
        columns = ["device_id", "event_ts", self.signal]
        reports = self.tables.scan(self.table, columns=columns, **selection.arguments())
        return fleet_series(reports, self.signal, step=self.step)

    def names(self) -> list[str]:
        """List the devices that are meant."""
        arguments = self.selection.arguments()
        named = arguments.pop("devices")
        return list(named or self.tables.devices(self.table, **arguments))

    def _snapshot(self) -> int | None:
        """The snapshot that is current; None where one is asked for, which never moves on."""
        if (self.indexed_for or self.selection).as_of is not None:
            return None
        snapshot = self.tables.describe(self.table).snapshot
        return None if snapshot is None else snapshot.id

    def _key(self, alike: Alike) -> dict[str, Any]:
        """What an index is for; another question has another index."""
        asked = self.indexed_for or self.selection
        chosen = replace(asked, devices=None).arguments()
        return {
            "table": self.table,
            "signal": self.signal,
            "m": int(alike.m),
            "constant": alike.constant,
            "normalize": alike.normalize,
            "step": None if self.step is None else self.step.total_seconds(),
            **{name: None if each is None else str(each) for name, each in chosen.items()},
        }

    def kernels(self) -> dict[str, Any]:
        """How kernels are run, as their functions take it."""
        return {"threads": self.settings.threads, "simd": self.settings.simd}
