"""``motifleet geo``: what is near a point, in a box, along a route."""

from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from motifleet.cli import options
from motifleet.cli.geo_options import Limit, over_selected, render
from motifleet.cli.reports import Selected

Metres = Annotated[float, typer.Option("--metres", metavar="M", help="The distance, in metres.")]


@over_selected
def within(
    reports: Selected,
    point: Annotated[
        str, typer.Option("--point", metavar="LON,LAT", help="The middle, as in '-93.6,41.6'.")
    ],
    metres: Metres,
    limit: Limit = 20,
) -> None:
    """List the reports within a distance of a point, the nearest first."""
    from motifleet.geo import parse_numbers

    longitude, latitude = parse_numbers(point, ["longitude", "latitude"])
    found = reports.open().geo.within(
        reports.table, (longitude, latitude), metres, selection=reports.selection
    )
    render(reports.output, "reports", found, limit, "no report is that near")


@over_selected
def box(
    reports: Selected,
    sides: Annotated[
        str,
        typer.Option(
            "--box",
            metavar="W,S,E,N",
            help="West, south, east, north, as in '-94,41,-93,42'; west may be greater than east.",
        ),
    ],
    limit: Limit = 20,
) -> None:
    """List the reports in a box of longitudes and latitudes."""
    from motifleet.geo import Box, parse_numbers

    area = Box(*parse_numbers(sides, ["west", "south", "east", "north"]))
    found = reports.open().geo.in_box(reports.table, area, selection=reports.selection)
    render(reports.output, "reports", found, limit, "no report is in the box")


@over_selected
def along(
    reports: Selected,
    route: Annotated[
        str,
        typer.Option(
            "--route",
            metavar="ROUTE",
            help="As in '-93.6 41.6, -91.5 41.7', a LINESTRING, or a .wkt or .geojson file.",
        ),
    ],
    metres: Metres = 1000.0,
    limit: Limit = 20,
) -> None:
    """List the reports in the corridor around a route."""
    from motifleet.geo import read_route

    found = reports.open().geo.along(
        reports.table, read_route(route), metres, selection=reports.selection
    )
    render(reports.output, "reports", found, limit, "no report is that near to the route")


@over_selected
def nearest(
    reports: Selected,
    point: Annotated[
        str | None, typer.Option("--point", metavar="LON,LAT", help="As in '-93.6,41.6'.")
    ] = None,
    points: Annotated[
        Path | None,
        typer.Option("--points", metavar="FILE", help="CSV with name, longitude and latitude."),
    ] = None,
    count: options.Count = 5,
    ever: Annotated[
        bool, typer.Option("--ever", help="By each device's nearest report, not by its last.")
    ] = False,
) -> None:
    """List the devices nearest to a point, or to each of several."""
    from motifleet.geo import Point, parse_numbers, read_points

    places: dict[str, Point] = {}
    if (point is None) == (points is None):
        raise typer.BadParameter("say either --point or --points")
    if point is not None:
        longitude, latitude = parse_numbers(point, ["longitude", "latitude"])
        places[point] = (longitude, latitude)
    elif points is not None:
        places = read_points(points)
    found = reports.open().geo.nearest(
        reports.table, places, count, ever=ever, selection=reports.selection
    )
    limit = max(found.num_rows, 1)
    render(reports.output, "nearest", found, limit, "no device has a position")


COMMANDS: list[Callable[..., None]] = [within, nearest, box, along]
