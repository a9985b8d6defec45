"""How good predictions are, each figure beside what is had without a model.

Formulas after Fawcett, "An introduction to ROC analysis" (2006), Davis and Goadrich, "The
relationship between precision-recall and ROC curves" (2006), and Brier (1950).
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from motifleet.types import Floats, Ints

ROUNDS = 200


class Ranked:
    """Scores in order, for figures by many weights.

    Args:
        labels: shape (n,), 0 or 1.
        scores: shape (n,), larger for likelier failures; ties are taken together.
    """

    def __init__(self, labels: ArrayLike, scores: ArrayLike) -> None:
        values = np.asarray(scores, np.float64)
        self._order = np.argsort(-values, kind="stable")
        ordered = values[self._order]
        self._failed = (np.asarray(labels)[self._order] == 1).astype(np.float64)
        self._last = np.flatnonzero(np.append(np.diff(ordered) != 0, True))[: len(values)]
        self.thresholds: Floats = ordered[self._last]

    def cumulated(self, weights: Floats | None = None) -> tuple[Floats, Floats]:
        """Weights of failures and of others from the highest score down, one for each score."""
        weight = np.ones(len(self._order)) if weights is None else weights[self._order]
        hits = np.cumsum(self._failed * weight)
        every = np.cumsum(weight)
        return hits[self._last], (every - hits)[self._last]

    def pr_auc(self, weights: Floats | None = None) -> float:
        """See `pr_auc`."""
        hits, misses = self.cumulated(weights)
        total = hits[-1] if len(hits) else 0.0
        if total == 0:
            return float("nan")
        precision = hits / np.maximum(hits + misses, 1e-300)
        return float(np.sum(np.diff(hits, prepend=0.0) * precision) / total)

    def roc_auc(self, weights: Floats | None = None) -> float:
        """See `roc_auc`."""
        hits, misses = self.cumulated(weights)
        if not len(hits) or hits[-1] == 0 or misses[-1] == 0:
            return float("nan")
        up = np.diff(hits, prepend=0.0)
        across = np.diff(misses, prepend=0.0)
        # Of a group of ties half lies before and half behind.
        return float(np.sum(across * (hits - up / 2)) / (hits[-1] * misses[-1]))

    def lift(self, weights: Floats | None = None) -> float:
        """How far PR-AUC is above the share of failures."""
        hits, misses = self.cumulated(weights)
        return self.pr_auc(weights) - float(hits[-1] / max(hits[-1] + misses[-1], 1e-300))


def pr_auc(labels: ArrayLike, scores: ArrayLike) -> float:
    """Average precision: the area under the steps of the precision-recall curve.

    Args:
        labels: shape (n,), 0 or 1.
        scores: shape (n,), larger for likelier failures; ties are taken together.

    Returns:
        the share of positives is what scores at random give; NaN without positives.

    >>> round(pr_auc([0, 1, 0, 1], [0.1, 0.9, 0.8, 0.7]), 3)
    0.833
    """
    return Ranked(labels, scores).pr_auc()


def roc_auc(labels: ArrayLike, scores: ArrayLike) -> float:
    """The chance that a failure scores above a report without, ties counting half.

    >>> roc_auc([0, 1, 0, 1], [0.1, 0.9, 0.8, 0.7])
    0.75
    """
    return Ranked(labels, scores).roc_auc()


def precision_recall_curve(labels: ArrayLike, scores: ArrayLike) -> tuple[Floats, Floats, Floats]:
    """Precision, recall and threshold, from the highest threshold down; one each per score."""
    ranked = Ranked(labels, scores)
    hits, misses = ranked.cumulated()
    return hits / (hits + misses), hits / max(hits[-1], 1.0), ranked.thresholds


def best_threshold(labels: ArrayLike, scores: ArrayLike) -> float:
    """The threshold of the largest F1, the harmonic mean of precision and recall.

    >>> best_threshold([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8])
    0.35
    """
    precision, recall, thresholds = precision_recall_curve(labels, scores)
    f1 = 2 * precision * recall / np.maximum(precision + recall, 1e-12)
    return float(thresholds[int(np.argmax(f1))])


def confusion(labels: Ints, predicted: Ints) -> NDArray[np.int64]:
    """Shape (2, 2): rows are what is, columns what was predicted.

    >>> confusion(np.array([0, 1, 1]), np.array([0, 0, 1])).tolist()
    [[1, 0], [1, 1]]
    """
    return np.bincount(2 * labels + predicted, minlength=4).reshape(2, 2)


def scores_of(labels: Ints, probability: Floats, threshold: float, base: float) -> dict[str, float]:
    """Accuracy, recall, precision, PR-AUC, ROC-AUC and Brier, each with its baseline.

    Args:
        labels: shape (n,), 0 or 1.
        probability: shape (n,).
        threshold: from which on a failure is predicted.
        base: the share of failures in training, which is what the Brier score's baseline predicts.

    Returns:
        baselines: of accuracy, always predicting the commoner class; of recall and precision,
        predicting as many failures at random; of PR-AUC, the share of failures; of ROC-AUC, 0.5.
    """
    predicted = (probability >= threshold).astype(np.int64)
    (true_no, false_yes), (false_no, true_yes) = confusion(labels, predicted).tolist()
    share, flagged = float(labels.mean()), float(predicted.mean())
    return {
        "accuracy": (true_no + true_yes) / len(labels),
        "accuracy_baseline": max(share, 1 - share),
        "recall": true_yes / max(true_yes + false_no, 1),
        "recall_baseline": flagged,
        "precision": true_yes / max(true_yes + false_yes, 1),
        "precision_baseline": share,
        "pr_auc": pr_auc(labels, probability),
        "pr_auc_baseline": share,
        "roc_auc": roc_auc(labels, probability),
        "roc_auc_baseline": 0.5,
        "brier": float(np.mean((probability - labels) ** 2)),
        "brier_baseline": float(np.mean((base - labels) ** 2)),
    }


@dataclass(frozen=True, slots=True)
class Interval:
    """Where a figure lies, with 95 % of the resamples; ``low`` to ``high``."""

    low: float
    high: float

    def __contains__(self, value: float) -> bool:
        return self.low <= value <= self.high


def resampled(
    measure: Callable[[Floats], float], groups: Ints, *, seed: int = 0, rounds: int = ROUNDS
) -> Interval:
    """The interval of a figure when other devices had been observed (a bootstrap by group).

    Reports of one device are much alike, so that whole devices are drawn, with replacement.

    Args:
        measure: computes the figure from weights, shape (n,): how often each report was drawn.
        groups: shape (n,), each report's device.
        seed: the same seed, the same interval.
        rounds: how many resamples.

    >>> values, devices = np.arange(100.0), np.repeat(np.arange(20), 5)
    >>> found = resampled(lambda weights: np.average(values, weights=weights), devices)
    >>> 49.5 in found, 80.0 in found
    (True, False)
    """
    rng = np.random.default_rng(seed)
    _, places = np.unique(groups, return_inverse=True)
    count = int(places.max()) + 1
    found = []
    for _ in range(rounds):
        drawn = np.bincount(rng.integers(0, count, count), minlength=count)
        found.append(measure(drawn[places].astype(np.float64)))
    values: Any = np.array(found)
    values = values[np.isfinite(values)]
    if not len(values):
        return Interval(float("-inf"), float("inf"))
    low, high = np.quantile(values, [0.025, 0.975])
    return Interval(float(low), float(high))
