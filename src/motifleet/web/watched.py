"""What is measured of an endpoint: its replicas' resources, and drift by feature."""

from functools import partial

from nicegui import ui
from nicegui.element import Element

from motifleet.app import Monitoring, drift_figure, samples_figure
from motifleet.errors import MotifleetError
from motifleet.web.parts import empty
from motifleet.web.plots import Plot
from motifleet.web.visit import Visit
from motifleet.web.work import thread

_DAY_MS, _REPORTS = 86_400_000, 60


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
