"""A series with its motifs and discords highlighted, above its matrix profile."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from motifleet.matrixprofile.findings import Discord, Motif
from motifleet.types import Floats

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

    from motifleet.matrixprofile.profile import MatrixProfile

SIGNAL, PROFILE, MOTIF, DISCORD = "#6b8294", "#33475b", "#0b8a6e", "#d1495b"
SERIES_ROW, PROFILE_ROW = 1, 2


def profile_figure(
    profile: "MatrixProfile", motifs: Sequence[Motif], discords: Sequence[Discord]
) -> "Figure":
    """Draw a profile below its series, with the windows of the findings in colour in both."""
    from plotly.subplots import make_subplots

    figure = make_subplots(rows=2, shared_xaxes=True, vertical_spacing=0.06, row_heights=[0.6, 0.4])
    drawing = _Drawing(figure, profile)
    drawing.line(SERIES_ROW, profile.series.values, drawing.signal, SIGNAL)
    drawing.line(PROFILE_ROW, drawing.distances, "distance to nearest neighbour", PROFILE)
    for number, motif in enumerate(motifs, 1):
        windows = [motif.index, motif.neighbor_index]
        drawing.highlight(windows, f"motif {number}", motif.distance, MOTIF)
    for number, discord in enumerate(discords, 1):
        drawing.highlight([discord.index], f"discord {number}", discord.distance, DISCORD)
    drawing.lay_out()
    return figure


class _Drawing:
    def __init__(self, figure: "Figure", profile: "MatrixProfile") -> None:
        series = profile.series
        self.figure, self.profile = figure, profile
        self.signal = series.signal or "signal"
        self.x = np.arange(len(series)) if series.event_ts is None else series.event_ts
        # Infinite distances are gaps in the line.
        self.distances = np.where(np.isfinite(profile.distances), profile.distances, np.nan)

    def line(self, row: int, y: Floats, name: str, color: str) -> None:
        style = {"color": color, "width": 1.2}
        x = self.x[: len(y)]
        self.figure.add_scatter(x=x, y=y, name=name, mode="lines", line=style, row=row, col=1)

    def highlight(self, windows: list[int], name: str, distance: float, color: str) -> None:
        """Draw windows over the series and mark where they begin on the profile."""
        shared: dict[str, Any] = {"legendgroup": name, "col": 1}
        for start in windows:
            span = slice(start, start + self.profile.m)
            x = self.x[span]
            self.figure.add_scatter(
                x=x,
                y=self.profile.series.values[span],
                name=f"{name} (distance {distance:.3g})",
                showlegend=start == windows[0],
                mode="lines",
                line={"color": color, "width": 3},
                row=SERIES_ROW,
                **shared,
            )
            self.figure.add_vrect(
                x0=x[0], x1=x[-1], fillcolor=color, opacity=0.12, line_width=0, row=SERIES_ROW
            )
        self.figure.add_scatter(
            x=self.x[windows],
            y=self.distances[windows],
            name=name,
            showlegend=False,
            mode="markers",
            marker={"color": color, "size": 9},
            row=PROFILE_ROW,
            **shared,
        )

    def lay_out(self) -> None:
        profile, device = self.profile, self.profile.series.device_id
        whose = f"{self.signal} of {device}" if device else self.signal
        axis = "report" if profile.series.event_ts is None else "time (UTC)"
        self.figure.update_layout(
            title=f"{whose}: windows of {profile.m} reports",
            template="plotly_white",
            height=560,
            hovermode="x",
            legend={"orientation": "h", "y": 1.02, "yanchor": "bottom"},
            margin={"t": 110, "b": 50},
        )
        self.figure.update_yaxes(title=self.signal, row=SERIES_ROW, col=1)
        self.figure.update_yaxes(title="distance", rangemode="tozero", row=PROFILE_ROW, col=1)
        self.figure.update_xaxes(title=axis, row=PROFILE_ROW, col=1)
