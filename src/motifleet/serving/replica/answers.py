"""What a model says, as JSON: arrays, data frames and numbers that are none."""

from typing import Any

import numpy as np
import orjson

_HOW = orjson.OPT_SERIALIZE_NUMPY | orjson.OPT_NON_STR_KEYS
_FP, _INT, _BOOL, _BYTES = "FP64", "INT64", "BOOL", "BYTES"


def write(said: Any) -> bytes:
    """Write what a model says; NaN and infinities become null.

    Raises:
        ValueError: it holds what JSON has no form for.

    >>> write({"distance": np.float64(0.5), "near": np.array([1.0, np.nan])})
    b'{"distance":0.5,"near":[1.0,null]}'
    """
    try:
        return orjson.dumps(said, default=_plain, option=_HOW)
    except (orjson.JSONEncodeError, RecursionError) as error:
        raise ValueError(f"expected an answer that JSON can hold, got another: {error}") from None


def _plain(said: Any) -> Any:
    if hasattr(said, "to_dict") and hasattr(said, "columns"):
        return said.to_dict(orient="records")
    if hasattr(said, "tolist"):
        return said.tolist()
    if hasattr(said, "isoformat"):
        return said.isoformat()
    if isinstance(said, set | frozenset | range):
        return list(said)
    if isinstance(said, bytes):
        return said.decode("utf-8", "replace")
    if str(said) in ("<NA>", "NaT"):
        return None
    raise TypeError(f"a value of type {type(said).__name__}")


def tensors(said: Any) -> bytes:
    """The outputs of an Open Inference answer: a tensor for each column.

    >>> tensors([{"label": 1, "probability": 0.75}])
    b'[{"name":"label","shape":[1],"datatype":"INT64","data":[1]},{"name":"probability",...
    """
    rows = orjson.loads(write(said))
    rows = rows if isinstance(rows, list) else [rows]
    if rows and all(isinstance(each, dict) for each in rows):
        names = list(rows[0])
        columns = {name: [row.get(name) for row in rows] for name in names}
    else:
        columns = {"output": rows}
    return write([_tensor(name, data) for name, data in columns.items()])


def _tensor(name: str, data: list[Any]) -> dict[str, Any]:
    kinds = {type(each) for each in data if each is not None}
    if kinds <= {bool} and kinds:
        datatype = _BOOL
    elif kinds == {int} and None not in data:
        datatype = _INT
    elif kinds <= {int, float}:
        datatype = _FP
    else:
        datatype = _BYTES
        data = [each if isinstance(each, str) else write(each).decode() for each in data]
    return {"name": name, "shape": [len(data)], "datatype": datatype, "data": data}


def rows_of(columns: dict[str, Any]) -> list[Any]:
    """Columns as records; a lone column without a name as a list.

    >>> rows_of({"label": np.array([0, 1])})
    [{'label': 0}, {'label': 1}]
    """
    if list(columns) == [""]:
        return list(np.asarray(columns[""]).tolist())
    lists = [np.asarray(each).tolist() for each in columns.values()]
    return [dict(zip(columns, row, strict=True)) for row in zip(*lists, strict=True)]
