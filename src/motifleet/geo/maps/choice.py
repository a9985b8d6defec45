"""How reports are drawn: by how many there are, unless the user says otherwise."""

from typing import Final, Literal, TypeAlias, get_args

from motifleet.errors import InvalidArgumentError

Style: TypeAlias = Literal["markers", "clusters", "cells"]

MARKERS_UP_TO: Final = 5_000
"""So many reports are drawn one by one, more of them in clusters."""
CLUSTERS_UP_TO: Final = 100_000
"""So many reports are clustered, more of them counted in cells."""
REPORTS_UP_TO: Final = 250_000
"""A page holds so many reports one by one, and no more, whoever asks for it."""


def chosen_style(reports: int, wanted: str | None = None) -> tuple[Style, str | None]:
    """How to draw so many reports, and a word on why where nobody asked for it.

    Raises:
        InvalidArgumentError: there is no such style, or a page cannot hold that many reports.

    >>> chosen_style(20_000)
    ('clusters', '20,000 reports are clustered (up to 5,000 are drawn as markers)')
    """
    if wanted is None:
        return _by_size(reports)
    for style in get_args(Style):
        if wanted == style:
            _check(reports, style)
            return style, None
    raise InvalidArgumentError(
        f"expected reports drawn as {', '.join(get_args(Style))}, got {wanted!r}"
    )


def _by_size(reports: int) -> tuple[Style, str | None]:
    if reports <= MARKERS_UP_TO:
        return "markers", None
    if reports <= CLUSTERS_UP_TO:
        why = f"up to {MARKERS_UP_TO:,} are drawn as markers"
        return "clusters", f"{reports:,} reports are clustered ({why})"
    why = f"up to {CLUSTERS_UP_TO:,} are drawn one by one"
    return "cells", f"{reports:,} reports are counted in H3 cells ({why})"


def _check(reports: int, style: Style) -> None:
    if style != "cells" and reports > REPORTS_UP_TO:
        raise InvalidArgumentError(
            f"expected at most {REPORTS_UP_TO:,} reports to draw as {style}, got {reports:,}: "
            "choose devices or a time range, or draw cells"
        )
