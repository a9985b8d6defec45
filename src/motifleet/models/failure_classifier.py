"""Failure classifiers: gradient-boosted trees on signals, and on what signals were lately."""

import json
import shutil
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any, ClassVar

import numpy as np

from motifleet.errors import InvalidArgumentError
from motifleet.models import figures
from motifleet.models.boosting import Learnt, Matrix, Trees, grow
from motifleet.models.card import model_card
from motifleet.models.carried.features import FEATURES, feature_matrix, feature_names
from motifleet.models.judged import FeatureWorth, Fitted, Judged
from motifleet.models.prepared import Prepared, Progress, column, requirements, unseen
from motifleet.models.sample import Label, Sample, read_sample
from motifleet.models.search import Search
from motifleet.models.source import Source
from motifleet.models.splits import Parts, Split
from motifleet.models.training import CARRIED, Signature, Training, Trial
from motifleet.models.values import PREFIX
from motifleet.telemetry import DEVICE_ID, EVENT_TS

_EXPLAINED = 2_000
_EXAMPLE_ROWS = 5


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
        threads: how many to use; 0: one for each core, one alone for a small table.
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
        kind = replace(self, label=self._pinned_label(source))
        sets = dict.fromkeys([tuple(self.features), ()])
        judged = list(kind.judge(source, list(sets), progress).values())
        worth = FeatureWorth.of(*judged) if self.features else None
        return _prepared(kind, source, experiment, judged[0], worth)

    def judge(
        self, source: Source, sets: Sequence[Sequence[str]], progress: Progress = unseen
    ) -> dict[tuple[str, ...], Judged]:
        """Train on the same reports with each of several sets of features, read and computed once.

        Args:
            source: pinned.
            sets: of features; the search for trees, if there is one, goes with this kind's own.
            progress: told how far the first training is.

        Returns:
            each set's model before the same test reports.

        Raises:
            InvalidArgumentError, UnknownColumnError: see `prepare`.
        """
        but = [self.label.column] if self.label.column else []
        signals = source.signals(self.signals, but)
        sample = read_sample(source, signals, self.label)
        parts = self.split.parts(sample, self.label.horizon)
        every = list(dict.fromkeys(each for chosen in sets for each in chosen))
        matrix = feature_matrix(sample.signals, sample.offsets.tolist(), every, self.window)
        places = {name: at for at, name in enumerate(feature_names(signals, every, self.window))}
        found = dict[tuple[str, ...], Judged]()
        for chosen in sets:
            names = feature_names(signals, chosen, self.window)
            columns = matrix[:, [places[name] for name in names]]
            trees, trials, learnt = self._grown(
                sample, parts, columns, chosen, unseen if found else progress
            )
            fitted = Fitted(names, columns, learnt, trees, trials)
            found[tuple(chosen)] = Judged.of(sample, parts, fitted)
        return found

    def _pinned_label(self, source: Source) -> Label:
        if self.label.events is None:
            return self.label
        pinned = source.tables.snapshot(self.label.events, self.label.as_of)
        return replace(self.label, as_of=pinned.id)

    def _grown(
        self,
        sample: Sample,
        parts: Parts,
        matrix: Matrix,
        chosen: Sequence[str],
        progress: Progress,
    ) -> tuple[Trees, Sequence[Trial], Learnt]:
        train = matrix[parts.train], sample.labels[parts.train]
        validation = matrix[parts.validation], sample.labels[parts.validation]
        trees, trials = self.trees, list[Trial]()
        options: dict[str, Any] = {"seed": self.seed, "threads": self.threads}
        if self.search is not None and tuple(chosen) == tuple(self.features):
            trees, trials = self.search.run(trees, train, validation, progress=progress, **options)
        return trees, trials, grow(trees, train, validation, progress=progress, **options)


def _prepared(
    kind: FailureClassifier,
    source: Source,
    experiment: str,
    judged: Judged,
    worth: FeatureWorth | None,
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
        "threshold": judged.threshold.value,
        "threshold_by": "best F1" if judged.threshold.chosen else "even odds",
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
        "threshold": judged.threshold.value,
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


def _figures(judged: Judged, worth: FeatureWorth | None) -> dict[str, Any]:
    predicted = (judged.probability >= judged.threshold.value).astype(np.int64)
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
        f"A label of 1 means a probability of {judged.threshold.value:.3g} or more: "
        f"{judged.threshold.why}. Other costs ask for another.",
        f"In training a value was missing in: {may}. Others must be there.",
        "Devices, makes and seasons that training has not seen may differ from all that is here.",
    ]
    if kind.features:
        limits.append(
            f"A report's features look at {kind.window} earlier reports of its device and more, "
            "so a request must hold them."
        )
    return limits
