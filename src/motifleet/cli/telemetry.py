"""``motifleet telemetry``: bring reports in."""

from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from motifleet.cli import options
from motifleet.cli.output import Output, shown

if TYPE_CHECKING:
    from motifleet.app import ImportResult
    from motifleet.telemetry import ColumnMapping

app = typer.Typer(no_args_is_help=True)

File = Annotated[
    Path, typer.Argument(metavar="FILE", help="A CSV, Parquet or JSON Lines file of reports.")
]
Target = Annotated[
    str, typer.Option("--table", metavar="TABLE", help="Where to land it.", show_default=False)
]
Device = Annotated[
    str | None,
    typer.Option("--device-column", metavar="COLUMN", help="The device (default: by its name)."),
]
Time = Annotated[
    str | None,
    typer.Option("--time-column", metavar="COLUMN", help="The time (default: by its name)."),
]
Longitude = Annotated[
    str | None,
    typer.Option(
        "--longitude-column", metavar="COLUMN", help="The longitude (default: by its name)."
    ),
]
Latitude = Annotated[
    str | None,
    typer.Option(
        "--latitude-column", metavar="COLUMN", help="The latitude (default: by its name)."
    ),
]
Ignore = Annotated[
    list[str] | None,
    typer.Option("--ignore", metavar="COLUMN", help="Leave this column out (may be repeated)."),
]
Signals = Annotated[
    list[str] | None,
    typer.Option("--signal", metavar="COLUMN", help="This column holds numbers."),
]
Labels = Annotated[
    list[str] | None, typer.Option("--label", metavar="COLUMN", help="This column holds text.")
]


class Simulator(StrEnum):
    """The simulators there are."""

    LAB = "lab"
    FLEET = "fleet"


@app.command("import")
def import_(
    file: File,
    table: Target,
    device: Device = None,
    time: Time = None,
    longitude: Longitude = None,
    latitude: Latitude = None,
    ignore: Ignore = None,
    signal: Signals = None,
    label: Labels = None,
    home: options.Home = None,
    as_json: options.Json = False,
) -> None:
    """Land a file of reports in a table; columns are guessed where none is named."""
    from motifleet.app import open_home

    output = Output(as_json)
    mapping = _mapping(device, time, longitude, latitude, ignore, signal, label)
    with output.progress(f"importing {file.name}") as bar:
        result = open_home(home).import_file(file, table, mapping=mapping, progress=bar)
    output.document(result.to_dict())
    _render_landed(output, result)
    if result.useless:
        raise typer.Exit(1)


@app.command()
def validate(
    file: File,
    device: Device = None,
    time: Time = None,
    longitude: Longitude = None,
    latitude: Latitude = None,
    ignore: Ignore = None,
    signal: Signals = None,
    label: Labels = None,
    as_json: options.Json = False,
) -> None:
    """Check a file of reports without landing it: what would be accepted, and what not."""
    from motifleet.app import validate_file

    output = Output(as_json)
    mapping = _mapping(device, time, longitude, latitude, ignore, signal, label)
    with output.progress(f"checking {file.name}") as bar:
        result = validate_file(file, mapping=mapping, progress=bar)
    output.document(result.to_dict())
    output.line(f"{shown(result.accepted)} reports are fine, {shown(result.rejected)} are not")
    output.line(
        "columns: " + ", ".join(f"{name} ({role})" for name, role in result.columns.items())
    )
    _render_rejections(output, result.reasons, result.examples)
    for hint in result.hints:
        output.note(hint)


@app.command()
def simulate(
    simulator: Annotated[Simulator, typer.Argument(help="Which fleet to simulate.")],
    table: Annotated[
        str | None, typer.Option("--table", metavar="TABLE", help="Land it in this table.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="FILE", help="Or write it to this file.")
    ] = None,
    devices: Annotated[
        int | None,
        typer.Option("--devices", min=1, help="How many (default: 40 lab, 200 fleet)."),
    ] = None,
    reports: Annotated[int, typer.Option("--reports", min=1, help="lab: how many.")] = 1440,
    days: Annotated[int, typer.Option("--days", min=1, help="fleet: how long.")] = 3,
    part: Annotated[int, typer.Option("--part", min=1, max=2, help="lab: which part.")] = 1,
    seed: Annotated[int, typer.Option("--seed", min=0, help="Same seed, same reports.")] = 0,
    start: Annotated[
        str | None,
        typer.Option("--start", metavar="TIME", help="The first report's time (ISO 8601, UTC)."),
    ] = None,
    home: options.Home = None,
    as_json: options.Json = False,
) -> None:
    """Simulate telemetry: the lab's, or a plausible fleet with its ground truth."""
    from motifleet.app import Simulation, open_home, write_simulation

    if (table is None) == (out is None):
        raise typer.BadParameter("say where the reports go: either --table or --out")
    simulation = Simulation(
        simulator.value,
        devices=devices,
        reports=reports,
        days=days,
        part=2 if part == 2 else 1,
        seed=seed,
        start=start,
    )
    output = Output(as_json)
    with output.progress(f"simulating {simulator.value}") as bar:
        if out is not None:
            written = write_simulation(simulation, out, progress=bar)
            output.document({"files": written})
            for path, rows in written.items():
                output.line(f"{shown(rows)} rows written to {path}")
            return
        results = open_home(home).simulate(simulation, str(table), progress=bar)
    output.document({"tables": [result.to_dict() for result in results]})
    for result in results:
        _render_landed(output, result)


def _mapping(
    device: str | None,
    time: str | None,
    longitude: str | None,
    latitude: str | None,
    ignore: list[str] | None,
    signals: list[str] | None,
    labels: list[str] | None,
) -> "ColumnMapping":
    from motifleet.telemetry import ColumnMapping

    return ColumnMapping(
        device=device,
        time=time,
        longitude=longitude,
        latitude=latitude,
        ignore=tuple(ignore or ()),
        signals=tuple(signals or ()),
        labels=tuple(labels or ()),
    )


def _render_landed(output: Output, result: "ImportResult") -> None:
    output.line(f"table {result.table}: {shown(result.accepted)} reports landed")
    if result.already:
        output.line(f"{shown(result.already)} were there already, from the same file")
    if result.rejected:
        output.line(f"{shown(result.rejected)} rejected, kept in the table 'rejected':")
        _render_rejections(output, result.reasons, ())
    for hint in result.hints:
        output.note(hint)


def _render_rejections(
    output: Output, reasons: dict[str, int], examples: Sequence[dict[str, Any]]
) -> None:
    if reasons:
        rows = [{"reason": reason, "rows": count} for reason, count in reasons.items()]
        output.rows(rows, ["reason", "rows"])
    if examples:
        output.rows(examples, ["row", "reason", "report"], title="the first of them")
