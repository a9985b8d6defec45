"""Answers that are errors, as the exceptions that they were on the server."""

from collections.abc import Mapping
from typing import Any

import httpx

from motifleet import errors
from motifleet.errors import ApiError, InvalidArgumentError, MotifleetError

_KINDS: dict[str, type[MotifleetError]] = {
    name: kind
    for name, kind in vars(errors).items()
    if isinstance(kind, type) and issubclass(kind, MotifleetError)
} | {"InvalidRequest": InvalidArgumentError, "InvalidText": InvalidArgumentError}


def check(answer: httpx.Response) -> httpx.Response:
    """Give an answer back that is none of an error.

    Raises:
        MotifleetError: the kind that the server's error is, from an `ApiError` with the details.
        ApiError: the server's error is of no kind that this version knows.
    """
    if answer.is_success:
        return answer
    told = _told(answer)
    hint = f": {told['hint']}" if told.get("hint") else ""
    message = f"{told.get('message') or answer.reason_phrase}{hint}"
    code, number = str(told.get("code", "")), str(told.get("request_id", ""))
    wait = answer.headers.get("retry-after", "")
    seconds = float(wait) if wait.isdigit() else None
    origin = ApiError(answer.status_code, code, message, number, seconds)
    kind = _KINDS.get(code)
    if kind is None:
        raise origin
    raise _made(kind, message, seconds) from origin


def _told(answer: httpx.Response) -> Mapping[str, Any]:
    try:
        told = answer.json()
    except ValueError:
        return {}
    error = told.get("error") if isinstance(told, dict) else None
    return error if isinstance(error, dict) else {}


def _made(kind: type[MotifleetError], message: str, seconds: float | None) -> MotifleetError:
    """An error whose sentence is already there: its kind would put together another one."""
    error = kind.__new__(kind)
    Exception.__init__(error, message)
    if seconds is not None:
        vars(error)["seconds"] = seconds
    return error
