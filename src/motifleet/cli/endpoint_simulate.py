"""``motifleet endpoint simulate``: simulated callers, and the ground truth afterwards."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from motifleet.cli import options
from motifleet.cli.output import Output

if TYPE_CHECKING:
    from motifleet.app import Summary


def simulate(
    endpoint: Annotated[str, typer.Argument(metavar="ENDPOINT", help="The endpoint's name.")],
    count: Annotated[
        int | None,
        typer.Option("--requests", "-n", min=1, help="How many (1,000; 10 of motif batches)."),
    ] = None,
    concurrency: Annotated[
        int, typer.Option("--concurrency", min=1, max=1_000, help="By so many callers.")
    ] = 4,
    rate: Annotated[
        float | None,
        typer.Option("--rate", help="So many a second (as fast as they are answered)."),
    ] = None,
    kind: Annotated[
        str | None,
        typer.Option("--kind", help="query, motifs or failures (by the model's columns)."),
    ] = None,
    table: Annotated[
        str | None, typer.Option("--table", metavar="TABLE", help="Ask about reports of a table.")
    ] = None,
    file: Annotated[
        Path | None,
        typer.Option("--file", metavar="FILE", help="JSON Lines with request, perhaps truth."),
    ] = None,
    label: Annotated[
        str, typer.Option("--label", metavar="COLUMN", help="The column with the truth.")
    ] = "iot_failure",
    shift: Annotated[
        float, typer.Option("--shift", help="Add this to every signal: inputs drift.")
    ] = 0.0,
    seed: Annotated[int, typer.Option("--seed", min=0, help="Of the simulated reports.")] = 0,
    truth: Annotated[
        bool, typer.Option("--truth/--no-truth", help="Tell the ground truth afterwards.")
    ] = True,
    key: Annotated[
        str | None,
        typer.Option(
            "--key", metavar="KEY", envvar="MOTIFLEET_KEY", help="An access key (one for now)."
        ),
    ] = None,
    home: options.Home = None,
    as_json: options.Json = False,
) -> None:
    """Ask an endpoint many times, and say how fast it answered."""
    from motifleet.app import ENDPOINT_KINDS, Requests, open_home

    if kind is not None and kind not in ENDPOINT_KINDS:
        raise typer.BadParameter(f"expected a kind of {', '.join(ENDPOINT_KINDS)}, got {kind!r}")
    output, simulation = Output(as_json), open_home(home).endpoint_simulation
    chosen = Requests(kind, count, table, file, label, shift, seed)
    asked = simulation.requests(endpoint, chosen)
    with simulation.key(endpoint, key) as good:
        load = simulation.load(endpoint, good, asked, concurrency=concurrency, rate=rate)
        told = None
        try:
            with output.progress("asking", len(asked)) as bar:
                load.run(bar)
            if truth and load.truths():
                with output.progress("telling the truth", len(load.truths())) as bar:
                    told = simulation.tell(load, bar)
        finally:
            _show(output, told or load.summary())


def _show(output: Output, summary: "Summary") -> None:
    output.document(summary.to_dict())
    statuses = ", ".join(f"{count:,} × {status}" for status, count in summary.statuses.items())
    output.line(
        f"{summary.requests:,} requests in {summary.seconds:.1f} s, {summary.rate:,.0f} a second: "
        f"{statuses or 'none came back'}"
    )
    if summary.p50_ms is not None:
        named = {"p50": summary.p50_ms, "p95": summary.p95_ms, "p99": summary.p99_ms}
        times = ", ".join(f"{name} {value:.1f}" for name, value in named.items())
        output.line(f"milliseconds: {times}, longest {summary.longest_ms:.1f}")
    if summary.truths:
        output.line(f"ground truth of {summary.truths:,} predictions was told")
    if summary.first_error is not None:
        output.note(f"the first that failed: {summary.first_error}")
