"""``motifleet geo``: where the devices of a table are."""

from pathlib import Path
from typing import Annotated

import typer

from motifleet.cli import geo_motion, geo_near, options
from motifleet.cli.geo_options import (
    FenceChoice,
    Fenced,
    Limit,
    MaxGap,
    NameColumn,
    SwapAxes,
    over_fenced,
    render,
)
from motifleet.cli.output import Output

app = typer.Typer(no_args_is_help=True)
for command in geo_near.COMMANDS + geo_motion.COMMANDS:
    app.command()(command)


@app.command()
def fences(
    file: Annotated[
        Path | None, typer.Argument(metavar="[FILE]", help="Default: the bundled US states.")
    ] = None,
    name_column: NameColumn = None,
    swap_axes: SwapAxes = False,
    as_json: options.Json = False,
) -> None:
    """Check a file of fences and list them with their areas; what was repaired is said."""
    output = Output(as_json)
    chosen = FenceChoice(fence_file=file, name_column=name_column, swap_axes=swap_axes)
    found = chosen.fences(output)
    rows = [
        {"name": name, "km2": km2} | dict(zip(_SIDES, box, strict=True))
        for name, km2, box in zip(
            found.names, found.km2.tolist(), found.bounds().tolist(), strict=True
        )
    ]
    output.document({"source": found.source, "fences": rows, "repairs": list(found.repairs)})
    output.rows(rows, ["name", "km2", *_SIDES])


@app.command()
@over_fenced
def locate(
    reports: Fenced,
    by: Annotated[
        str,
        typer.Option("--by", metavar="WHAT", help="Answer by fence, device (its last) or report."),
    ] = "fence",
    limit: Limit = 60,
) -> None:
    """Say which US state, or which fence of a file, each report or device is in."""
    if by not in ("fence", "device", "report"):
        raise typer.BadParameter(f"expected fence, device or report, got {by!r}")
    output, selection = reports.output, reports.selection
    areas, geo = reports.fences(output), reports.open().geo
    if by == "fence":
        with output.progress("locating reports") as bar:
            found = geo.count(reports.table, areas, selection=selection, progress=bar)
    else:
        found = geo.locate(reports.table, areas, last=by == "device", selection=selection)
    render(output, "located", found, limit, "no reports with a position")


@app.command()
@over_fenced
def visits(reports: Fenced, max_gap: MaxGap = 3600.0, limit: Limit = 60) -> None:
    """Say when each device was in which fence, and how long it stayed."""
    output = reports.output
    areas = reports.fences(output)
    with output.progress("following devices") as bar:
        found = reports.open().geo.visits(
            reports.table, areas, max_gap=max_gap, selection=reports.selection, progress=bar
        )
    render(output, "visits", found, limit, "no visits: no report is in a fence")


@app.command()
@over_fenced
def events(reports: Fenced, max_gap: MaxGap = 3600.0, limit: Limit = 60) -> None:
    """List when devices entered and left fences."""
    output = reports.output
    areas = reports.fences(output)
    with output.progress("following devices") as bar:
        found = reports.open().geo.events(
            reports.table, areas, max_gap=max_gap, selection=reports.selection, progress=bar
        )
    render(output, "events", found, limit, "no events: no device entered or left a fence")


_SIDES = ("west", "south", "east", "north")
