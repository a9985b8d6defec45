"""The ways to write a request: MLflow's, the bare payload of a model, and Open Inference v2."""

from typing import Any, NamedTuple

import orjson

LAB, MLFLOW, OPEN_INFERENCE = range(3)
MLFLOW_KEYS = ("dataframe_split", "dataframe_records", "instances", "inputs")
_PARAMS = "params"


class Asked(NamedTuple):
    """A request in one of MLflow's forms, with its parameters.

    Args:
        key: which form, one of ``MLFLOW_KEYS``; empty for a bare payload.
        value: what is asked.
        params: the model's parameters, if any.
    """

    key: str
    value: Any
    params: dict[str, Any] | None


def parse(form: int, body: bytes, columns: tuple[str, ...] = ()) -> Asked:
    """Read a request.

    Args:
        form: how it is written.
        body: JSON.
        columns: the columns that the model has by its signature.

    Raises:
        ValueError: it is no JSON, or not in that form.

    >>> parse(MLFLOW, b'{"inputs": {"pattern": [54, 53]}, "params": {"k": 2}}')
    Asked(key='inputs', value={'pattern': [54, 53]}, params={'k': 2})
    >>> parse(LAB, b'{"pattern": [54, 53]}', ("pattern",)).value
    {'pattern': [54, 53]}
    >>> parse(LAB, b'{"0": {"speed": 1.0}}', ("speed", "rows")).value
    {'rows': {'0': {'speed': 1.0}}}
    """
    try:
        told = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise ValueError(f"expected JSON, got something else: {error}") from None
    if form == OPEN_INFERENCE:
        return Asked("inputs", tensors(told, columns), None)
    if isinstance(told, dict):
        keys = [key for key in MLFLOW_KEYS if key in told]
        if len(keys) == 1 and set(told) <= {keys[0], _PARAMS} and keys[0] not in columns:
            return Asked(keys[0], told[keys[0]], _params(told.get(_PARAMS)))
    return _bare(told, columns)


def _bare(told: Any, columns: tuple[str, ...]) -> Asked:
    if not columns:
        return Asked("", told, None)
    if isinstance(told, list) and told and all(isinstance(each, dict) for each in told):
        return Asked("dataframe_records", told, None)
    if not isinstance(told, dict):
        raise ValueError(
            f"expected one of {', '.join(MLFLOW_KEYS)}, or the columns {', '.join(columns)}, "
            f"got {type(told).__name__}"
        )
    rows = told and all(isinstance(each, dict) for each in told.values())
    if rows and not set(told) & set(columns):
        return Asked("inputs", {"rows": told}, None) if "rows" in columns else _in_order(told)
    if told and not any(isinstance(each, list | dict) for each in told.values()):
        return Asked("dataframe_records", [told], None)
    return Asked("inputs", told, None)


def _in_order(told: dict[str, Any]) -> Asked:
    """Rows by their number: ``{row: {signal: value}}``."""
    keys = sorted(told, key=lambda key: (int(key), "") if key.isdecimal() else (0, key))
    return Asked("dataframe_records", [told[key] for key in keys], None)


def _params(told: Any) -> dict[str, Any] | None:
    if told is not None and not isinstance(told, dict):
        raise ValueError(f"expected an object in 'params', got {type(told).__name__}")
    return told


def columns_of(asked: Asked) -> dict[str, list[Any]]:
    """The columns of a tabular request.

    Raises:
        ValueError: it is not tabular.

    >>> columns_of(Asked("dataframe_split", {"columns": ["a", "b"], "data": [[1, 2]]}, None))
    {'a': [1], 'b': [2]}
    """
    value = asked.value
    if asked.key == "dataframe_split":
        return _split(value)
    if isinstance(value, dict):
        return {name: _as_list(each) for name, each in value.items()}
    if isinstance(value, list) and value and all(isinstance(each, dict) for each in value):
        names = value[0].keys()
        if any(each.keys() != names for each in value):
            names = {name: None for each in value for name in each}.keys()
        return {name: [each.get(name) for each in value] for name in names}
    raise ValueError("expected rows as objects, or columns as lists, got neither")


def _as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _split(value: Any) -> dict[str, list[Any]]:
    if not isinstance(value, dict) or not isinstance(value.get("data"), list):
        raise ValueError("expected 'columns' and 'data' in 'dataframe_split'")
    names, data = value.get("columns"), value["data"]
    if not isinstance(names, list) or not all(isinstance(each, str) for each in names):
        raise ValueError("expected a list of names in the 'columns' of 'dataframe_split'")
    wrong = [row for row in data if not isinstance(row, list) or len(row) != len(names)]
    if wrong:
        raise ValueError(f"expected {len(names)} values in every row, got {str(wrong[0])[:100]}")
    return {name: [row[at] for row in data] for at, name in enumerate(names)}


def tensors(told: Any, columns: tuple[str, ...]) -> dict[str, list[Any]]:
    """The columns of an Open Inference request: a tensor each, or one of two dimensions.

    Raises:
        ValueError: the tensors are not described as the protocol says.

    >>> tensors({"inputs": [{"name": "x", "shape": [1, 2], "datatype": "FP64", "data": [5, 6]}]},
    ...         ("a", "b"))
    {'a': [5], 'b': [6]}
    """
    inputs = told.get("inputs") if isinstance(told, dict) else None
    if not isinstance(inputs, list) or not inputs:
        raise ValueError("expected a list of tensors in 'inputs'")
    read = [_tensor(each) for each in inputs]
    if len(read) == 1 and len(read[0][1]) == 2 and read[0][0] not in columns:
        _, (_, width), data = read[0]
        if width != len(columns):
            raise ValueError(f"expected {len(columns)} values in each row, got {width}")
        return {name: data[at :: len(columns)] for at, name in enumerate(columns)}
    return {name: data for name, _, data in read}


def _tensor(told: Any) -> tuple[str, list[int], list[Any]]:
    try:
        name, shape, data = told["name"], told["shape"], told["data"]
        size = 1
        for each in shape:
            size *= int(each)
    except (KeyError, TypeError, ValueError):
        raise ValueError("expected name, shape, datatype and data in every tensor") from None
    flat = _flat(data)
    if len(flat) != size or (len(shape) > 1 and len(flat) != shape[0] * shape[-1]):
        raise ValueError(f"expected {size} values in tensor {name!r}, got {len(flat)}")
    return str(name), list(shape), flat


def _flat(data: Any) -> list[Any]:
    if data and all(isinstance(each, list) for each in data):
        return [value for row in data for value in row]
    return list(data)
