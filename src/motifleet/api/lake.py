"""Tables and registered models."""

from typing import Annotated, Any

import orjson
from fastapi import APIRouter, Query, Response

from motifleet.api.access import Fleet, rule
from motifleet.api.paging import Cursor, Limit, Page, page

router = APIRouter(tags=["tables and models"])
Columns = Annotated[list[str] | None, Query(max_length=200)]
Text = Annotated[str | None, Query(max_length=1000)]
Document = dict[str, Any]


@router.get("/tables", **rule("table.read"))
def list_tables(fleet: Fleet, limit: Limit = 100, cursor: Cursor = None) -> Page[Document]:
    """List the tables, by name."""
    found = [each.to_dict() for each in fleet.tables.list()]
    return page(found, lambda each: str(each["name"]), limit, cursor)


@router.get("/tables/{table}", **rule("table.read"))
def describe_table(table: str, fleet: Fleet) -> Document:
    """Describe a table: its columns, its layout, its current snapshot."""
    return fleet.tables.describe(table).to_dict()


@router.get("/tables/{table}/snapshots", **rule("table.read"))
def list_snapshots(table: str, fleet: Fleet) -> Page[Document]:
    """List a table's snapshots, the oldest first."""
    return Page(items=[each.to_dict() for each in fleet.tables.snapshots(table)])


@router.get("/tables/{table}/rows", response_model=Document, **rule("table.read"))
def read_rows(
    table: str, fleet: Fleet, column: Columns = None, where: Text = None, limit: Limit = 100
) -> Response:
    """Read a table's first rows, of those that a filter takes; what is no number is null."""
    rows = fleet.tables.scan(table, columns=column, where=where, limit=limit).to_pylist()
    body = orjson.dumps({"table": table, "rows": rows}, default=str)
    return Response(body, media_type="application/json")


@router.get("/models", **rule("model.read"))
def list_models(fleet: Fleet) -> Page[Document]:
    """List the registered models' versions."""
    return Page(items=[each.to_dict() for each in fleet.models.versions()])
