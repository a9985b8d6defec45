"""The builds of an endpoint, and what was said while they were made."""

from nicegui import ui

from motifleet.app import Build
from motifleet.web.parts import Text, column, empty, listing
from motifleet.web.visit import Visit
from motifleet.web.work import thread


def show_builds(visit: Visit, builds: list[Build]) -> None:
    """List builds, the newest first, with their logs a click away."""
    if not builds:
        empty("construction", "No build yet", "Build a registered version, on the page before.")
        return
    rows = [
        {
            "id": each.id,
            "number": each.number,
            "source": each.source,
            "status": each.status,
            "made": visit.local(each.created_at),
            "made_utc": visit.utc(each.created_at),
            "why": (each.reason or "")[:200],
        }
        for each in reversed(builds)
    ]
    columns = [
        column("number", kind="number"),
        column("source"),
        column("status", kind="status"),
        column("made", kind="time"),
        column("id", "build"),
        column("why"),
    ]
    listing(columns, rows, title="Builds, the newest first", size=8)
    names = {each.id: f"{each.source}, number {each.number}" for each in reversed(builds)}
    with ui.element("div").classes("tools"):
        which = ui.select(names, value=builds[-1].id, label="build").props("outlined dense")
        again = ui.button("Read its log", icon="article").props("no-caps outline")
    shown = ui.element("div")

    async def read() -> None:
        text = await thread(visit.serving().build_log, str(which.value))
        shown.clear()
        with shown:
            Text("pre", text[-20_000:] or "nothing was said").classes("log").props(
                'tabindex=0 role=log aria-label="build log"'
            )

    again.on_click(read)
