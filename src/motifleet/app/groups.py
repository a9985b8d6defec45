"""A table's devices in groups, so that groups can be compared with one another."""

from motifleet.app.search import Reports
from motifleet.config import Settings
from motifleet.matrixprofile import SHARED_GROUPS
from motifleet.tables import ByDevice, Page, Tables, open_tables
from motifleet.types import FleetSeries

AT_A_TIME = 4
"""Groups in memory: the two that are compared, and the two that come next."""


class Source:
    """Reads groups of devices; where it is sent to, it opens the table anew.

    Args:
        settings: of the installation.
        reports: what to read.
        reader: the table as it is open here; None: it is opened when it is needed.
        held: groups that were read, where all of them fit into memory; None: they do not.
    """

    def __init__(
        self,
        settings: Settings,
        reports: Reports,
        reader: ByDevice | None = None,
        held: dict[int, FleetSeries] | None = None,
    ) -> None:
        self._settings, self._reports = settings, reports
        self._reader, self._held = reader, held

    def __reduce__(self) -> tuple[type["Source"], tuple[Settings, Reports]]:
        return Source, (self._settings, self._reports)

    def read(self, page: Page) -> FleetSeries:
        """Read a group and lay it out."""
        if self._held is not None and page.number in self._held:
            return self._held[page.number]
        if self._reader is None:
            self._reader = self._reports.reader(open_tables(self._settings))
        (group,) = self._reports.laid_out(self._reader.read(page)).values()
        if self._held is not None:
            self._held[page.number] = group
        return group


def in_groups(
    settings: Settings, tables: Tables, reports: Reports
) -> tuple[Source, tuple[Page, ...]]:
    """Plan groups so small that several are in memory, and that there are some dozens."""
    reader = reports.reader(tables)
    rows = sum(page.rows for page in reader.pages(settings.page_rows))
    most = min(settings.page_rows // AT_A_TIME, -(-rows // SHARED_GROUPS))
    return _planned(settings, reports, reader, max(most, 1))


def in_pages(
    settings: Settings, tables: Tables, reports: Reports
) -> tuple[Source, tuple[Page, ...]]:
    """Plan groups as large as one may be in memory."""
    return _planned(settings, reports, reports.reader(tables), settings.page_rows)


def _planned(
    settings: Settings, reports: Reports, reader: ByDevice, rows: int
) -> tuple[Source, tuple[Page, ...]]:
    pages = tuple(reader.pages(rows))
    few = sum(page.rows for page in pages) <= settings.page_rows
    return Source(settings, reports, reader, {} if few else None), pages
