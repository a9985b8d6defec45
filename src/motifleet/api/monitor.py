"""Technical metrics, drift, alert rules and lineage."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, Field

from motifleet.api.access import Fleet, rule
from motifleet.api.answers import Document, answered, sliced
from motifleet.api.once import OnceRoute
from motifleet.api.paging import Cursor, Limit
from motifleet.api.predictions import Monitored, Name, Time, moment

router = APIRouter(tags=["monitoring"], route_class=OnceRoute)
Channel = Annotated[str, Field(max_length=1000)]


class NewDrift(BaseModel):
    """Which predictions are compared; without a reference with the training snapshot."""

    deployment: str | None = Field(default=None, max_length=300)
    start: int | str | None = None
    end: int | str | None = None
    reference: tuple[int | str, int | str] | None = None


class NewAlert(BaseModel):
    """An alert rule to be made."""

    name: str = Field(max_length=100)
    metric: str = Field(max_length=100)
    target: str = Field(max_length=200, description="An endpoint; for silence a table.")
    threshold: float
    project: str | None = Field(default=None, max_length=100)
    above: bool | None = None
    clear: float | None = None
    for_seconds: float = Field(default=0.0, ge=0)
    window_seconds: float | None = Field(default=None, gt=0)
    repeat_seconds: float = Field(default=0.0, ge=0)
    channels: list[Channel] = Field(default=["log"], min_length=1, max_length=10)
    options: dict[str, Any] = Field(default={}, max_length=20)


class Switch(BaseModel):
    """Whether an alert rule is watched."""

    active: bool


@router.get(
    "/endpoints/{endpoint}/samples",
    response_model=Document,
    **rule("prediction.read", "samples.list"),
)
def list_samples(
    endpoint: str,
    log: Monitored,
    *,
    deployment: Name = None,
    start: Time = None,
    end: Time = None,
    limit: Limit = 100,
    cursor: Cursor = None,
) -> Response:
    """List technical metrics over time, of deployments and of their replicas."""
    times = {"start": moment(start), "end": moment(end)}
    found = log.samples(endpoint, deployment=deployment, **times)
    return sliced([each.to_dict() for each in found], limit, cursor)


@router.get(
    "/endpoints/{endpoint}/drift", response_model=Document, **rule("prediction.read", "drift.list")
)
def list_drift(
    endpoint: str, log: Monitored, limit: Limit = 100, cursor: Cursor = None
) -> Response:
    """List an endpoint's latest reports of drift, the oldest first."""
    found = log.drift.reports(endpoint, limit=1000)
    return sliced([each.to_dict() for each in found], limit, cursor)


@router.post(
    "/endpoints/{endpoint}/drift",
    response_model=Document,
    **rule("prediction.read", "drift.measure"),
)
def measure_drift(endpoint: str, new: NewDrift, log: Monitored) -> Response:
    """Measure how far predictions have gone from what their model was trained on."""
    found = log.drift.measure(
        endpoint,
        deployment=new.deployment,
        start=new.start,
        end=new.end,
        reference=new.reference,
    )
    return answered(found.to_dict())


@router.get("/alerts", response_model=Document, **rule("alert.read", "alerts.list"))
def list_alerts(
    log: Monitored, project: Name = None, limit: Limit = 100, cursor: Cursor = None
) -> Response:
    """List the alert rules, and how they stand."""
    return sliced([each.to_dict() for each in log.alerts.rules(project)], limit, cursor)


@router.post(
    "/alerts", status_code=201, response_model=Document, **rule("alert.write", "alerts.create")
)
def create_alert(new: NewAlert, log: Monitored) -> Response:
    """Make an alert rule."""
    return answered(log.alerts.add(**dict(new)).to_dict(), 201)


@router.get("/alerts/{alert}", response_model=Document, **rule("alert.read", "alerts.read"))
def read_alert(alert: str, log: Monitored) -> Response:
    """See an alert rule by its id or name, and how it stands."""
    return answered(log.alerts.find(alert).to_dict())


@router.put(
    "/alerts/{alert}/active", response_model=Document, **rule("alert.silence", "alerts.switch")
)
def switch_alert(alert: str, new: Switch, log: Monitored) -> Response:
    """Switch an alert rule on or off."""
    return answered(log.alerts.switch(alert, new.active).to_dict())


@router.delete("/alerts/{alert}", status_code=204, **rule("alert.write", "alerts.remove"))
def remove_alert(alert: str, log: Monitored) -> None:
    """Remove an alert rule."""
    log.alerts.remove(alert)


@router.get("/alert-events", response_model=Document, **rule("alert.read", "alerts.events"))
def list_events(
    log: Monitored, alert: Name = None, limit: Limit = 100, cursor: Cursor = None
) -> Response:
    """List what was told, the newest first: of one rule, or of all."""
    found = log.alerts.events(alert, limit=1000)
    return sliced([each.to_dict() for each in found], limit, cursor)


@router.get(
    "/predictions/{uuid}/lineage",
    response_model=Document,
    **rule("prediction.read", "lineage.prediction"),
)
def read_lineage(uuid: str, log: Monitored) -> Response:
    """See what a prediction rests on: deployment, build, version, run, snapshot, rows."""
    return answered(log.lineage(uuid).to_dict())


@router.get(
    "/tables/{table}/lineage", response_model=Document, **rule("model.read", "lineage.snapshot")
)
def read_use(table: str, log: Monitored, snapshot: Name = None) -> Response:
    """See what rests on a snapshot: trainings, builds and deployments."""
    return answered(log.use_of_snapshot(table, moment(snapshot)).to_dict())


@router.get(
    "/tables/{table}/predictions",
    response_model=Document,
    **rule("prediction.read", "lineage.predictions"),
)
def list_of_snapshot(
    table: str,
    log: Monitored,
    *,
    snapshot: Name = None,
    newest: bool = False,
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
    cursor: Cursor = None,
) -> Response:
    """List the predictions that rest on a snapshot."""
    chosen = {"after": cursor, "limit": limit, "newest": newest}
    found = log.predictions_of_snapshot(table, moment(snapshot), **chosen)  # type: ignore[arg-type]
    return answered(found.to_dict())


@router.get(
    "/models/{model}/lineage", response_model=Document, **rule("model.read", "lineage.model")
)
def read_model_lineage(model: str, fleet: Fleet) -> Response:
    """See which batches a model's version saw."""
    return answered(fleet.models.lineage(model).to_dict())
