"""Models: trained on a table's snapshot, tracked and registered in MLflow, traceable to their data.

The kinds are `FailureClassifier`, `TimeSeriesQuery`, `MultiDimMotif` and `DiscordDetector`. Each
learns from a `Source`, part of a table at one snapshot, and becomes an MLflow model that any
MLflow client loads and scores: native formats and code that travels in the model (``carried``), no
pickles. A `Trainer` brings it to the tracking server; a training that cannot be brought there
stays in the home folder until it can. The `Registry` knows runs, versions and their aliases;
``compare`` lays two versions side by side and judges them by the same reports; ``lineage_of`` and
``trainings_that_saw`` lead from a model to its batches and back; ``score_table`` scores a table
into another.

MLflow, XGBoost and Optuna come with the extra ``models``; they are imported where they are used.
"""

from typing import TYPE_CHECKING

from motifleet.lazily import lazily

if TYPE_CHECKING:
    from motifleet.models.boosting import Trees
    from motifleet.models.comparison import Comparison, HeldOut, compare
    from motifleet.models.digest import folder_digest
    from motifleet.models.discord_detector import Detector, DiscordDetector, DiscordScore
    from motifleet.models.failure_classifier import FailureClassifier
    from motifleet.models.judged import FeatureWorth, Judged, Threshold
    from motifleet.models.lineage import LineageOf, Saw, Seen, lineage_of, trainings_that_saw
    from motifleet.models.metrics import pr_auc, roc_auc
    from motifleet.models.multi_dim_motif import MultiDimMotif
    from motifleet.models.prepared import Kind, Prepared
    from motifleet.models.registry import Registry, signature_columns
    from motifleet.models.sample import Label
    from motifleet.models.scoring import Scored, score_table
    from motifleet.models.search import Search
    from motifleet.models.source import Source
    from motifleet.models.splits import Split
    from motifleet.models.telemetry_file import read_telemetry, write_telemetry
    from motifleet.models.time_series_query import TimeSeriesQuery
    from motifleet.models.tracking import Store
    from motifleet.models.trainer import Trained, Trainer
    from motifleet.models.training import Training, Trainings
    from motifleet.models.values import Lineage, Run, Version

__all__ = [
    "Comparison",
    "Detector",
    "DiscordDetector",
    "DiscordScore",
    "FailureClassifier",
    "FeatureWorth",
    "HeldOut",
    "Judged",
    "Kind",
    "Label",
    "Lineage",
    "LineageOf",
    "MultiDimMotif",
    "Prepared",
    "Registry",
    "Run",
    "Saw",
    "Scored",
    "Search",
    "Seen",
    "Source",
    "Split",
    "Store",
    "Threshold",
    "TimeSeriesQuery",
    "Trained",
    "Trainer",
    "Training",
    "Trainings",
    "Trees",
    "Version",
    "compare",
    "folder_digest",
    "lineage_of",
    "pr_auc",
    "read_telemetry",
    "roc_auc",
    "score_table",
    "signature_columns",
    "trainings_that_saw",
    "write_telemetry",
]

__getattr__, __dir__ = lazily(__name__)
