"""The alert rules of an endpoint or a table: how they stand, what they told, new ones."""

from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

from nicegui import ui

from motifleet.app import Alert, Monitoring
from motifleet.monitoring import METRICS
from motifleet.web.dialogs import sure
from motifleet.web.parts import Text, heading, quoted
from motifleet.web.visit import Visit
from motifleet.web.work import thread

_EVENTS, _SHOWN, _HOUR = 50, 5, 3600.0
_UNITS = ((86_400.0, "days"), (3600.0, "h"), (60.0, "min"), (1.0, "s"))
SILENCE = "silence"


async def rules_of(visit: Visit, target: str) -> list[Alert]:
    """The rules that watch an endpoint or a table, of those that the person sees."""
    alerts = visit.fleet.monitoring.acting(visit.desk.actor).alerts
    return [each for each in await thread(alerts.rules) if each.rule.target == target]


def condition(alert: Alert) -> str:
    """When a rule tells, in words."""
    rule = alert.rule
    if rule.metric == SILENCE:
        return f"a device is silent for more than {_lasting(rule.threshold)}"
    return f"{rule.metric} {'above' if rule.above else 'below'} {rule.threshold:g}"


def _lasting(seconds: float) -> str:
    """A time in the largest unit that it fills.

    >>> _lasting(90), _lasting(7200), _lasting(30)
    ('1.5 min', '2 h', '30 s')
    """
    unit, name = next((each for each in _UNITS if seconds >= each[0]), _UNITS[-1])
    return f"{seconds / unit:.3g} {name}"


def state(alert: Alert) -> str:
    """How a rule stands, in a word."""
    return "off" if not alert.rule.active else "firing" if alert.state.firing else "quiet"


class AlertList:
    """The alert rules that watch something, and what they told.

    Args:
        visit: whose page it is on.
        target: the endpoint or table.
        project: where a new rule belongs; "": there is none that the person may make rules in.
        table: whether it is a table: rules of it tell of devices that are silent.
        changed: told when rules were made, switched or removed.
    """

    def __init__(
        self,
        visit: Visit,
        target: str,
        project: str,
        *,
        table: bool = False,
        changed: Callable[[], Awaitable[None]] | None = None,
    ) -> None:
        self.visit, self.target, self.project, self.table = visit, target, project, table
        self.may_write = bool(project) and visit.may("alert.write", project)
        self.changed = changed

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
        rules = await rules_of(self.visit, self.target)
        events = await thread(partial(self.log.alerts.events, limit=_EVENTS))
        self.place.clear()
        with self.place:
            if not rules:
                self._none()
            with ui.element("ul").classes("plain-list"):
                for each in rules:
                    self._line(each)
            names = {each.rule.id for each in rules}
            self._events([each for each in events if each.rule_id in names])

    def _none(self) -> None:
        what = "No rule watches this table" if self.table else "No rule watches this endpoint"
        then = "make one below" if self.may_write else "contributors make them"
        ui.label(f"{what}: {then}.").classes("quiet")

    def _line(self, alert: Alert) -> None:
        rule, told = alert.rule, state(alert)
        with ui.element("li"):
            with ui.element("div").classes("grow"):
                ui.label(rule.name).classes("strong")
                ui.label(condition(alert)).classes("quiet")
            Text("span", told).classes("status").props(f'data-status="{told}"')
            if self.visit.may("alert.silence", rule.project):
                ui.switch(value=rule.active, on_change=partial(self._switch, rule.id)).props(
                    f'dense aria-label="Watch {quoted(rule.name)}"'
                )
            if self.visit.may("alert.write", rule.project):
                ui.button(icon="delete", on_click=partial(self._ask, alert)).props(
                    f'flat round dense aria-label="Remove {quoted(rule.name)}"'
                )

    def _events(self, found: list[Any]) -> None:
        if not found:
            return
        heading("What they told, the newest first", 3)
        with ui.element("ul").classes("told"):
            for each in found[:_SHOWN]:
                with ui.element("li"):
                    with ui.element("div"):
                        Text("time", self.visit.local(each.at)).classes("quiet").props(
                            f'title="{self.visit.utc(each.at)}"'
                        )
                        Text("span", each.kind).classes("status").props(
                            f'data-status="{each.kind}"'
                        )
                    Text("span", each.message)

    def _form(self) -> None:
        with ui.element("div").classes("tools"):
            name = ui.input("name").props("outlined dense maxlength=100").classes("short")
            if self.table:
                limit = ui.number("hours of silence", value=1, min=0).props("outlined dense")
            else:
                known = {each: told for each, told in METRICS.items() if each != SILENCE}
                metric = ui.select(list(known), value=next(iter(known)), label="metric")
                metric.props("outlined dense")
                limit = ui.number("threshold").props("outlined dense")
            limit.classes("short")
            go = ui.button("Watch", icon="add_alert").props("no-caps unelevated")
        if not self.table:
            ui.label().bind_text_from(metric, "value", known.get).classes("quiet")

        async def add() -> None:
            wanted = float(limit.value or 0)
            what, threshold = (SILENCE, wanted * _HOUR) if self.table else (metric.value, wanted)
            make = partial(self.log.alerts.add, project=self.project)
            await thread(make, (name.value or "").strip(), str(what), self.target, threshold)
            name.value = ""
            await self._renewed()

        go.on_click(add)

    async def _switch(self, rule: str, event: Any) -> None:
        await thread(self.log.alerts.switch, rule, bool(event.value))
        await self._renewed()

    def _ask(self, alert: Alert) -> None:
        async def remove() -> None:
            await thread(self.log.alerts.remove, alert.rule.id)
            await self._renewed()

        sure(f"Remove the alert rule {alert.rule.name}?", "Remove it", remove)

    async def _renewed(self) -> None:
        await self._listed()
        if self.changed is not None:
            await self.changed()


def project_for(visit: Visit) -> str:
    """Where the person's alert rules of tables belong; "" where they may make none."""
    names = [each.name for each in visit.desk.projects()]
    allowed = [name for name in names if visit.may("alert.write", name)]
    return "default" if "default" in allowed else next(iter(allowed), "")
