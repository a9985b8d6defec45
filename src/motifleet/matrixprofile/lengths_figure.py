"""Discords of every length: where they are, and how far."""

from typing import TYPE_CHECKING

import numpy as np

from motifleet.matrixprofile.findings import name_of_place
from motifleet.matrixprofile.panels import DISCORD, PROFILE, Panels

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

    from motifleet.matrixprofile.merlin import VariableDiscords


def lengths_figure(discords: "VariableDiscords") -> "Figure":
    """Draw each discord in the middle of its window, by its length, above the lengths' scores."""
    from plotly.graph_objects import Scattergl

    panels = Panels(["length m", "distance / √(2 m)"], shared=False)
    every = [each for found in discords.found for each in found]
    timed = any(each.event_ts for each in every)
    marks = Scattergl(
        x=[each.event_ts if timed else each.index + each.m / 2 for each in every],
        y=[each.m for each in every],
        text=[f"{name_of_place(each)}: distance {each.distance:.3g}" for each in every],
        mode="markers",
        showlegend=False,
        marker={
            "color": [each.distance / (2 * each.m) ** 0.5 for each in every],
            "colorscale": [[0, "#dfe6ec"], [0.5, PROFILE], [1, DISCORD]],
            "cmin": 0,
            "cmax": 1,
            "size": 7,
            "colorbar": {"title": {"text": "distance / √(2 m)"}},
        },
    )
    panels.figure.add_trace(marks, row=1, col=1)
    order = np.argsort(discords.lengths)
    lengths, scores = discords.lengths[order], discords.scores()[order]
    panels.line(2, lengths, scores, "farthest discord", PROFILE, width=2, showlegend=False)
    axis = "time that the window begins (UTC)" if timed else "middle of the window (report)"
    panels.figure.update_xaxes(title=axis, row=1, col=1)
    panels.figure.update_yaxes(rangemode="tozero", row=2, col=1)
    title = f"discords of {len(discords)} window lengths"
    return panels.finish(title, "length m").update_layout(hovermode="closest")
