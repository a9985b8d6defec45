"""The prediction log is read a page at a time, by whoever may, with what was told later."""

from typing import Any

import pytest
from tests.monitoring.conftest import BASE, Endpoint, endpoint_in

from motifleet.app import Motifleet
from motifleet.errors import (
    InvalidArgumentError,
    NotAllowedError,
    UnknownDeploymentError,
    UnknownEndpointError,
    UnknownPredictionError,
)
from motifleet.monitoring import frame
from motifleet.workspace import Actor, Wanted, add_predictions, find_predictions


def test_pages_hold_each_prediction_once_in_order(fleet: Motifleet, endpoint: Endpoint) -> None:
    for at in range(25):
        endpoint.answer(at // 5)  # several in a millisecond
    monitoring = fleet.monitoring
    for newest in (False, True):
        seen, after = [], None
        while True:
            page = monitoring.predictions("failures", after=after, limit=7, newest=newest)
            seen += [each.uuid for each in page.items]
            after = page.next
            if after is None:
                break
        assert seen == (endpoint.uuids[::-1] if newest else endpoint.uuids)


def test_predictions_are_found_by_what_they_are(fleet: Motifleet, endpoint: Endpoint) -> None:
    other = endpoint_in(endpoint.store, "query")
    first = endpoint.answer(0, [{"label": 1}], depth=0.5)
    endpoint.answer(1_000, status=500)
    endpoint.answer(2_000, shadow=True)
    elsewhere = other.answer(500)
    monitoring = fleet.monitoring

    def found(endpoint: str | None = None, **chosen: object) -> list[str]:
        page = monitoring.predictions(endpoint, **chosen)  # type: ignore[arg-type]
        return [each.uuid for each in page.items]

    assert found() == [first, elsewhere, *endpoint.uuids[1:]]
    assert found("query") == found(deployment=other.deployment) == [elsewhere]
    assert found(build=endpoint.build) == endpoint.uuids
    assert found("failures", failed=True) == [endpoint.uuids[1]]
    assert found(shadow=True) == [endpoint.uuids[2]]
    assert found(start=BASE + 500, end=BASE + 1_000) == [elsewhere]
    assert found(start="2026-09-21T00:00Z", end="2026-09-22T00:00Z") == found()
    told = monitoring.prediction(first)
    assert (told.metrics, told.outputs, told.ended_ms) == (
        {"depth": 0.5},
        '[{"label": 1}]',
        BASE + 5,
    )
    with pytest.raises(UnknownEndpointError, match="did you mean 'query'"):
        found("qery")
    with pytest.raises(UnknownDeploymentError):
        found(deployment="dep-none")
    with pytest.raises(InvalidArgumentError, match="one of 'query'"):
        found("failures", deployment=other.deployment)
    with pytest.raises(InvalidArgumentError, match="the `next` of a page"):
        found(after="nonsense")
    with pytest.raises(UnknownPredictionError):
        monitoring.prediction("none")


def test_who_is_no_member_sees_and_tells_nothing(fleet: Motifleet) -> None:
    for name in ("DEV", "PRD"):
        fleet.workspace.add_project(name)
    mine, theirs = (endpoint_in(fleet.monitoring.store, name, name) for name in ("DEV", "PRD"))
    seen, hidden = mine.answer(0), theirs.answer(1)
    dev = fleet.workspace.project("DEV").id
    viewer = fleet.monitoring.acting(Actor("vic", "u", roles={dev: "viewer"}))
    assert [each.uuid for each in viewer.predictions().items] == [seen]
    assert [each["predictionUuid"] for each in viewer.read_metrics()] == [seen]
    for work in (
        lambda: viewer.predictions("PRD"),
        lambda: viewer.read_metrics(model_deployment_crn=theirs.deployment),
        lambda: viewer.prediction(hidden),
        lambda: viewer.quality("PRD"),
    ):
        with pytest.raises((UnknownEndpointError, UnknownDeploymentError, UnknownPredictionError)):
            work()
    with pytest.raises(NotAllowedError):
        viewer.track_delayed_metrics({"ground_truth": 1}, seen)
    teller = fleet.monitoring.acting(Actor("tom", "u", roles={dev: "contributor"}))
    assert teller.track_delayed_metrics({"ground_truth": 1}, seen) == 1
    with pytest.raises(UnknownPredictionError):
        teller.track_delayed_metrics({"ground_truth": 1}, hidden)
    assert fleet.monitoring.prediction(hidden).metrics == {}


def test_truth_comes_in_any_order_and_once(fleet: Motifleet, endpoint: Endpoint) -> None:
    monitoring = fleet.monitoring
    uuid = "01990000-0000-7000-8000-000000000000"
    assert monitoring.track_delayed_metrics({"ground_truth": 1, "seen_by": "ann"}, uuid) == 2
    assert monitoring.track_delayed_metrics({"ground_truth": 1}, uuid) == 0
    assert monitoring.track_delayed_metrics({"ground_truth": True}, uuid) == 1  # 1 is not true
    assert monitoring.track_delayed_metrics({"ground_truth": 0}, uuid) == 1
    line = find_predictions(endpoint.store, Wanted())
    assert line == []
    first = endpoint.answer(0, tracked=2)
    late = find_predictions(endpoint.store, Wanted())[0]
    prediction = late.to_dict() | {"uuid": uuid}
    from motifleet.workspace import Prediction

    add_predictions(endpoint.store, [Prediction(**prediction | {"metrics": {"tracked": 3}})])
    assert monitoring.prediction(uuid).metrics == {
        "ground_truth": 0,
        "seen_by": "ann",
        "tracked": 3,
    }
    with pytest.raises(InvalidArgumentError, match="the model's own code tracked 'tracked'"):
        monitoring.track_delayed_metrics({"ground_truth": 1, "tracked": 5}, first)
    assert monitoring.prediction(first).metrics == {"tracked": 2}


UNKEPT: list[Any] = [
    {},
    {"": 1},
    {"x" * 201: 1},
    {"a": float("nan")},
    {"a": None},
    {"a": {"b": 1}},
    {"a": [[1]]},
    {"a": "\0"},
    {"a": "\ud800"},
    {"a": 1 << 60},
    {str(at): at for at in range(101)},
    [("a", 1)],
]


def test_what_cannot_be_kept_is_refused(fleet: Motifleet, endpoint: Endpoint) -> None:
    for metrics in UNKEPT:
        with pytest.raises(InvalidArgumentError, match="expected"):
            fleet.monitoring.track_truth([(endpoint.answer(0), {"good": 1}), ("u", metrics)])
        assert fleet.monitoring.prediction(endpoint.uuids[0]).metrics == {}


def test_records_have_the_names_of_the_lab(fleet: Motifleet, endpoint: Endpoint) -> None:
    for at in range(3):
        endpoint.answer(1_000 * at, tracked=at)
    monitoring = fleet.monitoring
    monitoring.track_delayed_metrics({"ground_truth": 1}, endpoint.uuids[1])
    told = {"accuracy": 0.9}
    kept = [
        monitoring.track_aggregate_metrics(told, BASE + 500, BASE + 2_500, endpoint="failures")
        for _ in range(2)
    ]
    assert kept[0] == kept[1]
    crn = f"crn:motifleet:deployment:failures:{endpoint.deployment}"
    found = monitoring.read_metrics(model_deployment_crn=crn)
    assert [each["predictionUuid"] for each in found] == [
        endpoint.uuids[0],
        None,
        *endpoint.uuids[1:],
    ]
    assert found[2] == {
        "modelCrn": "crn:motifleet:model:failures",
        "modelBuildCrn": f"crn:motifleet:build:failures:{endpoint.build}",
        "modelDeploymentCrn": crn,
        "predictionUuid": endpoint.uuids[1],
        "startTimeStampMs": BASE + 1_000,
        "endTimeStampMs": BASE + 1_005,
        "metrics": {"tracked": 1, "ground_truth": 1},
    }
    table = monitoring.metrics_frame(model_crn="crn:motifleet:model:failures")
    assert table["metrics.accuracy"].dropna().tolist() == [0.9]
    assert table["metrics.tracked"].dropna().tolist() == [0, 1, 2]
    assert len(monitoring.read_metrics(prediction_uuid=endpoint.uuids[0])) == 1
    assert len(monitoring.read_metrics(start_timestamp_ms=BASE + 1_000)) == 2
    assert list(frame([]).columns)[:3] == ["modelCrn", "modelBuildCrn", "modelDeploymentCrn"]
