"""Where devices are and were: fences, what is near, trips, stops, cells, spatial SQL."""

from typing import Annotated

import pyarrow as pa
from fastapi import Response
from pydantic import Field

from motifleet.api.access import Fleet, rule
from motifleet.api.answers import Document, answered, check_table
from motifleet.api.asking import Asked, Name, questions
from motifleet.geo import Box, Fences, MotionRules, fences_from_wkt

router = questions("geo")
Longitude = Annotated[float, Field(ge=-180, le=180)]
Latitude = Annotated[float, Field(ge=-90, le=90)]
Point = tuple[Longitude, Latitude]
_MOST = 100_000


class Placed(Asked):
    """Which reports, and how many rows of what is found at most."""

    limit: int = Field(default=1000, ge=1, le=_MOST)


class Fenced(Placed):
    """Areas in question; without any the US states."""

    fences: dict[Name, Annotated[str, Field(max_length=500_000)]] | None = Field(
        default=None, max_length=1000, description="Name and outline, as WKT."
    )
    max_gap: float = Field(default=3600.0, gt=0, description="Seconds.")

    @property
    def areas(self) -> Fences | None:
        """The fences; None: the US states."""
        return None if self.fences is None else fences_from_wkt(self.fences)


class WantedPlaces(Fenced):
    """Whose places."""

    last: bool = Field(default=False, description="Only each device's last report.")


class Around(Placed):
    """A circle."""

    point: Point
    metres: float = Field(gt=0, le=20_100_000)


class Boxed(Placed):
    """A box of longitudes and latitudes."""

    west: Longitude
    south: Latitude
    east: Longitude
    north: Latitude


class Nearby(Placed):
    """Points by name."""

    points: dict[Name, Point] = Field(min_length=1, max_length=1000)
    k: int = Field(default=5, ge=1, le=1000)
    ever: bool = False


class Moved(Placed):
    """What counts as a trip and as a stop."""

    min_trip: float = Field(default=200.0, gt=0)
    min_stop: float = Field(default=180.0, gt=0)
    max_gap: float = Field(default=3600.0, gt=0)

    @property
    def rules(self) -> MotionRules:
        """The rules."""
        return MotionRules(self.min_trip, self.min_stop, self.max_gap)


class Celled(Placed):
    """How reports are counted in H3 cells."""

    resolution: int = Field(ge=0, le=15)
    signals: list[Name] = Field(default=[], max_length=100)


class Statement(Asked):
    """One read-only statement of SQL over the tables; ``table`` is not looked at."""

    table: str = ""
    query: str = Field(max_length=20_000)
    limit: int = Field(default=1000, ge=1, le=_MOST)


def _rows(found: pa.Table, wanted: Placed | Statement) -> Response:
    shown = found.slice(0, wanted.limit).to_pylist()
    return answered({"found": shown, "rows": found.num_rows})


@router.post("/locate", response_model=Document, **rule("table.read", "geo.locate"))
def locate(wanted: WantedPlaces, fleet: Fleet) -> Response:
    """Find the fence that each report is in."""
    table, areas = check_table(fleet, wanted.table), wanted.areas
    found = fleet.geo.locate(table, areas, last=wanted.last, selection=wanted.selection)
    return _rows(found, wanted)


@router.post("/count", response_model=Document, **rule("table.read", "geo.count"))
def count(wanted: Fenced, fleet: Fleet) -> Response:
    """Count reports and devices in each fence."""
    table = check_table(fleet, wanted.table)
    return _rows(fleet.geo.count(table, wanted.areas, selection=wanted.selection), wanted)


@router.post("/visits", response_model=Document, **rule("table.read", "geo.visits"))
def find_visits(wanted: Fenced, fleet: Fleet) -> Response:
    """Find when devices were in fences, and for how long."""
    table, gap = check_table(fleet, wanted.table), wanted.max_gap
    found = fleet.geo.visits(table, wanted.areas, max_gap=gap, selection=wanted.selection)
    return _rows(found, wanted)


@router.post("/events", response_model=Document, **rule("table.read", "geo.events"))
def find_events(wanted: Fenced, fleet: Fleet) -> Response:
    """Find when devices entered and left fences."""
    table, gap = check_table(fleet, wanted.table), wanted.max_gap
    found = fleet.geo.events(table, wanted.areas, max_gap=gap, selection=wanted.selection)
    return _rows(found, wanted)


@router.post("/within", response_model=Document, **rule("table.read", "geo.within"))
def find_within(wanted: Around, fleet: Fleet) -> Response:
    """Find the reports within a distance of a point, the nearest first."""
    table = check_table(fleet, wanted.table)
    found = fleet.geo.within(table, wanted.point, wanted.metres, selection=wanted.selection)
    return _rows(found, wanted)


@router.post("/box", response_model=Document, **rule("table.read", "geo.box"))
def find_in_box(wanted: Boxed, fleet: Fleet) -> Response:
    """Find the reports in a box; one whose west is greater than its east crosses longitude 180."""
    table = check_table(fleet, wanted.table)
    box = Box(wanted.west, wanted.south, wanted.east, wanted.north)
    return _rows(fleet.geo.in_box(table, box, selection=wanted.selection), wanted)


@router.post("/nearest", response_model=Document, **rule("table.read", "geo.nearest"))
def find_nearest(wanted: Nearby, fleet: Fleet) -> Response:
    """Find the devices nearest to each point."""
    table, how = check_table(fleet, wanted.table), {"ever": wanted.ever}
    found = fleet.geo.nearest(table, wanted.points, wanted.k, selection=wanted.selection, **how)
    return _rows(found, wanted)


@router.post("/trips", response_model=Document, **rule("table.read", "geo.trips"))
def find_trips(wanted: Moved, fleet: Fleet) -> Response:
    """Find the devices' trips."""
    table = check_table(fleet, wanted.table)
    return _rows(fleet.geo.trips(table, wanted.rules, selection=wanted.selection), wanted)


@router.post("/stops", response_model=Document, **rule("table.read", "geo.stops"))
def find_stops(wanted: Moved, fleet: Fleet) -> Response:
    """Find the devices' stops."""
    table = check_table(fleet, wanted.table)
    return _rows(fleet.geo.stops(table, wanted.rules, selection=wanted.selection), wanted)


@router.post("/distance", response_model=Document, **rule("table.read", "geo.distance"))
def measure(wanted: Moved, fleet: Fleet) -> Response:
    """Measure how far and how fast each device went."""
    table, gap = check_table(fleet, wanted.table), wanted.max_gap
    return _rows(fleet.geo.distance(table, max_gap=gap, selection=wanted.selection), wanted)


@router.post("/cells", response_model=Document, **rule("table.read", "geo.cells"))
def count_cells(wanted: Celled, fleet: Fleet) -> Response:
    """Count reports and devices in H3 cells."""
    table, names = check_table(fleet, wanted.table), wanted.signals
    found = fleet.geo.cells(table, wanted.resolution, signals=names, selection=wanted.selection)
    return _rows(found, wanted)


@router.post("/sql", response_model=Document, **rule("table.read", "geo.sql"))
def run_sql(wanted: Statement, fleet: Fleet) -> Response:
    """Run spatial SQL over the tables, read-only."""
    return _rows(fleet.geo.sql(wanted.query, selection=wanted.selection), wanted)
