"""A fitted classifier before its judges: reports it has not seen, and a model without features."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from motifleet.models.boosting import Learnt, Matrix, Trees
from motifleet.models.metrics import Interval, Ranked, best_threshold, resampled, scores_of
from motifleet.models.sample import Mask, Sample
from motifleet.models.splits import Parts
from motifleet.models.training import Trial
from motifleet.types import Floats, Ints

_EVEN = 0.5
_CLEARLY = 0.6
"""Of ROC-AUC on the validation reports. They have chosen the number of trees, so that what was
learnt from random labels may be above 0.5 there too; it is above this in none of 160 trainings."""


@dataclass(frozen=True, slots=True)
class Threshold:
    """From which probability on a report is called a failure.

    Args:
        value: the probability.
        why: how it was chosen, in words.
        chosen: whether the validation reports could choose it.
    """

    value: float
    why: str
    chosen: bool

    @classmethod
    def of(cls, labels: Ints, probability: Floats, devices: Ints) -> "Threshold":
        """The best F1 where the validation reports are ranked clearly better than by chance.

        Elsewhere the best F1 would be had by calling nearly everything a failure, which helps
        nobody: there it is 0.5, where a probability that is right errs least often.

        >>> labels, devices = np.tile([0, 0, 0, 1], 50), np.repeat(np.arange(20), 10)
        >>> found = Threshold.of(labels, np.where(labels == 1, 0.3, 0.1), devices)
        >>> found.value, found.why
        (0.3, 'the best F1 on the validation reports')
        >>> Threshold.of(labels, np.linspace(0.1, 0.3, 200), devices).value
        0.5
        """
        area = resampled(Ranked(labels, probability).roc_auc, devices)
        if area.low > _CLEARLY:
            best = best_threshold(labels, probability)
            return cls(best, "the best F1 on the validation reports", chosen=True)
        return cls(
            _EVEN,
            f"the validation reports can choose none, with a ROC-AUC of {area.low:.2f} to "
            f"{area.high:.2f} where chance gives 0.5",
            chosen=False,
        )


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
        threshold: chosen on the validation reports, where they can choose one.
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
    threshold: Threshold
    metrics: Mapping[str, float]
    lift: Interval
    area: Interval

    @classmethod
    def of(cls, sample: Sample, parts: Parts, fitted: Fitted) -> "Judged":
        """Choose the threshold on the validation reports and measure on the test reports."""
        chosen = parts.validation
        threshold = Threshold.of(
            sample.labels[chosen],
            fitted.learnt.probability(fitted.matrix[chosen]),
            sample.codes[chosen],
        )
        labels, devices = sample.labels[parts.test], sample.codes[parts.test]
        probability = fitted.learnt.probability(fitted.matrix[parts.test])
        ranked = Ranked(labels, probability)
        lift, area = resampled(ranked.lift, devices), resampled(ranked.roc_auc, devices)
        base = float(sample.labels[parts.train].mean())
        metrics = scores_of(labels, probability, threshold.value, base)
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
            found = f"The model finds failures: {said}."
        else:
            found = f"Nothing can be learnt from these signals about the label: {said}."
        if not self.threshold.chosen:
            found += f" The threshold stays at {_EVEN}: {self.threshold.why}."
        return found

    def count(self, part: Mask) -> str:
        """A part in words: reports, devices, failures."""
        devices = len(np.unique(self.sample.codes[part]))
        share = self.sample.labels[part].mean()
        return f"{int(part.sum()):,} reports of {devices:,} devices, {share:.2%} failures"


@dataclass(frozen=True, slots=True)
class FeatureWorth:
    """What features add to raw signals: the raw model, and the interval of PR-AUC's gain."""

    raw: Judged
    gain: Interval

    @classmethod
    def of(cls, judged: Judged, raw: Judged) -> "FeatureWorth":
        """Hold a model against one on the raw signals of the same reports."""
        ours, theirs = (Ranked(judged.labels, each.probability) for each in (judged, raw))
        gain = resampled(
            lambda weights: ours.pr_auc(weights) - theirs.pr_auc(weights), judged.devices
        )
        return cls(raw, gain)

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
