"""Filling groups up to a limit."""

from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

Item = TypeVar("Item")


def packed(
    items: Iterable[Item], weight: Callable[[Item], int], limit: int
) -> Iterator[list[Item]]:
    """Put neighbours together as long as they weigh no more than the limit.

    Args:
        items: what to group, in order.
        weight: of an item, in the unit of the limit.
        limit: of a group; an item that weighs more is a group of its own.

    >>> list(packed([3, 4, 9, 1, 1], weight=int, limit=7))
    [[3, 4], [9], [1, 1]]
    """
    group: list[Item] = []
    total = 0
    for item in items:
        if group and total + weight(item) > limit:
            yield group
            group, total = [], 0
        group.append(item)
        total += weight(item)
    if group:
        yield group
