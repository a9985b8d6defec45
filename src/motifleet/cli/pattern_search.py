"""``motifleet pattern``: what is searched over a whole table, page by page."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer

from motifleet.cli import options
from motifleet.cli.reports import Reports, over_reports
from motifleet.cli.wanted import Wanted

if TYPE_CHECKING:
    from motifleet.matrixprofile import Place


@over_reports
def motifs(
    reports: Reports,
    signals: options.Signals,
    window: options.Window = 60,
    count: options.Count = 5,
    each: options.Each = None,
    dimensions: options.Dimensions = None,
    into: options.Into = None,
    engine: options.EngineName = None,
) -> None:
    """What repeats: the closest pairs of windows of each device, the best of the fleet first."""
    with reports.output.progress("profiling reports") as bar:
        found = reports.open().motifs(
            reports.table,
            signals if len(signals) > 1 else signals[0],
            window,
            k=count,
            each=each,
            dimensions=dimensions,
            **_run(reports, into, engine),
            progress=bar,
        )
    _render(reports, "motifs", found, ["device_id", "event_ts", "neighbor_ts", "distance"])


@over_reports
def discords(
    reports: Reports,
    signals: options.Signals,
    window: options.Window = 60,
    against: options.Against = "self",
    count: options.Count = 5,
    each: options.Each = None,
    min_windows: options.MinWindows = 1,
    dimensions: options.Dimensions = None,
    into: options.Into = None,
    engine: options.EngineName = None,
) -> None:
    """What is unusual: the windows least like any other of the same device, or of all others."""
    with reports.output.progress("profiling reports") as bar:
        found = reports.open().discords(
            reports.table,
            signals if len(signals) > 1 else signals[0],
            window,
            against=against,  # type: ignore[arg-type]
            k=count,
            each=each,
            min_windows=min_windows,
            dimensions=dimensions,
            **_run(reports, into, engine),
            progress=bar,
        )
    neighbor = ["neighbor_device_id"] if against == "fleet" else []
    columns = ["device_id", "event_ts", *neighbor, "neighbor_ts", "distance"]
    _render(reports, "discords", found, columns)


@over_reports
def match(
    reports: Reports,
    signals: options.Signals,
    patterns: Annotated[
        list[str] | None,
        typer.Option(
            "--pattern", metavar="NUMBERS", help="The pattern, as in '54,53,52,51'; of each signal."
        ),
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
    dimensions: options.Dimensions = None,
    into: options.Into = None,
    engine: options.EngineName = None,
) -> None:
    """Have you seen this pattern? The windows nearest to it, over every device."""
    fleet = reports.open()
    wanted = Wanted(patterns or [], from_device, from_start, window)
    values = wanted.of(fleet, (reports.table, reports.selection, reports.step), signals)
    with reports.output.progress("searching reports") as bar:
        found = fleet.match(
            values,
            reports.table,
            signals,
            k=count,
            max_distance=max_distance,
            dimensions=dimensions,
            **_run(reports, into, engine),
            progress=bar,
        )
    _render(reports, "matches", found, ["device_id", "event_ts", "index", "distance"])


@over_reports
def anomalies(
    reports: Reports,
    signal: options.Signal,
    window: options.Window = 60,
    count: options.Count = 5,
    min_score: Annotated[
        float, typer.Option("--min-score", help="Only windows with this score or more.")
    ] = 0.0,
    min_windows: options.MinWindows = 1,
    into: options.Into = None,
    engine: options.EngineName = None,
) -> None:
    """What is unusual in shape, level, spread or at a point, each by its device's own measure."""
    with reports.output.progress("scoring reports") as bar:
        found = reports.open().anomalies(
            reports.table,
            signal,
            window,
            k=count,
            min_score=min_score,
            min_windows=min_windows,
            **_run(reports, into, engine),
            progress=bar,
        )
    _render(
        reports,
        "anomalies",
        found,
        ["device_id", "event_ts", "index", "kind", "score", "peak_ts"],
    )


def _run(reports: Reports, into: str | None, engine: str | None) -> dict[str, Any]:
    return {
        "selection": reports.selection,
        "step": reports.step,
        "into": into,
        "engine": engine,
    }


def _render(reports: Reports, noun: str, found: "Sequence[Place]", columns: Sequence[str]) -> None:
    output = reports.output
    output.document({noun: [each.to_dict() for each in found]})
    if found:
        more = ["channels"] if hasattr(found[0], "channels") else []
        output.rows(found, [*columns, *more])
    else:
        output.line(f"no {noun}: {_EMPTY[noun]}")


_EMPTY = {
    "motifs": "every window spans a gap, holds a single value or has no other to be compared with",
    "discords": "every window spans a gap, is the same as another or has none to compare with, "
    "or every device has fewer windows than --min-windows",
    "matches": "every window spans a gap or is farther than --max-distance",
    "anomalies": "every window is as usual for its device, or scores less than --min-score, "
    "or every device has fewer windows than --min-windows",
}
