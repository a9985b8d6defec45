"""Builds: made in the background, watched by their status and log."""

from dataclasses import replace
from typing import Annotated, Any, Self

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, Field, model_validator

from motifleet.api.access import Served, rule
from motifleet.api.once import OnceRoute
from motifleet.api.paging import Cursor, Limit, Page, page
from motifleet.app import Background, Build

router = APIRouter(prefix="/builds", tags=["builds"], route_class=OnceRoute)
Name = Annotated[str | None, Query(max_length=100)]
Path = Annotated[str, Field(max_length=500)]


class NewBuild(BaseModel):
    """A build to be made, of a registered version or of a function in a project's file."""

    version: str | None = Field(default=None, max_length=300, description="As in failures@3.")
    file: str | None = Field(default=None, max_length=500, description="In the project's folder.")
    function: str = Field(default="predict", max_length=200)
    beside: list[Path] = Field(default=[], max_length=1000)
    requirements: list[Path] = Field(default=[], max_length=200)
    example: Any = None
    endpoint: str | None = Field(default=None, max_length=100)
    project: str = Field(default="default", max_length=100)

    @model_validator(mode="after")
    def _one(self) -> Self:
        if (self.version is None) == (self.file is None):
            raise ValueError("expected either a version or a file")
        return self


class Log(BaseModel):
    """What was said."""

    log: str


@router.get("", **rule("build.read", "builds.list"))
def list_builds(
    served: Served,
    *,
    endpoint: Name = None,
    status: Name = None,
    limit: Limit = 100,
    cursor: Cursor = None,
) -> Page[Build]:
    """List the builds, the oldest first."""
    found = [each for each in served.builds(endpoint) if status in (None, each.status)]
    return page(found, lambda each: each.id, limit, cursor)


@router.post("", status_code=202, **rule("build.create", "builds.create"))
def create_build(new: NewBuild, served: Served, request: Request) -> Build:
    """Begin a build; it is ready, or has failed, when its status says so."""
    scoped = replace(served, project=new.project)
    if new.file is None:
        source: Any = scoped.version_source(str(new.version))
        named = source.reference.partition("@")[0]
    else:
        more = {"beside": new.beside, "requirements": new.requirements, "example": new.example}
        source = scoped.project_source(new.file, new.function, **more)
        named = source.file.stem
    begun, finish = scoped.begin(source, new.endpoint or named)
    background: Background = request.app.state.background
    background.start(finish)
    return begun


@router.get("/{build}", **rule("build.read", "builds.read"))
def read_build(build: str, served: Served) -> Build:
    """See a build, by its id, or an endpoint's newest by the endpoint's name."""
    return served.build_named(build)


@router.get("/{build}/log", **rule("build.read", "builds.log"))
def read_log(build: str, served: Served) -> Log:
    """See what was said while a build was made."""
    return Log(log=served.build_log(build))
