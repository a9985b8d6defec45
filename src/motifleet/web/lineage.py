"""A prediction, and what it rests on: deployment, build, version, run, table, snapshot, batches."""

import json
from typing import Any

from nicegui import ui

from motifleet.errors import MotifleetError
from motifleet.web.parts import Text, card, heading
from motifleet.web.visit import PREFIX, Visit, address
from motifleet.web.work import thread

_MOST = 20_000


async def show_prediction(visit: Visit, found: Any) -> None:
    """Show a prediction of the log, and draw its lineage."""
    steps = await thread(_steps, visit, found)
    with card(f"Prediction {found.uuid}", "wide"):
        heading("What it rests on", 3)
        with ui.element("ol").classes("chain").props('aria-label="Lineage, the prediction first"'):
            for kind, name, word, link in steps:
                with ui.element("li"):
                    Text("span", kind).classes("quiet")
                    if link:
                        ui.link(name, link).classes("link")
                    else:
                        Text("span", name).classes("strong")
                    if word:
                        Text("span", word).classes("quiet")
        with ui.element("div").classes("columns"):
            for title, text in (("asked", found.inputs), ("answered", found.outputs)):
                with ui.element("div"):
                    heading(title, 3)
                    Text("pre", _pretty(text)).classes("log").props(
                        f'tabindex=0 role=log aria-label="{title}"'
                    )
        if found.metrics:
            told = ", ".join(f"{name}: {value}" for name, value in found.metrics.items())
            ui.label(told).classes("quiet")


def _steps(visit: Visit, found: Any) -> list[tuple[str, str, str, str]]:
    """Each thing that the prediction rests on: kind, name, a word on it, where to see it."""
    took = f"{found.ended_ms - found.started_ms} ms, status {found.status}"
    steps = [("prediction", found.uuid[:13] + "…", f"{visit.local(found.started_ms)}, {took}", "")]
    serving = visit.serving()
    try:
        deployed = serving.deployment(found.deployment_id)
        link = PREFIX + address("/deployments", {"endpoint": deployed.endpoint})
        steps.append(("deployment", deployed.id, f"of {deployed.endpoint}", link))
        made = serving.build_named(found.build_id)
        steps.append(("build", made.id, f"SHA-256 {(made.digest or '')[:12]}…", link))
    except MotifleetError as error:
        return [*steps, ("deployment", "gone", str(error), "")]
    steps.append(("version", made.source, "", f"{PREFIX}/models"))
    return steps + _data(visit, made.source)


def _data(visit: Visit, source: str) -> list[tuple[str, str, str, str]]:
    if ":" in source:
        return [("source", source, "a function in a file: it was trained on no table", "")]
    try:
        told = visit.fleet.models.registry.version(source)
        lineage = told.lineage
    except MotifleetError as error:
        return [("data", "unknown", str(error), "")]
    steps = [("run", told.run_id, told.kind, f"{PREFIX}/models")]
    if lineage is not None:
        where = str(lineage.snapshot_id)
        link = PREFIX + address("/tables", {"table": lineage.table, "snapshot": where})
        name = f"{lineage.table} at snapshot {lineage.snapshot_id}"
        steps.append(("table", name, "the rows that it was trained on", link))
    return steps


def _pretty(text: str | None) -> str:
    if text is None:
        return "not kept"
    try:
        return json.dumps(json.loads(text), indent=1)[:_MOST]
    except ValueError:
        return text[:_MOST]
