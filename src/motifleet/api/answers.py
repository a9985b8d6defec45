"""Answers that are what was found: rows as JSON has them."""

from collections.abc import Mapping
from typing import Any

import orjson
from fastapi import Response

from motifleet.app import Motifleet

Document = dict[str, Any]


def answered(document: Mapping[str, Any], status: int = 200) -> Response:
    """A document as JSON; what is no number is null, times are ISO 8601."""
    body = orjson.dumps(document, default=_plain, option=orjson.OPT_SERIALIZE_NUMPY)
    return Response(body, status, media_type="application/json")


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return dict(value)
    return list(value) if isinstance(value, set | frozenset | tuple) else str(value)


def check_table(fleet: Motifleet, table: str) -> str:
    """A table of this home: the path of a file of the server's machine is none.

    Raises:
        UnknownTableError, InvalidArgumentError: there is no such table.
    """
    fleet.tables.snapshots(table)
    return table
