"""Failure classifiers: gradient-boosted trees on signals, and on what signals were lately."""

import json
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any, ClassVar

import numpy as np

from motifleet.errors import InvalidArgumentError
from motifleet.models import figures
from motifleet.models.boosting import Learnt, Matrix, Trees, grow
from motifleet.models.card import model_card
from motifleet.models.carried.features import FEATURES, feature_matrix, feature_names
from motifleet.models.metrics import Interval, Ranked, best_threshold, resampled, scores_of
from motifleet.models.prepared import Prepared, Progress, column, requirements, unseen
from motifleet.models.sample import Label, Mask, Sample, read_sample
from motifleet.models.search import Search
from motifleet.models.source import Source
from motifleet.models.splits import Parts, Split
from motifleet.models.training import CARRIED, Signature, Training, Trial
from motifleet.models.values import PREFIX
from motifleet.telemetry import DEVICE_ID, EVENT_TS
from motifleet.types import Floats, Ints

_EXPLAINED = 2_000
_EXAMPLE_ROWS = 5
_HOUR = 3_600_000_000


@dataclass(frozen=True, slots=True)
class FailureClassifier:
    """XGBoost on the signals of a report: the probability of a failure, and a label.

    Args:
        label: what is to be predicted.
        signals: which ones; None: all of the table but the label.
        features: beyond the raw values: "rolling" (mean, spread and change over a window), "past"
            (the distance of the newest window to its device's past, level included) and "discord"
            (the same by shape alone).
        window: of these features, in reports.
        split: how reports are put aside for validation and test.
        trees: how the trees are grown.
        seed: of the trees.
        threads: how many to use; 0: one for each core.
        search: a search for better trees before; None: none.

    Raises:
        InvalidArgumentError: there is no such feature, or the window is below 3.
    """

    name: ClassVar[str] = "failure-classifier"

    label: Label
    signals: Sequence[str] | None = None
    features: Sequence[str] = ()
    window: int = 60
    split: Split = field(default_factory=Split)
    trees: Trees = field(default_factory=Trees)
    seed: int = 0
    threads: int = 0
    search: Search | None = None

    def __post_init__(self) -> None:
        unknown = [each for each in self.features if each not in FEATURES]
        if unknown:
            raise InvalidArgumentError(
                f"expected features of {', '.join(FEATURES)}, got {unknown[0]!r}"
            )
        if self.window < 3:
            raise InvalidArgumentError(f"expected a window of at least 3, got {self.window}")

    def prepare(self, source: Source, experiment: str, progress: Progress = unseen) -> Prepared:
        """Train on a pinned source; see `Kind`.

        Raises:
            InvalidArgumentError: the reports or labels are none to learn from.
            UnknownColumnError: there is no such column.
        """
        but = [self.label.column] if self.label.column else []
        signals = source.signals(self.signals, but)
        label = self._pinned_label(source)
        sample = read_sample(source, signals, label)
        horizon = label.hours * _HOUR if label.events else 0.0
        parts = self.split.parts(sample, horizon)
        fitted = self._fit(sample, parts, self.features, progress)
        judged = Judged.of(sample, parts, fitted)
        worth = self._worth(sample, parts, judged) if self.features else None
        return _prepared(replace(self, label=label), source, experiment, judged, worth)

    def _pinned_label(self, source: Source) -> Label:
        if self.label.events is None:
            return self.label
        pinned = source.tables.snapshot(self.label.events, self.label.as_of)
        return replace(self.label, as_of=pinned.id)

    def _fit(
        self, sample: Sample, parts: Parts, features: Sequence[str], progress: Progress
    ) -> "Fitted":
        matrix = feature_matrix(sample.signals, sample.offsets.tolist(), features, self.window)
        train = matrix[parts.train], sample.labels[parts.train]
        validation = matrix[parts.validation], sample.labels[parts.validation]
        trees, trials = self.trees, list[Trial]()
        options: dict[str, Any] = {"seed": self.seed, "threads": self.threads}
        if self.search is not None and features == self.features:
            trees, trials = self.search.run(trees, train, validation, progress=progress, **options)
        learnt = grow(trees, train, validation, progress=progress, **options)
        names = feature_names(list(sample.signals), features, self.window)
        return Fitted(names, matrix, learnt, trees, trials)

    def _worth(self, sample: Sample, parts: Parts, judged: "Judged") -> "Worth":
        """What the features add to a model on the raw signals of the same reports."""
        raw = Judged.of(sample, parts, self._fit(sample, parts, (), unseen))
        ours, theirs = (Ranked(judged.labels, each.probability) for each in (judged, raw))
        gain = resampled(
            lambda weights: ours.pr_auc(weights) - theirs.pr_auc(weights), judged.devices
        )
        return Worth(raw, gain)


@dataclass(frozen=True, slots=True, eq=False)
class Fitted:
    """Trees with the features that they were grown on."""

    names: Sequence[str]
    matrix: Matrix
    learnt: Learnt
    trees: Trees
    trials: Sequence[Trial]


@dataclass(frozen=True, slots=True, eq=False)
class Judged:
    """A fitted classifier on the test reports.

    Args:
        sample: all reports.
        parts: which were learnt from, which judge.
        fitted: the trees.
        labels: of the test reports, like the next two.
        devices: by number.
        probability: of a failure.
        threshold: chosen on the validation reports.
        metrics: with baselines and intervals.
        lift: the interval of PR-AUC less the share of failures.
        area: the interval of ROC-AUC.
    """

    sample: Sample
    parts: Parts
    fitted: Fitted
    labels: Ints
    devices: Ints
    probability: Floats
    threshold: float
    metrics: Mapping[str, float]
    lift: Interval
    area: Interval

    @classmethod
    def of(cls, sample: Sample, parts: Parts, fitted: Fitted) -> "Judged":
        """Choose the threshold on the validation reports and measure on the test reports."""
        chosen = fitted.learnt.probability(fitted.matrix[parts.validation])
        threshold = best_threshold(sample.labels[parts.validation], chosen)
        labels, devices = sample.labels[parts.test], sample.codes[parts.test]
        probability = fitted.learnt.probability(fitted.matrix[parts.test])
        ranked = Ranked(labels, probability)
        lift, area = resampled(ranked.lift, devices), resampled(ranked.roc_auc, devices)
        base = float(sample.labels[parts.train].mean())
        metrics = scores_of(labels, probability, threshold, base)
        metrics |= {"pr_auc_lift_low": lift.low, "pr_auc_lift_high": lift.high}
        metrics |= {"roc_auc_low": area.low, "roc_auc_high": area.high}
        return cls(
            sample, parts, fitted, labels, devices, probability, threshold, metrics, lift, area
        )

    @property
    def learnt(self) -> bool:
        """Whether the figures say that something was learnt at all."""
        return self.lift.low > 0 and self.area.low > 0.5

    @property
    def verdict(self) -> str:
        """What the figures say, in a sentence."""
        share = self.metrics["pr_auc_baseline"]
        said = (
            f"PR-AUC is {self.metrics['pr_auc']:.3f} where chance gives {share:.3f} "
            f"(above it by {self.lift.low:+.3f} to {self.lift.high:+.3f}), "
            f"ROC-AUC {self.area.low:.2f} to {self.area.high:.2f} where chance gives 0.5, "
            "with 95 % of resampled devices"
        )
        if self.learnt:
            return f"The model finds failures: {said}."
        return f"Nothing can be learnt from these signals about the label: {said}."

    def count(self, part: Mask) -> str:
        """A part in words: reports, devices, failures."""
        devices = len(np.unique(self.sample.codes[part]))
        share = self.sample.labels[part].mean()
        return f"{int(part.sum()):,} reports of {devices:,} devices, {share:.2%} failures"


@dataclass(frozen=True, slots=True)
class Worth:
    """What features add to raw signals: the raw model, and the interval of PR-AUC's gain."""

    raw: Judged
    gain: Interval

    @property
    def verdict(self) -> str:
        """In a sentence."""
        raw = self.raw.metrics["pr_auc"]
        says = "add" if self.gain.low > 0 else "take away" if self.gain.high < 0 else "may add"
        return (
            f"On raw signals alone PR-AUC is {raw:.3f}; the features {says} "
            f"{self.gain.low:+.3f} to {self.gain.high:+.3f}."
        )

    def metrics(self) -> dict[str, float]:
        """As figures of the run."""
        return {
            "pr_auc_raw_signals": self.raw.metrics["pr_auc"],
            "pr_auc_gain_low": self.gain.low,
            "pr_auc_gain_high": self.gain.high,
        }


def _prepared(
    kind: FailureClassifier,
    source: Source,
    experiment: str,
    judged: Judged,
    worth: Worth | None,
) -> Prepared:
    signals = list(judged.sample.signals)
    lineage = source.lineage()
    metrics = {**judged.metrics, **(worth.metrics() if worth else {})}
    training = Training(
        kind=kind.name,
        experiment=experiment,
        signature=_signature(signals, kind.features),
        example=_example(judged.sample, kind.features),
        params=_params(kind, judged),
        metrics=metrics,
        tags={**lineage.tags(), **_label_tags(kind)},
        requirements=_requirements(kind.features),
        trials=judged.fitted.trials,
    )
    verdict = judged.verdict + (f" {worth.verdict}" if worth else "")
    card = model_card(
        "Failure classifier",
        purpose=f"Predicts {kind.label.describe()}, for each report, from its signals.",
        lineage=lineage,
        data=_data(kind, judged),
        metrics=metrics,
        verdict=verdict,
        limits=_limits(kind, judged),
    )
    return Prepared(training, _writer(kind, judged), _figures(judged, worth), card, verdict)


def _params(kind: FailureClassifier, judged: Judged) -> dict[str, Any]:
    split = {f"split_{name}": value for name, value in asdict(kind.split).items()}
    trees = {f"trees_{name}": value for name, value in asdict(judged.fitted.trees).items()}
    return {
        "signals": ", ".join(judged.sample.signals),
        "features": ", ".join(kind.features) or "raw",
        "window": kind.window,
        "label": kind.label.describe(),
        "seed": kind.seed,
        "threads": kind.threads,
        "threshold": judged.threshold,
        "trees_grown": judged.fitted.learnt.rounds,
        **split,
        **trees,
    }


def _label_tags(kind: FailureClassifier) -> dict[str, str]:
    told = {"label": json.dumps(asdict(kind.label)), "split": json.dumps(asdict(kind.split))}
    if kind.label.events is not None:
        told |= {"label_table": kind.label.events, "label_snapshot_id": str(kind.label.as_of)}
    return {PREFIX + name: value for name, value in told.items()}


def _terms(kind: FailureClassifier, judged: Judged) -> dict[str, Any]:
    sample, train = judged.sample, judged.parts.train
    missing = [name for name, values in sample.signals.items() if np.isnan(values[train]).any()]
    return {
        "signals": list(sample.signals),
        "features": list(kind.features),
        "window": kind.window,
        "threshold": judged.threshold,
        "weight": judged.fitted.learnt.weight,
        "may_be_missing": missing,
    }


def _writer(kind: FailureClassifier, judged: Judged) -> Any:
    def write(folder: Path) -> None:
        judged.fitted.learnt.booster.save_model(folder / "booster.ubj")
        terms = json.dumps(_terms(kind, judged), indent=2)
        (folder / "terms.json").write_text(terms, encoding="utf-8")
        shutil.copy(CARRIED / "features.py", folder / "features.py")

    return write


def _signature(signals: Sequence[str], features: Sequence[str]) -> Signature:
    keys = [column(DEVICE_ID, "string"), column(EVENT_TS, "datetime")] if features else []
    inputs = [*keys, *(column(name) for name in signals)]
    return Signature(inputs, [column("probability"), column("label", "long")])


def _example(sample: Sample, features: Sequence[str]) -> list[dict[str, Any]]:
    whole = np.all(~np.isnan(np.stack(list(sample.signals.values()))), axis=0)
    rows = []
    for row in np.flatnonzero(whole)[:_EXAMPLE_ROWS].tolist():
        values: dict[str, Any] = {name: float(each[row]) for name, each in sample.signals.items()}
        if features:
            moment = str(sample.times[row : row + 1].view("datetime64[us]")[0])
            values = {DEVICE_ID: sample.device_ids[sample.codes[row]], EVENT_TS: moment, **values}
        rows.append(values)
    return rows


def _requirements(features: Sequence[str]) -> list[str]:
    names = ["mlflow", "numpy", "pandas", "xgboost-cpu"]
    return requirements(*names, *(["motifleet"] if set(features) - {"rolling"} else []))


def _figures(judged: Judged, worth: Worth | None) -> dict[str, Any]:
    predicted = (judged.probability >= judged.threshold).astype(np.int64)
    curves = {"this model": (judged.labels, judged.probability)}
    if worth is not None:
        curves["raw signals alone"] = (judged.labels, worth.raw.probability)
    rows = judged.fitted.matrix[judged.parts.test]
    some = rows[np.linspace(0, len(rows) - 1, min(len(rows), _EXPLAINED)).astype(np.int64)]
    explained = judged.fitted.learnt.contributions(some)
    return {
        "confusion_matrix": figures.confusion_figure(judged.labels, predicted),
        "precision_recall": figures.precision_recall_figure(curves),
        "calibration": figures.calibration_figure(judged.labels, judged.probability),
        "contributions": figures.contributions_figure(judged.fitted.names, explained),
    }


def _data(kind: FailureClassifier, judged: Judged) -> list[str]:
    parts = {
        name: judged.count(getattr(judged.parts, name)) for name in ("train", "validation", "test")
    }
    return [
        f"Signals: {', '.join(judged.sample.signals)}; features: "
        f"{', '.join(kind.features) or 'none but the raw values'}.",
        f"Put aside by {kind.split.by}, seed {kind.split.seed}.",
        *(f"{name}: {said}." for name, said in parts.items()),
    ]


def _limits(kind: FailureClassifier, judged: Judged) -> list[str]:
    terms = _terms(kind, judged)
    may = ", ".join(terms["may_be_missing"]) or "no signal"
    limits = [
        f"A label of 1 means a probability of {judged.threshold:.3g} or more, the best F1 on the "
        "validation reports; other costs ask for another threshold.",
        f"In training a value was missing in: {may}. Others must be there.",
        "Devices, makes and seasons that training has not seen may differ from all that is here.",
    ]
    if kind.features:
        limits.append(
            f"A report's features look at {kind.window} earlier reports of its device and more, "
            "so a request must hold them."
        )
    return limits
