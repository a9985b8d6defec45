"""The application: all routers, their errors and limits, put together."""

from fastapi import FastAPI

from motifleet import __version__
from motifleet.api import (
    builds,
    deployments,
    devices,
    endpoints,
    failures,
    files,
    geo,
    health,
    jobs,
    lake,
    landing,
    monitor,
    patterns,
    people,
    predictions,
    projects,
    server,
)
from motifleet.api.guard import Guard
from motifleet.app import Background, Motifleet

PREFIX = "/api/v1"
ROOMS = (
    health,
    server,
    people,
    files,
    jobs,
    projects,
    lake,
    landing,
    patterns,
    devices,
    geo,
    builds,
    deployments,
    endpoints,
    predictions,
    monitor,
)


def make_site(fleet: Motifleet) -> FastAPI:
    """The REST API over an open home; its token is made where there is none."""
    site = FastAPI(
        title="Motifleet",
        version=__version__,
        openapi_url=f"{PREFIX}/openapi.json",
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
    )
    site.state.fleet = fleet
    site.state.background = Background()
    fleet.workspace.token()
    fleet.serving.end_abandoned()
    for room in ROOMS:
        site.include_router(room.router, prefix=PREFIX)
    failures.install(site)
    site.add_middleware(Guard)
    return site
