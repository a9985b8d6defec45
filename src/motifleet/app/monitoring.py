"""What is watched of an open home's endpoints: metrics, lineage, drift, alerts, the archive."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, replace

from motifleet.app.alerts import Alerts
from motifleet.app.drift import Drift
from motifleet.app.predictions import Moment, Predictions
from motifleet.app.progress import Progress, unseen
from motifleet.app.watch import Watch
from motifleet.errors import InvalidArgumentError
from motifleet.models import Registry
from motifleet.monitoring import (
    Archive,
    Moved,
    PredictionLineage,
    PredictionPage,
    SnapshotUse,
    prediction_lineage,
    snapshot_use,
)
from motifleet.workspace import Sample, Wanted, check, list_samples, now_ms
from motifleet.workspace import shrink as shrink_database


@dataclass(frozen=True, slots=True)
class Monitoring(Predictions):
    """Reads the prediction log, takes ground truth, and watches endpoints.

    Each call is held to the table of roles: what belongs to a project that the actor is no member
    of is not there for them.

    Args:
        settings: of the home.
        tables: its tables.
        actor: who asks.
    """

    def samples(
        self,
        endpoint: str,
        *,
        deployment: str | None = None,
        start: Moment | None = None,
        end: Moment | None = None,
    ) -> list[Sample]:
        """Technical metrics over time: of each deployment, and of each of its replicas.

        Args:
            endpoint: whose.
            deployment: only of this one.
            start: of this time or later.
            end: before this time.
        """
        wanted = self.wanted_of(endpoint, deployment, None, start, end)
        times = {"start_ms": wanted.start_ms, "end_ms": wanted.end_ms}
        return list_samples(self.store, wanted.deployments, **times)  # type: ignore[arg-type]

    def lineage(self, uuid: str) -> PredictionLineage:
        """What a prediction rests on: deployment, build, version, run, table, snapshot and rows.

        Raises:
            UnknownPredictionError: there is none that the actor sees.
        """
        registry = Registry.of(self.settings)
        return prediction_lineage(self.store, registry, self.tables, self.prediction(uuid))

    def use_of_snapshot(self, table: str, snapshot: int | str | None = None) -> SnapshotUse:
        """What rests on a snapshot: trainings, builds, deployments; what of it the actor sees.

        `predictions_of_snapshot` reads the predictions.

        Args:
            table: its table.
            snapshot: its id, or a time; None: the newest.

        Raises:
            UnknownTableError, UnknownSnapshotError: there is no such thing.
        """
        check(self.actor, "table.read")
        registry = Registry.of(self.settings)
        found = snapshot_use(self.store, registry, self.tables, table, snapshot)
        seen = self.places_for("prediction.read")
        allowed = seen.deployments
        deployments = tuple(
            each for each in found.deployments if allowed is None or each.id in allowed
        )
        builds = tuple(each for each in found.builds if each.endpoint in seen.found)
        return replace(found, builds=builds, deployments=deployments)

    def predictions_of_snapshot(
        self,
        table: str,
        snapshot: int | str | None = None,
        *,
        after: str | None = None,
        limit: int = 100,
        newest: bool = False,
    ) -> PredictionPage:
        """All predictions that rest on a snapshot, a page at a time; see `use_of_snapshot`."""
        found = self.use_of_snapshot(table, snapshot)
        wanted = Wanted(deployments=tuple(each.id for each in found.deployments))
        return self.log.page(wanted, after, limit, newest=newest)

    def archive(
        self, days: float | None = None, *, shrink: bool = False, progress: Progress = unseen
    ) -> Moved:
        """Move old predictions and their metrics to an Iceberg table, where they are still read.

        Args:
            days: how old they are at least; None: the setting ``archive_days``.
            shrink: whether to give the room back to the disk, while nobody can write.
            progress: told how many have been moved.

        Raises:
            NotAllowedError: the actor does not own this installation.
        """
        check(self.actor, "audit.read")
        age = self.settings.archive_days if days is None else days
        if not 0 <= age < 1e5:
            raise InvalidArgumentError(f"expected a number of days, got {age}")
        before = now_ms() - round(age * 86_400_000)
        moved = Archive(self.store, self.tables).move(before, progress=progress)
        if shrink:
            shrink_database(self.store)
        return moved

    @property
    def alerts(self) -> Alerts:
        """Alert rules, and what became of them."""
        return Alerts(self)

    @property
    def drift(self) -> Drift:
        """How far inputs and outputs have gone from the training snapshot."""
        return Drift(self)

    def watch(self, stop: threading.Event, note: Callable[[str], None] = lambda _: None) -> None:
        """Take samples, look at alerts, measure drift and archive, until the event is set.

        Args:
            stop: ends it.
            note: told what could not be done, a line each.
        """
        Watch(self, note).run(stop)
