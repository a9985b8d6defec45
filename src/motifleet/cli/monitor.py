"""``motifleet monitor``: what endpoints answered, how good it was, what is known of it later."""

from pathlib import Path
from typing import Annotated, Any

import typer

from motifleet.cli import options
from motifleet.cli.build import parsed
from motifleet.cli.monitor_watched import archive, drift, samples, watch
from motifleet.cli.output import Output

app = typer.Typer(no_args_is_help=True)
for _command in (samples, drift, archive, watch):
    app.command()(_command)

Endpoint = Annotated[str, typer.Argument(metavar="ENDPOINT", help="The endpoint's name.")]
AnyEndpoint = Annotated[
    str | None, typer.Argument(metavar="[ENDPOINT]", help="The endpoint's name (all).")
]
Deployment = Annotated[
    str | None, typer.Option("--deployment", metavar="ID", help="Only of this deployment.")
]
Start = Annotated[
    str | None, typer.Option("--start", metavar="TIME", help="Begun at this time or later (UTC).")
]
End = Annotated[str | None, typer.Option("--end", metavar="TIME", help="Begun before this time.")]
Told = Annotated[
    str | None,
    typer.Option("--metrics", metavar="JSON", help="By name, as in '{\"ground_truth\": 1}'."),
]


@app.command()
def predictions(
    endpoint: AnyEndpoint = None,
    uuid: Annotated[
        str | None, typer.Option("--uuid", metavar="UUID", help="Only this one, with all of it.")
    ] = None,
    deployment: Deployment = None,
    start: Start = None,
    end: End = None,
    failed: Annotated[
        bool | None, typer.Option("--failed/--answered", help="Only those.", show_default=False)
    ] = None,
    after: Annotated[
        str | None, typer.Option("--after", metavar="PLACE", help="The `next` of the page before.")
    ] = None,
    limit: Annotated[int, typer.Option("--limit", min=1, help="At most so many.")] = 20,
    oldest: Annotated[bool, typer.Option("--oldest", help="The oldest first.")] = False,
    home: options.Home = None,
    as_json: options.Json = False,
) -> None:
    """List predictions, the newest first."""
    from motifleet.app import open_home

    output, monitoring = Output(as_json), open_home(home).monitoring
    if uuid is not None:
        told = monitoring.prediction(uuid).to_dict()
        output.document(told)
        for name, value in options.with_times([_row(told)])[0].items():
            output.line(f"{name.replace('_', ' ')}: {value}")
        return
    page = monitoring.predictions(
        endpoint,
        deployment=deployment,
        start=start,
        end=end,
        failed=failed,
        after=after,
        limit=limit,
        newest=not oldest,
    )
    output.document(page.to_dict())
    rows = options.with_times([_row(each.to_dict()) for each in page.items])
    columns = ["started_at", "uuid", "version", "status", "milliseconds", "outputs", "metrics"]
    output.rows([row | {"outputs": _short(row["outputs"])} for row in rows], columns)
    if page.next is not None:
        output.note(f"there are more: --after {page.next}")


@app.command()
def metrics(
    endpoint: AnyEndpoint = None,
    deployment: Deployment = None,
    start: Start = None,
    end: End = None,
    csv: Annotated[
        Path | None, typer.Option("--csv", metavar="FILE", help="Write them to this file.")
    ] = None,
    home: options.Home = None,
    as_json: options.Json = False,
) -> None:
    """Print predictions and aggregates with their metrics, by the names of the lab."""
    from motifleet.app import open_home

    output, monitoring = Output(as_json), open_home(home).monitoring
    chosen: dict[str, Any] = {
        "model_deployment_crn": deployment,
        "start_timestamp_ms": start,
        "end_timestamp_ms": end,
    }
    if csv is not None:
        table = monitoring.metrics_frame(endpoint, **chosen)
        table.to_csv(csv, index=False)
        output.document({"file": str(csv), "records": len(table)})
        output.line(f"{len(table):,} records are in {csv}")
        return
    found = monitoring.read_metrics(endpoint, **chosen)
    output.document({"metrics": found})
    output.rows(found, ["startTimeStampMs", "endTimeStampMs", "predictionUuid", "metrics"])


@app.command()
def truth(
    uuid: Annotated[
        str | None, typer.Argument(metavar="[UUID]", help="Of the prediction; or …")
    ] = None,
    told: Told = None,
    file: Annotated[
        Path | None,
        typer.Option("--file", metavar="FILE", help="… JSON Lines with uuid and metrics, of many."),
    ] = None,
    home: options.Home = None,
    as_json: options.Json = False,
) -> None:
    """Add what is known of predictions later, such as their ground truth."""
    from motifleet.app import open_home

    if (uuid is None) != (told is None) or (uuid is None) == (file is None):
        raise typer.BadParameter("say either a UUID with --metrics, or --file")
    monitoring = open_home(home).monitoring
    if file is not None:
        changed = monitoring.track_file(file)
    else:
        changed = monitoring.track_delayed_metrics(parsed(str(told)), str(uuid))
    output = Output(as_json)
    output.document({"changed": changed})
    output.line(f"{changed:,} metrics are new or have another value")


@app.command()
def aggregate(
    endpoint: Endpoint,
    told: Annotated[
        str, typer.Option("--metrics", metavar="JSON", help="By name, as in '{\"accuracy\": 0.9}'.")
    ],
    start: Annotated[str, typer.Option("--start", metavar="TIME", help="Of predictions from …")],
    end: Annotated[str, typer.Option("--end", metavar="TIME", help="… to this time.")],
    deployment: Deployment = None,
    home: options.Home = None,
    as_json: options.Json = False,
) -> None:
    """Keep metrics of many predictions together."""
    from motifleet.app import open_home

    output = Output(as_json)
    kept = open_home(home).monitoring.track_aggregate_metrics(
        parsed(told), start, end, model_deployment_crn=deployment, endpoint=endpoint
    )
    output.document(kept.to_dict())
    output.line(f"{kept.id} of {kept.deployment_id}: {kept.metrics}")


@app.command()
def quality(
    endpoint: Endpoint,
    deployment: Deployment = None,
    field: Annotated[
        str, typer.Option("--truth", metavar="NAME", help="The metric with the ground truth.")
    ] = "ground_truth",
    predicted: Annotated[
        str, typer.Option("--predicted", metavar="NAME", help="The field that was predicted.")
    ] = "label",
    positive: Annotated[
        str, typer.Option("--positive", metavar="LABEL", help="Recall and precision are of this.")
    ] = "1",
    start: Start = None,
    end: End = None,
    per: Annotated[
        int | None, typer.Option("--per", min=1, help="In parts of so many answers.")
    ] = None,
    every: Annotated[
        float | None, typer.Option("--every", min=0.001, help="In parts of so many seconds.")
    ] = None,
    plot: Annotated[
        Path | None, typer.Option("--plot", metavar="FILE", help="Write a figure to this file.")
    ] = None,
    home: options.Home = None,
    as_json: options.Json = False,
) -> None:
    """Say how good answers were, from ground truth: accuracy, recall, precision."""
    from motifleet.app import open_home, quality_figure

    if per is not None and every is not None:
        raise typer.BadParameter("say --per or --every, not both")
    output = Output(as_json)
    found = open_home(home).monitoring.quality(
        endpoint,
        deployment=deployment,
        truth=field,
        predicted=predicted,
        positive=int(positive) if positive.lstrip("-").isdecimal() else positive,
        start=start,
        end=end,
        per=per,
        every=every,
    )
    output.document({"quality": [each.to_dict() for each in found]})
    rows = [
        {
            "from": options.time_of(each.start_ms),
            "answers": each.count,
            **{
                name: _with_interval(getattr(each, name))
                for name in ("accuracy", "recall", "precision")
            },
            "f1": each.f1,
            "roc_auc": each.roc_auc,
        }
        for each in found
    ]
    output.rows(rows, ["from", "answers", "accuracy", "recall", "precision", "f1", "roc_auc"])
    if not found:
        output.note("no ground truth is known: `motifleet monitor truth` takes it")
    elif plot is not None:
        quality_figure(found).write_html(plot)
        output.note(f"the figure is in {plot}")


def _row(told: dict[str, Any]) -> dict[str, Any]:
    started, ended = told.pop("started_ms"), told.pop("ended_ms")
    return {"started_at": started, **told, "milliseconds": ended - started}


def _short(text: str | None) -> str | None:
    return text if text is None or len(text) <= 60 else f"{text[:59]}…"


def _with_interval(share: Any) -> str:
    return f"{share.value:.3f} ({share.low:.2f}–{share.high:.2f})"
