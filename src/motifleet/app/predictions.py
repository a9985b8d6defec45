"""The prediction log of an open home, read, and told what is known later."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self, TypeAlias

from motifleet.app.workspace import opened_store
from motifleet.config import Settings
from motifleet.errors import (
    InvalidArgumentError,
    UnknownDeploymentError,
    UnknownPredictionError,
)
from motifleet.monitoring import (
    PredictionLog,
    PredictionPage,
    Quality,
    Record,
    frame,
    id_of,
    joined,
    qualities,
    records,
)
from motifleet.tables import Tables, parse_time
from motifleet.workspace import (
    OWNER,
    Actor,
    Aggregate,
    Logged,
    Metrics,
    Place,
    Places,
    Store,
    Wanted,
    add_aggregate,
    add_truth,
    check,
    list_aggregates,
    places,
)

if TYPE_CHECKING:
    import pandas as pd

Moment: TypeAlias = datetime | str | int
"""A time: milliseconds since 1970, a datetime, or ISO 8601 (UTC where it names no zone)."""

TRUTH, PREDICTED = "ground_truth", "label"
_MOST = 10_000


@dataclass(frozen=True, slots=True)
class Predictions:
    """Reads the prediction log, and takes what is known of predictions later.

    Each call is held to the table of roles: what belongs to a project that the actor is no member
    of is not there for them.

    Args:
        settings: of the home.
        tables: its tables.
        actor: who asks.
    """

    settings: Settings
    tables: Tables
    actor: Actor = OWNER

    @property
    def store(self) -> Store:
        """The database."""
        return opened_store(self.settings)

    def acting(self, actor: Actor) -> Self:
        """The same for somebody else."""
        return replace(self, actor=actor)

    def endpoints(self) -> list[str]:
        """The endpoints that the actor sees, by name."""
        return sorted(self.places_for("prediction.read").found)

    def predictions(
        self,
        endpoint: str | None = None,
        *,
        deployment: str | None = None,
        build: str | None = None,
        start: Moment | None = None,
        end: Moment | None = None,
        failed: bool | None = None,
        shadow: bool | None = None,
        after: str | None = None,
        limit: int = 100,
        newest: bool = False,
    ) -> PredictionPage:
        """Predictions, a page at a time, the oldest first.

        Args:
            endpoint: only this one's.
            deployment: only of this deployment, by its id or long name.
            build: only of this build.
            start: begun at this time or later.
            end: begun before this time.
            failed: only those that failed, or that did not.
            shadow: only shadow traffic, or none of it.
            after: the ``next`` of the page before.
            limit: so many at most, up to 10,000.
            newest: the newest first.

        Raises:
            UnknownEndpointError, UnknownDeploymentError: there is none that the actor sees.
            NotAllowedError: the actor may not read predictions there.
        """
        wanted = self.wanted_of(endpoint, deployment, build, start, end)
        wanted = replace(wanted, failed=failed, shadow=shadow)
        return self.log.page(wanted, after, limit, newest=newest)

    def prediction(self, uuid: str) -> Logged:
        """A prediction by its uuid.

        Raises:
            UnknownPredictionError: there is none that the actor sees.
        """
        return self.log.one(uuid, self.places_for("prediction.read").deployments)

    def read_metrics(
        self,
        endpoint: str | None = None,
        *,
        model_crn: str | None = None,
        model_build_crn: str | None = None,
        model_deployment_crn: str | None = None,
        prediction_uuid: str | None = None,
        start_timestamp_ms: Moment | None = None,
        end_timestamp_ms: Moment | None = None,
    ) -> list[Record]:
        """Predictions and aggregates with their metrics, by the names that the lab has for them.

        Args:
            endpoint: only this one's; or
            model_crn: the same by its long name.
            model_build_crn: only of this build, by its id or long name.
            model_deployment_crn: only of this deployment.
            prediction_uuid: only this prediction.
            start_timestamp_ms: begun at this time or later.
            end_timestamp_ms: begun before this time.

        Returns:
            records with modelCrn, modelBuildCrn, modelDeploymentCrn, predictionUuid,
            startTimeStampMs, endTimeStampMs and metrics; `motifleet.monitoring.frame` makes them a
            data frame.
        """
        named = endpoint or (None if model_crn is None else id_of(model_crn))
        start, end = start_timestamp_ms, end_timestamp_ms
        wanted = self.wanted_of(named, model_deployment_crn, model_build_crn, start, end)
        if prediction_uuid is not None:
            wanted = replace(wanted, uuids=(prediction_uuid,))
        aggregates: list[Aggregate] = []
        if prediction_uuid is None and model_build_crn is None:
            aggregates = list_aggregates(
                self.store, wanted.deployments, start_ms=wanted.start_ms, end_ms=wanted.end_ms
            )
        return records(self.log.all(wanted), aggregates, self._names())

    def metrics_frame(self, endpoint: str | None = None, **chosen: Any) -> "pd.DataFrame":
        """The same as a data frame: a column for each metric; see `read_metrics`."""
        return frame(self.read_metrics(endpoint, **chosen))

    def track_delayed_metrics(self, metrics: Metrics, prediction_uuid: str) -> int:
        """Add what is known of a prediction later, such as its ground truth.

        The same again changes nothing, another value takes the place of the one before, and it
        may come before the prediction is in the log: it waits for it.

        Args:
            metrics: by name: numbers, text, or lists of them for a request of several rows.
            prediction_uuid: of the prediction.

        Returns:
            how many metrics were new, or had another value.

        Raises:
            NotAllowedError: the actor may not hand in ground truth there.
            InvalidArgumentError: a metric cannot be kept, or the model tracked one of that name.
        """
        return self.track_truth([(prediction_uuid, metrics)])

    def track_truth(self, told: Sequence[tuple[str, Metrics]]) -> int:
        """The same for many predictions at once, all or none; see `track_delayed_metrics`."""
        if not told:
            return 0
        if len(told) > _MOST:
            raise InvalidArgumentError(
                f"expected at most {_MOST:,} predictions at once, got {len(told):,}"
            )
        if not self.actor.owner:
            self._check_truth(tuple(dict.fromkeys(str(uuid) for uuid, _ in told)))
        return add_truth(self.store, told)

    def track_file(self, file: Path) -> int:
        """The same from a file of JSON Lines, each with ``uuid`` and ``metrics``.

        Raises:
            InvalidArgumentError: the file cannot be read, or a line is none of these; what stands
                before it is kept.
        """
        changed, some = 0, []
        try:
            with file.open(encoding="utf-8") as lines:
                for number, line in enumerate(lines, start=1):
                    some += [_told(number, line)] if line.strip() else []
                    if len(some) == _MOST:
                        changed, some = changed + self.track_truth(some), []
        except (OSError, UnicodeDecodeError) as error:
            raise InvalidArgumentError(f"expected a file of JSON Lines: {error}") from error
        return changed + self.track_truth(some)

    def track_aggregate_metrics(
        self,
        metrics: Metrics,
        start_timestamp_ms: Moment,
        end_timestamp_ms: Moment,
        *,
        model_deployment_crn: str | None = None,
        endpoint: str | None = None,
    ) -> Aggregate:
        """Keep metrics of many predictions together; the same again changes nothing.

        Args:
            metrics: by name.
            start_timestamp_ms: when the time begins that they are of.
            end_timestamp_ms: when it ends.
            model_deployment_crn: whose predictions, by the deployment's id or long name; or
            endpoint: of the endpoint's newest deployment.
        """
        seen = self.places_for("prediction.truth")
        if model_deployment_crn is not None:
            deployment = id_of(model_deployment_crn)
            seen.of(deployment)
        elif endpoint is not None and (known := seen.endpoint(endpoint).deployments):
            deployment = known[-1]
        else:
            raise InvalidArgumentError("expected a deployment, or an endpoint that has one")
        start, end = (
            milliseconds("start", start_timestamp_ms),
            milliseconds("end", end_timestamp_ms),
        )
        return add_aggregate(self.store, deployment, metrics, start, end)

    def quality(
        self,
        endpoint: str,
        *,
        deployment: str | None = None,
        truth: str = TRUTH,
        predicted: str = PREDICTED,
        positive: Any = 1,
        start: Moment | None = None,
        end: Moment | None = None,
        every: float | None = None,
        per: int | None = None,
    ) -> list[Quality]:
        """How good answers were: accuracy, recall, precision and the rest, from ground truth.

        Args:
            endpoint: whose answers.
            deployment: only of this one.
            truth: the metric that holds the ground truth.
            predicted: the field of the answer's rows that was predicted; or a tracked metric.
            positive: the label that recall and precision are of.
            start: begun at this time or later.
            end: begun before this time.
            every: in parts of so many seconds; or
            per: in parts of so many answers with ground truth; without both in one part.

        Returns:
            a part each; none where no ground truth is known.
        """
        if (every is not None and not every > 0) or (per is not None and per < 1):
            raise InvalidArgumentError(f"expected parts of a length, got every={every}, per={per}")
        wanted = replace(
            self.wanted_of(endpoint, deployment, None, start, end), failed=False, shadow=False
        )
        answers = joined(self.log.all(wanted), truth, predicted)
        every_ms = None if every is None else max(1, round(every * 1000))
        return list(qualities(answers, positive, every_ms=every_ms, per=per))

    @property
    def log(self) -> PredictionLog:
        """The prediction log, whoever asks."""
        return PredictionLog(self.store, self.tables)

    def places_for(self, action: str) -> Places:
        """The endpoints that the actor sees, for an action of the table of roles."""
        return places(self.store, self.actor, action)

    def _names(self) -> Any:
        """Says the endpoint of a deployment."""
        seen = self.places_for("prediction.read")
        named = {
            each: place.endpoint for place in seen.found.values() for each in place.deployments
        }
        return lambda deployment: named.get(deployment, "")

    def _check_truth(self, uuids: tuple[str, ...]) -> None:
        """See that the actor may tell of predictions; of one not yet in the log any project's."""
        seen, known = self.places_for("prediction.truth"), self.log.named(uuids)
        for each in known:
            try:
                seen.of(each.deployment_id)
            except UnknownDeploymentError:
                raise UnknownPredictionError(each.uuid) from None
        if len(known) < len(uuids):
            check(self.actor, "prediction.truth")

    def wanted_of(
        self,
        endpoint: str | None,
        deployment: str | None,
        build: str | None,
        start: Moment | None,
        end: Moment | None,
    ) -> Wanted:
        """Which predictions are meant, of those that the actor may read."""
        seen = self.places_for("prediction.read")
        chosen = seen.deployments
        place: Place | None = None if endpoint is None else seen.endpoint(endpoint)
        if deployment is not None:
            name = id_of(deployment)
            at = seen.of(name)
            if place is not None and at != place:
                raise InvalidArgumentError(
                    f"expected a deployment of {place.endpoint!r}, got one of {at.endpoint!r}"
                )
            chosen = (name,)
        elif place is not None:
            chosen = place.deployments
        return Wanted(
            deployments=chosen,
            builds=None if build is None else (id_of(build),),
            start_ms=None if start is None else milliseconds("start", start),
            end_ms=None if end is None else milliseconds("end", end),
        )


def _told(number: int, line: str) -> tuple[str, Metrics]:
    try:
        told = json.loads(line)
        return told["uuid"], told["metrics"]
    except (ValueError, TypeError, KeyError):
        raise InvalidArgumentError(
            f"expected an object with uuid and metrics in line {number}, got {line[:100].strip()!r}"
        ) from None


def milliseconds(argument: str, value: Moment) -> int:
    """A time in milliseconds since 1970."""
    if isinstance(value, int):
        found = value
    else:
        found = round(parse_time(argument, value).timestamp() * 1000)
    if not abs(found) < 1 << 53:
        raise InvalidArgumentError(f"expected a time of this world for {argument}, got {value}")
    return found
