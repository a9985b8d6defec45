"""What all nouns of the client have in common."""

from typing import Any
from urllib.parse import quote

from motifleet.client.wire import Wire


class Noun:
    """The operations of one noun.

    Args:
        wire: what sends the requests.
    """

    def __init__(self, wire: Wire) -> None:
        self._wire = wire


def at(*parts: str) -> str:
    """A path of parts that may hold anything.

    >>> at("users", "a/b")
    '/users/a%2Fb'
    """
    return "".join(f"/{quote(part, safe='')}" for part in parts)


def given(**values: Any) -> dict[str, Any]:
    """The values that are not None: what is left out is as the server has it."""
    return {name: value for name, value in values.items() if value is not None}
