"""``motifleet pattern``: motifs, discords and matches in a table's signals."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from motifleet.cli import options, pattern_findings, pattern_profiles
from motifleet.cli.output import Output

if TYPE_CHECKING:
    from motifleet.matrixprofile import Discord, Match, Motif

app = typer.Typer(help="Find motifs, discords and patterns.", no_args_is_help=True)
for command in (
    pattern_profiles.profile,
    pattern_profiles.join,
    pattern_profiles.mpdist,
    pattern_profiles.multidimensional,
    pattern_findings.motif_sets,
    pattern_findings.segment,
    pattern_findings.snippets,
    pattern_findings.anomalies,
    pattern_findings.consensus_motif,
    pattern_findings.variable_discords,
):
    app.command()(command)


@app.command()
def motifs(
    table: options.TableName,
    signal: options.Signal,
    window: options.Window = 60,
    count: options.Count = 5,
    devices: options.Devices = None,
    start: options.Start = None,
    end: options.End = None,
    where: options.Where = None,
    as_of: options.AsOf = None,
    step: options.Step = None,
    home: options.Home = None,
    as_json: options.Json = False,
) -> None:
    """What repeats: the closest pairs of windows of each device, the best of the fleet first."""
    from motifleet.app import open_home

    output = Output(as_json)
    selection = options.selection(devices, start, end, where, as_of)
    with output.progress("profiling devices") as bar:
        found = open_home(home).motifs(
            table, signal, window, k=count, selection=selection, step=step, progress=bar
        )
    _render(output, "motifs", found, ["device_id", "event_ts", "neighbor_ts", "distance"])


@app.command()
def discords(
    table: options.TableName,
    signal: options.Signal,
    window: options.Window = 60,
    count: options.Count = 5,
    min_windows: options.MinWindows = 1,
    devices: options.Devices = None,
    start: options.Start = None,
    end: options.End = None,
    where: options.Where = None,
    as_of: options.AsOf = None,
    step: options.Step = None,
    home: options.Home = None,
    as_json: options.Json = False,
) -> None:
    """What is unusual: the windows least like any other of the same device."""
    from motifleet.app import open_home

    output = Output(as_json)
    selection = options.selection(devices, start, end, where, as_of)
    with output.progress("profiling devices") as bar:
        found = open_home(home).discords(
            table,
            signal,
            window,
            k=count,
            min_windows=min_windows,
            selection=selection,
            step=step,
            progress=bar,
        )
    _render(output, "discords", found, ["device_id", "event_ts", "neighbor_ts", "distance"])


@app.command()
def match(
    table: options.TableName,
    signal: options.Signal,
    pattern: Annotated[
        str | None,
        typer.Option("--pattern", metavar="NUMBERS", help="The pattern, as in '54,53,52,51'."),
    ] = None,
    from_device: Annotated[
        str | None,
        typer.Option("--from-device", metavar="ID", help="Or cut it from this device…"),
    ] = None,
    from_start: Annotated[
        str | None, typer.Option("--from-start", metavar="TIME", help="… from this time on …")
    ] = None,
    window: Annotated[
        int, typer.Option("--window", "-m", metavar="M", help="… this many reports.")
    ] = 60,
    max_distance: Annotated[
        float | None, typer.Option("--max-distance", help="Only matches at least this near.")
    ] = None,
    count: options.Count = 10,
    devices: options.Devices = None,
    start: options.Start = None,
    end: options.End = None,
    where: options.Where = None,
    as_of: options.AsOf = None,
    step: options.Step = None,
    home: options.Home = None,
    as_json: options.Json = False,
) -> None:
    """Have you seen this pattern? The windows nearest to it, over every device."""
    from motifleet.app import open_home

    output = Output(as_json)
    selection = options.selection(devices, start, end, where, as_of)
    fleet = open_home(home)
    values: Sequence[float]
    if pattern is not None and (from_device or from_start):
        raise typer.BadParameter("say either --pattern, or --from-device with --from-start")
    if pattern is not None:
        values = numbers(pattern)
    elif from_device is not None and from_start is not None:
        values = fleet.cut(
            table, signal, from_device, from_start, window, as_of=selection.as_of, step=step
        ).tolist()
    else:
        raise typer.BadParameter("say --pattern, or --from-device with --from-start")
    with output.progress("searching devices") as bar:
        found = fleet.match(
            values,
            table,
            signal,
            k=count,
            max_distance=max_distance,
            selection=selection,
            step=step,
            progress=bar,
        )
    _render(output, "matches", found, ["device_id", "event_ts", "index", "distance"])


def numbers(text: str) -> list[float]:
    """The numbers of a pattern as it is typed in."""
    try:
        return [float(part) for part in text.replace(",", " ").split()]
    except ValueError:
        raise typer.BadParameter(f"expected numbers such as '54,53,52,51', got {text!r}") from None


def _render(
    output: Output,
    noun: str,
    found: "Sequence[Motif | Discord | Match]",
    columns: Sequence[str],
) -> None:
    output.document({noun: [each.to_dict() for each in found]})
    if found:
        output.rows(found, columns)
    else:
        output.line(f"no {noun}: {_EMPTY[noun]}")


_EMPTY = {
    "motifs": "every window spans a gap, holds a single value or has no other to be compared with",
    "discords": "every window spans a gap, is the same as another or has none to compare with, "
    "or every device has fewer windows than --min-windows",
    "matches": "every window spans a gap or is farther than --max-distance",
}
