"""A visit: one person on one page, and in whose name the page acts."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, TypeAlias, get_args
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from nicegui import ui
from starlette.requests import Request

from motifleet.app import Motifleet, Serving, Workspace
from motifleet.errors import InvalidArgumentError
from motifleet.web.house import House
from motifleet.web.moments import from_local, local, utc, zone_named
from motifleet.web.sessions import COOKIE

PREFIX = "/ui"
ZONE, LOOK = "motifleet_zone", "motifleet_look"
Look: TypeAlias = Literal["auto", "light", "dark"]
_DARK: dict[str, bool | None] = {"light": False, "dark": True}


@dataclass(slots=True)
class Visit:
    """Who looks at a page, and how.

    Args:
        house: what all visits share.
        secret: of the session.
        asked: what the address of the page says.
        path: of the page.
        zone: the viewer's time zone.
        look: light, dark, or as the device is.
        address: where the request came from.
    """

    house: House
    secret: str
    asked: dict[str, str] = field(default_factory=dict)
    path: str = ""
    zone: ZoneInfo = field(default_factory=lambda: ZoneInfo("UTC"))
    look: Look = "auto"
    address: str = ""

    @property
    def fleet(self) -> Motifleet:
        """The open home."""
        return self.house.fleet

    @property
    def desk(self) -> Workspace:
        """What the person may do, looked up anew: a session may have ended meanwhile.

        Raises:
            NotLoggedInError: it has.
        """
        return self.fleet.workspace.acting(self.house.sessions.actor(self.secret))

    @property
    def dark(self) -> bool | None:
        """Whether it is dark; None: as the device is."""
        return _DARK.get(self.look)

    def serving(self, project: str = "default") -> Serving:
        """Builds and deployments, in the name of the person."""
        return Serving(self.fleet.settings, self.desk.actor, project)

    def allow(self, action: str, project: str | None = None) -> Workspace:
        """See that the person may do something.

        Raises:
            NotAllowedError, NotLoggedInError: they may not.
        """
        desk = self.desk
        desk.allow(action, project)
        return desk

    def may(self, action: str, project: str | None = None) -> bool:
        """Whether they may."""
        return self.desk.may(action, project)

    def local(self, at: datetime | int | float | None) -> str:
        """A time as the viewer's clock has it."""
        return local(at, self.zone)

    def utc(self, at: datetime | int | float | None) -> str:
        """A time in UTC."""
        return utc(at)

    def moment(self, text: str) -> datetime:
        """The time in UTC that is meant by a text on the viewer's clock.

        Raises:
            InvalidArgumentError: it is no time.
        """
        try:
            return from_local(text.strip(), self.zone)
        except ValueError:
            raise InvalidArgumentError(
                f"expected a time such as 2026-03-02 09:00:00, got {text[:50]!r}"
            ) from None

    def remember(self, **values: str | int | None) -> None:
        """Put what is looked at into the page's address, so that it can be come back to."""
        self.asked = {
            name: str(value)
            for name, value in {**self.asked, **values}.items()
            if value not in (None, "")
        }
        ui.navigate.history.replace(PREFIX + address(self.path, self.asked))


def address(path: str, asked: Mapping[str, str | int | None]) -> str:
    """A page's address below the prefix.

    >>> address("/device", {"table": "fleet", "device": "truck & co", "signal": None})
    '/device?table=fleet&device=truck+%26+co'
    """
    said = {name: value for name, value in asked.items() if value not in (None, "")}
    return f"{path}?{urlencode(said)}" if said else path


def device_link(
    table: str, device: str, signal: str = "", m: int | None = None, at: str = ""
) -> str:
    """The address of a device's page, with a signal, a window's length and a time on it."""
    asked = {"table": table, "device": device, "signal": signal, "m": m, "at": at}
    return PREFIX + address("/device", asked)


def visit_of(house: House, request: Request, path: str) -> Visit:
    """The visit that a request begins."""
    cookies = request.cookies
    return Visit(
        house,
        cookies.get(COOKIE, ""),
        dict(request.query_params),
        path,
        zone_named(cookies.get(ZONE, "")),
        _look(cookies.get(LOOK, "")),
        request.client.host if request.client else "",
    )


def _look(told: str) -> Look:
    for each in get_args(Look):
        if each == told:
            return each  # type: ignore[no-any-return]
    return "auto"
