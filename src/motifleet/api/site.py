"""The application: all routers, their errors and limits, put together."""

from fastapi import FastAPI

from motifleet import __version__
from motifleet.api import failures, health, lake, people, projects
from motifleet.api.guard import Guard
from motifleet.app import Motifleet

PREFIX = "/api/v1"


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
    fleet.workspace.token()
    for room in (health, people, projects, lake):
        site.include_router(room.router, prefix=PREFIX)
    failures.install(site)
    site.add_middleware(Guard)
    return site
