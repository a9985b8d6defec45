"""How a model is asked: a batch of requests at once where rows stand alone, else one by one."""

import sys
import traceback
from collections.abc import Sequence
from typing import Any, Protocol

from . import answers, forms, tracking
from .frames import Answer, Request

_CLIENTS_FAULT, _MODELS_FAULT = 400, 500


class Model(Protocol):
    """A loaded model."""

    columns: tuple[str, ...]

    def predict(self, asked: forms.Asked) -> Any:
        """Answer one request; a ValueError says that the request is wrong."""

    def predict_rows(self, columns: dict[str, list[Any]]) -> dict[str, Any] | None:
        """Answer rows that stand alone, as columns; None where this model has none such."""


def answer_all(model: Model, requests: Sequence[Request]) -> list[Answer]:
    """Answer a batch, each request by itself where they cannot be answered together."""
    if len(requests) > 1:
        together = _together(model, requests)
        if together is not None:
            return together
    return [answer_one(model, request) for request in requests]


def answer_one(model: Model, request: Request) -> Answer:
    """Answer one request; what goes wrong is answered too."""
    tracked = tracking.begin()
    try:
        said = _ask(model, forms.parse(request.form, request.body, model.columns))
        output = _written(request.form, said)
        return Answer(200, output, answers.write(tracked) if tracked else b"")
    except ValueError as error:
        return _failed(_CLIENTS_FAULT, _without_input(error))
    except Exception as error:
        if is_bad_input(error):
            return _failed(_CLIENTS_FAULT, _without_input(error))
        traceback.print_exc(file=sys.stderr)
        return _failed(_MODELS_FAULT, f"the model failed: {type(error).__name__}: {error}")


def is_bad_input(error: Exception) -> bool:
    """Whether MLflow says that the request is wrong."""
    code = getattr(error, "error_code", "")
    return code in ("BAD_REQUEST", "INVALID_PARAMETER_VALUE")


def _ask(model: Model, asked: forms.Asked) -> Any:
    if asked.key and not asked.params:
        columns = _maybe_columns(model, asked)
        found = model.predict_rows(columns) if columns is not None else None
        if found is not None:
            return answers.rows_of(found)
    return model.predict(asked)


def _maybe_columns(model: Model, asked: forms.Asked) -> dict[str, list[Any]] | None:
    if model.predict_rows({}) is None:
        return None
    return forms.columns_of(asked)


def _together(model: Model, requests: Sequence[Request]) -> list[Answer] | None:
    """Answer a batch by one call; None where a request is wrong, or the model cannot."""
    if model.predict_rows({}) is None:
        return None
    try:
        parts = [_checked(model, request) for request in requests]
        counts = [len(next(iter(part.values()))) for part in parts]
        joined = {name: [v for part in parts for v in part[name]] for name in parts[0]}
        found = model.predict_rows(joined)
    except Exception:
        return None  # each by itself: the others are answered, and this one is told why
    if found is None:
        return None
    rows = answers.rows_of(found)
    ends, at = [], 0
    for count in counts:
        ends.append(rows[at : at + count])
        at += count
    pairs = zip(requests, ends, strict=True)
    return [Answer(200, _written(request.form, said), b"") for request, said in pairs]


def _checked(model: Model, request: Request) -> dict[str, list[Any]]:
    asked = forms.parse(request.form, request.body, model.columns)
    if asked.params or not asked.key:
        raise ValueError("only by itself")
    columns = forms.columns_of(asked)
    picked = {name: columns[name] for name in model.columns}
    if len({len(each) for each in picked.values()}) != 1:
        raise ValueError("columns of different lengths")
    return picked


def _written(form: int, said: Any) -> bytes:
    if form == forms.OPEN_INFERENCE:
        return answers.tensors(said)
    try:
        return answers.write(said)
    except ValueError as error:
        raise TypeError(str(error)) from None


def _failed(status: int, message: str) -> Answer:
    return Answer(status, answers.write({"message": message[:2000]}), b"")


def _without_input(error: Exception) -> str:
    """What an exception says; MLflow's begin with all of the input."""
    return str(error).rsplit("\nError: ", 1)[-1]
