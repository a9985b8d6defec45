"""The page on a site: its routes, its door, its files."""

from pathlib import Path

import nicegui
from fastapi import FastAPI
from nicegui import Client, ui
from nicegui import app as pages
from starlette.requests import Request

from motifleet.app import Motifleet
from motifleet.geo import map_assets
from motifleet.web.door import Door
from motifleet.web.house import House
from motifleet.web.login import LOGIN_PATHS, add_login
from motifleet.web.page import Page
from motifleet.web.registry import PAGES
from motifleet.web.sessions import Sessions
from motifleet.web.shell import show
from motifleet.web.visit import PREFIX, visit_of

_ASSETS = Path(__file__).parent / "assets"
_HEAD = f"""
<link rel="stylesheet" href="{PREFIX}/maps/map.css">
<link rel="stylesheet" href="{PREFIX}/assets/style.css">
<script src="{PREFIX}/assets/page.js"></script>
"""


def install(site: FastAPI, fleet: Motifleet) -> None:
    """Serve the page under ``/ui`` of a site, over an open home; once in a process.

    Args:
        site: the REST API; what is not below the prefix stays its own. ``/`` leads to the page.
        fleet: the open home.
    """
    house = House(fleet, Sessions(fleet.workspace))
    pages.add_static_files("/assets", _ASSETS)
    pages.add_static_files("/maps", map_assets())
    for path in LOGIN_PATHS:
        pages.remove_route(path)
    add_login(pages, house.sessions)
    for page in PAGES:
        _add(page, house)
    if _HEAD not in Client.shared_head_html:
        ui.add_head_html(_HEAD, shared=True)
    ui.run_with(
        site,
        mount_path=PREFIX,
        title="Motifleet",
        favicon=_ASSETS / "mark.svg",
        language="en-US",
        dark=None,
        tailwind=False,
        show_welcome_message=False,
        reconnect_timeout=30.0,
    )
    site.add_middleware(Door, pages=pages, sessions=house.sessions, version=nicegui.__version__)


def _add(page: Page, house: House) -> None:
    async def visited(request: Request) -> None:
        await show(page, visit_of(house, request, page.path))

    ui.page(page.path, title=f"{page.name} · Motifleet")(visited)
