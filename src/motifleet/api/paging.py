"""Lists, a page at a time."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Sequence
from typing import Annotated, Generic, TypeVar

from fastapi import Query
from pydantic import BaseModel

from motifleet.errors import InvalidArgumentError

Item = TypeVar("Item")
Limit = Annotated[int, Query(ge=1, le=1000, description="How many at most.")]
Cursor = Annotated[str | None, Query(max_length=1000, description="`next` of the page before.")]


class Page(BaseModel, Generic[Item]):
    """Some items, and where the next ones begin."""

    items: list[Item]
    next: str | None = None


def page(
    items: Sequence[Item], name: Callable[[Item], str], limit: int, cursor: str | None
) -> Page[Item]:
    """The items whose names come after the cursor's; what is made meanwhile moves none of them.

    Raises:
        InvalidArgumentError: the cursor is none that a page gave.
    """
    after = None if cursor is None else opened(cursor)
    ordered = sorted(items, key=name)
    left = ordered if after is None else [each for each in ordered if name(each) > after]
    following = closed(name(left[limit - 1])) if len(left) > limit else None
    return Page(items=left[:limit], next=following)


def closed(name: str) -> str:
    """A cursor.

    >>> opened(closed("ann"))
    'ann'
    """
    return urlsafe_b64encode(name.encode()).decode().rstrip("=")


def opened(cursor: str) -> str:
    """The name that a cursor holds.

    Raises:
        InvalidArgumentError: it is none that a page gave.
    """
    try:
        return urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode()
    except ValueError:
        raise InvalidArgumentError(f"expected the `next` of a page, got {cursor[:50]!r}") from None
