"""A series above curves that were computed of it."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from motifleet.matrixprofile.panels import (
    COLORS,
    DISCORD,
    SIGNAL,
    Panels,
    axis_title,
    moments,
    name_of,
)
from motifleet.types import Floats, Series

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

SERIES_ROW, CURVES_ROW = 1, 2


def curves_figure(
    series: Series, m: int, curves: Mapping[str, Floats], what: str, lines: Sequence[int]
) -> "Figure":
    """Draw a series above curves of its windows, with vertical lines at some of them."""
    x, signal = moments(series), series.signal or "signal"
    panels = Panels([signal, what], [0.6, 0.4])
    panels.line(SERIES_ROW, x, series.values, signal, SIGNAL)
    for number, (name, curve) in enumerate(curves.items()):
        color, width = COLORS[number % len(COLORS)], 1.2 if number else 3.0
        panels.line(CURVES_ROW, x, curve, name, color, width=width)
    for at in lines:
        panels.figure.add_vline(x=x[at], line_color=DISCORD, line_width=1.5)
    return panels.finish(f"{name_of(series)}: windows of {m} reports", axis_title(series))
