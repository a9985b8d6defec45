"""The prediction log: what was answered, what is known of it later, how good it was."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, TypedDict, Unpack, cast

from motifleet.client.noun import Noun, at, given
from motifleet.client.records import Document

Metrics = Mapping[str, Any]
Moment = int | str
"""Milliseconds since 1970, or ISO 8601 (UTC)."""


class Chosen(TypedDict, total=False):
    """Which predictions."""

    deployment: str
    build: str
    start: Moment
    end: Moment
    failed: bool
    shadow: bool
    newest: bool


class Measured(TypedDict, total=False):
    """Which predictions with their metrics."""

    deployment: str
    build: str
    uuid: str
    start: Moment
    end: Moment


class Judged(TypedDict, total=False):
    """Which answers, by which ground truth, in which parts."""

    deployment: str
    truth: str
    predicted: str
    positive: str | int
    start: Moment
    end: Moment
    every: float
    per: int


class Predictions(Noun):
    """Predictions in the log."""

    def list(self, endpoint: str | None = None, **chosen: Unpack[Chosen]) -> Iterator[Document]:
        """Predictions, the oldest first, or the newest."""
        return self._wire.pages("/predictions", {"endpoint": endpoint, **chosen})

    def read(self, uuid: str) -> Document:
        """A prediction, and what is known of it."""
        return cast("Document", self._wire.ask("GET", at("predictions", uuid)))

    def track(self, metrics: Metrics, uuid: str) -> int:
        """Tell what is known of a prediction later; give how many metrics that changed."""
        body = {"metrics": dict(metrics)}
        told = self._wire.ask("PUT", at("predictions", uuid, "metrics"), json=body)
        return int(told["changed"])

    def track_many(self, told: Iterable[tuple[str, Metrics]]) -> int:
        """Tell what is known of many predictions (uuid, metrics) at once, all of it or nothing."""
        items = [{"uuid": uuid, "metrics": dict(metrics)} for uuid, metrics in told]
        answer = self._wire.ask("POST", "/metrics", json={"items": items})
        return int(answer["changed"])


class MetricsNoun(Noun):
    """Metrics of predictions and aggregates."""

    def list(self, endpoint: str | None = None, **chosen: Unpack[Measured]) -> Iterator[Document]:
        """Predictions and aggregates with their metrics, by the names that the lab has."""
        return self._wire.pages("/metrics", {"endpoint": endpoint, **chosen})

    def track_aggregate(
        self,
        metrics: Metrics,
        start: Moment,
        end: Moment,
        *,
        deployment: str | None = None,
        endpoint: str | None = None,
    ) -> Document:
        """Tell metrics of many predictions together; the same again changes nothing."""
        body = given(start=start, end=end, deployment=deployment, endpoint=endpoint)
        body["metrics"] = dict(metrics)
        return cast("Document", self._wire.ask("POST", "/metrics/aggregates", json=body))

    def quality(self, endpoint: str, **chosen: Unpack[Judged]) -> Sequence[Document]:
        """How good answers were: accuracy, recall and the rest, from ground truth."""
        told = self._wire.ask("GET", "/quality", params={"endpoint": endpoint, **chosen})
        return cast("Sequence[Document]", told["items"])


class Timed(TypedDict, total=False):
    """Of which deployment, and when."""

    deployment: str
    start: Moment
    end: Moment


class Compared(Timed, total=False):
    """Against predictions of this time, in place of the training snapshot."""

    reference: tuple[Moment, Moment]


class Rule(TypedDict, total=False):
    """How an alert rule is meant; what is not said is as the server has it."""

    project: str
    above: bool
    clear: float
    for_seconds: float
    window_seconds: float
    repeat_seconds: float
    channels: Sequence[str]
    options: Mapping[str, Any]


class Samples(Noun):
    """Technical metrics."""

    def list(self, endpoint: str, **chosen: Unpack[Timed]) -> Iterator[Document]:
        """Technical metrics over time, of deployments and of their replicas."""
        return self._wire.pages(at("endpoints", endpoint, "samples"), chosen)


class DriftNoun(Noun):
    """Drift of predictions from what their model was trained on."""

    def list(self, endpoint: str) -> Iterator[Document]:
        """An endpoint's latest reports, the oldest first."""
        return self._wire.pages(at("endpoints", endpoint, "drift"))

    def measure(self, endpoint: str, **chosen: Unpack[Compared]) -> Document:
        """Measure how far predictions have gone."""
        path = at("endpoints", endpoint, "drift")
        return cast("Document", self._wire.ask("POST", path, json=dict(chosen)))


class Alerts(Noun):
    """Alert rules."""

    def list(self, project: str | None = None) -> Iterator[Document]:
        """The rules, and how they stand."""
        return self._wire.pages("/alerts", {"project": project})

    def create(
        self, name: str, metric: str, target: str, threshold: float, **rule: Unpack[Rule]
    ) -> Document:
        """Make a rule: tell when a metric of an endpoint, or a table's silence, is over."""
        body = {**rule, "name": name, "metric": metric, "target": target, "threshold": threshold}
        return cast("Document", self._wire.ask("POST", "/alerts", json=body))

    def read(self, alert: str) -> Document:
        """A rule by its id or name, and how it stands."""
        return cast("Document", self._wire.ask("GET", at("alerts", alert)))

    def switch(self, alert: str, active: bool) -> Document:
        """Switch a rule on or off."""
        path = at("alerts", alert, "active")
        return cast("Document", self._wire.ask("PUT", path, json={"active": active}))

    def remove(self, alert: str) -> None:
        """Remove a rule."""
        self._wire.ask("DELETE", at("alerts", alert))

    def events(self, alert: str | None = None) -> Iterator[Document]:
        """What was told, the newest first: of one rule, or of all."""
        return self._wire.pages("/alert-events", {"alert": alert})


class Lineage(Noun):
    """What rests on what."""

    def prediction(self, uuid: str) -> Document:
        """What a prediction rests on: deployment, build, version, run, snapshot, rows."""
        return cast("Document", self._wire.ask("GET", at("predictions", uuid, "lineage")))

    def snapshot(self, table: str, snapshot: int | str | None = None) -> Document:
        """What rests on a snapshot: trainings, builds and deployments."""
        path, query = at("tables", table, "lineage"), {"snapshot": snapshot}
        return cast("Document", self._wire.ask("GET", path, params=query))

    def predictions(
        self, table: str, snapshot: int | str | None = None, *, newest: bool = False
    ) -> Iterator[Document]:
        """The predictions that rest on a snapshot."""
        query = {"snapshot": snapshot, "newest": newest}
        return self._wire.pages(at("tables", table, "predictions"), query)

    def model(self, reference: str) -> Document:
        """Which batches a model's version saw."""
        return cast("Document", self._wire.ask("GET", at("models", reference, "lineage")))
