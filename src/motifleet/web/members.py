"""The page Members: who has which role in a project; for the owner, users and projects too."""

from functools import partial
from typing import Any

from nicegui import ui

from motifleet.app import Project, User
from motifleet.web.dialogs import sure
from motifleet.web.page import Page
from motifleet.web.parts import Text, card, empty, quoted
from motifleet.web.visit import Visit
from motifleet.web.work import thread

ROLES = ["viewer", "operator", "contributor", "admin"]


async def build(visit: Visit) -> None:
    """Fill the page."""
    projects = await thread(visit.desk.projects)
    with ui.element("div").classes("columns"):
        with card("Members of a project"):
            await ProjectMembers(visit, projects).build()
        if visit.may("user.read"):
            with card("Users"):
                await Users(visit).build()
    if visit.may("project.create"):
        with card("New project"):
            _new_project(visit)


class ProjectMembers:
    """Who has which role in a project.

    Args:
        visit: whose page it is on.
        projects: those that the person sees.
    """

    def __init__(self, visit: Visit, projects: list[Project]) -> None:
        self.visit = visit
        self.names = [each.name for each in projects]
        asked = visit.asked.get("project", "")
        self.project = asked if asked in self.names else next(iter(self.names), "")

    async def build(self) -> None:
        """Fill the part."""
        if not self.names:
            empty("groups", "No project yet", "The owner makes projects and lets people in.")
            return
        with ui.element("div").classes("tools"):
            ui.select(
                self.names, value=self.project, label="project", on_change=self._turned
            ).props("outlined dense")
        self.place = ui.element("div").props('data-part="members"')
        await self._listed()

    async def _turned(self, event: Any) -> None:
        self.project = event.value
        self.visit.remember(project=self.project)
        await self._listed()

    async def _listed(self) -> None:
        members = await thread(self.visit.desk.members, self.project)
        may = self.visit.may("member.write", self.project)
        self.place.clear()
        with self.place:
            if not members:
                ui.label("Nobody but the owner so far.").classes("quiet")
            with ui.element("ul").classes("plain-list"):
                for each in members:
                    self._line(each.user, each.role, may)
            if may:
                self._new()

    def _line(self, user: str, role: str, may: bool) -> None:
        with ui.element("li"):
            Text("span", user)
            if not may:
                Text("span", role).classes("quiet")
                return
            ui.select(ROLES, value=role, on_change=partial(self._give, user)).props(
                f'outlined dense aria-label="Role of {quoted(user)}"'
            )
            ui.button(icon="person_remove", on_click=partial(self._ask, user)).props(
                f'flat round dense aria-label="Remove {quoted(user)}"'
            )

    def _new(self) -> None:
        with ui.element("div").classes("tools"):
            name = ui.input("user").props("outlined dense maxlength=100")
            role = ui.select(ROLES, value="viewer", label="role").props("outlined dense")

            async def add() -> None:
                await self._set((name.value or "").strip(), str(role.value))

            ui.button("Let in", icon="person_add", on_click=add).props("no-caps unelevated")

    async def _give(self, user: str, event: Any) -> None:
        await self._set(user, event.value)

    async def _set(self, user: str, role: str) -> None:
        try:
            await thread(self.visit.desk.set_member, self.project, user, role)
            ui.notify(f"{user} is {role} in {self.project}", type="positive")
        finally:
            await self._listed()

    def _ask(self, user: str) -> None:
        async def remove() -> None:
            await thread(self.visit.desk.remove_member, self.project, user)
            await self._listed()

        sure(f"Take {user}'s role in {self.project} away?", "Remove", remove)


class Users:
    """All users of the installation.

    Args:
        visit: whose page it is on.
    """

    def __init__(self, visit: Visit) -> None:
        self.visit = visit

    async def build(self) -> None:
        """Fill the part."""
        self.place = ui.element("div").props('data-part="users"')
        with ui.element("form").classes("tools") as form:
            name = ui.input("name").props('outlined dense maxlength=100 autocomplete="off"')
            word = ui.input("password", password=True).props(
                'outlined dense maxlength=1000 autocomplete="new-password"'
            )
            owner = ui.checkbox("owner")

            async def add() -> None:
                made = await thread(
                    partial(self.visit.desk.add_user, owner=bool(owner.value)),
                    (name.value or "").strip(),
                    word.value or None,
                )
                name.value, word.value = "", ""
                ui.notify(f"User {made.name} is made: let them into a project", type="positive")
                await self._listed()

            ui.button("Make user", icon="person_add").props("no-caps unelevated type=submit")
        form.on("submit.prevent", add)
        ui.label("Without a password a user comes with API keys alone.").classes("quiet")
        await self._listed()

    async def _listed(self) -> None:
        users = await thread(self.visit.desk.users)
        self.place.clear()
        with self.place:
            if not users:
                ui.label("No user yet: make yourself the first one.").classes("quiet")
            with ui.element("ul").classes("plain-list"):
                for each in users:
                    self._line(each)

    def _line(self, user: User) -> None:
        state = "owner" if user.owner else "locked out" if not user.active else ""
        with ui.element("li"):
            Text("span", user.name)
            Text("span", state).classes("quiet")
            word = "Unlock" if not user.active else "Lock"
            ui.button(word, on_click=partial(self._turn, user.name, not user.active)).props(
                f'no-caps flat dense aria-label="{word} {quoted(user.name)}"'
            )
            ui.button(icon="delete", on_click=partial(self._ask, user.name)).props(
                f'flat round dense aria-label="Remove {quoted(user.name)}"'
            )

    async def _turn(self, name: str, active: bool) -> None:
        await thread(self.visit.desk.set_active, name, active)
        await self._listed()

    def _ask(self, name: str) -> None:
        async def remove() -> None:
            await thread(self.visit.desk.remove_user, name)
            await self._listed()

        sure(f"Remove {name}, with their keys and roles?", "Remove", remove)


def _new_project(visit: Visit) -> None:
    with ui.element("div").classes("tools"):
        name = ui.input("name, such as DEV").props("outlined dense maxlength=100")
        guarded = ui.checkbox("guarded: takes only registered versions and files at a commit")

        async def add() -> None:
            made = await thread(
                partial(visit.desk.add_project, guarded=bool(guarded.value)),
                (name.value or "").strip(),
            )
            visit.remember(project=made.name)
            ui.navigate.to(f"/members?project={made.name}")

        ui.button("Make project", icon="create_new_folder", on_click=add).props(
            "no-caps unelevated"
        )


PAGE = Page("Members", "groups", "/members", "project.list", build)
