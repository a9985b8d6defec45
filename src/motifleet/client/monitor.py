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
