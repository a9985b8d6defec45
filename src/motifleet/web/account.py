"""The page Account: one's own password and API keys."""

from functools import partial
from typing import Any

from nicegui import ui

from motifleet.app import ApiKey
from motifleet.web.dialogs import sure, told_once
from motifleet.web.members import ROLES
from motifleet.web.page import Page
from motifleet.web.parts import Text, card, quoted
from motifleet.web.visit import Visit
from motifleet.web.work import thread

_DAY = 86_400.0


async def build(visit: Visit) -> None:
    """Fill the page."""
    with ui.element("div").classes("columns"):
        if visit.desk.actor.user_id is not None:
            with card("Password"):
                _password(visit)
        with card("API keys"):
            await Keys(visit).build()


def _password(visit: Visit) -> None:
    with ui.element("form").classes("tools") as form:
        fields = [
            ui.input(name, password=True).props(f'outlined dense autocomplete="{kind}"')
            for name, kind in (
                ("present password", "current-password"),
                ("new password", "new-password"),
            )
        ]
        ui.button("Change it").props("no-caps unelevated type=submit")

    async def change() -> None:
        present, word = (each.value or "" for each in fields)
        await thread(visit.desk.change_password, present, word, visit.address)
        ui.navigate.to("/login")

    form.on("submit.prevent", change)
    ui.label("All of your sessions end, this one too.").classes("quiet")


class Keys:
    """API keys in one's own name; an owner sees all.

    Args:
        visit: whose page it is on.
    """

    def __init__(self, visit: Visit) -> None:
        self.visit = visit

    async def build(self) -> None:
        """Fill the part."""
        self.place = ui.element("div").props('data-part="keys"')
        desk = self.visit.desk
        mine = desk.actor.user_id is not None
        with ui.element("div").classes("tools"):
            user = ui.input("user", value=desk.actor.name if mine else "").props("outlined dense")
            user.set_visibility(desk.actor.owner)
            name = ui.input("what it is for").props("outlined dense maxlength=200")
            role = ui.select(ROLES, value="viewer", label="role at most").props("outlined dense")
            days = ui.number("days", value=30, min=1, max=3650).props("outlined dense")

            async def make() -> None:
                seconds = float(days.value or 30) * _DAY
                wanted: dict[str, Any] = {"user": user.value or None, "name": name.value or ""}
                work = partial(self.visit.desk.add_key, str(role.value), seconds=seconds, **wanted)
                _, secret = await thread(work)
                told_once("Your API key:", secret)
                await self._listed()

            ui.button("Make key", icon="key", on_click=make).props("no-caps unelevated")
        await self._listed()

    async def _listed(self) -> None:
        keys = await thread(self.visit.desk.api_keys)
        self.place.clear()
        with self.place:
            if not keys:
                ui.label("None yet. A program comes with a key instead of a password.").classes(
                    "quiet"
                )
            with ui.element("ul").classes("plain-list"):
                for each in keys:
                    self._line(each)

    def _line(self, key: ApiKey) -> None:
        until = f"until {self.visit.local(key.expires_at)[:10]}" if key.expires_at else "for ever"
        used = self.visit.local(key.used_at)[:16] if key.used_at else "never used"
        with ui.element("li"):
            Text("span", f"{key.name or 'key'} ({key.hint}…) of {key.user}")
            Text("span", f"{key.role}, {until}, {used}").classes("quiet")
            ui.button("Revoke", on_click=partial(self._ask, key)).props(
                f'no-caps flat dense aria-label="Revoke {quoted(key.name or key.hint)}"'
            )

    def _ask(self, key: ApiKey) -> None:
        async def revoke() -> None:
            await thread(self.visit.desk.revoke_key, key.id)
            await self._listed()

        sure(f"Revoke {key.name or key.hint}? What uses it is let in no longer.", "Revoke", revoke)


PAGE = Page("Account", "account_circle", "/account", "self.read", build, listed=False)
