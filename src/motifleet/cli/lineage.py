"""``motifleet lineage``: from a prediction or version to its data, from a batch to what saw it."""

from dataclasses import asdict
from typing import Annotated

import typer

from motifleet.cli import options
from motifleet.cli.output import Output, shown


def lineage(
    model: Annotated[
        str | None,
        typer.Argument(metavar="[MODEL]", help="A version, as in failures@champion; or …"),
    ] = None,
    table: Annotated[
        str | None, typer.Option("--table", metavar="TABLE", help="… the models of this table …")
    ] = None,
    snapshot: Annotated[
        str | None,
        typer.Option("--snapshot", metavar="SNAPSHOT", help="… that saw this snapshot's batch …"),
    ] = None,
    batch: Annotated[
        str | None, typer.Option("--batch", metavar="ID", help="… or the batch of this id.")
    ] = None,
    prediction: Annotated[
        str | None,
        typer.Option("--prediction", metavar="UUID", help="Or: the data of this prediction …"),
    ] = None,
    predictions: Annotated[
        bool,
        typer.Option("--predictions", help="… or, with --table, the predictions of a snapshot."),
    ] = False,
    after: Annotated[
        str | None, typer.Option("--after", metavar="PLACE", help="The `next` of the page before.")
    ] = None,
    limit: Annotated[int, typer.Option("--limit", min=1, help="At most so many.")] = 20,
    home: options.Home = None,
    as_json: options.Json = False,
) -> None:
    """Say which data a prediction or a version rests on, or what rests on a batch."""
    if sum(each is not None for each in (model, table, prediction)) != 1:
        raise typer.BadParameter("say a MODEL, --prediction, or --table with --snapshot or --batch")
    if table is None and (snapshot or batch or predictions):
        raise typer.BadParameter("--snapshot, --batch and --predictions go with --table")
    if batch and predictions:
        raise typer.BadParameter("--predictions go with --snapshot")
    output = Output(as_json)
    if prediction is not None:
        _of_prediction(output, prediction, home)
    elif predictions:
        _predictions(output, str(table), snapshot, after, limit, home)
    elif model is not None:
        _of_model(output, model, home)
    else:
        _of_batch(output, str(table), snapshot, batch, home)


def _of_model(output: Output, model: str, home: options.Home) -> None:
    from motifleet.app import open_home

    found = open_home(home).models.lineage(model)
    output.document(found.to_dict())
    told = found.lineage
    for name, value in {
        "version": found.version.reference,
        "aliases": found.version.aliases,
        "run": found.version.run_id,
        "table": told.table,
        "snapshot": f"{told.snapshot_id}, committed {told.committed_at}",
        "parent": told.parent_id and str(told.parent_id),
        "rows": told.rows,
        "part of it": told.selection or "all",
        "schema": told.schema_hash,
        "code": f"Motifleet {told.code_version}",
    }.items():
        output.line(f"{name}: {shown(value)}")
    rows = [asdict(each) | {"snapshot_id": str(each.snapshot_id)} for each in found.batches]
    output.rows(rows, ["snapshot_id", "committed_at", "batch_id", "rows"], title="batches seen")
    if not found.whole:
        output.note("earlier snapshots have been expired, so earlier batches are not listed")


def _of_batch(
    output: Output, table: str, snapshot: str | None, batch: str | None, home: options.Home
) -> None:
    from motifleet.app import open_home

    found = open_home(home).models.saw(table, snapshot=snapshot, batch=batch)
    rows = [asdict(each) | {"snapshot_id": str(each.snapshot_id)} for each in found]
    output.document({"table": table, "trainings": rows})
    output.rows(rows, ["model", "aliases", "kind", "run_id", "snapshot_id", "selection"])


def _of_prediction(output: Output, uuid: str, home: options.Home) -> None:
    from motifleet.app import open_home

    found = open_home(home).monitoring.lineage(uuid)
    output.document(found.to_dict())
    asked, build, data = found.prediction, found.build, found.data
    told: dict[str, object] = {
        "prediction": uuid,
        "asked": options.time_of(asked.started_ms),
        "deployment": asked.deployment_id,
        "build": f"{asked.build_id}{'' if build is None else f', SHA-256 {build.digest}'}",
        "version": asked.version,
    }
    if data is None:
        told["data"] = f"unknown: {found.reason}"
    else:
        lineage = data.lineage
        told |= {
            "run": data.version.run_id,
            "table": lineage.table,
            "snapshot": f"{lineage.snapshot_id}, committed {lineage.committed_at}",
            "rows": lineage.rows,
            "part of it": lineage.selection or "all",
            "batches": len(data.batches),
        }
    for name, value in told.items():
        output.line(f"{name}: {shown(value)}")


def _predictions(
    output: Output,
    table: str,
    snapshot: str | None,
    after: str | None,
    limit: int,
    home: options.Home,
) -> None:
    from motifleet.app import open_home

    monitoring = open_home(home).monitoring
    found = monitoring.use_of_snapshot(table, snapshot)
    page = monitoring.predictions_of_snapshot(table, snapshot, after=after, limit=limit)
    output.document({**found.to_dict(), "predictions": page.to_dict()})
    output.line(
        f"{table} at snapshot {found.snapshot_id}: {len(found.trainings)} trainings, "
        f"{len(found.builds)} builds, {len(found.deployments)} deployments"
    )
    rows = [
        {"asked": options.time_of(each.started_ms), "prediction": each.uuid}
        | {"version": each.version, "deployment": each.deployment_id, "status": each.status}
        for each in page.items
    ]
    output.rows(rows, ["asked", "prediction", "version", "deployment", "status"])
    if page.next is not None:
        output.note(f"there are more: --after {page.next}")
