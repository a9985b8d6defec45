"""The fleet's reports in Apache Iceberg tables.

A table is a folder of Parquet files and a history of snapshots; a catalog says which snapshot is
the newest. :func:`open_tables` opens the catalog of an installation, :class:`Tables` does the rest:
appends batches so that each lands whole and once, whoever else writes and whatever is killed in
between; replaces a part of a table in one commit; scans by columns, devices, time and signal
filter, as of now or of any snapshot; goes through a fleet device by device in bounded memory; and
tells what it knows of its tables.

Any Iceberg client can open the tables. This room is the one importer of PyIceberg.
"""

from motifleet.tables.devices import ByDevice, Page
from motifleet.tables.tables import Tables, open_tables
from motifleet.tables.times import parse_time
from motifleet.tables.values import (
    Appended,
    ColumnInfo,
    Role,
    SnapshotInfo,
    TableDescription,
    TableInfo,
)

__all__ = [
    "Appended",
    "ByDevice",
    "ColumnInfo",
    "Page",
    "Role",
    "SnapshotInfo",
    "TableDescription",
    "TableInfo",
    "Tables",
    "open_tables",
    "parse_time",
]
