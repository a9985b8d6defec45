"""The page Tables: schema, snapshots, rows as of any of them, and files that land."""

from functools import partial
from typing import Any

from nicegui import ui

from motifleet.tables import SnapshotInfo, TableDescription
from motifleet.web.page import Page
from motifleet.web.parts import card, column, empty, facts, listing, way
from motifleet.web.upload import Uploading
from motifleet.web.visit import PREFIX, Visit, address
from motifleet.web.work import thread, worked

_PREVIEW = 100
_UNITS = ("B", "kB", "MB", "GB", "TB")


async def build(visit: Visit) -> None:
    """Fill the page."""
    table = visit.asked.get("table")
    if table:
        await TableView(visit, table).build()
        return
    known = await thread(visit.fleet.tables.list)
    if visit.may("table.write"):
        with card("Import a file", "wide"):
            Uploading(visit, [each.name for each in known])
    if not known:
        empty(
            "table_chart",
            "No table yet",
            "Upload a file of reports above, or simulate a fleet.",
            "motifleet telemetry simulate fleet --table fleet",
        )
        return
    rows = [
        {
            "id": each.name,
            "name": each.name,
            "rows": f"{each.rows:,}",
            "snapshots": each.snapshots,
            "committed": visit.local(each.last_commit),
            "committed_utc": visit.utc(each.last_commit),
            "_link": PREFIX + address("/tables", {"table": each.name}),
        }
        for each in known
    ]
    columns = [
        column("name", "table", kind="link"),
        column("rows", kind="number", sortable=False),
        column("snapshots", kind="number"),
        column("committed", "last commit", kind="time"),
    ]
    with card("All tables", "wide"):
        listing(columns, rows, title="Tables")


class TableView:
    """One table, as it is now or was.

    Args:
        visit: whose page it is on.
        table: its name.
    """

    def __init__(self, visit: Visit, table: str) -> None:
        self.visit, self.table = visit, table
        told = visit.asked.get("snapshot", "")
        self.snapshot = int(told) if told.isdigit() else None
        self.where = visit.asked.get("where", "")

    async def build(self) -> None:
        """Fill the page."""
        tables = self.visit.fleet.tables
        described = await thread(tables.describe, self.table)
        snapshots = await thread(tables.snapshots, self.table)
        with ui.element("div").classes("tools"):
            ui.label(self.table).classes("heading device-name").props("role=heading aria-level=2")
            way("all tables", "/tables")
            way("on the map", address("/fleet", {"table": self.table}))
        _facts(self.visit, described, len(snapshots))
        with ui.element("div").classes("columns"):
            with card("Columns", "third"):
                _schema(described)
            with card("Snapshots, the newest first", "two-thirds"):
                self._snapshots(snapshots)
            with card("Rows", "wide"):
                self._tools(snapshots)
                self.place = ui.element("div").props('data-part="rows"')
        await self._read()

    def _snapshots(self, snapshots: list[SnapshotInfo]) -> None:
        if not snapshots:
            empty("history", "No snapshot yet", "Append to the table first.")
            return
        rows = [
            {
                "id": str(each.id),
                "snapshot": str(each.id),
                "committed": self.visit.local(each.committed_at),
                "committed_utc": self.visit.utc(each.committed_at),
                "operation": each.operation,
                "added": f"{each.added_rows:,}",
                "total": f"{each.total_rows:,}",
                "batch": each.batch_id or "",
                "_link": PREFIX + address("/tables", {"table": self.table, "snapshot": each.id}),
            }
            for each in reversed(snapshots)
        ]
        columns = [
            column("committed", kind="time"),
            column("snapshot", kind="link"),
            column("operation"),
            column("added", kind="number", sortable=False),
            column("total", kind="number", sortable=False),
            column("batch"),
        ]
        listing(columns, rows, title="Snapshots", size=8)

    def _tools(self, snapshots: list[SnapshotInfo]) -> None:
        known: dict[Any, str] = {"": "now"}
        for each in reversed(snapshots):
            at = self.visit.local(each.committed_at)
            known[str(each.id)] = f"{at}: {each.total_rows:,} rows"
        value = str(self.snapshot) if self.snapshot else ""
        with ui.element("div").classes("tools"):
            ui.select(
                known, value=value if value in known else "", label="as of", on_change=self._turned
            ).props("outlined dense")
            ui.input(
                "filter", value=self.where, placeholder="speed > 80", on_change=self._filtered
            ).props("outlined dense clearable debounce=600").classes("grow")

    async def _turned(self, event: Any) -> None:
        self.snapshot = int(event.value) if event.value else None
        await self._read()

    async def _filtered(self, event: Any) -> None:
        self.where = event.value or ""
        await self._read()

    async def _read(self) -> None:
        self.visit.remember(table=self.table, snapshot=self.snapshot, where=self.where or None)
        read = partial(
            self.visit.fleet.tables.scan,
            self.table,
            as_of=self.snapshot,
            where=self.where or None,
            limit=_PREVIEW,
        )
        found = await worked(self.place, "Reading rows …", lambda _: read())
        if found is None or self.place.is_deleted:
            return
        with self.place:
            if not found.num_rows:
                empty("filter_alt_off", "No row", "Choose another snapshot or filter.")
                return
            rows = [self._row(number, row) for number, row in enumerate(found.to_pylist())]
            kinds = {each.name: each for each in found.schema}
            columns = [column(name, kind=_kind(str(kinds[name].type))) for name in kinds]
            ui.label(f"the first {len(rows):,} rows").classes("quiet")
            listing(columns, rows, title="Rows", key="_row")

    def _row(self, number: int, row: dict[str, Any]) -> dict[str, Any]:
        shown: dict[str, Any] = {"_row": number}
        for name, value in row.items():
            if hasattr(value, "tzinfo"):
                shown[name], shown[f"{name}_utc"] = self.visit.local(value), self.visit.utc(value)
            elif isinstance(value, float):
                shown[name] = float(f"{value:.6g}") if value == value else None  # noqa: PLR0124
            elif value is None or isinstance(value, bool | int | str):
                shown[name] = value
            else:
                shown[name] = str(value)
        return shown


def _kind(arrow: str) -> str:
    if arrow.startswith("timestamp"):
        return "time"
    return "number" if arrow.startswith(("double", "float", "int", "uint")) else "text"


def _facts(visit: Visit, described: TableDescription, snapshots: int) -> None:
    size, unit = float(described.bytes), 0
    while size >= 1000 and unit < len(_UNITS) - 1:
        size, unit = size / 1000, unit + 1
    told = [
        ("rows", f"{described.rows:,}", f"{snapshots:,} snapshots"),
        ("files", f"{described.files:,}", f"{size:,.1f} {_UNITS[unit]}"),
        ("partitioned by", ", ".join(described.partitioning) or "nothing", ""),
    ]
    if described.first_report is not None:
        span = f"to {visit.local(described.last_report)[:16]}"
        told.append(("reports from", visit.local(described.first_report)[:16], span))
    facts(told)


def _schema(described: TableDescription) -> None:
    rows = [
        {"id": each.name, "column": each.name, "type": each.type, "role": each.role}
        for each in described.columns
    ]
    listing([column("column"), column("type"), column("role")], rows, title="Columns", size=50)


PAGE = Page("Tables", "table_chart", "/tables", "table.read", build)
