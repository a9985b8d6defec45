"""The page Monitoring: how fast and how well endpoints answer, and what an answer rests on."""

import math
from functools import partial
from typing import Any

import numpy as np
from nicegui import ui
from nicegui.element import Element

from motifleet.app import Monitoring, answers_figure, quality_figure
from motifleet.errors import MotifleetError
from motifleet.web.alert_list import AlertList
from motifleet.web.lineage import show_prediction
from motifleet.web.page import Page
from motifleet.web.parts import card, column, empty, facts, listing
from motifleet.web.plots import Plot
from motifleet.web.visit import PREFIX, Visit, address
from motifleet.web.watched import show_drift, show_resources
from motifleet.web.work import thread, worked

_SEEN, _LISTED, _PARTS = 5_000, 200, 100


async def build(visit: Visit) -> None:
    """Fill the page."""
    found = await thread(visit.serving().endpoint_list)
    await MonitoringView(visit, {each.name: each.project for each in found}).build()


class MonitoringView:
    """An endpoint's answers.

    Args:
        visit: whose page it is on.
        endpoints: those that the person sees, with their projects.
    """

    def __init__(self, visit: Visit, endpoints: dict[str, str]) -> None:
        self.visit, self.endpoints = visit, endpoints
        asked = visit.asked.get("endpoint", "")
        self.endpoint = asked if asked in endpoints else next(iter(endpoints), "")

    @property
    def log(self) -> Monitoring:
        """The prediction log, in the name of the person."""
        return self.visit.fleet.monitoring.acting(self.visit.desk.actor)

    async def build(self) -> None:
        """Fill the page."""
        uuid = self.visit.asked.get("prediction", "")
        with ui.element("div").classes("tools"):
            if self.endpoints:
                ui.select(
                    list(self.endpoints),
                    value=self.endpoint,
                    label="endpoint",
                    on_change=self._turned,
                ).props("outlined dense")
            search = ui.input("prediction's uuid", value=uuid).props("outlined dense")
            search.classes("grow").on("keydown.enter", lambda: self._look(search.value or ""))
            ui.button(
                "Find it", icon="search", on_click=lambda: self._look(search.value or "")
            ).props("no-caps outline")
        self.one = ui.element("div").props('data-part="prediction"')
        if uuid:
            await self._look(uuid)
        if not self.endpoints:
            empty("insights", "No endpoint yet", "Deploy a model; its answers are seen here.")
            return
        self.place = ui.element("div").classes("page-body")
        await self._read()

    async def _turned(self, event: Any) -> None:
        self.endpoint = event.value
        self.visit.remember(endpoint=self.endpoint, prediction=None)
        self.one.clear()
        await self._read()

    async def _look(self, uuid: str) -> None:
        """Show a prediction and what it rests on."""
        self.visit.remember(endpoint=self.endpoint, prediction=uuid.strip())
        work = partial(self.log.prediction, uuid.strip())
        found = await worked(self.one, "Looking it up …", lambda _: work())
        if found is not None and not self.one.is_deleted:
            with self.one:
                await show_prediction(self.visit, found)

    async def _read(self) -> None:
        log, name = self.log, self.endpoint
        work = partial(log.predictions, name, limit=_SEEN, newest=True)
        page = await worked(self.place, f"Reading the log of {name} …", lambda _: work())
        if page is None or self.place.is_deleted:
            return
        with self.place:
            if not page.items:
                empty("hourglass_empty", "Nobody has asked yet", "Try the endpoint on its page.")
                return
            self._facts(page.items)
            with ui.element("div").classes("columns"):
                with card("Latency and throughput", "wide"):
                    Plot(self.visit, answers_figure(page.items), "latency and throughput over time")
                with card("How good the answers are", "wide"):
                    quality = ui.element("div")
                with card("Replicas", "wide"):
                    resources = ui.element("div")
                with card("Drift", "wide"):
                    drift = ui.element("div")
                with card("Alerts", "wide"):
                    await AlertList(self.visit, name, self.endpoints[name]).build()
                with card("Newest predictions", "wide"):
                    self._list(page.items[:_LISTED])
        await self._quality(quality)
        await show_resources(self.visit, log, name, resources)
        await show_drift(self.visit, log, name, drift)

    def _facts(self, found: Any) -> None:
        took = np.array([each.ended_ms - each.started_ms for each in found])
        failed = sum(each.status >= 400 for each in found)
        facts(
            [
                ("predictions", f"{len(found):,}", "the newest" if len(found) == _SEEN else "all"),
                ("p50", f"{np.percentile(took, 50):.3g} ms", "of answers"),
                ("p99", f"{np.percentile(took, 99):.3g} ms", "of answers"),
                ("failures", f"{failed:,}", f"{100 * failed / len(found):.2g} %"),
            ]
        )

    async def _quality(self, place: Element) -> None:
        try:
            found = await thread(partial(self.log.quality, self.endpoint, per=_PARTS))
        except MotifleetError as error:
            with place:
                ui.label(str(error)).classes("quiet")
            return
        with place:
            if not found:
                empty(
                    "rule",
                    "No ground truth yet",
                    "Hand it in by prediction uuid, when you know it.",
                )
                return
            last = found[-1]
            told = [
                ("accuracy", _share(last.accuracy.value), f"of the newest {last.count:,}"),
                ("recall", _share(last.recall.value), "of the positives, found"),
                ("precision", _share(last.precision.value), "of positive answers, right"),
            ]
            facts(told)
            Plot(self.visit, quality_figure(found), "accuracy, recall and precision over time")

    def _list(self, found: Any) -> None:
        rows = [
            {
                "id": each.uuid,
                "at": self.visit.local(each.started_ms),
                "at_utc": self.visit.utc(each.started_ms),
                "version": each.version,
                "status": each.status,
                "ms": each.ended_ms - each.started_ms,
                "who": "shadow" if each.shadow else "",
                "uuid": each.uuid,
                "_link": PREFIX
                + address("/monitoring", {"endpoint": self.endpoint, "prediction": each.uuid}),
            }
            for each in found
        ]
        columns = [
            column("at", "asked", kind="time"),
            column("version"),
            column("status", kind="number"),
            column("ms", kind="number"),
            column("who", ""),
            column("uuid", kind="link"),
        ]
        listing(columns, rows, title="Newest predictions", size=10)


def _share(value: float) -> str:
    """A share; none of nothing is none."""
    return "–" if math.isnan(value) else f"{value:.3f}"


PAGE = Page("Monitoring", "insights", "/monitoring", "prediction.read", build)
