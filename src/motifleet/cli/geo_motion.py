"""``motifleet geo``: how devices moved, hexagons, and the user's own SQL."""

from collections.abc import Callable
from typing import Annotated

import typer

from motifleet.cli import options
from motifleet.cli.geo_options import FenceFile, Limit, MaxGap, NameColumn, SwapAxes, render
from motifleet.cli.output import Output

MinTrip = Annotated[
    float, typer.Option("--min-trip", metavar="M", help="A shorter way is no trip, in metres.")
]
MinStop = Annotated[
    float, typer.Option("--min-stop", metavar="SECONDS", help="A shorter rest is no stop.")
]


def trips(
    table: options.TableName,
    min_trip: MinTrip = 200.0,
    min_stop: MinStop = 180.0,
    max_gap: MaxGap = 3600.0,
    limit: Limit = 20,
    devices: options.Devices = None,
    start: options.Start = None,
    end: options.End = None,
    where: options.Where = None,
    as_of: options.AsOf = None,
    home: options.Home = None,
    as_json: options.Json = False,
) -> None:
    """List the trips of each device: when, from where to where, how far and how fast."""
    from motifleet.app import open_home
    from motifleet.geo import MotionRules

    output = Output(as_json)
    selection = options.selection(devices, start, end, where, as_of)
    rules = MotionRules(min_trip, min_stop, max_gap)
    with output.progress("following devices") as bar:
        found = open_home(home).geo.trips(table, rules, selection=selection, progress=bar)
    render(output, "trips", found, limit, "no trips")


def stops(
    table: options.TableName,
    min_trip: MinTrip = 200.0,
    min_stop: MinStop = 180.0,
    max_gap: MaxGap = 3600.0,
    limit: Limit = 20,
    devices: options.Devices = None,
    start: options.Start = None,
    end: options.End = None,
    where: options.Where = None,
    as_of: options.AsOf = None,
    home: options.Home = None,
    as_json: options.Json = False,
) -> None:
    """List the stops of each device: when, where and for how long."""
    from motifleet.app import open_home
    from motifleet.geo import MotionRules

    output = Output(as_json)
    selection = options.selection(devices, start, end, where, as_of)
    rules = MotionRules(min_trip, min_stop, max_gap)
    with output.progress("following devices") as bar:
        found = open_home(home).geo.stops(table, rules, selection=selection, progress=bar)
    render(output, "stops", found, limit, "no stops")


def distance(
    table: options.TableName,
    max_gap: MaxGap = 3600.0,
    limit: Limit = 20,
    devices: options.Devices = None,
    start: options.Start = None,
    end: options.End = None,
    where: options.Where = None,
    as_of: options.AsOf = None,
    home: options.Home = None,
    as_json: options.Json = False,
) -> None:
    """Say how far and how fast each device went."""
    from motifleet.app import open_home

    output = Output(as_json)
    selection = options.selection(devices, start, end, where, as_of)
    with output.progress("following devices") as bar:
        found = open_home(home).geo.distance(
            table, max_gap=max_gap, selection=selection, progress=bar
        )
    render(output, "devices", found, limit, "no reports with a position")


def cells(
    table: options.TableName,
    resolution: Annotated[
        int, typer.Option("--resolution", help="0 to 15; 5 is about 250 km² a cell, 7 about 5.")
    ] = 5,
    signals: Annotated[
        list[str] | None,
        typer.Option("--signal", metavar="COLUMN", help="Also its mean (may be repeated)."),
    ] = None,
    limit: Limit = 20,
    devices: options.Devices = None,
    start: options.Start = None,
    end: options.End = None,
    where: options.Where = None,
    as_of: options.AsOf = None,
    home: options.Home = None,
    as_json: options.Json = False,
) -> None:
    """Count reports and devices in H3 cells, the fullest cell first."""
    from motifleet.app import open_home

    output = Output(as_json)
    selection = options.selection(devices, start, end, where, as_of)
    with output.progress("counting reports") as bar:
        found = open_home(home).geo.cells(
            table, resolution, signals=signals or (), selection=selection, progress=bar
        )
    render(output, "cells", found, limit, "no reports with a position")


def sql(
    query: Annotated[str, typer.Argument(metavar="QUERY", help="One SELECT.")],
    fence_file: FenceFile = None,
    name_column: NameColumn = None,
    swap_axes: SwapAxes = False,
    memory: Annotated[
        int, typer.Option("--memory", metavar="MIB", min=16, help="Memory it may take, in MiB.")
    ] = 2048,
    limit: Limit = 100,
    devices: options.Devices = None,
    start: options.Start = None,
    end: options.End = None,
    where: options.Where = None,
    as_of: options.AsOf = None,
    home: options.Home = None,
    as_json: options.Json = False,
) -> None:
    """Run spatial SQL over the tables, the table `states` and, with --fences, `fences`."""
    from motifleet.app import open_home
    from motifleet.geo import read_fences

    selection = options.selection(devices, start, end, where, as_of)
    areas = (
        read_fences(fence_file, name_column=name_column, swap_axes=swap_axes)
        if fence_file
        else None
    )
    found = open_home(home).geo.sql(query, fences=areas, memory=memory * 2**20, selection=selection)
    render(Output(as_json), "rows", found, limit, "no rows")


COMMANDS: list[Callable[..., None]] = [trips, stops, distance, cells, sql]
