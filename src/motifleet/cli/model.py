"""``motifleet model``: register, promote, compare and score models."""

import json
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from motifleet.cli import model_train, options
from motifleet.cli.output import Output, shown

app = typer.Typer(no_args_is_help=True)
app.add_typer(model_train.app, name="train")

Reference = Annotated[
    str, typer.Argument(metavar="MODEL", help="A version, as in failures@champion or failures@3.")
]
ModelName = Annotated[str, typer.Argument(metavar="NAME", help="The model's name.")]


@app.command("list")
def list_models(
    name: Annotated[
        str | None, typer.Argument(metavar="NAME", help="Only this model's versions.")
    ] = None,
    home: options.Home = None,
    as_json: options.Json = False,
) -> None:
    """List the registered models' versions with their aliases and snapshots."""
    from motifleet.app import open_home

    output = Output(as_json)
    found = open_home(home).models.versions(name)
    output.document({"versions": [each.to_dict() for each in found]})
    rows = [
        {
            "model": each.reference,
            "aliases": each.aliases or None,
            "kind": each.kind,
            "created_at": each.created_at,
            "table": each.lineage and each.lineage.table,
            "snapshot": each.lineage and str(each.lineage.snapshot_id),
            "rows": each.lineage and each.lineage.rows,
        }
        for each in found
    ]
    output.rows(rows, ["model", "aliases", "kind", "created_at", "table", "snapshot", "rows"])


@app.command()
def register(
    run: Annotated[str, typer.Argument(metavar="RUN", help="The run's id.")],
    name: ModelName,
    home: options.Home = None,
    as_json: options.Json = False,
) -> None:
    """Make a run's model the next version of a registered model."""
    from motifleet.app import open_home

    _render(as_json, open_home(home).models.register(run, name))


@app.command()
def promote(model: Reference, home: options.Home = None, as_json: options.Json = False) -> None:
    """Make a version the champion; the one before becomes "previous"."""
    from motifleet.app import open_home

    _render(as_json, open_home(home).models.promote(model))


@app.command()
def rollback(name: ModelName, home: options.Home = None, as_json: options.Json = False) -> None:
    """Make the previous champion the champion again."""
    from motifleet.app import open_home

    _render(as_json, open_home(home).models.roll_back(name))


@app.command()
def compare(
    first: Annotated[str, typer.Argument(metavar="FIRST", help="As in failures@champion.")],
    second: Annotated[str, typer.Argument(metavar="SECOND", help="As in failures@challenger.")],
    as_of: options.AsOf = None,
    home: options.Home = None,
    as_json: options.Json = False,
) -> None:
    """Lay two versions side by side, and judge them by reports that neither has learnt from."""
    from motifleet.app import open_home

    output = Output(as_json)
    found = open_home(home).models.compare(first, second, as_of=as_of)
    output.document(found.to_dict())
    one, other = found.first.reference, found.second.reference
    metrics = [{"figure": name, one: a, other: b} for name, (a, b) in found.metrics.items()]
    output.rows(metrics, ["figure", one, other], title="figures, each on its own test reports")
    params = [{"choice": name, one: a, other: b} for name, (a, b) in found.params.items()]
    output.rows(params, ["choice", one, other], title="choices that differ")
    snapshots = [each.lineage and each.lineage.snapshot_id for each in (found.first, found.second)]
    output.line(f"snapshots: {snapshots[0]} and {snapshots[1]}")
    output.line(f"rows between them: {shown(found.rows_between)}")
    if found.held_out is not None:
        told = found.held_out
        output.line(
            f"on the same {told.reports:,} reports of {told.devices:,} devices: PR-AUC "
            f"{told.first:.3f} and {told.second:.3f}, chance {told.failures:.3f}"
        )
    output.line(found.verdict)


@app.command()
def score(
    model: Reference,
    table: Annotated[str, typer.Option("--table", metavar="TABLE", help="The table to score.")],
    into: Annotated[
        str, typer.Option("--into", metavar="TABLE", help="The table of the predictions.")
    ],
    where: options.Where = None,
    as_of: options.AsOf = None,
    home: options.Home = None,
    as_json: options.Json = False,
) -> None:
    """Score a table into another; the same version and snapshot again change nothing."""
    from motifleet.app import open_home

    output = Output(as_json)
    with output.progress("scoring reports") as bar:
        done = open_home(home).models.score(
            model, table, into, as_of=as_of, where=where, progress=bar
        )
    output.document(done.to_dict())
    already = f", {done.already:,} were there already" if done.already else ""
    output.line(f"{done.model} scored {done.table} at {done.snapshot_id}")
    output.line(f"{done.rows:,} predictions landed in {done.into}{already}")


@app.command()
def predict(
    model: Reference,
    file: Annotated[
        Path, typer.Argument(metavar="FILE", help="JSON: a list of records; - for standard input.")
    ],
    home: options.Home = None,
    as_json: options.Json = False,
) -> None:
    """Ask a model about the records of a JSON file."""
    from motifleet.app import open_home

    output = Output(as_json)
    rows = _records(sys.stdin.read() if str(file) == "-" else _read(file))
    found = open_home(home).models.predict(model, rows)
    answers: list[dict[str, Any]] = json.loads(found.to_json(orient="records"))
    output.document({"model": model, "predictions": answers})
    output.rows(answers, list(found.columns))
    if found.attrs["ignored"]:
        output.note(f"the model takes no {', '.join(found.attrs['ignored'])}: ignored")


@app.command()
def upload(
    trainings: Annotated[
        list[str] | None, typer.Argument(metavar="[TRAINING]...", help="Only these.")
    ] = None,
    home: options.Home = None,
    as_json: options.Json = False,
) -> None:
    """Bring finished trainings to the tracking server that could not be reached before."""
    from motifleet.app import open_home

    output = Output(as_json)
    done = open_home(home).models.upload(trainings or ())
    output.document({"uploaded": [each.to_dict() for each in done]})
    rows = [
        {"training": each.id, "run": each.run_id, "model": each.version and each.version.reference}
        for each in done
    ]
    output.rows(rows, ["training", "run", "model"])


def _read(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise typer.BadParameter(f"{file} cannot be read: {error}") from None


def _records(text: str) -> Any:
    try:
        rows = json.loads(text)
    except json.JSONDecodeError as error:
        raise typer.BadParameter(f"expected JSON, got something else: {error}") from None
    records = [rows] if isinstance(rows, dict) else rows
    if not isinstance(records, list) or not all(isinstance(each, dict) for each in records):
        raise typer.BadParameter(f"expected a list of records, got {text.strip()[:40]}")
    return records


def _render(as_json: bool, version: Any) -> None:
    output = Output(as_json)
    output.document(version.to_dict())
    output.line(f"{version.reference}: {shown(version.aliases) or 'no alias'}")
