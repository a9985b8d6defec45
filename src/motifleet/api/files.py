"""The files of a project's folder."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from starlette.concurrency import run_in_threadpool

from motifleet.api.access import Desk, Fleet, rule
from motifleet.api.once import OnceRoute
from motifleet.api.paging import Cursor, Limit, Page, page
from motifleet.app import ProjectFile, ProjectFiles

router = APIRouter(prefix="/projects/{project}/files", tags=["files"], route_class=OnceRoute)
_BYTES = {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}


def files_of(project: str, fleet: Fleet, desk: Desk) -> ProjectFiles:
    """The files of the project that the path names."""
    return ProjectFiles(fleet.settings, desk.actor, project)


Files = Annotated[ProjectFiles, Depends(files_of)]


@router.get("", **rule("project.read", "files.list"))
def list_files(files: Files, limit: Limit = 100, cursor: Cursor = None) -> Page[ProjectFile]:
    """List a project's files, by path."""
    return page(files.list(), lambda each: each.path, limit, cursor)


@router.get(
    "/{path:path}",
    response_class=Response,
    responses={200: {"content": _BYTES}},
    **rule("project.read", "files.read"),
)
def read_file(path: str, files: Files) -> Response:
    """Read a file."""
    headers = {"X-Content-Type-Options": "nosniff", "Content-Disposition": "attachment"}
    return Response(files.read(path), headers=headers, media_type="application/octet-stream")


_FILE = rule("file.write", "files.write")
_FILE["openapi_extra"] |= {"requestBody": {"required": True, "content": _BYTES}}


@router.put("/{path:path}", **_FILE)
async def write_file(path: str, files: Files, request: Request) -> ProjectFile:
    """Write a file, whole or not at all; one of that path is replaced."""
    return await run_in_threadpool(files.write, path, await request.body())


@router.delete("/{path:path}", status_code=204, **rule("file.write", "files.remove"))
def remove_file(path: str, files: Files) -> None:
    """Remove a file."""
    files.remove(path)
