"""``motifleet experiment``: what was trained, and MLflow's own page."""

from typing import Annotated

import typer

from motifleet.cli import options
from motifleet.cli.output import Output

app = typer.Typer(no_args_is_help=True)


@app.command("list")
def list_experiments(home: options.Home = None, as_json: options.Json = False) -> None:
    """List the experiments with their runs."""
    from motifleet.app import open_home

    output = Output(as_json)
    rows = open_home(home).models.experiments()
    output.document({"experiments": rows})
    output.rows(rows, ["experiment", "runs", "newest"])


@app.command()
def runs(
    experiment: Annotated[
        str | None, typer.Argument(metavar="EXPERIMENT", help="Only this experiment.")
    ] = None,
    home: options.Home = None,
    as_json: options.Json = False,
) -> None:
    """List the runs, the newest first, with the snapshot that each was trained on."""
    from motifleet.app import open_home

    output = Output(as_json)
    models = open_home(home).models
    found, waiting = models.runs(experiment), models.waiting
    output.document(
        {
            "runs": [run.to_dict() for run in found],
            "waiting": [{"id": each.id, "kind": each.kind} for each in waiting],
        }
    )
    rows = [
        {
            "id": run.id,
            "experiment": run.experiment,
            "kind": run.kind,
            "started_at": run.started_at,
            "status": run.status,
            "pr_auc": run.metrics.get("pr_auc"),
            "chance": run.metrics.get("pr_auc_baseline"),
            "table": run.lineage and run.lineage.table,
            "snapshot": run.lineage and str(run.lineage.snapshot_id),
        }
        for run in found
    ]
    output.rows(rows, _COLUMNS)
    for each in waiting:
        output.note(
            f"a finished {each.kind} waits for the tracking server: "
            f"motifleet model upload {each.id}"
        )


@app.command()
def ui(
    port: Annotated[int, typer.Option("--port", min=1, max=65535, help="On this port.")] = 5000,
    home: options.Home = None,
    as_json: options.Json = False,
) -> None:
    """Open MLflow's own page over this home, for this machine alone, until Ctrl-C."""
    from motifleet.app import open_home

    output = Output(as_json)
    output.document({"url": f"http://127.0.0.1:{port}"})
    output.line(f"MLflow's page: http://127.0.0.1:{port} (Ctrl-C ends it)")
    open_home(home).models.serve_page(port)


_COLUMNS = (
    "id",
    "experiment",
    "kind",
    "started_at",
    "status",
    "pr_auc",
    "chance",
    "table",
    "snapshot",
)
