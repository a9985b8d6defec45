"""What is watched of an endpoint: its replicas' resources, drift by feature, and alerts."""

from functools import partial
from typing import Any

from nicegui import ui
from nicegui.element import Element

from motifleet.app import Alert, Monitoring, drift_figure, samples_figure
from motifleet.errors import MotifleetError
from motifleet.monitoring import METRICS
from motifleet.web.dialogs import sure
from motifleet.web.parts import Text, column, empty, listing, quoted
from motifleet.web.plots import Plot
from motifleet.web.visit import Visit
from motifleet.web.work import thread

_DAY_MS, _REPORTS, _EVENTS = 86_400_000, 60, 50


async def show_resources(visit: Visit, log: Monitoring, endpoint: str, place: Element) -> None:
    """Draw what replicas used, and how many requests waited."""
    found = await thread(partial(log.samples, endpoint))
    newest = max((each.at for each in found), default=0)
    found = [each for each in found if each.at > newest - _DAY_MS]
    with place:
        if not found:
            empty("speed", "Nothing measured yet", "The server measures while it runs.")
            return
        Plot(visit, samples_figure(found), "requests, latency, cores and memory of the last day")


async def show_drift(visit: Visit, log: Monitoring, endpoint: str, place: Element) -> None:
    """Draw how far inputs and outputs have gone from what the model was trained on."""
    try:
        found = await thread(partial(log.drift.reports, endpoint, limit=_REPORTS))
    except MotifleetError as error:
        with place:
            ui.label(str(error)).classes("quiet")
        return
    with place:
        if not found:
            empty(
                "trending_flat",
                "No drift measured yet",
                "The server measures it while there are predictions to compare.",
            )
            return
        last = found[-1]
        ui.label(
            f"{last.verdict}: {last.predictions:,} predictions against {last.against}, "
            f"{visit.local(last.created_at)}"
        ).classes("strong")
        Plot(visit, drift_figure(found), "drift of each feature")


class AlertList:
    """The alert rules that the person sees, and what was told.

    Args:
        visit: whose page it is on.
        endpoint: which a new rule is of.
        project: whose project decides who may change them.
    """

    def __init__(self, visit: Visit, endpoint: str, project: str) -> None:
        self.visit, self.endpoint = visit, endpoint
        self.may_switch = visit.may("alert.silence", project)
        self.may_write = visit.may("alert.write", project)

    @property
    def log(self) -> Monitoring:
        """In the name of the person."""
        return self.visit.fleet.monitoring.acting(self.visit.desk.actor)

    async def build(self) -> None:
        """Fill the part."""
        self.place = ui.element("div").props('data-part="alerts"')
        if self.may_write:
            self._form()
        await self._listed()

    async def _listed(self) -> None:
        alerts = self.log.alerts
        rules = [each for each in await thread(alerts.rules) if each.rule.target == self.endpoint]
        events = await thread(partial(alerts.events, limit=_EVENTS))
        self.place.clear()
        with self.place:
            if not rules:
                ui.label("No rule watches this endpoint.").classes("quiet")
            with ui.element("ul").classes("plain-list"):
                for each in rules:
                    self._line(each)
            names = {each.rule.id for each in rules}
            self._events([each for each in events if each.rule_id in names])

    def _line(self, alert: Alert) -> None:
        rule = alert.rule
        side = "above" if rule.above else "below"
        state = "off" if not rule.active else "firing" if alert.state.firing else "quiet"
        with ui.element("li"):
            with ui.element("div").classes("grow"):
                ui.label(rule.name).classes("strong")
                ui.label(f"{rule.metric} {side} {rule.threshold:g}").classes("quiet")
            Text("span", state).classes("status").props(f'data-status="{state}"')
            if self.may_switch:
                ui.switch(value=rule.active, on_change=partial(self._switch, rule.name)).props(
                    f'dense aria-label="Watch {quoted(rule.name)}"'
                )
            if self.may_write:
                ui.button(icon="delete", on_click=partial(self._ask, rule.name)).props(
                    f'flat round dense aria-label="Remove {quoted(rule.name)}"'
                )

    def _events(self, found: list[Any]) -> None:
        if not found:
            return
        rows = [
            {
                "id": each.id,
                "at": self.visit.local(each.at),
                "at_utc": self.visit.utc(each.at),
                "kind": each.kind,
                "message": each.message,
            }
            for each in found
        ]
        columns = [column("at", "told", kind="time"), column("kind", kind="status")]
        columns.append(column("message"))
        listing(columns, rows, title="What alerts told, the newest first", size=5)

    def _form(self) -> None:
        with ui.element("div").classes("tools"):
            name = ui.input("name").props("outlined dense maxlength=100").classes("short")
            known = [each for each in METRICS if each != "silence"]
            metric = ui.select(known, value=known[0], label="metric").props("outlined dense")
            limit = ui.number("threshold").props("outlined dense").classes("short")
            go = ui.button("Watch", icon="add_alert").props("no-caps unelevated")

        async def add() -> None:
            threshold = float(limit.value or 0)
            await thread(
                self.log.alerts.add,
                (name.value or "").strip(),
                str(metric.value),
                self.endpoint,
                threshold,
            )
            name.value = ""
            await self._listed()

        go.on_click(add)

    async def _switch(self, name: str, event: Any) -> None:
        await thread(self.log.alerts.switch, name, bool(event.value))
        await self._listed()

    def _ask(self, name: str) -> None:
        async def remove() -> None:
            await thread(self.log.alerts.remove, name)
            await self._listed()

        sure(f"Remove the alert rule {name}?", "Remove it", remove)
