"""Names that people give: short, and safe in addresses, paths and terminals."""

import re

from motifleet.errors import InvalidArgumentError

_GOOD = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}")


def check_name(kind: str, name: str) -> None:
    """See that a name can be had.

    Raises:
        InvalidArgumentError: it cannot.

    >>> check_name("project", "../etc")
    Traceback (most recent call last):
    motifleet.errors.InvalidArgumentError: expected the name of a project of 1 to 64 letters, ...
    """
    if not _GOOD.fullmatch(name):
        raise InvalidArgumentError(
            f"expected the name of a {kind} of 1 to 64 letters, digits, '_', '-' and '.', "
            f"a letter or digit first, got {name[:80]!r}"
        )
