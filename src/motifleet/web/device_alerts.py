"""The alert rules that watch a device's table, and which of them the device is beyond."""

from datetime import datetime
from functools import partial
from typing import Any

from nicegui import ui

from motifleet.app import ALERT, NO_ALERT, Alert, Selection, alerted
from motifleet.web.alert_list import condition, rules_of
from motifleet.web.parts import Text, way
from motifleet.web.visit import Visit, address
from motifleet.web.work import thread


async def show_alerts(visit: Visit, table: str, selection: Selection) -> None:
    """Show how a device stands with each rule of its table."""
    rules = await rules_of(visit, table)
    with ui.element("div").props('data-part="alerts"'):
        if not rules:
            ui.label("No rule watches this table.").classes("quiet")
        else:
            last, held = await thread(partial(_held, visit, table, selection, rules))
            Text("time", f"Its newest report came at {visit.local(last)}.").classes("quiet").props(
                f'title="{visit.utc(last)}"'
            )
            with ui.element("ul").classes("plain-list"):
                for each, told in zip(rules, held, strict=True):
                    _line(each, told)
        way("Alert rules of the table", address("/fleet", {"table": table}))


def _line(alert: Alert, told: str) -> None:
    with ui.element("li"):
        with ui.element("div").classes("grow"):
            ui.label(alert.rule.name).classes("strong")
            ui.label(f"it tells when {condition(alert)}").classes("quiet")
        Text("span", told).classes("status").props(f'data-status="{told}"')


def _held(
    visit: Visit, table: str, selection: Selection, rules: list[Alert]
) -> tuple[datetime | None, list[str]]:
    """When the device reported last, and of each rule whether the device is beyond it."""
    present = visit.fleet.present(table, selection=selection)
    return present.newest, [_told(present, each) for each in rules]


def _told(present: Any, alert: Alert) -> str:
    if not alert.rule.active:
        return "off"
    found = alerted(present, [alert.rule]).counts(ALERT)
    return "firing" if any(name != NO_ALERT for name, _ in found) else "quiet"
