"""Where a device went: its path with a clock, its trips and stops; and the events that it told."""

from functools import partial
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from nicegui import ui
from nicegui.element import Element

from motifleet.app import Progress, Selection
from motifleet.geo import FleetMap
from motifleet.tables import TableDescription
from motifleet.web.maps import MapView
from motifleet.web.parts import Rows, Wanted, column, empty, heading, listing, paged
from motifleet.web.visit import Visit
from motifleet.web.work import worked

_QUIET = ("ok", "normal", "none")
_MOST_EVENTS = 10_000


async def show_way(visit: Visit, table: str, selection: Selection, place: Element) -> None:
    """Show a device's way on a map, and its trips and stops beside it."""
    work = partial(_way, visit, table, selection)
    found = await worked(place, "Following it …", work)
    if found is None or place.is_deleted:
        return
    drawing, trips, stops = found
    with place:
        if drawing is None:
            empty("location_off", "No position", "None of its reports says where it was.")
            return
        with ui.element("div").classes("columns"):
            with ui.element("div").classes("two-thirds"):
                shown = MapView(visit, "The way of the device")
            with ui.element("div").classes("third"):
                _trips(visit, trips)
                _stops(visit, stops)
    await shown.show(drawing, table)


def _way(
    visit: Visit, table: str, selection: Selection, progress: Progress
) -> tuple[FleetMap | None, pa.Table, pa.Table]:
    geo = visit.fleet.geo
    trips = geo.trips(table, selection=selection, progress=progress)
    stops = geo.stops(table, selection=selection)
    columns = ["device_id", "event_ts", "longitude", "latitude"]
    reports = visit.fleet.scan(table, columns=columns, selection=selection)
    drawing = FleetMap("its way", offline=True)
    drawing.paths(reports)
    if stops.num_rows:
        drawing.reports(_as_reports(stops), title="stops")
    return (drawing if drawing.drawn else None), trips, stops


def _as_reports(stops: pa.Table) -> pa.Table:
    """Stops as a map draws reports: a mark where each was, with how long it took."""
    minutes = pc.divide(stops["duration_s"], 60.0)
    named: Any = {
        "device_id": stops["device_id"],
        "event_ts": stops["start_ts"],
        "longitude": stops["longitude"],
        "latitude": stops["latitude"],
        "minutes": minutes,
    }
    return pa.table(named)


def _trips(visit: Visit, trips: pa.Table) -> None:
    heading(f"{trips.num_rows:,} trips", 3)
    rows = [
        {
            "id": str(number),
            "start": visit.local(trip["start_ts"]),
            "start_utc": visit.utc(trip["start_ts"]),
            "km": f"{trip['distance_m'] / 1000:,.1f}",
            "minutes": f"{trip['duration_s'] / 60:,.0f}",
        }
        for number, trip in enumerate(reversed(trips.to_pylist()))
    ]
    columns = [
        column("start", kind="time"),
        column("km", kind="number"),
        column("minutes", kind="number"),
    ]
    listing(columns, rows, title="Trips, the newest first", size=6)


def _stops(visit: Visit, stops: pa.Table) -> None:
    heading(f"{stops.num_rows:,} stops", 3)
    rows = [
        {
            "id": str(number),
            "start": visit.local(stop["start_ts"]),
            "start_utc": visit.utc(stop["start_ts"]),
            "minutes": f"{stop['duration_s'] / 60:,.0f}",
            "at": f"{stop['latitude']:.2f}, {stop['longitude']:.2f}",
        }
        for number, stop in enumerate(reversed(stops.to_pylist()))
    ]
    columns = [
        column("start", kind="time"),
        column("minutes", kind="number"),
        column("at", "position"),
    ]
    listing(columns, rows, title="Stops, the newest first", size=6)


async def show_events(
    visit: Visit, described: TableDescription, selection: Selection, place: Element
) -> None:
    """Show the reports of a device that tell of something, the newest first."""
    labels = [each.name for each in described.columns if each.role == "label"]
    if "event_type" not in labels:
        with place:
            empty("notifications_off", "No events", "The table has no column event_type.")
        return
    signals = [each.name for each in described.columns if each.role == "signal"]
    columns = ["event_ts", "event_type", *signals[:4]]
    work = partial(_events, visit, described.name, selection, columns)
    found = await worked(place, "Reading its events …", work)
    if found is None or place.is_deleted:
        return
    with place:
        if not found.num_rows:
            empty("notifications_none", "No events", "All of its reports say ok.")
            return
        shown = [column("event_ts", "time", kind="time"), column("event_type", "event")]
        shown += [column(name, kind="number") for name in signals[:4]]
        read = partial(_page, visit, found)
        paged(shown, read, title="Events", key="id", size=10, sort="event_ts", descending=True)


def _events(
    visit: Visit, table: str, selection: Selection, columns: list[str], progress: Progress
) -> pa.Table:
    found = visit.fleet.scan(table, columns=columns, selection=selection)
    progress(found.num_rows)
    events: Any = found["event_type"]
    loud = pc.invert(pc.is_in(pc.utf8_lower(events), pa.array(_QUIET)))
    told = found.filter(pc.and_(loud, pc.is_valid(events)))
    return told.sort_by([("event_ts", "descending")]).slice(0, _MOST_EVENTS)


def _page(visit: Visit, found: pa.Table, wanted: Wanted) -> Rows:
    if wanted.sort in found.column_names:
        order: Any = "descending" if wanted.descending else "ascending"
        found = found.sort_by([(str(wanted.sort), order)])
    rows = found.slice(wanted.offset, wanted.count).to_pylist()
    for number, row in enumerate(rows, wanted.offset):
        row["id"] = number
        row["event_ts"], row["event_ts_utc"] = (
            visit.local(row["event_ts"]),
            visit.utc(row["event_ts"]),
        )
        for name, value in row.items():
            if isinstance(value, float):
                row[name] = float(f"{value:.5g}")
    return rows, found.num_rows
