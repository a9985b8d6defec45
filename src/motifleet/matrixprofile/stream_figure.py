"""A stream's values above its left profile."""

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

    from motifleet.matrixprofile.stream_snapshot import StreamSnapshot
    from motifleet.types import Floats, Ints

SIGNAL, PROFILE = "#6b8294", "#33475b"


def stream_figure(snapshot: "StreamSnapshot") -> "Figure":
    """Draw what a stream remembers; where the left profile is high, something is new."""
    from plotly.subplots import make_subplots

    figure = make_subplots(rows=2, shared_xaxes=True, vertical_spacing=0.06, row_heights=[0.6, 0.4])
    x = snapshot.start + np.arange(len(snapshot.values))
    left = np.where(np.isfinite(snapshot.left_distances), snapshot.left_distances, np.nan)
    drawn = [(snapshot.values, "signal", SIGNAL), (left, "distance to the past", PROFILE)]
    for row, (y, name, color) in enumerate(drawn, 1):
        style = {"color": color, "width": 1.2}
        figure.add_scatter(x=x[: len(y)], y=y, name=name, mode="lines", line=style, row=row, col=1)
        figure.update_yaxes(title=name, row=row, col=1)
    title = f"the last {len(snapshot.values)} values: windows of {snapshot.m}"
    figure.update_layout(title=title, template="plotly_white", height=560, hovermode="x")
    figure.update_xaxes(title="report", row=2, col=1)
    return figure


def left_profiles_figure(windows: "Ints", left_distances: "Floats", m: int) -> "Figure":
    """Draw the left profile over the best k channels, a line for each k."""
    from plotly.graph_objects import Figure

    figure = Figure()
    for k, left in enumerate(left_distances, 1):
        y = np.where(np.isfinite(left), left, np.nan)
        figure.add_scatter(x=windows, y=y, name=f"{k} of {len(left_distances)}", mode="lines")
    title = f"distance to the past over the best channels: windows of {m}"
    figure.update_layout(title=title, template="plotly_white", height=420, hovermode="x")
    figure.update_xaxes(title="report")
    figure.update_yaxes(title="distance to the past")
    return figure
