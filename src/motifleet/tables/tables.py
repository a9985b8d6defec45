"""The tables of an installation: the one object that the other rooms hold."""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from datetime import datetime
from types import TracebackType
from typing import TypeAlias, TypeVar

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from pyiceberg.catalog import Catalog
from pyiceberg.exceptions import TableAlreadyExistsError
from pyiceberg.table import Table

from motifleet.config import Settings, prepare_home
from motifleet.errors import TableExistsError, UnknownTableError
from motifleet.tables.append import append_batch
from motifleet.tables.catalog import check_table_name, load_table, open_catalog, table_names
from motifleet.tables.commit import Target
from motifleet.tables.describe import describe, summarise
from motifleet.tables.devices import MAX_ROWS, ByDevice
from motifleet.tables.failures import translated
from motifleet.tables.keys import holds_keys
from motifleet.tables.replace import replace_part
from motifleet.tables.scan import device_names, read, read_batches
from motifleet.tables.schema import iceberg_schema, partitioning, sort_order
from motifleet.tables.selection import Selection
from motifleet.tables.snapshots import find_snapshot, list_snapshots
from motifleet.tables.turns import Turns
from motifleet.tables.values import Appended, SnapshotInfo, TableDescription, TableInfo

Names: TypeAlias = Sequence[str]
Moment: TypeAlias = datetime | str
AsOf: TypeAlias = int | str | datetime
Part = TypeVar("Part")

_PROPERTIES = {
    "write.parquet.compression-codec": "zstd",
    # Small row groups, so that the rows of one device can be read without those of its neighbours.
    "write.parquet.row-group-limit": "65536",
    # Each commit writes the whole metadata anew; without this the files of all commits would stay.
    "write.metadata.delete-after-commit.enabled": "true",
    "write.metadata.previous-versions-max": "100",
}


def open_tables(settings: Settings) -> "Tables":
    """Open the catalog of an installation, and make it when it is not there.

    Args:
        settings: with ``catalog`` empty, an SQLite catalog and local files in the home folder,
            readable by their owner alone; else a PyIceberg catalog with these properties.

    Raises:
        SettingsError: the home folder cannot be used.
        CatalogError: the catalog cannot be opened.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as home, open_tables(Settings(home=home)) as tables:
    ...     tables.list()
    []
    """
    catalog = open_catalog(settings)
    lock_file = None if settings.catalog else prepare_home(settings) / "catalog.lock"
    return Tables(catalog, settings.namespace, Turns(lock_file))


class Tables:
    """Every table of one namespace of a catalog.

    Safe to use from several threads, and from several processes that each open their own. Every
    method opens the table anew and so sees what others committed before it was called.

    >>> import tempfile
    >>> from datetime import UTC, datetime
    >>> time = pa.array([datetime(2023, 12, 1, 1, minute, tzinfo=UTC) for minute in (0, 1)])
    >>> batch = pa.table({"device_id": ["truck-7"] * 2, "event_ts": time, "speed": [48.5, 61.0]})
    >>> with tempfile.TemporaryDirectory() as home, open_tables(Settings(home=home)) as tables:
    ...     first = tables.append("fleet", batch, batch_id="2023-12-01")
    ...     again = tables.append("fleet", batch, batch_id="2023-12-01")
    ...     fast = tables.scan("fleet", columns=["speed"], where="speed > 50")
    >>> first.rows, again.already, fast["speed"].to_pylist()
    (2, True, [61.0])
    """

    def __init__(self, catalog: Catalog, namespace: str, turns: Turns) -> None:
        self._catalog = catalog
        self._namespace = namespace
        self._turns = turns

    def __enter__(self) -> "Tables":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the catalog's connections."""
        self._catalog.close()

    def create(self, name: str, schema: pa.Schema, *, parts: str | None = None) -> None:
        """Make an empty table.

        Args:
            name: lower-case letters, digits and underscores, a letter first.
            schema: its columns. With ``device_id`` and ``event_ts`` the table holds reports: it is
                partitioned by day and by 16 buckets of devices and sorted by device and time.
            parts: a column to partition by instead, for :meth:`replace`.

        Raises:
            TableExistsError: there is one of that name.
            InvalidArgumentError: the name or a column's type is none that tables have.
        """
        check_table_name(name)
        columns = iceberg_schema(schema)
        with translated(f"create table {name!r}"):
            try:
                self._catalog.create_table(
                    (self._namespace, name),
                    columns,
                    partition_spec=partitioning(columns, parts),
                    sort_order=sort_order(columns),
                    properties=_PROPERTIES,
                )
            except TableAlreadyExistsError:
                raise TableExistsError(
                    f"expected a new name, got {name!r}, which is a table already; append to it"
                ) from None

    def append(
        self,
        name: str,
        data: pa.Table | pa.RecordBatch,
        *,
        batch_id: str | None = None,
        create: bool = True,
    ) -> Appended:
        """Land a batch: whole or not at all, and once however often it is tried.

        Other writers may append at the same time. A column that the table lacks is added to it, a
        column that the batch lacks is null in its rows. Rows are sorted by device and time.

        Args:
            name: the table's name.
            data: the rows; in a table of reports each has a device and a time.
            batch_id: the batch's name; the same name again changes nothing. None: a new one.
            create: make the table when there is none of that name.

        Raises:
            UnknownTableError: there is no such table, with ``create`` false.
            SchemaConflictError: a column is of another type in the table.
            InvalidArgumentError: a column has a type that tables do not hold, or a report lacks its
                device or time.
            StorageError: the disk is full, or other writers were quicker for a whole minute; the
                table is as it was before, and the files written for the batch are removed.
        """
        batch = pa.Table.from_batches([data]) if isinstance(data, pa.RecordBatch) else data
        if create:
            self._create_if_missing(name, batch.schema)
        with translated(f"append to table {name!r}"):
            return append_batch(self._target(name), batch, batch_id)

    def replace(self, name: str, data: pa.Table, *, column: str, value: str) -> Appended:
        """Put rows in the place of those with a value in a column, in one commit.

        Readers see the old rows or the new ones, never both and never none. The table is made when
        there is none of that name, and is partitioned by the column. What it held before stays in
        its earlier snapshots.

        Args:
            name: the table's name.
            data: the new rows, each with the value; there may be none.
            column: the column that says which rows belong together.
            value: which of them are replaced.

        Raises:
            SchemaConflictError: there is such a table and it is not made of such parts, or a
                column is of another type in it.
            InvalidArgumentError: a row has another value, or a type that tables do not hold.
            StorageError: as for :meth:`append`.
        """
        self._create_if_missing(name, data.schema, column)
        with translated(f"replace a part of table {name!r}"):
            return replace_part(self._target(name), data, column, value)

    def scan(
        self,
        name: str,
        *,
        columns: Names | None = None,
        devices: Names | None = None,
        start: Moment | None = None,
        end: Moment | None = None,
        where: str | None = None,
        as_of: AsOf | None = None,
        limit: int | None = None,
    ) -> pa.Table:
        """Read rows into memory, in no particular order across files.

        Args:
            name: the table's name.
            columns: which ones, in which order; None: all.
            devices: reports of these devices only.
            start: the first time, itself included: a datetime or ISO 8601, UTC without a zone.
            end: the end of the time range, itself excluded.
            where: a filter such as "speed > 80 and (tank_level < 10 or tank_level is null)".
            as_of: the table as of a snapshot's id, or as it was at a time.
            limit: at most so many rows.

        Raises:
            UnknownTableError: there is no such table.
            UnknownColumnError: there is no such column in that snapshot.
            UnknownDeviceError: a named device is not in the table.
            UnknownSnapshotError: there is no such snapshot.
            InvalidArgumentError: a time or the filter is not understood.
        """
        selection = Selection(columns, devices, start, end, where, as_of, limit)
        with translated(f"read table {name!r}"):
            return read(self._load(name), selection)

    def scan_batches(
        self,
        name: str,
        *,
        columns: Names | None = None,
        devices: Names | None = None,
        start: Moment | None = None,
        end: Moment | None = None,
        where: str | None = None,
        as_of: AsOf | None = None,
        limit: int | None = None,
    ) -> Iterator[pa.RecordBatch]:
        """Read rows in batches: data files of some 500,000 rows, or one, are in memory at a time.

        Takes and raises what :meth:`scan` does; what is wrong with the request is raised by the
        call itself, before the first batch. All batches come from the same snapshot.
        """
        selection = Selection(columns, devices, start, end, where, as_of, limit)
        with translated(f"read table {name!r}"):
            batches = read_batches(self._load(name), selection)
        return _guarded(name, batches)

    def by_device(
        self,
        name: str,
        *,
        columns: Names | None = None,
        devices: Names | None = None,
        start: Moment | None = None,
        end: Moment | None = None,
        where: str | None = None,
        as_of: AsOf | None = None,
        max_rows: int = MAX_ROWS,
    ) -> Iterator[pa.Table]:
        """Read groups of whole devices, each group sorted by device and time.

        Every device with a row in the selection is in exactly one group. ``device_id`` and
        ``event_ts`` are the first two columns where columns are named. Otherwise takes and raises
        what :meth:`scan` does.

        Args:
            name: the name of a table of reports.
            columns: the signals and labels wanted.
            devices: see :meth:`scan`, like the next four.
            start: the first time.
            end: the end of the time range.
            where: a filter.
            as_of: a snapshot or a time.
            max_rows: rows of a group at most; a device with more is a group of its own.
        """
        selection = Selection(columns, devices, start, end, where, as_of)
        with translated(f"read table {name!r}"):
            reader = ByDevice(self._load(name), selection)
            pages = reader.pages(max_rows)
        groups = map(reader.plain, pages)
        return (group for group in groups if group.num_rows)

    def reader(
        self,
        name: str,
        *,
        columns: Names | None = None,
        devices: Names | None = None,
        start: Moment | None = None,
        end: Moment | None = None,
        where: str | None = None,
        as_of: AsOf | None = None,
    ) -> ByDevice:
        """Plan what :meth:`by_device` reads, for reading page by page in whatever order.

        Takes and raises what :meth:`scan` does.
        """
        selection = Selection(columns, devices, start, end, where, as_of)
        with translated(f"read table {name!r}"):
            return ByDevice(self._load(name), selection)

    def devices(
        self,
        name: str,
        *,
        start: Moment | None = None,
        end: Moment | None = None,
        where: str | None = None,
        as_of: AsOf | None = None,
    ) -> "list[str]":
        """List the devices that have a report in the selection, sorted; see :meth:`scan`."""
        selection = Selection(start=start, end=end, where=where, as_of=as_of)
        with translated(f"read table {name!r}"):
            return device_names(self._load(name), selection)

    def contains(
        self, name: str, keys: pa.Table, *, as_of: AsOf | None = None
    ) -> NDArray[np.bool_]:
        """Tell which reports the table holds already, by device and time.

        Args:
            name: the table's name.
            keys: columns ``device_id`` and ``event_ts``.
            as_of: the table as of a snapshot's id, or as it was at a time.

        Returns:
            shape (rows of keys,). Only data files whose time range meets that of the keys are read,
            so that new reports cost nothing.
        """
        with translated(f"read table {name!r}"):
            return holds_keys(self._load(name), keys, as_of)

    def describe(self, name: str) -> TableDescription:
        """Describe columns, partitioning, sizes and times of a table, from its metadata alone."""
        with translated(f"read table {name!r}"):
            return describe(self._load(name))

    def snapshots(self, name: str) -> "list[SnapshotInfo]":
        """List all snapshots of a table, the oldest first."""
        return list_snapshots(self._load(name))

    def snapshot(self, name: str, as_of: AsOf | None = None) -> SnapshotInfo:
        """Tell of one snapshot of a table: the one that a scan as of then would read.

        Args:
            name: the table's name.
            as_of: a snapshot's id, or a time; None: the newest.

        Raises:
            UnknownTableError: there is no such table.
            UnknownSnapshotError: there is no such snapshot, or none at all yet.
        """
        return find_snapshot(self._load(name), as_of)

    def list(self) -> "list[TableInfo]":
        """List all tables, by name."""
        names = table_names(self._catalog, self._namespace)
        return [summarise(self._load(name)) for name in names]

    def _load(self, name: str) -> Table:
        return load_table(self._catalog, self._namespace, name)

    def _target(self, name: str) -> Target:
        return Target(name, lambda: self._load(name), self._turns)

    def _create_if_missing(self, name: str, schema: pa.Schema, parts: str | None = None) -> None:
        try:
            self._load(name)
        except UnknownTableError:
            with suppress(TableExistsError):  # another writer was quicker
                self.create(name, schema, parts=parts)


def _guarded(name: str, parts: Iterator[Part]) -> Iterator[Part]:
    with translated(f"read table {name!r}"):
        yield from parts
