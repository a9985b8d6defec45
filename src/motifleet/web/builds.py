"""The builds of an endpoint, and what was said while they were made."""

from motifleet.app import Build
from motifleet.web.log_reader import log_reader
from motifleet.web.parts import column, empty, listing
from motifleet.web.visit import Visit


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
    log_reader(
        names,
        "build",
        "Read its log",
        lambda build: {"": visit.serving().build_log(build)},
        "Nothing was said.",
    )
