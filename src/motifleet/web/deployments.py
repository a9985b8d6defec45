"""The page Deployments: what answers requests, tried, changed while it answers, taken back."""

from collections.abc import Callable
from typing import Any

from nicegui import ui

from motifleet.app import Deployment, Endpoint
from motifleet.web.builds import show_builds
from motifleet.web.deploying import Deploying
from motifleet.web.dialogs import sure
from motifleet.web.endpoint_keys import Keys
from motifleet.web.log_reader import log_reader
from motifleet.web.page import Page
from motifleet.web.parts import Text, card, column, empty, facts, listing
from motifleet.web.trying import Trying
from motifleet.web.visit import PREFIX, Visit, address
from motifleet.web.work import thread

_WATCHED_SECONDS = 3.0
_PRESENT = ("starting", "running", "stopping")


async def build(visit: Visit) -> None:
    """Fill the page."""
    serving = visit.serving()
    endpoints = await thread(serving.endpoint_list)
    name = visit.asked.get("endpoint")
    known = {each.name: each for each in endpoints}
    if name in known:
        await EndpointView(visit, known[name]).build()
        return
    if endpoints:
        with card("Endpoints", "wide"):
            _endpoints(endpoints, await thread(serving.deployments))
    else:
        empty(
            "rocket_launch",
            "Nothing is deployed yet",
            "Build a registered version below, then deploy the build.",
            "motifleet build version failures@champion",
        )
    if visit.may("build.create"):
        with card("New build", "wide"):
            await Deploying(visit).new_build()


def _endpoints(endpoints: list[Endpoint], deployed: list[Deployment]) -> None:
    rows = []
    for each in endpoints:
        present = [one for one in deployed if one.endpoint == each.name and one.status in _PRESENT]
        primary = next((one for one in reversed(present) if one.role == "primary"), None)
        others = [f"{one.role} {one.version}" for one in present if one.role != "primary"]
        rows.append(
            {
                "id": each.name,
                "endpoint": each.name,
                "project": each.project + (", guarded" if each.guarded else ""),
                "status": primary.status if primary else "nothing runs",
                "version": primary.version if primary else "",
                "beside": ", ".join(others),
                "_link": PREFIX + address("/deployments", {"endpoint": each.name}),
            }
        )
    columns = [
        column("endpoint", kind="link"),
        column("project"),
        column("status", kind="status"),
        column("version"),
        column("beside", "beside it"),
    ]
    listing(columns, rows, title="Endpoints")


class EndpointView:
    """One endpoint: its deployments, builds and keys, and a window to try it in.

    Args:
        visit: whose page it is on.
        endpoint: which.
    """

    def __init__(self, visit: Visit, endpoint: Endpoint) -> None:
        self.visit, self.endpoint, self.name = visit, endpoint, endpoint.name
        project = endpoint.project
        action = "deployment.guarded" if endpoint.guarded else "deployment.create"
        self.may_deploy = visit.may(action, project)
        self.may_restart = visit.may("deployment.restart", project)
        self.may_keys = visit.may("access_key.write", project)
        self.seen: list[Any] = []

    async def build(self) -> None:
        """Fill the page."""
        with ui.element("div").classes("tools"):
            ui.label(self.name).classes("heading device-name").props("role=heading aria-level=2")
            ui.link("all endpoints", f"{PREFIX}/deployments").classes("link")
            Text("span", f"project {self.endpoint.project}").classes("quiet")
        builds = await thread(self.visit.serving().builds, self.name)
        with ui.element("div").classes("columns"):
            with card("Deployments", "wide"):
                self.place = ui.element("div").props('data-part="deployments"')
                self.deploying = Deploying(self.visit, self.name, self._changed)
                if self.may_deploy:
                    await self.deploying.form(builds)
            with card("Try it"):
                await Trying(self.visit, self.name).build()
            with card("Access keys"):
                await Keys(self.visit, self.name, self.may_keys).build()
            with card("Builds", "wide"):
                show_builds(self.visit, builds)
            with card("Logs of the replicas", "wide"):
                self.logs = ui.element("div")
                await self._logs()
        await self._changed()
        ui.timer(_WATCHED_SECONDS, self._watched)

    async def _watched(self) -> None:
        """Show what has become of the deployments, where something has."""
        found = await thread(self.visit.serving().deployments, self.name)
        if found != self.seen:
            self._show(found)

    async def _changed(self) -> None:
        self._show(await thread(self.visit.serving().deployments, self.name))

    def _show(self, found: list[Deployment]) -> None:
        self.seen = found
        present = [each for each in found if each.status in _PRESENT]
        self.place.clear()
        with self.place:
            if not present:
                empty("hourglass_empty", "Nothing runs", "Deploy one of the builds below.")
            for each in reversed(present):
                self._present(each)
            if self.may_deploy and len([one for one in found if one.started_at]) > 1:
                ui.button("Roll back to the one before", icon="undo", on_click=self._back).props(
                    "no-caps outline dense"
                )
            _past(self.visit, [each for each in found if each not in present])

    def _present(self, each: Deployment) -> None:
        told = each.resources
        with ui.element("div").classes("present").props(f'data-deployment="{each.id}"'):
            facts(
                [
                    (each.role, each.version, f"{each.id}, number {each.number}"),
                    ("status", each.status, self.visit.local(each.started_at or each.created_at)),
                    ("replicas", _span(told.least, told.most), f"{told.cpu:g} CPU each"),
                    ("memory", f"{told.memory / 2**30:.3g} GB", "each"),
                ]
            )
            with ui.element("div").classes("tools"):
                self._tools(each)

    def _tools(self, each: Deployment) -> None:
        serving, name = self.visit.serving, each.id
        if self.may_restart:
            self._button("Restart", "restart_alt", lambda: serving().restart(name))
        if not self.may_deploy:
            return
        if each.role != "primary":
            self.deploying.slider(each)
            self._button("Promote", "upgrade", lambda: serving().promote(name))

        async def stop() -> None:
            await thread(lambda: serving().stop(name))
            await self._changed()

        question = f"Stop {each.version}? It answers what it has, and then no more."
        ui.button("Stop", icon="stop", on_click=lambda: sure(question, "Stop it", stop)).props(
            "no-caps outline dense"
        )

    def _button(self, word: str, icon: str, work: Callable[[], Any]) -> None:
        async def go() -> None:
            await thread(work)
            await self._changed()

        ui.button(word, icon=icon, on_click=go).props("no-caps outline dense")

    async def _back(self) -> None:
        made = await thread(lambda: self.visit.serving().roll_back(self.name))
        ui.notify(f"{made.version} comes back as {made.id}", type="positive")
        await self._changed()

    async def _logs(self) -> None:
        deployed = await thread(self.visit.serving().deployments, self.name)
        if not deployed:
            with self.logs:
                ui.label("Replicas write logs as soon as there are some.").classes("quiet")
            return
        names = {each.id: f"{each.version}, number {each.number}" for each in reversed(deployed)}
        with self.logs:
            log_reader(
                names,
                "deployment",
                "Read",
                lambda deployment: self.visit.serving().deployment_logs(deployment),
                "No replica has begun yet.",
            )


def _past(visit: Visit, found: list[Deployment]) -> None:
    if not found:
        return
    rows = [
        {
            "id": each.id,
            "number": each.number,
            "version": each.version,
            "role": each.role,
            "status": each.status,
            "ended": visit.local(each.ended_at),
            "ended_utc": visit.utc(each.ended_at),
            "why": (each.reason or "")[:200],
        }
        for each in reversed(found)
    ]
    columns = [
        column("number", kind="number"),
        column("version"),
        column("role"),
        column("status", kind="status"),
        column("ended", kind="time"),
        column("why"),
    ]
    listing(columns, rows, title="Earlier deployments", size=5)


def _span(least: int, most: int) -> str:
    return str(most) if least == most else f"{least} to {most}"


PAGE = Page("Deployments", "rocket_launch", "/deployments", "deployment.read", build)
