"""What a page is: a line of the registry."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from motifleet.web.visit import Visit


@dataclass(frozen=True, slots=True)
class Page:
    """A page.

    Args:
        name: as the navigation has it.
        icon: of Material's icons.
        path: below the prefix.
        action: what one has to be allowed to do to see it, as in the table of roles.
        build: fills it for a visit, once the browser is connected.
        listed: whether the navigation has it.
    """

    name: str
    icon: str
    path: str
    action: str
    build: Callable[[Visit], Awaitable[None]]
    listed: bool = True
