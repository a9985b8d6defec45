"""Two series with the patterns that they share, and what one of them has alone."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from motifleet.matrixprofile.findings import Across
from motifleet.matrixprofile.panels import (
    DISCORD,
    MOTIF,
    PROFILE,
    SIGNAL,
    Panels,
    axis_title,
    moments,
    name_of,
)
from motifleet.types import Series

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

    from motifleet.matrixprofile.join import Join


def join_figure(join: "Join", motifs: Sequence[Across], discords: Sequence[Across]) -> "Figure":
    """Draw a, b, and the distances of a's windows to b, one below the other."""
    names = [name_of(join.a, "a"), name_of(join.b, "b")]
    panels = Panels([*names, "distance to b"], shared=False)
    for row, (name, series) in enumerate(zip(names, (join.a, join.b), strict=True), 1):
        panels.line(row, moments(series), series.values, name, SIGNAL)
    x = moments(join.a)
    panels.line(3, x, join.distances, f"distance of {names[0]}", PROFILE)

    def highlight(row: int, series: Series, start: int, name: str, color: str) -> None:
        span = slice(start, start + join.m)
        at, values = moments(series)[span], series.values[span]
        panels.window(row, at, values, name, color, showlegend=row == 1)

    for number, motif in enumerate(motifs, 1):
        name = f"motif {number} (distance {motif.distance:.3g})"
        highlight(1, join.a, motif.index, name, MOTIF)
        highlight(2, join.b, motif.neighbor_index, name, MOTIF)
        panels.points(3, x[[motif.index]], join.distances[[motif.index]], name, MOTIF)
    for number, discord in enumerate(discords, 1):
        name = f"discord {number} (distance {discord.distance:.3g})"
        highlight(1, join.a, discord.index, name, DISCORD)
        panels.points(3, x[[discord.index]], join.distances[[discord.index]], name, DISCORD)
    # Plotly joins axes by their names: a's windows stay below a when somebody zooms.
    panels.figure.update_xaxes(matches="x", row=3, col=1)
    panels.figure.update_yaxes(rangemode="tozero", row=3, col=1)
    title = f"{names[0]} and {names[1]}: windows of {join.m} reports"
    return panels.finish(title, axis_title(join.a))
