"""``motifleet lineage``: from a model to its data, and from a batch to the models that saw it."""

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
    home: options.Home = None,
    as_json: options.Json = False,
) -> None:
    """Say which batches a version saw, or which models saw a batch."""
    if (model is None) == (table is None):
        raise typer.BadParameter("say either a MODEL, or --table with --snapshot or --batch")
    if model is not None and (snapshot or batch):
        raise typer.BadParameter("--snapshot and --batch go with --table")
    output = Output(as_json)
    if model is not None:
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
