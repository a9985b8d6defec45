"""``motifleet device``: which devices behave alike."""

from typing import TYPE_CHECKING, Annotated

import typer

from motifleet.cli import options
from motifleet.cli.pattern_profiles import Normalize
from motifleet.cli.reports import Plot, Reports, over_reports

if TYPE_CHECKING:
    from motifleet.app import Alike

app = typer.Typer(no_args_is_help=True)

Constant = Annotated[
    bool, typer.Option("--constant", help="Let windows count that hold one value for long.")
]
Share = Annotated[
    float, typer.Option("--share", help="Which of the windows decides: 0 the nearest alone.")
]


def similar(
    reports: Reports,
    signal: options.Signal,
    device: Annotated[
        str | None,
        typer.Argument(metavar="DEVICE", help="The device to compare with (default: each one)."),
    ] = None,
    window: options.Window = 60,
    count: options.Count = 10,
    exact: Annotated[
        bool | None,
        typer.Option("--exact/--index", help="Compare all, or those that an index chooses."),
    ] = None,
    constant: Constant = False,
    normalize: Normalize = True,
    share: Share = 0.05,
    into: options.Into = None,
    engine: options.EngineName = None,
    plot: Plot = None,
) -> None:
    """Which devices behave like this one, by the shapes that they share.

    Without DEVICE those most like each device are written to the result table --into.
    """
    from motifleet.app import Alike

    alike = Alike(window, constant, normalize, share)
    if device is None:
        if into is None or plot is not None:
            raise typer.BadParameter(
                "say which DEVICE; or, for those most like each one, --into TABLE without --plot"
            )
        _similarity(reports, signal, alike, (count, exact, into, engine))
        return
    if engine is not None:
        raise typer.BadParameter("an --engine compares whole fleets: leave out DEVICE, or --engine")
    output = reports.output
    with output.progress("comparing devices") as bar:
        found = reports.open().similar_devices(
            reports.table,
            device,
            signal,
            alike,
            k=count,
            exact=exact,
            into=into,
            selection=reports.selection,
            step=reports.step,
            progress=bar,
            note=output.note,
        )
    reports.draw(found, plot)
    facts = {"m": found.m, "exact": found.exact, "compared": found.compared}
    output.document({"similar": found.rows(), **facts, "devices": found.devices})
    output.rows(found.rows(), ["rank", "neighbor_id", "distance"], f"devices like {device}")
    if not len(found):
        output.note(
            f"nothing of {device} can be compared: too few windows vary; a shorter --window or "
            "--constant may help"
        )
    elif found.exact:
        output.note(f"all {found.devices:,} other devices were compared")
    else:
        output.note(
            f"an index chose {found.compared:,} of {found.devices:,} devices; --exact compares all"
        )


def _similarity(
    reports: Reports, signal: str, alike: "Alike", asked: tuple[int, bool | None, str, str | None]
) -> None:
    output, (count, exact, into, engine) = reports.output, asked
    with output.progress("comparing devices") as bar:
        written = reports.open().similarity(
            reports.table,
            signal,
            alike,
            k=count,
            exact=exact,
            selection=reports.selection,
            step=reports.step,
            into=into,
            engine=engine,
            progress=bar,
            note=output.note,
        )
    output.document(written.to_dict())
    output.line(
        f"{written.rows:,} rows of {written.devices:,} devices in {into}, "
        f"as of snapshot {written.snapshot_id}"
    )
    if not written.exact:
        output.note(
            f"an index chose {written.compared:,} devices to compare with each; --exact compares "
            "all with all"
        )


def clusters(
    reports: Reports,
    signal: options.Signal,
    window: options.Window = 60,
    count: Annotated[
        int | None, typer.Option("--count", "-k", help="How many (default: as many as seem).")
    ] = None,
    least: Annotated[int, typer.Option("--least", help="Devices that make a cluster.")] = 3,
    sample: Annotated[
        int, typer.Option("--sample", help="Devices compared with one another at most.")
    ] = 400,
    seed: Annotated[int, typer.Option("--seed", help="Of the choice of the sample.")] = 0,
    constant: Constant = False,
    normalize: Normalize = True,
    share: Share = 0.05,
    plot: Plot = None,
) -> None:
    """The groups of devices that behave alike, and those that are like no others."""
    from motifleet.app import Alike

    output = reports.output
    with output.progress("comparing devices") as bar:
        found = reports.open().clusters(
            reports.table,
            signal,
            Alike(window, constant, normalize, share),
            k=count,
            least=least,
            sample=sample,
            seed=seed,
            selection=reports.selection,
            step=reports.step,
            progress=bar,
        )
    reports.draw(found, plot)
    rows = [each.to_dict() for each in found.clusters]
    output.document({"clusters": rows, "alone": list(found.alone), "sampled": found.sampled})
    shown = [{**row, "like_it": row["device_ids"][1:5]} for row in rows]
    output.rows(shown, ["number", "size", "medoid_id", "like_it"])
    output.line(f"in no cluster: {len(found.alone):,} of {len(found):,} devices")
    if found.sampled < len(found):
        output.note(f"{found.sampled:,} devices were compared with one another, a sample")


def index(
    reports: Reports,
    signal: options.Signal,
    window: options.Window = 60,
    rebuild: Annotated[
        bool, typer.Option("--rebuild", help="Build it anew: new reports of its devices count.")
    ] = False,
    constant: Constant = False,
    normalize: Normalize = True,
) -> None:
    """Build the index that `similar` chooses by, or add new devices to it."""
    from motifleet.app import Alike

    output = reports.output
    with output.progress("indexing devices") as bar:
        found = reports.open().index_devices(
            reports.table,
            signal,
            Alike(window, constant, normalize),
            rebuild=rebuild,
            selection=reports.selection,
            step=reports.step,
            progress=bar,
        )
    row = found.to_dict()
    output.document(row)
    output.rows([row], ["devices", "vectors", "bytes", "snapshot_id"])
    if found.stale:
        output.note(
            "the table has moved on since the index was built: new devices were added, new reports "
            "of others count with --rebuild"
        )


for command in (similar, clusters, index):
    app.command()(over_reports(command))
