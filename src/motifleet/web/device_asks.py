"""What is asked of one device: where else a stretch of it is in the fleet, and who is like it."""

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Any

import numpy as np
from nicegui import ui

from motifleet.app import Progress, Selection, overlay_figure
from motifleet.errors import InvalidArgumentError
from motifleet.matrixprofile import Match
from motifleet.web.parts import column, empty, listing
from motifleet.web.plots import Plot
from motifleet.web.visit import Visit, device_link
from motifleet.web.work import worked

_MOST, _DRAWN = 12, 5
_SHORTEST = 3


class Asking:
    """The questions beside a device's signal.

    Args:
        visit: whose page it is on.
        table: the table's name.
        device: the device's name.
    """

    def __init__(self, visit: Visit, table: str, device: str) -> None:
        self.visit, self.table, self.device = visit, table, device
        self.signal, self.span = "", ("", "")
        with ui.element("div").classes("tools"):
            ui.label("Select a stretch of the signal with the mouse, or type it:").classes("quiet")
        with ui.element("div").classes("tools"):
            self.first = ui.input("from").props("outlined dense").classes("moment")
            self.last = ui.input("until").props("outlined dense").classes("moment")
            ui.button("Find it in the fleet", icon="search", on_click=self._typed).props(
                "no-caps unelevated"
            )
        self.place = ui.element("div").props('data-part="matches"')

    async def stretch(self, signal: str, first: datetime, last: datetime) -> None:
        """Find windows like a stretch of the device's signal, all over the fleet."""
        self.signal = signal
        self.first.value = self.visit.local(first)
        self.last.value = self.visit.local(last)
        await self._find(signal, first, last)

    async def _typed(self) -> None:
        first, last = (self.visit.moment(each.value or "") for each in (self.first, self.last))
        await self._find(self.visit.asked.get("signal") or self.signal, first, last)

    async def _find(self, signal: str, first: datetime, last: datetime) -> None:
        work = partial(self._matches, signal, first, last)
        found = await worked(self.place, "Asking every device …", work)
        if found is None or self.place.is_deleted:
            return
        pattern, matches, windows = found
        with self.place:
            show_matches(self.visit, self.table, signal, matches)
            if matches:
                Plot(self.visit, overlay_figure(pattern, windows), "the pattern and its matches")

    def _matches(
        self, signal: str, first: datetime, last: datetime, progress: Progress
    ) -> tuple[Any, list[Match], list[tuple[str, Any]]]:
        fleet = self.visit.fleet
        mine = Selection(devices=(self.device,), start=first, end=last)
        pattern = fleet.series(self.table, self.device, signal, selection=mine).values
        if len(pattern) < _SHORTEST:
            raise InvalidArgumentError(
                f"expected a stretch of at least {_SHORTEST} reports, got {len(pattern)}: "
                "select a longer one"
            )
        found = fleet.match(pattern, self.table, signal, k=_MOST, progress=progress)
        return pattern, found, windows_of(self.visit, self.table, signal, found[:_DRAWN])

    def alike_tools(self, chosen: Callable[[], tuple[str, int]]) -> None:
        """The question who behaves like this device."""
        place = ui.element("div").props('data-part="alike"')

        async def ask() -> None:
            signal, m = chosen()
            work = partial(self._alike, signal, m)
            found = await worked(place, "Comparing devices …", work, "devices")
            if found is None or place.is_deleted:
                return
            rows = [
                {
                    "id": name,
                    "device": name,
                    "distance": f"{distance:.4g}",
                    "_link": device_link(self.table, name, signal, m),
                }
                for name, distance in found
            ]
            with place:
                columns = [column("device", kind="link"), column("distance", kind="number")]
                listing(columns, rows, title="Devices that behave alike")

        ui.button("Find devices like this one", icon="group", on_click=ask).props(
            "no-caps unelevated"
        )
        ui.label("by the shapes of this signal that they share (MPdist)").classes("quiet")

    def _alike(self, signal: str, m: int, progress: Progress) -> list[tuple[str, float]]:
        fleet = self.visit.fleet
        found = fleet.similar_devices(self.table, self.device, signal, m, k=8, progress=progress)
        return list(zip(found.device_ids, found.distances.tolist(), strict=True))


def windows_of(visit: Visit, table: str, signal: str, found: list[Match]) -> list[tuple[str, Any]]:
    """The values of matches, each with the name that a figure has it by."""
    told = []
    for each in found:
        device = str(each.device_id)
        values = visit.fleet.series(
            table, device, signal, selection=Selection(devices=(device,))
        ).values[each.index : each.index + each.m]
        if len(values) == each.m and np.isfinite(values).all():
            told.append((f"{device}, {visit.local(each.event_ts)[:16]}", values))
    return told


def show_matches(visit: Visit, table: str, signal: str, found: list[Match]) -> None:
    """Matches in a list, each with a link to where it is."""
    if not found:
        empty("search_off", "Nothing like it", "Choose a longer stretch, or another signal.")
        return
    rows = [
        {
            "id": str(rank),
            "device": str(each.device_id),
            "at": visit.local(each.event_ts),
            "at_utc": visit.utc(each.event_ts),
            "distance": f"{each.distance:.4g}",
            "_link": device_link(
                table, str(each.device_id), signal, each.m, at=visit.local(each.event_ts)
            ),
        }
        for rank, each in enumerate(found, 1)
    ]
    columns = [
        column("device", kind="link"),
        column("at", "begins", kind="time"),
        column("distance", kind="number"),
    ]
    listing(columns, rows, title=f"Windows of {signal} that are alike")
