"""The page Device: what is usual and unusual in its signals, its way, and who is like it."""

from dataclasses import dataclass, field
from functools import partial
from typing import Any

import numpy as np
from nicegui import ui
from nicegui.element import Element

from motifleet.app import Progress, Selection
from motifleet.errors import InvalidArgumentError
from motifleet.tables import TableDescription
from motifleet.web.device_alerts import show_alerts
from motifleet.web.device_asks import Asking
from motifleet.web.device_way import show_events, show_way
from motifleet.web.moments import local_axis
from motifleet.web.page import Page
from motifleet.web.parts import card, empty, facts, way
from motifleet.web.plots import Plot
from motifleet.web.visit import PREFIX, Visit, address, device_link
from motifleet.web.work import thread, worked

WINDOW, FOUND, MOST_FOUND = 60, 2, 10
_LONGEST = 400_000
_EXPECTED = "expected a device with reports, got {!r}: go to it from the page Fleet"


async def build(visit: Visit) -> None:
    """Fill the page."""
    table, device = visit.asked.get("table", ""), visit.asked.get("device", "")
    if not table or not device:
        empty("sensors", "No device is chosen", "Choose one on the page Fleet.")
        way("Go to Fleet", "/fleet")
        return
    described = await thread(visit.fleet.tables.describe, table)
    signals = [each.name for each in described.columns if each.role == "signal"]
    if not signals:
        empty("sensors_off", f"{table} has no signals", "Import reports with columns of numbers.")
        return
    await DeviceView(visit, described, device, signals).build()


@dataclass(slots=True)
class DeviceView:
    """One device of a table.

    Args:
        visit: whose page it is on.
        described: the table.
        device: its name.
        signals: the table's signals.
    """

    visit: Visit
    described: TableDescription
    device: str
    signals: list[str]
    signal: str = ""
    m: int = WINDOW
    asking: Asking | None = None
    mode: ui.toggle = field(init=False)
    _place: Element = field(init=False)

    def __post_init__(self) -> None:
        asked = self.visit.asked
        wanted = asked.get("signal", "")
        self.signal = wanted if wanted in self.signals else self.signals[0]
        told = asked.get("m", "")
        self.m = int(told) if told.isdigit() and 3 <= int(told) <= _LONGEST else WINDOW

    @property
    def table(self) -> str:
        """The table's name."""
        return self.described.name

    @property
    def selection(self) -> Selection:
        """The device's reports."""
        return Selection(devices=(self.device,))

    async def build(self) -> None:
        """Fill the page."""
        self._head()
        with card("Signal and matrix profile", "wide"):
            self._tools()
            self._place = ui.element("div")
        columns = ui.element("div").classes("columns")
        with columns:
            with card("Where else in the fleet?"):
                self.asking = Asking(self.visit, self.table, self.device)
            with card("Devices that behave alike"):
                alike = ui.element("div")
        await self._drawn()
        with alike:
            self.asking.alike_tools(lambda: (self.signal, self.m))
        with columns:
            positions = {each.role for each in self.described.columns}
            if "position" in positions:
                with card("Trips and stops", "wide"):
                    way_place = ui.element("div")
                await show_way(self.visit, self.table, self.selection, way_place)
            with card("Alerts", "wide"):
                await show_alerts(self.visit, self.table, self.selection)
            with card("Events", "wide"):
                events = ui.element("div")
            await show_events(self.visit, self.described, self.selection, events)

    def _head(self) -> None:
        with ui.element("div").classes("tools"):
            ui.label(self.device).classes("heading device-name").props("role=heading aria-level=2")
            way(f"table {self.table}", address("/fleet", {"table": self.table}))
            ui.space()
            other = ui.input("go to device").props("outlined dense")
            other.on("keydown.enter", lambda: self._go(other.value or ""))

    def _go(self, device: str) -> None:
        ui.navigate.to(
            device_link(self.table, device.strip(), self.signal, self.m).removeprefix(PREFIX)
        )

    def _tools(self) -> None:
        with ui.element("div").classes("tools"):
            ui.select(
                self.signals, value=self.signal, label="signal", on_change=self._changed
            ).bind_value(self, "signal").props("outlined dense")
            ui.number("window, in reports", value=self.m, min=3, step=1, precision=0).bind_value(
                self, "m", forward=lambda value: int(value or WINDOW)
            ).on("change", self._changed).props("outlined dense")
            self.mode = ui.toggle(
                {"select": "select a stretch", "zoom": "zoom"}, value="select"
            ).props("no-caps dense unelevated")

    async def _changed(self) -> None:
        self.visit.remember(table=self.table, device=self.device, signal=self.signal, m=self.m)
        await self._drawn()

    async def _drawn(self) -> None:
        """Draw the signal above its profile, its motifs and discords marked."""
        signal, m = self.signal, self.m
        work = partial(self._profiled, signal, m)
        found = await worked(self._place, f"Joining {signal} with itself …", work)
        if found is None or self._place.is_deleted:
            return
        figure, told, times = found
        with self._place:
            facts(told)
            plot = Plot(
                self.visit,
                figure,
                f"{signal} of {self.device} above its matrix profile",
                selected=self._selected,
                view=self._view(times),
            )
            self.mode.on_value_change(lambda event: plot.drag(event.value))
            if self.mode.value != "select":
                plot.drag(self.mode.value)

    def _view(self, times: Any) -> tuple[str, str] | None:
        """The stretch around the time that the address names."""
        told = self.visit.asked.get("at", "")
        if not told or len(times) < self.m + 2:
            return None
        step = (times[-1] - times[0]) / (len(times) - 1)
        at = np.datetime64(self.visit.moment(told).replace(tzinfo=None), "us")
        ends = np.array([at - 2 * self.m * step, at + 3 * self.m * step])
        first, last = local_axis(np.clip(ends, times[0], times[-1]), self.visit.zone)
        return str(first).replace("T", " "), str(last).replace("T", " ")

    def _profiled(self, signal: str, m: int, progress: Progress) -> tuple[Any, Any, Any]:
        fleet = self.visit.fleet
        profiles = fleet.profile(self.table, signal, m, selection=self.selection)
        if self.device not in profiles.fleet.device_ids:
            raise InvalidArgumentError(_EXPECTED.format(self.device))
        profile = profiles[self.device]
        progress(len(profile))
        figure = profile.plot(motifs=FOUND, discords=FOUND)
        motifs, discords = profile.motifs(1), profile.discords(1)
        values = profile.series.values
        told = [
            ("reports", f"{len(values):,}", f"window of {m}"),
            ("closest motif", _distance(motifs), self._when(motifs)),
            ("farthest discord", _distance(discords), self._when(discords)),
        ]
        return figure, told, profile.series.event_ts

    def _when(self, found: Any) -> str:
        return self.visit.local(found[0].event_ts) if found else "none"

    async def _selected(self, first: Any, last: Any) -> None:
        if self.asking is not None:
            await self.asking.stretch(self.signal, first, last)


def _distance(found: Any) -> str:
    return f"{found[0].distance:.3g}" if found else "–"


PAGE = Page("Device", "sensors", "/device", "table.read", build, listed=False)
