"""Drift of an open home's endpoints: measured, kept, and looked up."""

from dataclasses import dataclass, replace
from itertools import islice

from motifleet.app.predictions import Moment, Predictions, milliseconds
from motifleet.config import prepare_home
from motifleet.errors import MonitoringError
from motifleet.models import Registry
from motifleet.monitoring import (
    Baseline,
    DriftReport,
    answered,
    asked,
    baseline_of,
    compared,
    id_of,
)
from motifleet.serving import build_columns
from motifleet.workspace import (
    Deployment,
    Logged,
    Places,
    Wanted,
    add_drift,
    check,
    find_deployment,
    list_deployments,
    list_drift,
    now_ms,
    places,
)

_DAY_MS, _MOST = 86_400_000, 10_000


@dataclass(frozen=True, slots=True)
class Drift:
    """Measures how far predictions have gone from what their model was trained on.

    Args:
        monitoring: of the home, and in whose name.
    """

    monitoring: Predictions

    def measure(
        self,
        endpoint: str,
        *,
        deployment: str | None = None,
        start: Moment | None = None,
        end: Moment | None = None,
        reference: tuple[Moment, Moment] | None = None,
        keep: bool = True,
    ) -> DriftReport:
        """Measure the drift of a deployment's predictions, at most the latest 10,000.

        Args:
            endpoint: whose predictions.
            deployment: of this one; None: the present one.
            start: begun at this time or later; None: a day before the end.
            end: begun before this time; None: now.
            reference: against predictions of this time, in place of the training snapshot.
            keep: whether the report is kept.

        Raises:
            MonitoringError: the build is of no registered version, and no reference is given; or
                there are no predictions.
            UnknownEndpointError, UnknownDeploymentError: there is no such thing.
        """
        told = self._deployment(endpoint, deployment)
        last = now_ms() if end is None else milliseconds("end", end)
        first = last - _DAY_MS if start is None else milliseconds("start", start)
        wanted = Wanted(deployments=(told.id,), start_ms=first, end_ms=last, shadow=False)
        some = self._latest(wanted)
        columns = build_columns(prepare_home(self.monitoring.settings) / "builds" / told.build_id)
        if reference is None:
            baseline = self._baseline(told, columns)
            against = f"{baseline.lineage.table} at snapshot {baseline.lineage.snapshot_id}"
            before = (baseline.inputs, baseline.outputs)
        else:
            times = [milliseconds("reference", each) for each in reference]
            earlier = self._latest(replace(wanted, start_ms=times[0], end_ms=times[1]))
            against = f"{len(earlier):,} predictions from {reference[0]} to {reference[1]}"
            before = (asked(earlier, columns), answered(earlier))
        inputs, outputs = compared(before, some, columns)
        report = DriftReport(
            endpoint,
            told.id,
            told.version,
            against,
            first,
            last,
            len(some),
            inputs,
            outputs,
            now_ms(),
        )
        if keep:
            add_drift(self.monitoring.store, told.id, first, last, report.to_dict())
        return report

    def reports(self, endpoint: str, *, limit: int = 100) -> list[DriftReport]:
        """The latest reports of an endpoint, the oldest of them first."""
        place = self._places().endpoint(endpoint)
        kept = list_drift(self.monitoring.store, place.deployments, limit=limit)
        return [DriftReport.from_dict(each.report) for each in kept]

    def measure_all(self) -> list[DriftReport]:
        """Measure all deployments that run and can be measured; of the others nothing is said."""
        found = []
        for each in list_deployments(self.monitoring.store):
            if each.status == "running" and "@" in each.version:
                try:
                    found.append(self.measure(each.endpoint, deployment=each.id))
                except MonitoringError:
                    continue
        return found

    def _baseline(self, told: Deployment, columns: list[str]) -> Baseline:
        settings = self.monitoring.settings
        folder = prepare_home(settings) / "baselines"
        registry, tables = Registry.of(settings), self.monitoring.tables
        return baseline_of(registry, tables, folder, told.version, columns)

    def _deployment(self, endpoint: str, name: str | None) -> Deployment:
        place = self._places().endpoint(endpoint)
        check(self.monitoring.actor, "prediction.read", place.project_id)
        if name is None:
            return find_deployment(self.monitoring.store, endpoint)
        self._places().of(id_of(name))
        return find_deployment(self.monitoring.store, id_of(name))

    def _latest(self, wanted: Wanted) -> list[Logged]:
        found = list(islice(self.monitoring.log.newest(wanted), _MOST))
        if not found:
            raise MonitoringError("expected predictions of that time, got none: choose another")
        return found

    def _places(self) -> Places:
        return places(self.monitoring.store, self.monitoring.actor, "prediction.read")
