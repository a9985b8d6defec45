"""Tables and registered models."""

from typing import Annotated

from fastapi import APIRouter, Query, Response

from motifleet.api.access import Desk, Fleet, rule
from motifleet.api.answers import Document, answered
from motifleet.api.once import OnceRoute
from motifleet.api.paging import Cursor, Limit, Page, page

router = APIRouter(tags=["tables and models"], route_class=OnceRoute)
Columns = Annotated[list[str] | None, Query(max_length=200)]
Text = Annotated[str | None, Query(max_length=1000)]


@router.get("/tables", **rule("table.read", "tables.list"))
def list_tables(fleet: Fleet, limit: Limit = 100, cursor: Cursor = None) -> Page[Document]:
    """List the tables, by name."""
    found = [each.to_dict() for each in fleet.tables.list()]
    return page(found, lambda each: str(each["name"]), limit, cursor)


@router.get("/tables/{table}", **rule("table.read", "tables.read"))
def describe_table(table: str, fleet: Fleet) -> Document:
    """Describe a table: its columns, its layout, its current snapshot."""
    return fleet.tables.describe(table).to_dict()


@router.get("/tables/{table}/snapshots", **rule("table.read", "tables.snapshots"))
def list_snapshots(
    table: str, fleet: Fleet, limit: Limit = 100, cursor: Cursor = None
) -> Page[Document]:
    """List a table's snapshots, the oldest first."""
    found = [each.to_dict() for each in fleet.tables.snapshots(table)]
    return page(found, lambda each: f"{each['committed_at']} {each['id']}", limit, cursor)


@router.get("/tables/{table}/rows", response_model=Document, **rule("table.read", "tables.rows"))
def read_rows(
    table: str, fleet: Fleet, column: Columns = None, where: Text = None, limit: Limit = 100
) -> Response:
    """Read a table's first rows, of those that a filter takes; what is no number is null."""
    rows = fleet.tables.scan(table, columns=column, where=where, limit=limit).to_pylist()
    return answered({"table": table, "rows": rows})


@router.get("/models", **rule("model.read", "models.list"))
def list_models(
    fleet: Fleet, name: Text = None, limit: Limit = 100, cursor: Cursor = None
) -> Page[Document]:
    """List the registered models' versions, or one model's, by name and number."""
    versions = fleet.models.versions()
    found = [each.to_dict() for each in versions if name in (None, each.name)]
    return page(found, lambda each: f"{each['name']}@{int(each['version']):09}", limit, cursor)


@router.post("/models/{model}/promote", **rule("model.train", "models.promote"))
def promote_version(model: str, fleet: Fleet, desk: Desk) -> Document:
    """Make a version, such as failures@3, the champion of its model."""
    told = fleet.models.promote(model).to_dict()
    desk.note("model.train", model, done="promoted")
    return told


@router.post("/models/{model}/rollback", **rule("model.train", "models.roll_back"))
def roll_back_model(model: str, fleet: Fleet, desk: Desk) -> Document:
    """Make a model's previous champion the champion again."""
    told = fleet.models.roll_back(model).to_dict()
    desk.note("model.train", model, done="rolled back", version=told["version"])
    return told


@router.get("/experiments", **rule("model.read", "models.experiments"))
def list_experiments(fleet: Fleet, limit: Limit = 100, cursor: Cursor = None) -> Page[Document]:
    """List the experiments, by name."""
    return page(fleet.models.experiments(), lambda each: str(each["experiment"]), limit, cursor)


@router.get("/runs", **rule("model.read", "models.runs"))
def list_runs(
    fleet: Fleet, experiment: Text = None, limit: Limit = 100, cursor: Cursor = None
) -> Page[Document]:
    """List the trainings that were logged, by their ids."""
    found = [each.to_dict() for each in fleet.models.runs(experiment)]
    return page(found, lambda each: str(each["id"]), limit, cursor)
