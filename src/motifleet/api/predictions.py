"""The prediction log: what was answered, what is known of it later, and how good it was."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Response
from pydantic import BaseModel, Field

from motifleet.api.access import Desk, Fleet, rule
from motifleet.api.answers import Document, answered, sliced
from motifleet.api.once import OnceRoute
from motifleet.api.paging import Cursor, Limit
from motifleet.app import Monitoring

router = APIRouter(tags=["predictions"], route_class=OnceRoute)
Name = Annotated[str | None, Query(max_length=200)]
Time = Annotated[
    str | None, Query(max_length=100, description="Milliseconds since 1970, or ISO 8601 (UTC).")
]
Metrics = Annotated[dict[str, Any], Field(max_length=200)]


def monitoring_of(fleet: Fleet, desk: Desk) -> Monitoring:
    """The prediction log as whoever asks sees it."""
    return fleet.monitoring.acting(desk.actor)


Monitored = Annotated[Monitoring, Depends(monitoring_of)]


class Told(BaseModel):
    """What is known of a prediction."""

    metrics: Metrics


class ToldOf(Told):
    """What is known of one of several predictions."""

    uuid: str = Field(max_length=100)


class ToldOfMany(BaseModel):
    """What is known of several predictions; all of it is kept, or nothing."""

    items: list[ToldOf] = Field(max_length=10_000)


class Changed(BaseModel):
    """How many metrics were new, or had another value."""

    changed: int


class NewAggregate(BaseModel):
    """Metrics of many predictions together, of a deployment or an endpoint's newest one."""

    metrics: Metrics
    start: int | str
    end: int | str
    deployment: str | None = Field(default=None, max_length=300)
    endpoint: str | None = Field(default=None, max_length=100)


def moment(told: str | None) -> str | int | None:
    """A time as the log takes it."""
    whole = told is not None and told.lstrip("-").isdecimal() and told.isascii()
    return int(told[:20]) if whole and told is not None else told


@router.get("/predictions", response_model=Document, **rule("prediction.read", "predictions.list"))
def list_predictions(
    log: Monitored,
    *,
    endpoint: Name = None,
    deployment: Name = None,
    build: Name = None,
    start: Time = None,
    end: Time = None,
    failed: bool | None = None,
    shadow: bool | None = None,
    newest: bool = False,
    limit: Limit = 100,
    cursor: Cursor = None,
) -> Response:
    """List predictions, the oldest first, or the newest."""
    found = log.predictions(
        endpoint,
        deployment=deployment,
        build=build,
        start=moment(start),
        end=moment(end),
        failed=failed,
        shadow=shadow,
        after=cursor,
        limit=limit,
        newest=newest,
    )
    return answered(found.to_dict())


@router.get(
    "/predictions/{uuid}", response_model=Document, **rule("prediction.read", "predictions.read")
)
def read_prediction(uuid: str, log: Monitored) -> Response:
    """See a prediction, and what is known of it."""
    return answered(log.prediction(uuid).to_dict())


@router.put("/predictions/{uuid}/metrics", **rule("prediction.truth", "predictions.track"))
def track(uuid: str, told: Told, log: Monitored) -> Changed:
    """Tell what is known of a prediction later, such as its ground truth; also before it is in."""
    return Changed(changed=log.track_delayed_metrics(told.metrics, uuid))


@router.post("/metrics", **rule("prediction.truth", "predictions.track_many"))
def track_many(told: ToldOfMany, log: Monitored) -> Changed:
    """Tell what is known of many predictions at once, all of it or nothing."""
    items = [(each.uuid, each.metrics) for each in told.items]
    return Changed(changed=log.track_truth(items))


@router.get("/metrics", response_model=Document, **rule("prediction.read", "metrics.list"))
def read_metrics(
    log: Monitored,
    *,
    endpoint: Name = None,
    deployment: Name = None,
    build: Name = None,
    uuid: Name = None,
    start: Time = None,
    end: Time = None,
    limit: Limit = 100,
    cursor: Cursor = None,
) -> Response:
    """Read predictions and aggregates with their metrics, by the names that the lab has."""
    found = log.read_metrics(
        endpoint,
        model_deployment_crn=deployment,
        model_build_crn=build,
        prediction_uuid=uuid,
        start_timestamp_ms=moment(start),
        end_timestamp_ms=moment(end),
    )
    return sliced(found, limit, cursor)


@router.post(
    "/metrics/aggregates",
    status_code=201,
    response_model=Document,
    **rule("prediction.truth", "metrics.track_aggregate"),
)
def track_aggregate(new: NewAggregate, log: Monitored) -> Response:
    """Tell metrics of many predictions together; the same again changes nothing."""
    made = log.track_aggregate_metrics(
        new.metrics,
        new.start,
        new.end,
        model_deployment_crn=new.deployment,
        endpoint=new.endpoint,
    )
    return answered(made.to_dict(), 201)


@router.get("/quality", response_model=Document, **rule("prediction.read", "metrics.quality"))
def read_quality(
    log: Monitored,
    endpoint: Annotated[str, Query(max_length=200)],
    *,
    deployment: Name = None,
    truth: Annotated[str, Query(max_length=200)] = "ground_truth",
    predicted: Annotated[str, Query(max_length=200)] = "label",
    positive: Annotated[str, Query(max_length=200)] = "1",
    start: Time = None,
    end: Time = None,
    every: Annotated[float | None, Query(gt=0, description="Parts of so many seconds.")] = None,
    per: Annotated[int | None, Query(ge=1, description="Parts of so many answers.")] = None,
) -> Response:
    """See how good answers were: accuracy, recall and the rest, from ground truth."""
    found = log.quality(
        endpoint,
        deployment=deployment,
        truth=truth,
        predicted=predicted,
        positive=int(positive) if positive.isascii() and positive.isdecimal() else positive,
        start=moment(start),
        end=moment(end),
        every=every,
        per=per,
    )
    return answered({"items": [each.to_dict() for each in found], "next": None})
