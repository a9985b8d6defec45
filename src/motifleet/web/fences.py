"""Geofences beside the map: drawn, named, listed with who is in them, and removed."""

from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

from nicegui import ui

from motifleet.app import DrawnFences, Present
from motifleet.web.maps import MapView, as_wkt
from motifleet.web.parts import Text, quoted
from motifleet.web.visit import Visit
from motifleet.web.work import thread


class Fencing:
    """The fences of a home beside a map of devices.

    Args:
        visit: whose page it is on.
        present: the devices that may be in them.
        map_view: where they are drawn.
        redraw: draws the map anew.
    """

    def __init__(
        self,
        visit: Visit,
        present: Present,
        map_view: MapView,
        redraw: Callable[[], Awaitable[None]],
    ) -> None:
        self.visit, self.present, self.redraw = visit, present, redraw
        self.may = visit.may("table.write")
        map_view.element.on("draw:created", self._drawn)
        self.place = ui.element("div")
        if self.may:
            ui.button("New geofence", icon="add", on_click=lambda: self._ask("")).props(
                "outline dense no-caps"
            )
            ui.label("or draw one with the tools at the map's left edge").classes("quiet")
        ui.timer(0, self._listed, once=True)

    async def _listed(self) -> None:
        fences = DrawnFences(self.visit.desk).all()
        inside = {} if fences is None else await thread(self.present.inside, fences)
        self.place.clear()
        with self.place:
            if fences is None:
                ui.label("None yet.").classes("quiet")
                return
            with ui.element("ul").classes("plain-list"):
                for name in sorted(fences.names):
                    self._line(name, inside.get(name, 0))

    def _line(self, name: str, inside: int) -> None:
        with ui.element("li"):
            Text("span", name)
            Text("span", f"{inside:,} devices").classes("quiet")
            if self.may:
                ui.button(icon="delete", on_click=partial(self._remove, name)).props(
                    f'flat round dense size=sm aria-label="Remove {quoted(name)}"'
                )

    async def _drawn(self, event: Any) -> None:
        ring = event.args["layer"]["_latlngs"][0]
        self._ask(as_wkt(ring))

    def _ask(self, shape: str) -> None:
        """Ask for the fence's name; and for its corners, where it was not drawn."""

        async def keep() -> None:
            fences = DrawnFences(self.visit.desk)
            await thread(fences.add, name.value or "", corners.value or "")
            dialog.close()
            ui.notify(f"Geofence {name.value} is kept", type="positive")
            await self._changed()

        with ui.dialog() as dialog, ui.card().classes("ask"):
            ui.label("New geofence").classes("heading level-2").props("role=heading aria-level=2")
            name = ui.input("name").props("outlined dense autofocus maxlength=100")
            corners = ui.textarea(
                "polygon as well-known text, longitude first",
                value=shape,
                placeholder="POLYGON ((-93.7 41.5, -93.5 41.5, -93.5 41.7, -93.7 41.5))",
            ).props("outlined dense autogrow")
            with ui.element("div").classes("tools"):
                ui.button("Keep", on_click=keep).props("no-caps unelevated")
                ui.button("Cancel", on_click=dialog.close).props("no-caps flat")
        dialog.open()

    async def _remove(self, name: str) -> None:
        await thread(DrawnFences(self.visit.desk).remove, name)
        ui.notify(f"Geofence {name} is removed")
        await self._changed()

    async def _changed(self) -> None:
        await self._listed()
        await self.redraw()
