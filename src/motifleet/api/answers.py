"""Answers that are what was found: rows as JSON has them."""

from collections.abc import Mapping, Sequence
from typing import Any

import orjson
from fastapi import Response

from motifleet.api.paging import closed, opened
from motifleet.app import Motifleet
from motifleet.errors import InvalidArgumentError

Document = dict[str, Any]


def answered(document: Mapping[str, Any], status: int = 200) -> Response:
    """A document as JSON; what is no number is null, times are ISO 8601."""
    body = orjson.dumps(document, default=_plain, option=orjson.OPT_SERIALIZE_NUMPY)
    return Response(body, status, media_type="application/json")


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return dict(value)
    return list(value) if isinstance(value, set | frozenset | tuple) else str(value)


def sliced(items: Sequence[Any], limit: int, cursor: str | None) -> Response:
    """A page of a list, by where in it the page begins.

    Raises:
        InvalidArgumentError: the cursor is none that a page gave.
    """
    told = "0" if cursor is None else opened(cursor)
    if not (told.isascii() and told.isdecimal() and len(told) < 16):
        raise InvalidArgumentError(f"expected the `next` of a page, got {str(cursor)[:50]!r}")
    end = int(told) + limit
    following = closed(str(end)) if len(items) > end else None
    return answered({"items": items[int(told) : end], "next": following})


def check_table(fleet: Motifleet, table: str) -> str:
    """A table of this home: the path of a file of the server's machine is none.

    Raises:
        UnknownTableError, InvalidArgumentError: there is no such table.
    """
    fleet.tables.snapshots(table)
    return table
