"""The page Patterns: search by drawing or numbers, discords of the fleet, motifs it shares."""

from collections.abc import Sequence
from functools import partial
from typing import Any

import numpy as np
from nicegui import ui

from motifleet.app import Progress, overlay_figure, parse_pattern
from motifleet.matrixprofile import Match, SharedMotif
from motifleet.web.device_asks import show_matches, windows_of
from motifleet.web.page import Page
from motifleet.web.parts import card, column, empty, heading, listing
from motifleet.web.plots import Plot
from motifleet.web.visit import Visit, device_link
from motifleet.web.work import thread, worked

_WINDOW, _MOST, _DRAWN = 60, 20, 6
_EXAMPLE = "54, 53, 52, 51"


async def build(visit: Visit) -> None:
    """Fill the page."""
    tables = await thread(visit.house.report_tables)
    if not tables:
        empty("query_stats", "No telemetry yet", "Import a file of reports under Tables first.")
        return
    view = PatternsView(visit, tables)
    await view.build()


class PatternsView:
    """Questions about the shapes of a table's signal.

    Args:
        visit: whose page it is on.
        tables: those with reports.
    """

    def __init__(self, visit: Visit, tables: Sequence[str]) -> None:
        self.visit, self.tables = visit, tables
        asked = visit.asked.get("table", "")
        self.table = asked if asked in tables else tables[0]
        self.signals: list[str] = []
        self.signal = visit.asked.get("signal", "")
        told = visit.asked.get("m", "")
        self.m = int(told) if told.isdigit() else _WINDOW

    async def build(self) -> None:
        """Fill the page."""
        await self._look_up()
        with ui.element("div").classes("tools"):
            ui.select(
                list(self.tables), value=self.table, label="table", on_change=self._turned
            ).props("outlined dense")
            self.choice = ui.select(
                self.signals, value=self.signal, label="signal", on_change=self._chosen
            ).props("outlined dense")
        with ui.element("div").classes("columns"):
            with card("Have you seen this pattern?", "wide"):
                self._search()
            with card("Unlike anything in the fleet"):
                self._discords()
            with card("What many devices share"):
                self._shared()
        if self.visit.asked.get("values"):
            await self._find()

    async def _look_up(self) -> None:
        described = await thread(self.visit.fleet.tables.describe, self.table)
        self.signals = [each.name for each in described.columns if each.role == "signal"]
        if self.signal not in self.signals:
            self.signal = self.signals[0] if self.signals else ""

    async def _turned(self, event: Any) -> None:
        self.table = event.value
        await self._look_up()
        self.choice.set_options(self.signals, value=self.signal)
        self._remember()

    def _chosen(self, event: Any) -> None:
        self.signal = event.value or ""
        self._remember()

    def _remember(self) -> None:
        values = {"values": self.numbers.value or None}
        self.visit.remember(table=self.table, signal=self.signal, m=self.m, **values)

    def _search(self) -> None:
        with ui.element("div").classes("columns"):
            with ui.element("div"):
                heading("Draw it", 3)
                self._sketch()
            with ui.element("div"):
                heading("or type it", 3)
                self.numbers = (
                    ui.textarea(
                        "values, in equal steps",
                        value=self.visit.asked.get("values", ""),
                        placeholder=_EXAMPLE,
                    )
                    .props("outlined dense autogrow")
                    .classes("numbers")
                )
                ui.label(
                    "or select a stretch of a device's signal, on the page of the device"
                ).classes("quiet")
                ui.button("Find it in the fleet", icon="search", on_click=self._find).props(
                    "no-caps unelevated"
                )
        self.matches = ui.element("div").props('data-part="matches"')

    def _sketch(self) -> None:
        with ui.element("div").classes("tools"):
            self.points = ui.number("reports", value=self.m, min=4, max=2000, precision=0).props(
                "outlined dense"
            )
        box = (
            ui.element("svg")
            .classes("sketch")
            .props(
                'role=img aria-label="Draw a pattern from left to right; or type it beside this"'
            )
        )
        with box:
            ui.element("path")
        count = f"() => getElement({self.points.id})?.modelValue || {_WINDOW}"
        ui.run_javascript(f"page.sketch('{box.html_id}', {count})")
        ui.on("sketched", self._sketched)

    async def _sketched(self, event: Any) -> None:
        wanted = int(self.points.value or _WINDOW)
        drawn = np.asarray(event.args, np.float64)
        steps = np.linspace(0, len(drawn) - 1, wanted)
        values = np.interp(steps, np.arange(len(drawn)), drawn)
        self.numbers.value = ", ".join(f"{each:.4g}" for each in values)
        await self._find()

    async def _find(self) -> None:
        pattern = parse_pattern(self.numbers.value or "")
        self._remember()
        found = await worked(self.matches, "Asking every device …", partial(self._matches, pattern))
        if found is None or self.matches.is_deleted:
            return
        matches, windows = found
        with self.matches:
            show_matches(self.visit, self.table, self.signal, matches)
            if matches:
                Plot(self.visit, overlay_figure(pattern, windows), "the pattern and its matches")

    def _matches(self, pattern: Any, progress: Progress) -> tuple[list[Match], Any]:
        fleet = self.visit.fleet
        found = fleet.match(pattern, self.table, self.signal, k=_MOST, progress=progress)
        return found, windows_of(self.visit, self.table, self.signal, found[:_DRAWN])

    def _discords(self) -> None:
        ui.label("Windows that are far from every window of every other device.").classes("quiet")
        place = ui.element("div")

        async def ask() -> None:
            self._remember()
            work = partial(self._farthest, int(window.value or _WINDOW))
            found = await worked(place, "Comparing each device with all others …", work)
            if found is None or place.is_deleted:
                return
            with place:
                self._show_discords(found)

        with ui.element("div").classes("tools"):
            window = self._window()
            ui.button("Rank discords", icon="troubleshoot", on_click=ask).props(
                "no-caps unelevated"
            )
        place.move(target_index=-1)

    def _farthest(self, m: int, progress: Progress) -> list[Any]:
        found = self.visit.fleet.discords(
            self.table, self.signal, m, against="fleet", k=_MOST, each=2, progress=progress
        )
        return list(found)

    def _show_discords(self, found: list[Any]) -> None:
        rows = [
            {
                "id": str(rank),
                "rank": rank,
                "device": str(each.device_id),
                "at": self.visit.local(each.event_ts),
                "at_utc": self.visit.utc(each.event_ts),
                "distance": f"{each.distance:.4g}",
                "nearest": str(each.neighbor_device_id),
                "_link": self._at(each),
            }
            for rank, each in enumerate(found, 1)
        ]
        columns = [
            column("rank", kind="number"),
            column("device", kind="link"),
            column("at", "begins", kind="time"),
            column("distance", kind="number"),
            column("nearest", "least unlike"),
        ]
        listing(columns, rows, title="Discords of the fleet, the farthest first")

    def _shared(self) -> None:
        ui.label("Shapes that many devices have one like, wherever they are.").classes("quiet")
        place = ui.element("div")

        async def ask() -> None:
            self._remember()
            m, least = int(window.value or _WINDOW), float(share.value or 50) / 100
            found = await worked(
                place, "Looking for shared shapes …", partial(self._common, m, least), "devices"
            )
            if found is None or place.is_deleted:
                return
            with place:
                self._show_shared(found)

        with ui.element("div").classes("tools"):
            window = self._window()
            share = ui.number("% of devices", value=50, min=5, max=100).props("outlined dense")
            ui.button("Find shared motifs", icon="hub", on_click=ask).props("no-caps unelevated")
        place.move(target_index=-1)

    def _common(self, m: int, least: float, progress: Progress) -> list[SharedMotif]:
        fleet = self.visit.fleet
        return fleet.shared_motifs(
            self.table, self.signal, m, min_devices=min(max(least, 0.01), 1.0), progress=progress
        )

    def _show_shared(self, found: list[SharedMotif]) -> None:
        if not found:
            empty(
                "hub", "Nothing that so many share", "Ask for fewer devices, or a shorter window."
            )
        for number, motif in enumerate(found, 1):
            heading(
                f"{number}. {motif.devices:,} devices, {len(motif):,} occurrences, "
                f"radius {motif.radius:.3g}",
                3,
            )
            show_matches(self.visit, self.table, self.signal, list(motif.occurrences[:_MOST]))

    def _window(self) -> ui.number:
        return ui.number("window, in reports", value=self.m, min=3, precision=0).props(
            "outlined dense"
        )

    def _at(self, found: Any) -> str:
        at = self.visit.local(found.event_ts)
        return device_link(self.table, str(found.device_id), self.signal, found.m, at=at)


PAGE = Page("Patterns", "query_stats", "/patterns", "table.read", build)
