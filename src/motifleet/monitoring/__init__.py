"""Monitoring: what endpoints answered, how good it was, and who is told when something is wrong.

The `PredictionLog` reads predictions a page at a time; `records` gives them the names that the
lab's notebooks read. Ground truth that comes later is `joined` with what was predicted, and
`qualities` says how good the answers were over time. A `Sampler` keeps technical metrics,
`drift_of` says how far inputs and outputs have gone from a `Baseline`, a `Watcher` holds alert
rules against all of that and tells people and programs. The `Archive` moves old predictions to
Iceberg tables, `prediction_lineage` and `snapshot_use` lead from a prediction to its data and back,
and `Load` are callers that ask an endpoint what real ones would.
"""

from motifleet.monitoring.alerts.channels import Channels, checked_channel
from motifleet.monitoring.alerts.measures import METRICS, Measures, check_metric, silent_too_long
from motifleet.monitoring.alerts.watcher import Watcher
from motifleet.monitoring.archive import Archive, Moved
from motifleet.monitoring.baseline import Baseline, baseline_of
from motifleet.monitoring.drift import FeatureDrift, drift_of
from motifleet.monitoring.drift_report import DriftReport, compared
from motifleet.monitoring.inputs import answered, asked
from motifleet.monitoring.joined import Joined, joined
from motifleet.monitoring.lineage import (
    PredictionLineage,
    SnapshotUse,
    prediction_lineage,
    snapshot_use,
)
from motifleet.monitoring.log import PredictionLog, PredictionPage
from motifleet.monitoring.quality import Quality, Share, qualities, quality, share
from motifleet.monitoring.records import Record, frame, id_of, records
from motifleet.monitoring.sampler import Sampler
from motifleet.monitoring.simulation.load import Load, Summary
from motifleet.monitoring.simulation.requests import (
    KINDS,
    LABEL,
    Asked,
    Kind,
    batches,
    kind_of,
    of_file,
    queries,
    reports,
    rows_of_reports,
)

__all__ = [
    "KINDS",
    "LABEL",
    "METRICS",
    "Archive",
    "Asked",
    "Baseline",
    "Channels",
    "DriftReport",
    "FeatureDrift",
    "Joined",
    "Kind",
    "Load",
    "Measures",
    "Moved",
    "PredictionLineage",
    "PredictionLog",
    "PredictionPage",
    "Quality",
    "Record",
    "Sampler",
    "Share",
    "SnapshotUse",
    "Summary",
    "Watcher",
    "answered",
    "asked",
    "baseline_of",
    "batches",
    "check_metric",
    "checked_channel",
    "compared",
    "drift_of",
    "frame",
    "id_of",
    "joined",
    "kind_of",
    "of_file",
    "prediction_lineage",
    "qualities",
    "quality",
    "queries",
    "records",
    "reports",
    "rows_of_reports",
    "share",
    "silent_too_long",
    "snapshot_use",
]
