"""``motifleet geo``: where the devices of a table are."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from motifleet.cli import geo_motion, geo_near, options
from motifleet.cli.geo_options import (
    FenceFile,
    FenceNames,
    Limit,
    MaxGap,
    NameColumn,
    SwapAxes,
    render,
)
from motifleet.cli.output import Output

if TYPE_CHECKING:
    from motifleet.geo import Fences

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
    found = read(file, name_column, swap_axes, None, output)
    rows = [
        {"name": name, "km2": km2} | dict(zip(_SIDES, box, strict=True))
        for name, km2, box in zip(
            found.names, found.km2.tolist(), found.bounds().tolist(), strict=True
        )
    ]
    output.document({"source": found.source, "fences": rows, "repairs": list(found.repairs)})
    output.rows(rows, ["name", "km2", *_SIDES])


@app.command()
def locate(
    table: options.TableName,
    by: Annotated[
        str,
        typer.Option("--by", metavar="WHAT", help="Answer by fence, device (its last) or report."),
    ] = "fence",
    fence_file: FenceFile = None,
    name_column: NameColumn = None,
    swap_axes: SwapAxes = False,
    only: FenceNames = None,
    limit: Limit = 60,
    devices: options.Devices = None,
    start: options.Start = None,
    end: options.End = None,
    where: options.Where = None,
    as_of: options.AsOf = None,
    home: options.Home = None,
    as_json: options.Json = False,
) -> None:
    """Say which US state, or which fence of a file, each report or device is in."""
    from motifleet.app import open_home

    if by not in ("fence", "device", "report"):
        raise typer.BadParameter(f"expected fence, device or report, got {by!r}")
    output = Output(as_json)
    selection = options.selection(devices, start, end, where, as_of)
    areas = read(fence_file, name_column, swap_axes, only, output)
    geo = open_home(home).geo
    if by == "fence":
        with output.progress("locating reports") as bar:
            found = geo.count(table, areas, selection=selection, progress=bar)
    else:
        found = geo.locate(table, areas, last=by == "device", selection=selection)
    render(output, "located", found, limit, "no reports with a position")


@app.command()
def visits(
    table: options.TableName,
    fence_file: FenceFile = None,
    name_column: NameColumn = None,
    swap_axes: SwapAxes = False,
    only: FenceNames = None,
    max_gap: MaxGap = 3600.0,
    limit: Limit = 60,
    devices: options.Devices = None,
    start: options.Start = None,
    end: options.End = None,
    where: options.Where = None,
    as_of: options.AsOf = None,
    home: options.Home = None,
    as_json: options.Json = False,
) -> None:
    """Say when each device was in which fence, and how long it stayed."""
    from motifleet.app import open_home

    output = Output(as_json)
    selection = options.selection(devices, start, end, where, as_of)
    areas = read(fence_file, name_column, swap_axes, only, output)
    with output.progress("following devices") as bar:
        found = open_home(home).geo.visits(
            table, areas, max_gap=max_gap, selection=selection, progress=bar
        )
    render(output, "visits", found, limit, "no visits: no report is in a fence")


@app.command()
def events(
    table: options.TableName,
    fence_file: FenceFile = None,
    name_column: NameColumn = None,
    swap_axes: SwapAxes = False,
    only: FenceNames = None,
    max_gap: MaxGap = 3600.0,
    limit: Limit = 60,
    devices: options.Devices = None,
    start: options.Start = None,
    end: options.End = None,
    where: options.Where = None,
    as_of: options.AsOf = None,
    home: options.Home = None,
    as_json: options.Json = False,
) -> None:
    """List when devices entered and left fences."""
    from motifleet.app import open_home

    output = Output(as_json)
    selection = options.selection(devices, start, end, where, as_of)
    areas = read(fence_file, name_column, swap_axes, only, output)
    with output.progress("following devices") as bar:
        found = open_home(home).geo.events(
            table, areas, max_gap=max_gap, selection=selection, progress=bar
        )
    render(output, "events", found, limit, "no events: no device entered or left a fence")


def read(
    file: Path | None,
    name_column: str | None,
    swap_axes: bool,
    only: list[str] | None,
    output: Output,
) -> "Fences":
    """The fences that the options name; repairs are said on standard error."""
    from motifleet.geo import read_fences, us_states

    if file is None:
        found = us_states()
    else:
        found = read_fences(file, name_column=name_column, swap_axes=swap_axes)
    if not output.as_json:
        for repair in found.repairs:
            output.note(repair)
    return found.only(only) if only else found


_SIDES = ("west", "south", "east", "north")
