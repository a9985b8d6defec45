"""``motifleet geo``: how devices moved, hexagons, and the user's own SQL."""

from collections.abc import Callable
from typing import Annotated

import typer

from motifleet.cli.geo_options import Asked, Limit, MaxGap, over_asked, over_selected, render
from motifleet.cli.reports import Selected

MinTrip = Annotated[
    float, typer.Option("--min-trip", metavar="M", help="A shorter way is no trip, in metres.")
]
MinStop = Annotated[
    float, typer.Option("--min-stop", metavar="SECONDS", help="A shorter rest is no stop.")
]


@over_selected
def trips(
    reports: Selected,
    min_trip: MinTrip = 200.0,
    min_stop: MinStop = 180.0,
    max_gap: MaxGap = 3600.0,
    limit: Limit = 20,
) -> None:
    """List the trips of each device: when, from where to where, how far and how fast."""
    from motifleet.geo import MotionRules

    rules, selection = MotionRules(min_trip, min_stop, max_gap), reports.selection
    with reports.output.progress("following devices") as bar:
        found = reports.open().geo.trips(reports.table, rules, selection=selection, progress=bar)
    render(reports.output, "trips", found, limit, "no trips")


@over_selected
def stops(
    reports: Selected,
    min_trip: MinTrip = 200.0,
    min_stop: MinStop = 180.0,
    max_gap: MaxGap = 3600.0,
    limit: Limit = 20,
) -> None:
    """List the stops of each device: when, where and for how long."""
    from motifleet.geo import MotionRules

    rules, selection = MotionRules(min_trip, min_stop, max_gap), reports.selection
    with reports.output.progress("following devices") as bar:
        found = reports.open().geo.stops(reports.table, rules, selection=selection, progress=bar)
    render(reports.output, "stops", found, limit, "no stops")


@over_selected
def distance(reports: Selected, max_gap: MaxGap = 3600.0, limit: Limit = 20) -> None:
    """Say how far and how fast each device went."""
    with reports.output.progress("following devices") as bar:
        found = reports.open().geo.distance(
            reports.table, max_gap=max_gap, selection=reports.selection, progress=bar
        )
    render(reports.output, "devices", found, limit, "no reports with a position")


@over_selected
def cells(
    reports: Selected,
    resolution: Annotated[
        int, typer.Option("--resolution", help="0 to 15; 5 is about 250 km² a cell, 7 about 5.")
    ] = 5,
    signals: Annotated[
        list[str] | None,
        typer.Option("--signal", metavar="COLUMN", help="Also its mean (may be repeated)."),
    ] = None,
    limit: Limit = 20,
) -> None:
    """Count reports and devices in H3 cells, the fullest cell first."""
    with reports.output.progress("counting reports") as bar:
        found = reports.open().geo.cells(
            reports.table,
            resolution,
            signals=signals or (),
            selection=reports.selection,
            progress=bar,
        )
    render(reports.output, "cells", found, limit, "no reports with a position")


@over_asked
def sql(
    asked: Asked,
    memory: Annotated[
        int, typer.Option("--memory", metavar="MIB", min=16, help="Memory it may take, in MiB.")
    ] = 2048,
    limit: Limit = 100,
) -> None:
    """Run spatial SQL over the tables, the table `states` and, with --fences, `fences`."""
    areas = asked.own_fences(asked.output)
    found = asked.open().geo.sql(
        asked.query, fences=areas, memory=memory * 2**20, selection=asked.selection
    )
    render(asked.output, "rows", found, limit, "no rows")


COMMANDS: list[Callable[..., None]] = [trips, stops, distance, cells, sql]
