"""What was predicted beside what turned out to be."""

import json
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from motifleet.workspace import Logged


class Joined(NamedTuple):
    """One answer with its ground truth.

    Args:
        started_ms: when it was asked, in milliseconds since 1970.
        truth, predicted: the label that is, and the one that was said.
        score: the probability that was told; None: none was.
    """

    started_ms: int
    truth: Any
    predicted: Any
    score: float | None


def joined(
    predictions: Iterable[Logged], truth: str, predicted: str, score: str = "probability"
) -> Iterator[Joined]:
    """The answers whose ground truth is known; a request of several rows gives several.

    What was predicted is sought in the answer's rows, then among the metrics that the model
    tracked: answers that are not kept can be judged by those.

    Args:
        predictions: those that were answered, in order.
        truth: the metric that holds the ground truth: a value, or a list for several rows.
        predicted: the field that holds what was predicted.
        score: the field that holds its probability.
    """
    for each in predictions:
        if truth not in each.metrics or each.status != 200:
            continue
        told = each.metrics[truth]
        truths = told if isinstance(told, list) else [told]
        said, scores = values_of(each, predicted), values_of(each, score)
        if len(said) != len(truths):
            continue
        chances = scores if len(scores) == len(said) else [None] * len(said)
        for is_, was, chance in zip(truths, said, chances, strict=True):
            if isinstance(was, int | float | str):
                yield Joined(each.started_ms, _plain(is_), _plain(was), _number(chance))


def values_of(prediction: Logged, name: str) -> list[Any]:
    """A field of each row of an answer; else the metric of that name; else nothing.

    >>> told = Logged("u", "d", "b", "v", 0, 1, 200, None, '[{"label": 1}, {"label": 0}]', False)
    >>> values_of(told, "label")
    [1, 0]
    """
    rows = _rows(prediction.outputs)
    if rows and all(isinstance(row, dict) and name in row for row in rows):
        return [row[name] for row in rows]
    if name in prediction.metrics:
        told = prediction.metrics[name]
        return told if isinstance(told, list) else [told]
    if rows and not any(isinstance(row, dict | list) for row in rows) and name == "label":
        return rows
    return []


def _rows(outputs: str | None) -> list[Any]:
    if outputs is None:
        return []
    try:
        told = json.loads(outputs)
    except ValueError:
        return []
    return told if isinstance(told, list) else [told]


def _plain(label: Any) -> Any:
    """True and 1, and 1.0, are the same label."""
    if isinstance(label, float) and label.is_integer():
        return int(label)
    return int(label) if isinstance(label, bool) else label


def _number(value: Any) -> float | None:
    return float(value) if isinstance(value, int | float) else None
