"""The frame of every page: the way to the others, who is logged in, light or dark."""

import logging

from nicegui import ui
from starlette.responses import RedirectResponse, Response

from motifleet.app import Workspace
from motifleet.errors import MotifleetError, NotAllowedError, NotLoggedInError
from motifleet.web.page import Page
from motifleet.web.parts import Text, empty, failed, way
from motifleet.web.registry import PAGES
from motifleet.web.visit import PREFIX, Visit

_LOG = logging.getLogger(__name__)
_LOOKS = {"auto": "brightness_auto", "light": "light_mode", "dark": "dark_mode"}
_NEXT = {"auto": "light", "light": "dark", "dark": "auto"}


async def show(page: Page, visit: Visit) -> Response | None:
    """Build a page for a visit, or lead to the login."""
    try:
        desk = visit.desk
    except NotLoggedInError:
        return RedirectResponse(f"{PREFIX}/login?next={PREFIX}{page.path}", 303)
    ui.colors(primary="#0b6e8a", secondary="#33475b", accent="#0b8a6e", negative="#b3261e")
    ui.on_exception(_told)
    _header(visit, desk, [each for each in PAGES if each.listed and desk.may(each.action)], page)
    body = ui.element("div").classes("page").props(f'id=content data-page="{page.path}"')
    ui.skip_link("Skip to the content", target=body)
    with body:
        ui.label(page.name).classes("page-title").props("role=heading aria-level=1")
        place = ui.element("div").classes("page-body")
    with place:
        waiting = ui.spinner(size="md").props('aria-label="loading"').classes("page-waiting")
    await ui.context.client.connected()
    waiting.delete()
    with place:
        await _filled(page, visit)
    ui.run_javascript("document.getElementById('content').dataset.ready = 'yes'")
    return None


async def _filled(page: Page, visit: Visit) -> None:
    try:
        visit.allow(page.action)
        await page.build(visit)
    except NotAllowedError as error:
        empty("lock", "This page is not for your role", str(error))
    except MotifleetError as error:
        failed(error)
    except Exception:
        _LOG.exception("page %s", page.path)
        failed(RuntimeError("this page could not be shown: the server's log has more"))


def _told(error: Exception) -> None:
    """Say what went wrong with what somebody did."""
    if isinstance(error, NotLoggedInError):
        ui.navigate.to("/login")
    elif isinstance(error, MotifleetError):
        ui.notify(str(error), type="negative", multi_line=True, timeout=9000, close_button="Close")
    else:
        _LOG.error("on the page", exc_info=error)
        ui.notify("Something went wrong here; the server's log has more.", type="negative")


def _header(visit: Visit, desk: Workspace, pages: list[Page], here: Page) -> None:
    drawer = (
        ui.left_drawer(value=False, bordered=True).props("width=208 show-if-above").classes("nav")
    )
    with drawer, ui.element("nav").props('aria-label="Pages"'):
        for each in pages:
            _way(each, here)
    with ui.header().classes("bar"):
        ui.button(icon="menu", on_click=drawer.toggle).props(
            'flat round dense aria-label="Navigation"'
        ).classes("bar-menu")
        with ui.element("a").props(f'href="{PREFIX}/fleet"').classes("brand"):
            ui.element("img").props(f'src="{PREFIX}/assets/mark.svg" alt="" width=26 height=26')
            ui.label("Motifleet")
        ui.space()
        _look(visit)
        _person(desk)


def _way(page: Page, here: Page) -> None:
    current = ' aria-current="page"' if page is here else ""
    with ui.element("a").props(f'href="{PREFIX}{page.path}"{current}').classes("way"):
        ui.icon(page.icon).props("aria-hidden=true")
        ui.label(page.name)


def _look(visit: Visit) -> None:
    mode = ui.dark_mode(visit.dark)

    def turn() -> None:
        visit.look = _NEXT[visit.look]  # type: ignore[assignment]
        mode.value = visit.dark
        button.props(f'icon={_LOOKS[visit.look]} aria-label="Appearance: {visit.look}"')
        hint.text = f"Appearance: {visit.look}"
        ui.run_javascript(f"page.look('{visit.look}')")

    button = ui.button(on_click=turn).props(
        f'flat round dense icon={_LOOKS[visit.look]} aria-label="Appearance: {visit.look}"'
    )
    with button:
        hint = ui.tooltip(f"Appearance: {visit.look}")


def _person(desk: Workspace) -> None:
    name = "the owner" if desk.actor.user_id is None else desk.actor.name
    with (
        ui.button(icon="account_circle").props('flat round dense aria-label="Account"'),
        ui.menu().props('aria-label="Account"'),
        ui.element("div").classes("person"),
    ):
        ui.label(name).classes("person-name")
        ui.label(_role(desk)).classes("quiet")
        way("Password and API keys", "/account")
        with ui.element("form").props(f'method=post action="{PREFIX}/logout"'):
            Text("button", "Log out").props("type=submit").classes("plain-button")


def _role(desk: Workspace) -> str:
    role = desk.actor.role_in(None)
    if role == "owner":
        return "may do everything"
    return f"{role}: the highest role in {len(desk.actor.roles)} projects"
