"""Reports sent by HTTP, landed in a table or only looked at."""

from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException

from motifleet.api.access import Desk, Fleet, rule
from motifleet.api.answers import Document
from motifleet.app import KINDS, MEDIA, checked_upload, upload_folder, validate_file
from motifleet.telemetry import ColumnMapping

router = APIRouter(prefix="/tables/{table}", tags=["tables"])
Column = Annotated[str | None, Query(max_length=200)]
Columns = Annotated[list[str], Query(max_length=200)]
_CHUNK = 1 << 20
_BINARY = {"type": "string", "format": "binary"}
_FORM = {"type": "object", "required": ["file"], "properties": {"file": _BINARY}}
_BODY = {
    "required": True,
    "content": {kind: {"schema": _BINARY} for kind in MEDIA}
    | {"multipart/form-data": {"schema": _FORM}},
}
Done = Callable[[Path], dict[str, Any]]


def mapping_of(
    *,
    device: Column = None,
    time: Column = None,
    longitude: Column = None,
    latitude: Column = None,
    ignore: Columns = [],  # noqa: B006 -- FastAPI copies it
    signal: Columns = [],  # noqa: B006
    label: Columns = [],  # noqa: B006
) -> ColumnMapping:
    """What the columns mean; what is not said is guessed from their names."""
    return ColumnMapping(device, time, longitude, latitude, ignore, signal, label)


Mapping = Annotated[ColumnMapping, Depends(mapping_of)]


def _taking(action: str, name: str) -> dict[str, Any]:
    made = rule(action, name)
    made["openapi_extra"] |= {"requestBody": _BODY}
    return made


@router.post("/reports", status_code=201, **_taking("table.write", "tables.land"))
async def land_reports(
    table: str, fleet: Fleet, desk: Desk, mapping: Mapping, request: Request
) -> Document:
    """Land reports in a table: CSV, JSON Lines, Parquet or a stream of Arrow.

    The same file, read the same way, lands once, however often it is sent. Rows that cannot be
    taken go to the table ``rejected``.
    """

    def land(path: Path) -> Document:
        told = fleet.import_file(path, table, mapping=mapping).to_dict()
        counts = {name: told[name] for name in ("accepted", "rejected")}
        desk.note("table.write", table, done="file landed", **counts, snapshot=told["snapshot_id"])
        return told

    return await _with_file(fleet, request, land)


@router.post("/check", **_taking("table.read", "tables.check"))
async def check_reports(table: str, fleet: Fleet, mapping: Mapping, request: Request) -> Document:
    """See what landing reports would accept and reject, and land nothing."""
    del table  # what a file holds is judged by itself
    return await _with_file(
        fleet, request, lambda path: validate_file(path, mapping=mapping).to_dict()
    )


async def _with_file(fleet: Fleet, request: Request, work: Done) -> Document:
    """Do something with the file that a request brings."""
    with upload_folder(fleet.settings) as folder:
        path = await _received(request, folder)
        return await run_in_threadpool(lambda: work(checked_upload(path)))


async def _received(request: Request, folder: Path) -> Path:
    kind = request.headers.get("content-type", "").partition(";")[0].strip().casefold()
    if request.headers.get("content-encoding", "identity") != "identity":
        raise HTTPException(415, "expected a body that is not packed: send it as it is")
    if kind == "multipart/form-data":
        return await _received_in_form(request, folder)
    if kind not in MEDIA:
        raise HTTPException(415, f"expected a body of {', '.join(MEDIA)}: got {kind or 'nothing'}")
    path = folder / f"upload{MEDIA[kind]}"
    with path.open("wb") as file:
        async for chunk in request.stream():
            await run_in_threadpool(file.write, chunk)
    return path


async def _received_in_form(request: Request, folder: Path) -> Path:
    """The one file of a form; of its name only the ending counts."""
    async with request.form(max_files=1, max_fields=10) as form:
        upload = form.get("file")
        if not isinstance(upload, UploadFile):
            raise HTTPException(422, "expected a file in the form's field `file`: got none")
        ending = Path(upload.filename or "").suffix.casefold()
        if ending not in KINDS:
            raise HTTPException(415, f"expected a file that ends in {', '.join(KINDS)}")
        path = folder / f"upload{ending}"
        with path.open("wb") as file:
            while chunk := await upload.read(_CHUNK):
                await run_in_threadpool(file.write, chunk)
    return path
