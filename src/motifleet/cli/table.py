"""``motifleet table``: look at Iceberg tables."""

from typing import Annotated

import typer

from motifleet.cli import options
from motifleet.cli.output import Output, shown

app = typer.Typer(no_args_is_help=True)


@app.command("list")
def list_(home: options.Home = None, as_json: options.Json = False) -> None:
    """List the tables."""
    from motifleet.app import open_home

    output = Output(as_json)
    rows = open_home(home).tables.list()
    output.document({"tables": [row.to_dict() for row in rows]})
    if not rows:
        output.line("no tables yet: `motifleet telemetry import FILE --table NAME` makes one")
        return
    output.rows(rows, ["name", "rows", "snapshots", "last_commit"])


@app.command()
def show(
    table: options.TableName, home: options.Home = None, as_json: options.Json = False
) -> None:
    """Describe a table: its columns, how it is laid out, and its current snapshot."""
    from motifleet.app import open_home

    output = Output(as_json)
    description = open_home(home).tables.describe(table)
    output.document(description.to_dict())
    output.rows(description.columns, ["name", "type", "role"], title=f"table {table}")
    snapshot = description.snapshot
    for name, value in {
        "rows": description.rows,
        "from": description.first_report,
        "to": description.last_report,
        "snapshot": snapshot and f"{snapshot.id}, committed {shown(snapshot.committed_at)}",
        "partitioned by": description.partitioning,
        "sorted by": description.sorted_by,
        "data files": f"{description.files:,} ({description.bytes / 1e6:,.1f} MB)",
        "location": description.location,
    }.items():
        output.line(f"{name}: {shown(value)}")


@app.command()
def snapshots(
    table: options.TableName, home: options.Home = None, as_json: options.Json = False
) -> None:
    """List a table's snapshots, the oldest first."""
    from motifleet.app import open_home

    output = Output(as_json)
    rows = open_home(home).tables.snapshots(table)
    output.document({"table": table, "snapshots": [row.to_dict() for row in rows]})
    columns = ["id", "committed_at", "parent_id", "operation", "added_rows", "total_rows"]
    output.rows(rows, columns)


@app.command()
def scan(
    table: options.TableName,
    columns: Annotated[
        list[str] | None,
        typer.Option("--column", metavar="COLUMN", help="Only this column (may be repeated)."),
    ] = None,
    devices: options.Devices = None,
    start: options.Start = None,
    end: options.End = None,
    where: options.Where = None,
    as_of: options.AsOf = None,
    limit: Annotated[int, typer.Option("--limit", min=1, help="How many rows at most.")] = 20,
    home: options.Home = None,
    as_json: options.Json = False,
) -> None:
    """Print a table's rows."""
    from motifleet.app import open_home

    output = Output(as_json)
    selection = options.selection(devices, start, end, where, as_of)
    rows = open_home(home).scan(table, columns=columns, selection=selection, limit=limit)
    output.document({"table": table, "rows": rows.to_pylist()})
    output.rows(rows.to_pylist(), rows.column_names)
    if rows.num_rows == limit:
        output.note(f"only the first {shown(limit)} rows: --limit shows more")
