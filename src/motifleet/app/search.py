"""A search over a table: pages of whole devices, done by an engine, put together and kept."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any, TypeAlias

import numpy as np
import pyarrow as pa

import motifleet
from motifleet.app.files import file_channels, is_file
from motifleet.app.keeping import keep
from motifleet.app.origin import Origin
from motifleet.app.progress import Progress, unseen
from motifleet.app.selection import Selection
from motifleet.app.staging import Staging
from motifleet.app.tasks import Channels, Task
from motifleet.config import Settings, prepare_home
from motifleet.engines import Engine, Kernels
from motifleet.errors import InvalidArgumentError
from motifleet.tables import ByDevice, Page, Tables, open_tables
from motifleet.telemetry import fleet_channels
from motifleet.types import Floats

Pattern: TypeAlias = Floats | Sequence[float] | Sequence[Sequence[float]]

_LONGEST = b"motifleet.longest-series"


@dataclass(frozen=True, slots=True)
class Reports:
    """Signals of the reports of a table, laid out at equal steps.

    Args:
        table: the table's name, or a file of reports.
        signals: the signals' columns.
        selection: which reports.
        step: seconds between reports; None: each device's median.
    """

    table: str
    signals: tuple[str, ...]
    selection: Selection
    step: float | None

    def laid_out(self, reports: pa.Table) -> Channels:
        """Lay reports out at equal steps."""
        return fleet_channels(reports, self.signals, step=seconds(self.step))

    def of_file(self) -> Channels:
        """Lay the reports of a file out."""
        return file_channels(self.table, self.signals, self.selection, seconds(self.step))

    def pinned(self, tables: Tables) -> "tuple[int, Reports]":
        """The table's snapshot, and these reports as of it.

        Raises:
            UnknownSnapshotError: the table has none yet.
        """
        snapshot = tables.snapshot(self.table, self.selection.as_of).id
        return snapshot, replace(self, selection=replace(self.selection, as_of=snapshot))

    def reader(self, tables: Tables) -> ByDevice:
        """Plan how the table is read, page by page."""
        columns = list(self.signals)
        return tables.reader(self.table, columns=columns, **self.selection.arguments())


class PageJob:
    """A task for each page of a table; where it is sent to, it opens the table anew.

    Args:
        settings: of the installation.
        reports: what to read.
        task: what to find.
        reader: the table as it is open here; None: it is opened when it is needed.
    """

    def __init__(
        self, settings: Settings, reports: Reports, task: Task, reader: ByDevice | None = None
    ) -> None:
        self._settings, self._reports, self._task = settings, reports, task
        self._reader = reader

    def __reduce__(self) -> tuple[type["PageJob"], tuple[Settings, Reports, Task]]:
        return PageJob, (self._settings, self._reports, self._task)

    def load(self, item: Page) -> Channels:
        """Read a page and lay it out."""
        if self._reader is None:
            self._reader = self._reports.reader(open_tables(self._settings))
        return self._reports.laid_out(self._reader.read(item))

    def work(self, loaded: Channels, how: Kernels) -> pa.Table:
        """Find what there is in a page; the length of its longest series goes along."""
        return found_in(self._task, loaded, how)


def found_in(task: Task, channels: Channels, how: Kernels) -> pa.Table:
    """Do a task, and note how long the longest series was."""
    fleet = next(iter(channels.values()))
    longest = int(np.diff(fleet.offsets).max(initial=0))
    rows = task.find(channels, how)
    return rows.replace_schema_metadata({_LONGEST: str(longest).encode()})


@dataclass(frozen=True, slots=True)
class Search:
    """A task over reports, by an engine.

    Args:
        settings: of the installation.
        tables: its tables.
        engine: who does the work.
        progress: told the number of reports done.
    """

    settings: Settings
    tables: Tables
    engine: Engine
    progress: Progress = unseen

    def run(self, reports: Reports, task: Task, into: str | None = None) -> pa.Table:
        """Find the best of all devices, a row for each; write them to a table where one is named.

        Raises:
            InvalidArgumentError: no device has m reports; or findings of a file are to be kept.
        """
        if is_file(reports.table):
            return self._in_file(reports, task, into)
        snapshot, pinned = reports.pinned(self.tables)
        if into is None:
            return self._answer(pinned, task, Staging(None))
        rows_at_a_time = self.settings.page_rows
        home, version = prepare_home(self.settings), motifleet.__version__
        staging = Staging.of(home, version, pinned, task, rows_at_a_time)
        rows = self._answer(pinned, task, staging)
        keep(self.tables, into, rows, origin(pinned, task, snapshot))
        staging.clear()
        return rows

    def _in_file(self, reports: Reports, task: Task, into: str | None) -> pa.Table:
        if into is not None:
            raise InvalidArgumentError(
                f"expected a table whose findings go into {into!r}, got the file {reports.table}: "
                "import it into a table first, so that findings lead back to a snapshot"
            )
        how = Kernels(self.settings.threads, self.settings.simd)
        return task.answer(_checked(reports, task.m, [found_in(task, reports.of_file(), how)]))

    def _answer(self, reports: Reports, task: Task, staging: Staging) -> pa.Table:
        """Do the task and those that follow from what it found, until there is an answer."""
        reader = reports.reader(self.tables)
        pages = reader.pages(self.settings.page_rows)
        step, number = task, 0
        while True:
            job = PageJob(self.settings, reports, step, reader)
            found = self._parts(job, pages, staging.within(f"step-{number}"))
            parts = _checked(reports, task.m, found)
            following = step.following(parts)
            if following is None:
                return step.answer(parts)
            step, number = following, number + 1

    def _parts(self, job: PageJob, pages: Sequence[Page], staging: Staging) -> list[pa.Table]:
        found = staging.finished()
        total = sum(page.rows for page in pages)
        done = sum(page.rows for page in pages if page.number in found)
        self.progress(done, total)
        left = [page for page in pages if page.number not in found]
        for page, rows in self.engine.run(job, left):
            staging.put(page.number, rows)
            found[page.number] = rows
            done += page.rows
            self.progress(done, total)
        return [found[page.number] for page in pages]


def origin(reports: Reports, task: Task, snapshot: int) -> Origin:
    """Say what was asked, of which snapshot."""
    return origin_of(reports, snapshot, task.noun, task.m, task.parameters())


def origin_of(
    reports: Reports, snapshot: int, noun: str, m: int, parameters: Mapping[str, Any]
) -> Origin:
    """Say what was asked of the reports of a snapshot, beside which of them."""
    chosen = {**reports.selection.arguments(), "step": reports.step, **parameters}
    chosen.pop("as_of")
    said = {name: value for name, value in chosen.items() if value is not None}
    return Origin(noun, reports.table, snapshot, reports.signals, m, said)


def _checked(reports: Reports, m: int, parts: Sequence[pa.Table]) -> list[pa.Table]:
    """What was found in each page; an error if no device of any had m values."""
    longest = max((int((part.schema.metadata or {})[_LONGEST]) for part in parts), default=0)
    if longest < m:
        raise InvalidArgumentError(_too_short(reports, m, longest))
    return [part.replace_schema_metadata(None) for part in parts]


def _too_short(reports: Reports, m: int, longest: int) -> str:
    names = ", ".join(map(repr, reports.signals))
    if longest == 0:
        return f"expected values of {names}, got none: every report that is chosen lacks it (NaN)"
    return (
        f"expected a window of at most {longest} reports, the longest series of {names} there is, "
        f"got {m}"
    )


def seconds(step: float | None) -> timedelta | None:
    """Make a step of seconds.

    Raises:
        InvalidArgumentError: it is out of its bounds.
    """
    if step is None:
        return None
    if not _SHORTEST_STEP <= step <= _LONGEST_STEP:
        raise InvalidArgumentError(
            f"expected a step from {_SHORTEST_STEP} to {_LONGEST_STEP:,.0f} seconds, got {step}"
        )
    return timedelta(seconds=step)


_SHORTEST_STEP, _LONGEST_STEP = 1e-6, 366 * 86_400.0


def pattern_of(pattern: Pattern, signals: tuple[str, ...]) -> tuple[tuple[float, ...], ...]:
    """The pattern of each signal.

    Raises:
        InvalidArgumentError: there are not as many as signals, or they are no numbers.
    """
    try:
        values = np.atleast_2d(np.asarray(pattern, np.float64))
    except (TypeError, ValueError) as error:
        raise InvalidArgumentError(
            f"expected a pattern of numbers, equally many for each signal: {error}"
        ) from None
    if values.ndim != 2 or len(values) != len(signals):
        raise InvalidArgumentError(
            f"expected a pattern of each of {', '.join(signals)}, got shape {values.shape}"
        )
    return tuple(tuple(row) for row in values.tolist())


def signals_of(signal: str | Sequence[str]) -> tuple[str, ...]:
    """The signals that are named, one or more.

    Raises:
        InvalidArgumentError: there is none, or one is named twice.
    """
    names = (signal,) if isinstance(signal, str) else tuple(signal)
    if not names or len(set(names)) < len(names):
        raise InvalidArgumentError(f"expected different signals, at least one, got {signal!r}")
    return names
