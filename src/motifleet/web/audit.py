"""The page Audit: who did what, the newest first."""

from typing import Any

from nicegui import ui

from motifleet.app import AuditEntry
from motifleet.web.page import Page
from motifleet.web.parts import card, column, empty, listing
from motifleet.web.visit import Visit
from motifleet.web.work import thread

_LINES = 100
_ALL = "everything"


async def build(visit: Visit) -> None:
    """Fill the page."""
    await AuditView(visit).build()


class AuditView:
    """The audit log: an owner's all of it, an admin's that of a project.

    Args:
        visit: whose page it is on.
    """

    def __init__(self, visit: Visit) -> None:
        self.visit = visit
        self.owner = visit.may("audit.read")
        self.project = visit.asked.get("project", "")
        self.who = visit.asked.get("who", "")
        self.action = visit.asked.get("action", "")
        self.before = visit.asked.get("before", "")

    async def build(self) -> None:
        """Fill the page."""
        desk = self.visit.desk
        projects = await thread(desk.projects)
        names = [each.name for each in projects if desk.may("audit.project", each.name)]
        known = {_ALL: _ALL} if self.owner else {}
        known |= {name: name for name in names}
        if self.project not in names:
            self.project = "" if self.owner else next(iter(names), "")
        with ui.element("div").classes("tools"):
            ui.select(
                known, value=self.project or _ALL, label="project", on_change=self._project
            ).props("outlined dense")
            for name in ("who", "action"):
                ui.input(name, value=getattr(self, name)).bind_value(self, name).on_value_change(
                    self._changed
                ).props("outlined dense clearable debounce=500")
        self.place = ui.element("div")
        await self._read()

    async def _project(self, event: Any) -> None:
        self.project = "" if event.value == _ALL else event.value
        await self._changed()

    async def _changed(self) -> None:
        self.before = ""
        await self._read()

    async def _older(self, last: str) -> None:
        self.before = last
        await self._read()

    async def _read(self) -> None:
        wanted = {
            name: getattr(self, name) or None for name in ("project", "who", "action", "before")
        }
        self.visit.remember(**wanted)
        found = await thread(lambda: self.visit.desk.audit(**wanted, limit=_LINES))
        self.place.clear()
        with self.place:
            if not found:
                empty("history", "Nothing here", "Nobody did anything like that.")
                return
            columns = [
                column("at", "when", kind="time"),
                column("who"),
                column("project"),
                column("action"),
                column("subject"),
                column("details", sortable=False),
            ]
            with card("What was done, the newest first", "wide"):
                rows = [self._row(each) for each in found]
                listing(columns, rows, title="Audit log", size=100).classes("wrapped")
            if len(found) == _LINES:
                ui.button("Older", on_click=lambda: self._older(found[-1].id)).props(
                    "no-caps outline"
                )

    def _row(self, line: AuditEntry) -> dict[str, Any]:
        details = ", ".join(f"{name}: {value}" for name, value in line.details.items())
        return {
            "id": line.id,
            "at": self.visit.local(line.at),
            "at_utc": self.visit.utc(line.at),
            "who": line.who,
            "project": line.project or "",
            "action": line.action,
            "subject": line.subject,
            "details": details,
        }


PAGE = Page("Audit", "history_edu", "/audit", "audit.project", build)
