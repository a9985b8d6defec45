"""How good answers were, over time or for every so many of them.

Accuracy, recall and precision come with the 95 % interval of Wilson, "Probable inference, the law
of succession, and statistical inference" (1927), which is right for few answers too.
"""

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from itertools import groupby, islice
from typing import Any

import numpy as np

from motifleet.models import pr_auc, roc_auc
from motifleet.monitoring.joined import Joined

_Z = 1.959963984540054


@dataclass(frozen=True, slots=True)
class Share:
    """A share with its 95 % interval; NaN where it is a share of nothing."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Quality:
    """How good some answers were.

    Args:
        start_ms, end_ms: when the first and the last of them were asked.
        count: how many there are, those whose ground truth is known.
        accuracy: the share that is right.
        recall: of those that are positive, the share that was found.
        precision: of those that were called positive, the share that is.
        f1: the harmonic mean of precision and recall.
        confusion: rows are what is, columns what was predicted, in the order of ``labels``.
        labels: all that was predicted or true.
        positives: the share that is positive.
        pr_auc, roc_auc, brier: of the probabilities; None where none were told, or the labels are
            not 0 and 1.
    """

    start_ms: int
    end_ms: int
    count: int
    accuracy: Share
    recall: Share
    precision: Share
    f1: float
    labels: tuple[Any, ...]
    confusion: tuple[tuple[int, ...], ...]
    positives: float
    pr_auc: float | None
    roc_auc: float | None
    brier: float | None

    def to_dict(self) -> dict[str, Any]:
        """Plain values, for JSON."""
        return asdict(self)


def share(hits: int, count: int) -> Share:
    """A share with its interval.

    >>> found = share(9, 10)
    >>> found.value, round(found.low, 3), round(found.high, 3)
    (0.9, 0.596, 0.982)
    """
    if count == 0:
        return Share(math.nan, 0.0, 1.0)
    part, square = hits / count, _Z * _Z
    middle = (part + square / (2 * count)) / (1 + square / count)
    spread = part * (1 - part) / count + square / (4 * count * count)
    half = _Z * math.sqrt(spread) / (1 + square / count)
    return Share(part, max(0.0, middle - half), min(1.0, middle + half))


def quality(answers: Sequence[Joined], positive: Any = 1) -> Quality:
    """How good some answers were.

    Args:
        answers: at least one.
        positive: the label that recall and precision are of.

    >>> answers = [Joined(at, truth, said, None) for at, truth, said in
    ...            [(0, 1, 1), (1, 1, 0), (2, 0, 0), (3, 0, 0)]]
    >>> found = quality(answers)
    >>> found.accuracy.value, found.recall.value, found.precision.value
    (0.75, 0.5, 1.0)
    """
    truths, said = [each.truth for each in answers], [each.predicted for each in answers]
    right = sum(a == b for a, b in zip(truths, said, strict=True))
    true = sum(each == positive for each in truths)
    called = sum(each == positive for each in said)
    found = sum(a == b == positive for a, b in zip(truths, said, strict=True))
    labels, confusion = _confusion(truths, said)
    return Quality(
        start_ms=answers[0].started_ms,
        end_ms=answers[-1].started_ms,
        count=len(answers),
        accuracy=share(right, len(answers)),
        recall=share(found, true),
        precision=share(found, called),
        f1=2 * found / (true + called) if true + called else math.nan,
        labels=labels,
        confusion=confusion,
        positives=true / len(answers),
        **_of_scores(answers),
    )


def qualities(
    answers: Iterable[Joined],
    positive: Any = 1,
    *,
    every_ms: int | None = None,
    per: int | None = None,
) -> Iterator[Quality]:
    """How good answers were, in parts.

    Args:
        answers: in order of time.
        positive: see `quality`.
        every_ms: the parts' length in time; or
        per: in answers, of which the last part may have fewer; without both it is one part.
    """
    rest = iter(answers)
    if every_ms is not None:
        parts: Iterable[list[Joined]] = (
            list(part) for _, part in groupby(rest, lambda each: each.started_ms // every_ms)
        )
    elif per is not None:
        parts = iter(lambda: list(islice(rest, per)), [])
    else:
        parts = [list(rest)]
    return (quality(part, positive) for part in parts if part)


def _confusion(
    truths: Sequence[Any], said: Sequence[Any]
) -> tuple[tuple[Any, ...], tuple[tuple[int, ...], ...]]:
    labels = tuple(sorted({*truths, *said}, key=lambda each: (str(type(each)), each)))
    if len(labels) > _MOST_LABELS:
        return (), ()
    place = {label: at for at, label in enumerate(labels)}
    counted = np.zeros((len(labels), len(labels)), np.int64)
    for a, b in zip(truths, said, strict=True):
        counted[place[a], place[b]] += 1
    return labels, tuple(tuple(int(each) for each in row) for row in counted)


def _of_scores(answers: Sequence[Joined]) -> dict[str, float | None]:
    scores = [each.score for each in answers if each.score is not None]
    truths = [each.truth for each in answers]
    if len(scores) != len(answers) or not set(truths) <= {0, 1}:
        return {"pr_auc": None, "roc_auc": None, "brier": None}
    labels, chances = np.array(truths), np.array(scores)
    return {
        "pr_auc": pr_auc(labels, chances),
        "roc_auc": roc_auc(labels, chances),
        "brier": float(np.mean((chances - labels) ** 2)),
    }


_MOST_LABELS = 50
