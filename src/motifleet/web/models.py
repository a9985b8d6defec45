"""The page Models: experiments and their runs, registered versions, side by side, and promoted."""

from functools import partial
from typing import Any

from nicegui import ui
from nicegui.element import Element

from motifleet.errors import MotifleetError
from motifleet.models import Comparison, Run, Version
from motifleet.web.dialogs import sure
from motifleet.web.page import Page
from motifleet.web.parts import card, column, empty, heading, listing
from motifleet.web.visit import Visit
from motifleet.web.work import thread, worked

_METRICS = 4


async def build(visit: Visit) -> None:
    """Fill the page."""
    place = ui.element("div").classes("page-body")
    found = await worked(place, "Asking the tracking server …", lambda _: _known(visit))
    if found is None or place.is_deleted:
        return
    runs, versions, mlflow = found
    with place:
        ModelsView(visit, runs, versions).build(mlflow)


def _known(visit: Visit) -> tuple[list[Run], list[Version], str | None]:
    models = visit.fleet.models
    try:
        mlflow = visit.fleet.server.addresses().mlflow
    except MotifleetError:
        mlflow = None
    return models.runs(), models.versions(), mlflow


class ModelsView:
    """What was trained and registered.

    Args:
        visit: whose page it is on.
        runs: the trainings, the newest first.
        versions: of all models.
    """

    def __init__(self, visit: Visit, runs: list[Run], versions: list[Version]) -> None:
        self.visit, self.runs, self.versions = visit, runs, versions
        self.may = visit.may("model.train")

    def build(self, mlflow: str | None) -> None:
        """Fill the page."""
        if mlflow:
            ui.link("Open MLflow", mlflow, new_tab=True).classes("link")
        if not self.runs and not self.versions:
            empty(
                "model_training",
                "No model yet",
                "Train one on a table; its run, its version and the data it saw are kept.",
                "motifleet model train failure --table fleet --label failure --name failures",
            )
            return
        with ui.element("div").classes("columns"):
            with card("Registered versions", "wide"):
                self._versions()
            with card("Side by side", "wide"):
                self._compare()
            with card("Experiments and runs", "wide"):
                self._runs()

    def _versions(self) -> None:
        if not self.versions:
            empty(
                "inventory_2",
                "No version yet",
                "Register a run's model.",
                "motifleet model register RUN failures",
            )
            return
        with ui.element("ul").classes("plain-list"):
            for each in sorted(self.versions, key=lambda one: (one.name, -one.version)):
                self._version(each)

    def _version(self, version: Version) -> None:
        lineage = version.lineage
        data = f", of {lineage.table} at snapshot {lineage.snapshot_id}" if lineage else ""
        with ui.element("li").props(f'data-version="{version.reference}"'):
            with ui.element("div").classes("grow"):
                ui.label(version.reference).classes("strong")
                ui.label(f"{version.kind}, {self.visit.local(version.created_at)}{data}").classes(
                    "quiet"
                )
            for alias in version.aliases:
                ui.label(alias).classes("status").props(f'data-status="{_status(alias)}"')
            if self.may and "champion" not in version.aliases:
                ui.button("Promote", on_click=partial(self._ask, version.reference)).props(
                    "no-caps outline dense"
                )

    def _ask(self, reference: str) -> None:
        async def promote() -> None:
            desk = self.visit.allow("model.train")
            await thread(self.visit.fleet.models.promote, reference)
            await thread(partial(desk.note, "model.train", reference, done="promoted"))
            ui.navigate.reload()

        sure(
            f"Make {reference} the champion? What asks for the champion gets it from then on.",
            "Promote",
            promote,
        )

    def _compare(self) -> None:
        names = [each.reference for each in self.versions]
        if len(names) < 2:
            ui.label("There are two versions to compare as soon as you train again.").classes(
                "quiet"
            )
            return
        asked = self.visit.asked
        first, second = asked.get("first", names[-2]), asked.get("second", names[-1])
        with ui.element("div").classes("tools"):
            one = ui.select(names, value=first if first in names else names[-2], label="first")
            two = ui.select(names, value=second if second in names else names[-1], label="second")
            for each in (one, two):
                each.props("outlined dense")

            async def ask() -> None:
                self.visit.remember(first=one.value, second=two.value)
                await self._compared(place, str(one.value), str(two.value))

            ui.button("Compare", icon="compare", on_click=ask).props("no-caps unelevated")
        place = ui.element("div").props('data-part="comparison"')

    async def _compared(self, place: Element, first: str, second: str) -> None:
        work = partial(self.visit.fleet.models.compare, first, second)
        found = await worked(place, f"Comparing {first} and {second} …", lambda _: work())
        if found is None or place.is_deleted:
            return
        with place:
            ui.label(found.verdict).classes("strong").props("role=status")
            _numbers(found, first, second)

    def _runs(self) -> None:
        if not self.runs:
            empty("science", "No run yet", "A training is a run of an experiment.")
            return
        metrics = list(dict.fromkeys(name for run in self.runs for name in run.metrics))[:_METRICS]
        for experiment in dict.fromkeys(run.experiment for run in self.runs):
            runs = [run for run in self.runs if run.experiment == experiment]
            heading(f"{experiment}: {len(runs):,} runs", 3)
            rows = [self._run(run, metrics) for run in runs]
            columns = [
                column("started", kind="time"),
                column("kind"),
                column("status", kind="status"),
                *(column(name, kind="number") for name in metrics),
                column("data"),
                column("run"),
            ]
            listing(columns, rows, title=f"Runs of {experiment}", size=10)

    def _run(self, run: Run, metrics: list[str]) -> dict[str, Any]:
        lineage = run.lineage
        return {
            "id": run.id,
            "run": run.id,
            "started": self.visit.local(run.started_at),
            "started_utc": self.visit.utc(run.started_at),
            "kind": run.kind,
            "status": run.status.lower(),
            "data": f"{lineage.table} at {lineage.snapshot_id}" if lineage else "",
            **{name: _short(run.metrics.get(name)) for name in metrics},
        }


def _numbers(found: Comparison, first: str, second: str) -> None:
    """Metrics and what was chosen, side by side."""
    rows = [
        {"id": f"metric {name}", "what": name, "first": _short(a), "second": _short(b)}
        for name, (a, b) in found.metrics.items()
    ]
    rows += [
        {"id": f"chosen {name}", "what": f"chosen: {name}", "first": a, "second": b}
        for name, (a, b) in found.params.items()
    ]
    columns = [column("what", ""), column("first", first, kind="number")]
    columns.append(column("second", second, kind="number"))
    shown = listing(columns, rows, title="Two versions side by side", size=100)
    shown.classes("wrapped even")


def _short(value: float | None) -> float | None:
    return None if value is None else float(f"{value:.4g}")


def _status(alias: str) -> str:
    return "ready" if alias == "champion" else alias


PAGE = Page("Models", "model_training", "/models", "model.read", build)
