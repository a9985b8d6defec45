"""``motifleet geo``: what is near a point, in a box, along a route."""

from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from motifleet.cli import options
from motifleet.cli.geo_options import Limit, render
from motifleet.cli.output import Output

Metres = Annotated[float, typer.Option("--metres", metavar="M", help="The distance, in metres.")]


def within(
    table: options.TableName,
    point: Annotated[
        str, typer.Option("--point", metavar="LON,LAT", help="The middle, as in '-93.6,41.6'.")
    ],
    metres: Metres,
    limit: Limit = 20,
    devices: options.Devices = None,
    start: options.Start = None,
    end: options.End = None,
    where: options.Where = None,
    as_of: options.AsOf = None,
    home: options.Home = None,
    as_json: options.Json = False,
) -> None:
    """List the reports within a distance of a point, the nearest first."""
    from motifleet.app import open_home
    from motifleet.geo import parse_numbers

    selection = options.selection(devices, start, end, where, as_of)
    longitude, latitude = parse_numbers(point, ["longitude", "latitude"])
    found = open_home(home).geo.within(table, (longitude, latitude), metres, selection=selection)
    render(Output(as_json), "reports", found, limit, "no report is that near")


def box(
    table: options.TableName,
    sides: Annotated[
        str,
        typer.Option(
            "--box",
            metavar="W,S,E,N",
            help="West, south, east, north, as in '-94,41,-93,42'; west may be greater than east.",
        ),
    ],
    limit: Limit = 20,
    devices: options.Devices = None,
    start: options.Start = None,
    end: options.End = None,
    where: options.Where = None,
    as_of: options.AsOf = None,
    home: options.Home = None,
    as_json: options.Json = False,
) -> None:
    """List the reports in a box of longitudes and latitudes."""
    from motifleet.app import open_home
    from motifleet.geo import Box, parse_numbers

    selection = options.selection(devices, start, end, where, as_of)
    area = Box(*parse_numbers(sides, ["west", "south", "east", "north"]))
    found = open_home(home).geo.in_box(table, area, selection=selection)
    render(Output(as_json), "reports", found, limit, "no report is in the box")


def along(
    table: options.TableName,
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
    devices: options.Devices = None,
    start: options.Start = None,
    end: options.End = None,
    where: options.Where = None,
    as_of: options.AsOf = None,
    home: options.Home = None,
    as_json: options.Json = False,
) -> None:
    """List the reports in the corridor around a route."""
    from motifleet.app import open_home
    from motifleet.geo import read_route

    selection = options.selection(devices, start, end, where, as_of)
    found = open_home(home).geo.along(table, read_route(route), metres, selection=selection)
    render(Output(as_json), "reports", found, limit, "no report is that near to the route")


def nearest(
    table: options.TableName,
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
    devices: options.Devices = None,
    start: options.Start = None,
    end: options.End = None,
    where: options.Where = None,
    as_of: options.AsOf = None,
    home: options.Home = None,
    as_json: options.Json = False,
) -> None:
    """List the devices nearest to a point, or to each of several."""
    from motifleet.app import open_home
    from motifleet.geo import Point, parse_numbers, read_points

    selection = options.selection(devices, start, end, where, as_of)
    places: dict[str, Point] = {}
    if (point is None) == (points is None):
        raise typer.BadParameter("say either --point or --points")
    if point is not None:
        longitude, latitude = parse_numbers(point, ["longitude", "latitude"])
        places[point] = (longitude, latitude)
    elif points is not None:
        places = read_points(points)
    found = open_home(home).geo.nearest(table, places, count, ever=ever, selection=selection)
    limit = max(found.num_rows, 1)
    render(Output(as_json), "nearest", found, limit, "no device has a position")


COMMANDS: list[Callable[..., None]] = [within, nearest, box, along]
