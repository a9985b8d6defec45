"""Where the street map below the data comes from, if from anywhere."""

import re
from typing import Final
from urllib.parse import urlsplit

from motifleet.errors import InvalidArgumentError

OPENSTREETMAP: Final = "OpenStreetMap"
_FIELDS = re.compile(r"\{(?:s|x|y|z|r)\}")


def is_address(tiles: str) -> bool:
    """Whether tiles are named by an address rather than by their provider's name."""
    return "/" in tiles or "{" in tiles


def check_tiles(tiles: str) -> None:
    """Refuse what is neither a provider's name nor an address of tiles.

    Raises:
        InvalidArgumentError: says what is.

    >>> check_tiles("https://tiles.example.org/{z}/{x}/{y}.png")
    """
    if is_address(tiles):
        rest = _FIELDS.sub("", tiles)
        fields = all(f"{{{name}}}" in tiles for name in "xyz")
        plain = re.fullmatch(r"https?://[\w.:-]+/[\w./?=&%@:~+,-]*", rest)
        if fields and plain and urlsplit(rest).hostname:
            return
        raise InvalidArgumentError(
            "expected tiles at an address such as https://host/{z}/{x}/{y}.png, "
            f"got {tiles!r}"
        )
    import xyzservices

    try:
        found = xyzservices.providers.query_name(
            "OpenStreetMap Mapnik" if tiles == OPENSTREETMAP else tiles
        )
    except ValueError:
        raise InvalidArgumentError(
            f"expected a provider of tiles such as 'OpenStreetMap' or 'OpenTopoMap', or an "
            f"address with {{z}}, {{x}} and {{y}}, got {tiles!r}"
        ) from None
    if found.requires_token():
        raise InvalidArgumentError(
            f"expected tiles that need no key, got {tiles!r}: give their address with your key"
        )
