"""Peers that want to be told to begin, and refuse to be told twice."""

from functools import cache
from typing import Any


@cache
def quickmp() -> Any:
    """The library, begun."""
    import quickmp as library

    library.initialize()
    return library
