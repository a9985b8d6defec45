"""The features of logged predictions: what was asked, and what was answered."""

import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from motifleet.serving import LAB, OPEN_INFERENCE, columns_of, parse_request
from motifleet.workspace import Logged

Features = dict[str, list[Any]]


def asked(predictions: Iterable[Logged], columns: Sequence[str]) -> Features:
    """What was asked, by feature; of a column that holds lists, what the lists hold.

    Args:
        predictions: those whose inputs are kept.
        columns: what the model takes; what else is asked is left out.

    >>> told = Logged("u", "d", "b", "v", 0, 1, 200, '[{"speed": 5}, {"speed": 7}]', None, False)
    >>> asked([told], ["speed"])
    {'speed': [5, 7]}
    """
    found: Features = defaultdict(list)
    for each in predictions:
        if each.inputs is None:
            continue
        for name, values in _read(each.inputs, tuple(columns)).items():
            if not columns or name in columns:
                found[name] += values
    return dict(found)


def answered(predictions: Iterable[Logged]) -> Features:
    """What was answered, by field: numbers and text alone."""
    found: Features = defaultdict(list)
    for each in predictions:
        if each.outputs is None or each.status != 200:
            continue
        for name, value in _fields(each.outputs):
            if value is None or isinstance(value, int | float | str):
                found[name].append(value)
    return dict(found)


def _read(body: str, columns: tuple[str, ...]) -> Features:
    try:
        told = json.loads(body)
        tensors = isinstance(told, dict) and isinstance(told.get("inputs"), list)
        tensors = tensors and all("datatype" in each for each in told["inputs"])
        parsed = parse_request(OPEN_INFERENCE if tensors else LAB, body.encode(), columns)
        rows = parsed.value.get("rows") if isinstance(parsed.value, dict) else None
        if "rows" in columns and isinstance(rows, dict):
            return _by_name(list(rows.values()))
        return {name: _flat(values) for name, values in columns_of(parsed).items()}
    except (ValueError, TypeError, AttributeError):
        return {}  # a request that was refused is in the log, too


def _by_name(rows: list[Any]) -> Features:
    found: Features = defaultdict(list)
    for row in rows:
        for name, value in row.items():
            found[name].append(value)
    return dict(found)


def _flat(values: list[Any]) -> list[Any]:
    if not any(isinstance(each, list) for each in values):
        return values
    return [inner for each in values for inner in (each if isinstance(each, list) else [each])]


def _fields(outputs: str) -> list[tuple[str, Any]]:
    try:
        told = json.loads(outputs)
    except ValueError:
        return []
    rows = told if isinstance(told, list) else [told]
    named = [row if isinstance(row, dict) else {"answer": row} for row in rows]
    return [(name, value) for row in named for name, value in row.items()]
