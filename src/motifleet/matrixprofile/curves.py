"""A series above curves that were computed of it."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from motifleet.matrixprofile.figure import DISCORD, MOTIF, PROFILE, SIGNAL
from motifleet.types import Floats, Series

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

SERIES_ROW, CURVES_ROW = 1, 2
COLORS = [PROFILE, MOTIF, "#e09f3e", "#7a5195", "#3a86c8"]


def curves_figure(
    series: Series, m: int, curves: Mapping[str, Floats], lines: Sequence[int]
) -> "Figure":
    """Draw a series above curves of its windows, with vertical lines at some of them."""
    from plotly.subplots import make_subplots

    x = np.arange(len(series)) if series.event_ts is None else series.event_ts
    signal = series.signal or "signal"
    figure = make_subplots(rows=2, shared_xaxes=True, vertical_spacing=0.06, row_heights=[0.6, 0.4])
    _line(figure, SERIES_ROW, x, series.values, signal, color=SIGNAL)
    for number, (name, curve) in enumerate(curves.items()):
        _line(figure, CURVES_ROW, x[: len(curve)], curve, name, color=COLORS[number % len(COLORS)])
    for at in lines:
        figure.add_vline(x=x[at], line_color=DISCORD, line_width=1.5)
    whose = f"{signal} of {series.device_id}" if series.device_id else signal
    axis = "report" if series.event_ts is None else "time (UTC)"
    figure.update_layout(
        title=f"{whose}: windows of {m} reports", template="plotly_white", height=560
    )
    figure.update_yaxes(title=signal, row=SERIES_ROW, col=1)
    figure.update_xaxes(title=axis, row=CURVES_ROW, col=1)
    return figure


def _line(
    figure: "Figure",
    row: int,
    x: np.ndarray[tuple[int], np.dtype[np.generic]],
    y: Floats,
    name: str,
    *,
    color: str,
) -> None:
    style = {"color": color, "width": 1.2}
    y = np.where(np.isfinite(y), y, np.nan)
    figure.add_scatter(x=x, y=y, name=name, mode="lines", line=style, row=row, col=1)
