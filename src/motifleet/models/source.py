"""The telemetry that a model is trained on: part of a table, at one snapshot."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2b
from importlib.metadata import version
from typing import Any

import pyarrow as pa

from motifleet.errors import InvalidArgumentError, UnknownColumnError
from motifleet.models.values import Lineage
from motifleet.tables import Tables
from motifleet.telemetry import DEVICE_ID, EVENT_TS, signals_of


@dataclass(frozen=True, slots=True)
class Source:
    """Part of a table.

    Args:
        tables: where the table is.
        table: its name.
        as_of: a snapshot's id or a time; None: the newest snapshot, whatever is appended meanwhile.
        devices: only these; None: all.
        start: only reports from this time on.
        end: only reports before this time.
        where: a filter over the columns, as in ``vibration > 0``.
    """

    tables: Tables
    table: str
    as_of: int | str | datetime | None = None
    devices: Sequence[str] | None = None
    start: str | datetime | None = None
    end: str | datetime | None = None
    where: str | None = None

    def pinned(self) -> "Source":
        """The same part of the table, at the snapshot that is meant now.

        Raises:
            UnknownTableError: there is no such table.
            UnknownSnapshotError: there is no such snapshot, or it has been expired.
        """
        snapshot = self.tables.snapshot(self.table, self.as_of)
        parts = {
            name: getattr(self, name)
            for name in ("tables", "table", "devices", "start", "end", "where")
        }
        return Source(**parts, as_of=snapshot.id)

    def lineage(self) -> Lineage:
        """Where the data comes from; see `Lineage`."""
        snapshot = self.tables.snapshot(self.table, self.as_of)
        return Lineage(
            table=self.table,
            snapshot_id=snapshot.id,
            committed_at=snapshot.committed_at.isoformat(),
            parent_id=snapshot.parent_id,
            rows=snapshot.total_rows,
            schema_hash=schema_hash(self.schema()),
            selection=self.selection,
            code_version=version("motifleet"),
        )

    @property
    def selection(self) -> str:
        """The part of the table in words; "" for all of it."""
        parts = {
            "devices": ", ".join(self.devices) if self.devices else None,
            "from": self.start,
            "before": self.end,
            "where": self.where,
        }
        return "; ".join(f"{name} {value}" for name, value in parts.items() if value is not None)

    def schema(self) -> pa.Schema:
        """The table's columns at the snapshot."""
        return self.tables.scan(self.table, as_of=self.as_of, limit=0).schema

    def signals(self, wanted: Sequence[str] | None, but: Sequence[str] = ()) -> list[str]:
        """Check the signals that are wanted; None: all of the table but some.

        Raises:
            UnknownColumnError: there is no such column.
            InvalidArgumentError: a column holds no numbers, or there are no signals at all.
        """
        schema = self.schema()
        known = [name for name in signals_of(schema) if name not in but]
        names = known if not wanted else list(dict.fromkeys(wanted))
        for name in names:
            if name not in schema.names:
                raise UnknownColumnError(name, known)
            if name not in signals_of(schema):
                raise InvalidArgumentError(
                    f"expected signals, which hold numbers, got the {schema.field(name).type} "
                    f"column {name!r}: the signals are {', '.join(known) or 'none'}"
                )
        if not names:
            raise InvalidArgumentError(f"expected a table with signals, got {self.table!r} without")
        return names

    def read(self, columns: Sequence[str]) -> pa.Table:
        """The reports' device, time and these columns, by device and time.

        Raises:
            InvalidArgumentError: there is no report at all.
        """
        wanted = list(dict.fromkeys([DEVICE_ID, EVENT_TS, *columns]))
        arguments: dict[str, Any] = {name: getattr(self, name) for name in _ARGUMENTS}
        rows = self.tables.scan(self.table, columns=wanted, **arguments)
        if not rows.num_rows:
            chosen = f" with {self.selection}" if self.selection else ""
            raise InvalidArgumentError(
                f"expected reports to learn from, got an empty table: {self.table!r}{chosen}"
            )
        return rows.sort_by([(DEVICE_ID, "ascending"), (EVENT_TS, "ascending")])


_ARGUMENTS = ("as_of", "devices", "start", "end", "where")


def schema_hash(schema: pa.Schema) -> str:
    """A short hash of the columns' names and types, in their order.

    >>> schema_hash(pa.schema({"speed": pa.float64()}))
    'f7fcebeb39ff2d54'
    """
    columns = "\n".join(f"{field.name}: {field.type}" for field in schema)
    return blake2b(columns.encode(), digest_size=8).hexdigest()
