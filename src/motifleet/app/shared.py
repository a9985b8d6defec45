"""Motifs that many devices of a table share: an engine compares groups of devices."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import pyarrow as pa

import motifleet
from motifleet.app.files import is_file
from motifleet.app.groups import Source, in_groups
from motifleet.app.keeping import keep
from motifleet.app.progress import Progress
from motifleet.app.search import Reports, origin_of
from motifleet.app.staging import Staging
from motifleet.config import Settings, prepare_home
from motifleet.engines import Engine, Kernels
from motifleet.errors import InvalidArgumentError
from motifleet.matrixprofile import (
    SharedAsked,
    SharedMotif,
    SharedSearch,
    SharedStep,
    shared_motifs,
)
from motifleet.tables import Page, Tables
from motifleet.types import FleetSeries

Item = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class SharedMotifs:
    """The question of a home what many devices share.

    Args:
        settings: of the installation.
        tables: its tables.
        engine: who does the work.
        progress: told the number of devices that are as good as done.
    """

    settings: Settings
    tables: Tables
    engine: Engine
    progress: Progress

    def run(self, reports: Reports, asked: SharedAsked, into: str | None) -> list[SharedMotif]:
        """Find the motifs; write every occurrence to a result table where one is named."""
        if is_file(reports.table):
            return self._in_file(reports, asked, into)
        snapshot, pinned = reports.pinned(self.tables)
        fleet = Groups(*in_groups(self.settings, self.tables, pinned), self.engine)
        how = self.settings.threads, self.settings.simd
        if into is None:
            return SharedSearch(asked, fleet, how, self.progress).run()
        home, version = prepare_home(self.settings), motifleet.__version__
        staging = Staging.of(home, version, pinned, asked, self.settings.page_rows)
        found = SharedSearch(asked, fleet, how, self.progress, staging.within).run()
        said = asdict(asked)
        del said["m"], said["k"]
        origin = origin_of(pinned, snapshot, "shared-motifs", asked.m, said)
        keep(self.tables, into, _rows(found), origin)
        staging.clear()
        return found

    def _in_file(self, reports: Reports, asked: SharedAsked, into: str | None) -> list[SharedMotif]:
        if into is not None:
            raise InvalidArgumentError(
                f"expected a table whose findings go into {into!r}, got the file {reports.table}: "
                "import it into a table first, so that findings lead back to a snapshot"
            )
        (fleet,) = reports.of_file().values()
        threads, simd = self.settings.threads, self.settings.simd
        return shared_motifs(
            fleet,
            asked.m,
            min_devices=asked.min_devices,
            k=asked.k,
            max_distance=asked.max_distance,
            constant=asked.constant,
            threads=threads,
            simd=simd,
        )


class Groups:
    """The groups of devices of a table, and what an engine does with them.

    Args:
        source: reads a group.
        pages: the groups.
        engine: who does the work.
    """

    def __init__(self, source: Source, pages: Sequence[Page], engine: Engine) -> None:
        self._source, self._pages, self._engine = source, pages, engine

    @property
    def groups(self) -> int:
        """How many groups there are."""
        return len(self._pages)

    def run(self, step: SharedStep, items: Sequence[Item]) -> Iterator[tuple[Item, pa.Table]]:
        """Do a step for some groups, or pairs of them."""
        asked = [Choice(item, tuple(self._pages[number] for number in item)) for item in items]
        for choice, rows in self._engine.run(StepJob(self._source, step), asked):
            yield choice.item, rows


@dataclass(frozen=True, slots=True)
class Choice:
    """Some groups: their numbers, and the pages that they are."""

    item: Item
    pages: tuple[Page, ...]


@dataclass(frozen=True, slots=True)
class StepJob:
    """A step of the search, for an engine."""

    source: Source
    step: SharedStep

    def load(self, item: Choice) -> tuple[Item, list[FleetSeries]]:
        """Read the groups."""
        return item.item, [self.source.read(page) for page in item.pages]

    def work(self, loaded: tuple[Item, list[FleetSeries]], how: Kernels) -> pa.Table:
        """Do the step."""
        item, groups = loaded
        return self.step.find(item, groups, (how.threads, how.simd))


def _rows(found: Sequence[SharedMotif]) -> pa.Table:
    """A row for each occurrence; the rank is that of the motif."""
    rows = [
        (rank, motif, each) for rank, motif in enumerate(found, 1) for each in motif.occurrences
    ]
    moment = pa.timestamp("us", tz="UTC")
    columns: dict[str, tuple[list[Any], pa.DataType]] = {
        "rank": ([rank for rank, _, _ in rows], pa.int64()),
        "device_id": ([each.device_id for *_, each in rows], pa.string()),
        "index": ([each.index for *_, each in rows], pa.int64()),
        "event_ts": ([each.event_ts for *_, each in rows], moment),
        "distance": ([each.distance for *_, each in rows], pa.float64()),
        "devices": ([motif.devices for _, motif, _ in rows], pa.int64()),
        "radius": ([motif.radius for _, motif, _ in rows], pa.float64()),
        "reach": ([motif.reach for _, motif, _ in rows], pa.float64()),
    }
    return pa.table({name: pa.array(values, kind) for name, (values, kind) in columns.items()})
