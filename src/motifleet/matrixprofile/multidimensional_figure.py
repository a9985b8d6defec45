"""Channels with their motifs and discords highlighted, above a multidimensional profile."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from motifleet.matrixprofile.panels import DISCORD, MOTIF, PROFILE, SIGNAL
from motifleet.types import Floats

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

    from motifleet.matrixprofile.multidimensional import (
        MultidimensionalDiscord,
        MultidimensionalMotif,
        MultidimensionalProfile,
    )


def multidimensional_figure(
    profile: "MultidimensionalProfile",
    dimensions: int,
    motifs: "Sequence[MultidimensionalMotif]",
    discords: "Sequence[MultidimensionalDiscord]",
) -> "Figure":
    """Draw each channel in a row of its own, and the profile over some of them in the last."""
    from plotly.subplots import make_subplots

    drawing = _Drawing(make_subplots(rows=len(profile.names) + 1, shared_xaxes=True), profile)
    for row, name in enumerate(profile.names, 1):
        drawing.line(row, profile.channels_of[name].values, name, SIGNAL)
        drawing.figure.update_yaxes(title=name, row=row, col=1)
    distances = profile.distances[dimensions - 1]
    # Infinite distances are gaps in the line.
    distances = np.where(np.isfinite(distances), distances, np.nan)
    drawing.line(drawing.rows, distances, f"distance over {dimensions} channels", PROFILE)
    itself = profile.neighbors_of is profile.channels_of
    for number, motif in enumerate(motifs, 1):
        windows = [motif.index, motif.neighbor_index] if itself else [motif.index]
        drawing.highlight(motif, windows, f"motif {number}", MOTIF)
    for number, discord in enumerate(discords, 1):
        drawing.highlight(discord, [discord.index], f"discord {number}", DISCORD)
    drawing.lay_out()
    return drawing.figure


class _Drawing:
    def __init__(self, figure: "Figure", profile: "MultidimensionalProfile") -> None:
        every = list(profile.channels_of.values())
        times = next((each.event_ts for each in every if each.event_ts is not None), None)
        self.figure, self.profile = figure, profile
        self.rows = len(profile.names) + 1
        self.x = np.arange(len(every[0])) if times is None else times

    def line(self, row: int, y: Floats, name: str, color: str) -> None:
        style = {"color": color, "width": 1.2}
        x = self.x[: len(y)]
        self.figure.add_scatter(x=x, y=y, name=name, mode="lines", line=style, row=row, col=1)

    def highlight(
        self,
        found: "MultidimensionalMotif | MultidimensionalDiscord",
        windows: list[int],
        name: str,
        color: str,
    ) -> None:
        """Draw windows over the channels that take part."""
        for place, channel in enumerate(found.channels):
            for start in windows:
                span = slice(start, start + found.m)
                self.figure.add_scatter(
                    x=self.x[span],
                    y=self.profile.channels_of[channel].values[span],
                    name=f"{name} (distance {found.distance:.3g})",
                    legendgroup=name,
                    showlegend=place == 0 and start == windows[0],
                    mode="lines",
                    line={"color": color, "width": 3},
                    row=self.profile.names.index(channel) + 1,
                    col=1,
                )

    def lay_out(self) -> None:
        self.figure.update_yaxes(title="distance", rangemode="tozero", row=self.rows, col=1)
        self.figure.update_layout(
            title=f"{self.rows - 1} channels: windows of {self.profile.m} reports",
            template="plotly_white",
            height=200 + 150 * self.rows,
            hovermode="x",
        )
