"""Motifs that many devices of a table share, a group of devices at a time."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import pyarrow as pa

import motifleet
from motifleet.app.files import is_file
from motifleet.app.keeping import keep
from motifleet.app.progress import Progress
from motifleet.app.search import Reports, origin_of
from motifleet.app.staging import Staging
from motifleet.config import Settings, prepare_home
from motifleet.errors import InvalidArgumentError
from motifleet.matrixprofile import SharedAsked, SharedMotif, SharedSearch
from motifleet.tables import Tables
from motifleet.types import FleetSeries


def find_shared(
    tables: Tables,
    settings: Settings,
    reports: Reports,
    asked: SharedAsked,
    *,
    into: str | None,
    progress: Progress,
) -> list[SharedMotif]:
    """Find the motifs; write every occurrence to a result table where one is named."""
    how = settings.threads, settings.simd
    if is_file(reports.table):
        if into is not None:
            raise InvalidArgumentError(
                f"expected a table whose findings go into {into!r}, got the file {reports.table}: "
                "import it into a table first, so that findings lead back to a snapshot"
            )
        (fleet,) = reports.of_file().values()
        return SharedSearch(asked, lambda: iter([fleet]), how, progress).run()
    snapshot, pinned = reports.pinned(tables)
    groups = _groups(tables, settings, pinned)
    if into is None or snapshot is None:
        return SharedSearch(asked, groups, how, progress).run()
    home, version = prepare_home(settings), motifleet.__version__
    staging = Staging.of(home, version, pinned, asked, settings.page_rows)
    found = SharedSearch(asked, groups, how, progress, staging.within).run()
    said = {
        "min_devices": asked.min_devices,
        "max_distance": asked.max_distance,
        "constant": asked.constant,
    }
    keep(tables, into, _rows(found), origin_of(pinned, snapshot, "shared-motifs", asked.m, said))
    staging.clear()
    return found


def _groups(
    tables: Tables, settings: Settings, reports: Reports
) -> Callable[[], Iterator[FleetSeries]]:
    """What reads the groups of devices; a single group stays in memory."""
    reader = reports.reader(tables)
    pages = reader.pages(settings.page_rows)
    held: list[FleetSeries] = []

    def read() -> Iterator[FleetSeries]:
        if held:
            yield from held
            return
        for page in pages:
            (group,) = reports.laid_out(reader.read(page)).values()
            if len(pages) == 1:
                held.append(group)
            yield group

    return read


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
