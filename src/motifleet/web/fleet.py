"""The page Fleet: where the devices are now, which they are, and how they do."""

from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import Any

from nicegui import ui

from motifleet.app import ALERT, NO_ALERT, Alert, DrawnFences, Present, alerted
from motifleet.web.alert_list import AlertList, project_for, rules_of
from motifleet.web.fences import Fencing
from motifleet.web.maps import MapView
from motifleet.web.page import Page
from motifleet.web.parts import Rows, Text, Wanted, card, column, empty, facts, paged
from motifleet.web.visit import PREFIX, Visit, address
from motifleet.web.work import thread, worked

ALL = "all"
SILENT_HOURS = 24
MOST_KINDS = 8
_LABELS, _SIGNALS = 3, 3
_QUIET_EVENTS = ("ok", "system ok", "normal", "none", "")


async def build(visit: Visit) -> None:
    """Fill the page."""
    tables = await thread(visit.house.report_tables)
    if not tables:
        empty(
            "local_shipping",
            "No telemetry yet",
            "Land a file of reports under Tables, or simulate a fleet, then come back.",
            "motifleet telemetry simulate fleet --table fleet",
            "motifleet telemetry import reports.csv --table fleet",
        )
        return
    table = visit.asked.get("table", tables[0])
    place = ui.element("div").classes("page-body")
    await _opened(visit, place, tables, table)


async def _opened(visit: Visit, place: Any, tables: list[str], table: str) -> None:
    """Read a table and show its devices."""
    work = partial(visit.house.present, table)
    present = await worked(place, f"Reading the newest reports of {table} …", work)
    if present is None or place.is_deleted:
        return
    rules = await rules_of(visit, table)
    now = await thread(alerted, present, [each.rule for each in rules])

    async def turned(table: str) -> None:
        await _opened(visit, place, tables, table)

    with place:
        await FleetView(visit, now, rules).build(tables, turned)


class FleetView:
    """The devices of a table on a map and in a list, some of them where filters say so.

    Args:
        visit: whose page it is on.
        present: the devices.
        rules: the alert rules that watch the table.
    """

    def __init__(self, visit: Visit, present: Present, rules: Sequence[Alert] = ()) -> None:
        self.visit, self.present, self.rules = visit, present, rules
        labels = present.labels
        plain = [name for name in labels if name != ALERT]
        self.usual = "event_type" if "event_type" in labels else next(iter(plain), None)
        asked = visit.asked.get("color")
        self.color = asked if asked in labels else self.usual
        self.cells = {"hexagons": True, "devices": False}.get(visit.asked.get("draw", ""))
        self.search = visit.asked.get("search", "")
        self.event = visit.asked.get("event", ALL)
        self.silent = visit.asked.get("silent") == "yes"

    async def build(self, tables: list[str], turned: Callable[[str], Awaitable[None]]) -> None:
        """Fill the page; what is turned to is another table, or the same anew."""
        self.turned = turned
        self._facts()
        self._tools(tables)
        with ui.element("div").classes("columns"):
            with card("Where they are", "two-thirds"):
                may = self.visit.may("table.write")
                self.map = MapView(self.visit, "Devices where they were last", drawing=may)
                self._map_tools()
            with ui.element("div").classes("third page-body"):
                self._kinds()
                alerts = card("Alerts")
                with card("Geofences"):
                    self.fencing = Fencing(self.visit, self.present, self.map, self._draw)
            with card("Devices", "wide"):
                self.rows = ui.element("div")
        self._listed()
        await self._draw(fit=True)
        with alerts:
            await self._alerts()

    @property
    def chosen(self) -> Present:
        """The devices that the filters let through."""
        label = None if self.event == ALL or self.color is None else (self.color, self.event)
        hours = SILENT_HOURS if self.silent else None
        return self.present.only(search=self.search, label=label, silent_hours=hours)

    def _facts(self) -> None:
        present, visit = self.present, self.visit
        silent = len(present.only(silent_hours=SILENT_HOURS))
        newest = present.newest
        told = [
            ("devices", f"{len(present):,}", ""),
            ("reports", f"{present.reports:,}", f"table {present.table}"),
            ("silent", f"{silent:,}", f"{SILENT_HOURS} h behind the newest report"),
            ("newest report", visit.local(newest)[:16], visit.utc(newest)),
        ]
        if self.usual:
            counts = present.counts(self.usual)
            loud = [each for each in counts if each[0].lower() not in _QUIET_EVENTS]
            words = ", ".join(f"{count:,} {name.replace('_', ' ')}" for name, count in loud[:3])
            number = sum(count for _, count in loud)
            what = "not ok" if self.usual == "event_type" else self.usual.replace("_", " ")
            told.append((what, f"{number:,}", words))
        if ALERT in present.labels:
            beyond = [each for each in present.counts(ALERT) if each[0] != NO_ALERT]
            number = sum(count for _, count in beyond)
            told.append(("alert", f"{number:,}", ", ".join(name for name, _ in beyond[:3])))
        facts(told)

    def _map_tools(self) -> None:
        """What colours the devices, whether they are counted, and whether streets are below."""
        labels = self.present.labels
        with ui.element("div").classes("tools"):
            if self.color and len(labels) > 1:
                named = {name: name.replace("_", " ") for name in labels}
                ui.select(
                    named, value=self.color, label="colour by", on_change=self._colored
                ).props("outlined dense")
            drawn = {None: "automatic", True: "hexagons", False: "devices"}
            ui.select(drawn, value=self.cells, label="draw", on_change=self._counted).props(
                "outlined dense"
            )
            ui.switch("streets", on_change=lambda event: self.map.tiles(event.value)).props(
                "dense"
            ).tooltip("asks openstreetmap.org for tiles")
            self.remark = ui.label("").classes("quiet")

    async def _colored(self, event: Any) -> None:
        self.visit.remember(table=self.present.table, color=event.value, event=None)
        await self.turned(self.present.table)

    async def _counted(self, event: Any) -> None:
        self.cells = event.value
        told = {True: "hexagons", False: "devices"}.get(event.value)
        self.visit.remember(table=self.present.table, draw=told)
        await self._draw()

    async def _alerts(self) -> None:
        table = self.present.table
        project = await thread(project_for, self.visit)
        again = partial(self.turned, table)
        await AlertList(self.visit, table, project, table=True, changed=again).build()

    async def _another(self, event: Any) -> None:
        self.visit.remember(table=event.value, search=None, event=None, color=None)
        await self.turned(event.value)

    def _kinds(self) -> None:
        """How many devices have which value of the label that colours them; a click chooses it."""
        if self.color is None:
            return
        counts = self.present.counts(self.color)[:MOST_KINDS]
        most = max((count for _, count in counts), default=1)
        with card(f"By {self.color.replace('_', ' ')}"), ui.element("ul").classes("bars"):
            for name, count in counts:
                with ui.element("li"), ui.element("button").classes("bar-line") as button:
                    Text("span", name.replace("_", " "))
                    Text("span", f"{count:,}").classes("quiet")
                    ui.element("i").style(f"width: {100 * count / most:.1f}%")
                button.on("click", partial(self._choose, name))

    def _choose(self, name: str) -> None:
        self.events.value = ALL if self.events.value == name else name

    def _tools(self, tables: list[str]) -> None:
        with ui.element("div").classes("tools").props('role=search aria-label="Choose devices"'):
            known = sorted({*tables, self.present.table})
            ui.select(
                known, value=self.present.table, label="table", on_change=self._another
            ).props("outlined dense")
            ui.input(
                "search devices", value=self.search, on_change=partial(self._filtered, "search")
            ).props("outlined dense clearable debounce=300").classes("grow")
            if self.color:
                names = {name: f"{name} ({n:,})" for name, n in self.present.counts(self.color)}
                value = self.event if self.event in names else ALL
                self.event = value
                self.events = ui.select(
                    {ALL: "all", **names},
                    value=value,
                    label=self.color.replace("_", " "),
                    on_change=partial(self._filtered, "event"),
                ).props("outlined dense")
            ui.switch("silent only", value=self.silent, on_change=partial(self._filtered, "silent"))

    async def _filtered(self, name: str, event: Any) -> None:
        setattr(self, name, event.value or (False if name == "silent" else ""))
        kept = None if self.event == ALL else self.event
        silent = "yes" if self.silent else None
        self.visit.remember(table=self.present.table, search=self.search, event=kept, silent=silent)
        self._listed()
        await self._draw(fit=False)

    async def _draw(self, *, fit: bool = False) -> None:
        fences = DrawnFences(self.visit.desk).all()
        drawing = await thread(partial(self.chosen.map, self.color, fences, cells=self.cells))
        self.remark.text = "; ".join(drawing.remarks)
        await self.map.show(drawing, self.present.table, fit=fit)

    def _listed(self) -> None:
        self.rows.clear()
        chosen = self.chosen
        with self.rows:
            if not len(chosen):
                empty("filter_alt_off", "No device fits", "Change the search or the filters above.")
                return
            paged(
                _columns(chosen),
                partial(_page, self.visit, chosen),
                title="Devices",
                key="device_id",
                sort="device_id",
            )


def _columns(present: Present) -> list[dict[str, Any]]:
    return [
        column("device_id", "device", kind="link"),
        column("event_ts", "newest report", kind="time"),
        *(column(name) for name in present.labels[:_LABELS]),
        column("reports", kind="number"),
        *(column(name, kind="number") for name in present.signals[:_SIGNALS]),
    ]


def _page(visit: Visit, present: Present, wanted: Wanted) -> Rows:
    """Some rows of the list, as they are shown."""
    rows = present.rows
    if wanted.sort in rows.column_names:
        rows = rows.sort_by([(wanted.sort, "descending" if wanted.descending else "ascending")])
    shown = rows.slice(wanted.offset, wanted.count).to_pylist()
    for row in shown:
        asked = {"table": present.table, "device": row["device_id"]}
        row["_link"] = PREFIX + address("/device", asked)
        at = row["event_ts"]
        row["event_ts"], row["event_ts_utc"] = visit.local(at), visit.utc(at)
        row["first_ts"] = visit.local(row["first_ts"])
        for name in present.signals:
            row[name] = None if row[name] is None else float(f"{row[name]:.5g}")
    return shown, rows.num_rows


PAGE = Page("Fleet", "map", "/fleet", "table.read", build)
