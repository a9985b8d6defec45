"""``motifleet monitor``: technical metrics, drift, and the archive."""

from pathlib import Path
from typing import Annotated, Any

import typer

from motifleet.cli import options
from motifleet.cli.output import Output

Endpoint = Annotated[str, typer.Argument(metavar="ENDPOINT", help="The endpoint's name.")]
Deployment = Annotated[
    str | None, typer.Option("--deployment", metavar="ID", help="Only of this deployment.")
]
Start = Annotated[
    str | None, typer.Option("--start", metavar="TIME", help="From this time on (UTC).")
]
End = Annotated[str | None, typer.Option("--end", metavar="TIME", help="Before this time.")]
Plot = Annotated[
    Path | None, typer.Option("--plot", metavar="FILE", help="Write a figure to this file.")
]


def samples(
    endpoint: Endpoint,
    deployment: Deployment = None,
    start: Start = None,
    end: End = None,
    limit: Annotated[int, typer.Option("--limit", min=1, help="The latest so many.")] = 20,
    plot: Plot = None,
    home: options.Home = None,
    as_json: options.Json = False,
) -> None:
    """Print technical metrics over time: requests, latency, queue, cores and memory."""
    from motifleet.app import open_home, samples_figure

    output = Output(as_json)
    found = open_home(home).monitoring.samples(
        endpoint, deployment=deployment, start=start, end=end
    )
    shown = found[-limit:]
    output.document({"samples": [each.to_dict() for each in shown]})
    rows = options.with_times([each.to_dict() | {"sampled_at": each.at} for each in shown])
    names = ["sampled_at", "source", "requests", "errors", "p50_ms", "p95_ms", "p99_ms"]
    output.rows(rows, [*names, "queue", "batch", "cpu", "memory"])
    if not found:
        output.note("nothing was sampled: `motifleet up` does while it runs")
    elif plot is not None:
        samples_figure(found).write_html(plot)
        output.note(f"the figure is in {plot}")


def drift(
    endpoint: Endpoint,
    deployment: Deployment = None,
    start: Start = None,
    end: End = None,
    against: Annotated[
        tuple[str, str] | None,
        typer.Option(
            "--against", metavar="START END", help="Predictions of this time, not the training."
        ),
    ] = None,
    history: Annotated[
        bool, typer.Option("--history", help="Only what was measured before.")
    ] = False,
    plot: Plot = None,
    home: options.Home = None,
    as_json: options.Json = False,
) -> None:
    """Measure how far inputs and outputs have gone from the training snapshot."""
    from motifleet.app import drift_figure, open_home

    output, measured = Output(as_json), open_home(home).monitoring.drift
    if history:
        found = measured.reports(endpoint)
    else:
        found = [
            measured.measure(
                endpoint, deployment=deployment, start=start, end=end, reference=against
            )
        ]
    output.document({"reports": [each.to_dict() for each in found]})
    for each in found[-1:]:
        output.line(
            f"{each.version} ({each.deployment_id}): {each.verdict}; {each.predictions:,} "
            f"predictions against {each.against}"
        )
        rows = [_feature("input", told) for told in each.inputs]
        rows += [_feature("output", told) for told in each.outputs]
        output.rows(rows, ["side", "feature", "verdict", "values", "psi", "by_chance", "ks", "p"])
    if not found:
        output.note("drift was never measured: leave out --history to do so")
    elif plot is not None:
        drift_figure(measured.reports(endpoint) if history else found).write_html(plot)
        output.note(f"the figure is in {plot}")


def archive(
    days: Annotated[
        float | None,
        typer.Option("--days", min=0, help="Those that are older (setting archive_days)."),
    ] = None,
    shrink: Annotated[
        bool, typer.Option("--shrink", help="Give the room back to the disk; nobody can write.")
    ] = False,
    home: options.Home = None,
    as_json: options.Json = False,
) -> None:
    """Move old predictions to an Iceberg table, where they are still read."""
    from motifleet.app import open_home

    output = Output(as_json)
    with output.progress("predictions moved") as bar:
        moved = open_home(home).monitoring.archive(days, shrink=shrink, progress=bar)
    output.document({"predictions": moved.predictions, "metrics": moved.metrics})
    output.line(f"{moved.predictions:,} predictions and {moved.metrics:,} metrics were moved")


def watch(home: options.Home = None, as_json: options.Json = False) -> None:
    """Sample, look at alerts, measure drift and archive until Ctrl-C, as `motifleet up` does."""
    import threading

    from motifleet.app import open_home

    output, stop = Output(as_json), threading.Event()
    output.document({"watching": True})
    output.line("watching (Ctrl-C ends it)")
    try:
        open_home(home).monitoring.watch(stop, output.note)
    finally:
        stop.set()


def _feature(side: str, told: Any) -> dict[str, Any]:
    interval = "" if told.psi is None else f" ({told.psi_low:.2f}–{told.psi_high:.2f})"
    return {
        "side": side,
        "feature": told.name,
        "verdict": told.verdict,
        "values": told.current,
        "psi": None if told.psi is None else f"{told.psi:.3f}{interval}",
        "by_chance": told.chance,
        "ks": told.ks,
        "p": told.p_value,
    }
