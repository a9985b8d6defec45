"""Two series with the patterns that they share."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from motifleet.matrixprofile.figure import MOTIF, PROFILE, SIGNAL
from motifleet.matrixprofile.findings import Across
from motifleet.types import Series

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

    from motifleet.matrixprofile.join import Join


def join_figure(join: "Join", motifs: Sequence[Across]) -> "Figure":
    """Draw a, b, and the distances of a's windows to b, one below the other."""
    from plotly.subplots import make_subplots

    figure = make_subplots(rows=3, vertical_spacing=0.08)
    names = [_name(join.a, "a"), _name(join.b, "b"), f"distance of {_name(join.a, 'a')}"]
    distances = np.where(np.isfinite(join.distances), join.distances, np.nan)
    lines = [join.a.values, join.b.values, distances]
    for row, (name, line) in enumerate(zip(names, lines, strict=True), 1):
        style = {"color": PROFILE if row == 3 else SIGNAL, "width": 1.2}
        figure.add_scatter(y=line, name=name, mode="lines", line=style, row=row, col=1)
        figure.update_yaxes(title=name, row=row, col=1)
    for number, motif in enumerate(motifs, 1):
        windows = [(join.a, motif.index), (join.b, motif.neighbor_index)]
        for row, (series, start) in enumerate(windows, 1):
            figure.add_scatter(
                x=np.arange(start, start + join.m),
                y=series.values[start : start + join.m],
                name=f"motif {number} (distance {motif.distance:.3g})",
                legendgroup=f"motif {number}",
                showlegend=row == 1,
                mode="lines",
                line={"color": MOTIF, "width": 3},
                row=row,
                col=1,
            )
    title = f"{names[0]} and {names[1]}: windows of {join.m} reports"
    figure.update_layout(title=title, template="plotly_white", height=640)
    return figure


def _name(series: Series, role: str) -> str:
    return " of ".join(part for part in (series.signal, series.device_id) if part) or role
