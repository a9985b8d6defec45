"""Builds made and deployed: with which resources, for all requests or a share of them."""

from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

from nicegui import ui

from motifleet.app import Build, Deployment, Resources
from motifleet.web.parts import empty
from motifleet.web.visit import Visit, address
from motifleet.web.work import thread, worked

_GB = 1 << 30
_ROLES = {
    "primary": "answers all requests",
    "canary": "answers a share",
    "shadow": "is asked, but not heard",
}


async def _nothing() -> None:
    """What is done where nobody has to know."""


class Deploying:
    """The way from a version to a deployment.

    Args:
        visit: whose page it is on.
        endpoint: whose deployments; "" for a new one.
        changed: told when something was changed.
    """

    def __init__(
        self, visit: Visit, endpoint: str = "", changed: Callable[[], Awaitable[None]] = _nothing
    ) -> None:
        self.visit, self.endpoint, self.changed = visit, endpoint, changed

    async def new_build(self) -> None:
        """A form that builds a registered version."""
        place = ui.element("div")
        ask = "Asking the tracking server …"
        versions = await worked(place, ask, lambda _: self.visit.fleet.models.versions())
        if versions is None or place.is_deleted:
            return
        if not versions:
            with place:
                empty(
                    "model_training", "No registered version", "Train and register a model first."
                )
            return
        desk = self.visit.desk
        projects = [each.name for each in await thread(desk.projects)]
        allowed = [name for name in projects if desk.may("build.create", name)]
        with place, ui.element("div").classes("tools"):
            names = [each.reference for each in versions]
            which = ui.select(names, value=names[-1], label="version").props("outlined dense")
            name = ui.input("endpoint", placeholder="the model's name").props("outlined dense")
            project = ui.select(allowed, value=next(iter(allowed), None), label="project")
            project.props("outlined dense")
            go = ui.button("Build it", icon="construction").props("no-caps unelevated")
        shown = ui.element("div").props('data-part="building"')

        async def build() -> None:
            serving = self.visit.serving(str(project.value or "default"))
            wanted = (name.value or "").strip() or None
            work = partial(serving.build_version, str(which.value), wanted)
            made = await worked(
                shown, f"Building {which.value}: its example is tried …", lambda _: work()
            )
            if made is not None:
                ui.navigate.to(address("/deployments", {"endpoint": made.endpoint}))

        go.on_click(build)

    async def form(self, builds: list[Build]) -> None:
        """A form that deploys a build; at first with the resources that there are now."""
        ready = {
            each.id: f"{each.source}, number {each.number}"
            for each in reversed(builds)
            if each.status == "ready"
        }
        if not ready:
            ui.label("There is no build that is ready.").classes("quiet")
            return
        newest = next(iter(ready))
        present = await thread(self.visit.serving().resources, newest)
        with ui.expansion("Deploy or redeploy a build", icon="rocket_launch").classes("deploy"):
            with ui.element("div").classes("tools"):
                which = ui.select(ready, value=newest, label="build").props("outlined dense")
                cpu = _number("CPU of a replica", present.cpu, 0.25)
                memory = _number("GB of a replica", present.memory / _GB, 0.25)
                least = _number("replicas, at least", present.least, 0)
                most = _number("at most", present.most, 1)
            with ui.element("div").classes("tools"):
                role = ui.toggle(list(_ROLES), value="primary").props("no-caps unelevated dense")
                ui.label().bind_text_from(role, "value", lambda value: _ROLES[value]).classes(
                    "quiet"
                )
                share = ui.slider(min=1, max=99, value=10).classes("share")
                share.props('label aria-label="share of the requests, in percent"')
                share.bind_visibility_from(role, "value", value="canary")
                go = ui.button("Deploy", icon="rocket_launch").props("no-caps unelevated")

        async def deploy() -> None:
            chosen = Resources(
                float(cpu.value or 0),
                int(float(memory.value or 0) * _GB),
                int(least.value or 0),
                int(most.value or 0),
                present.idle_seconds,
            )
            part = float(share.value) / 100 if role.value == "canary" else 0.0
            await self._deployed(str(which.value), chosen, role.value, part)

        go.on_click(deploy)

    async def _deployed(self, build: str, chosen: Resources, role: Any, share: float) -> None:
        serving = self.visit.serving()
        made = await thread(partial(serving.deploy, build, chosen, role=role, share=share))
        ui.notify(
            f"{made.version} starts as {made.id}; what runs answers until then", type="positive"
        )
        await self.changed()

    def slider(self, canary: Deployment) -> None:
        """The share of requests that a canary answers."""
        slider = ui.slider(min=0, max=99, value=round(canary.share * 100)).classes("share")
        slider.props('label aria-label="share of the requests, in percent"')
        told = ui.label().bind_text_from(
            slider, "value", lambda value: f"{value:.0f} % of requests"
        )
        told.classes("quiet")

        async def turn() -> None:
            share = float(slider.value) / 100
            await thread(partial(self.visit.serving().set_share, canary.id, share))
            await self.changed()

        slider.on("change", turn)


def _number(label: str, value: float, least: float) -> ui.number:
    return ui.number(label, value=value, min=least).props("outlined dense").classes("short")
