"""Figures of what is watched: how good answers were, over time."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from motifleet.app.figures import LOUD, QUIET, WARM
from motifleet.monitoring import Quality

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

_COLORS = {"accuracy": LOUD, "recall": WARM, "precision": QUIET}


def quality_figure(found: Sequence[Quality]) -> "Figure":
    """Accuracy, recall and precision over time, with their 95 % intervals.

    Args:
        found: the parts, by time.
    """
    from plotly.graph_objects import Figure

    figure = Figure()
    times = [moment((each.start_ms + each.end_ms) / 2) for each in found]
    for name, color in _COLORS.items():
        shares = [getattr(each, name) for each in found]
        figure.add_scatter(
            x=times,
            y=[each.value for each in shares],
            name=name,
            mode="lines+markers",
            line={"color": color, "width": 2},
            customdata=[each.count for each in found],
            hovertemplate="%{y:.3f} of %{customdata} answers",
            error_y={
                "type": "data",
                "symmetric": False,
                "array": [each.high - each.value for each in shares],
                "arrayminus": [each.value - each.low for each in shares],
                "thickness": 1,
                "width": 3,
            },
        )
    plain(figure, "share of answers, with its 95 % interval")
    figure.update_yaxes(range=[-0.02, 1.02])
    return figure


def plain(figure: "Figure", axis: str) -> None:
    """What all of these figures have in common."""
    figure.update_layout(template="plotly_white", height=420, margin={"t": 30, "b": 40, "r": 30})
    figure.update_layout(legend={"orientation": "h", "y": 1.08}, hovermode="x unified")
    figure.update_xaxes(title="time (UTC)")
    figure.update_yaxes(title=axis, rangemode="tozero")


def moment(milliseconds: float) -> datetime:
    """A time from milliseconds since 1970, in UTC."""
    return datetime.fromtimestamp(milliseconds / 1000, UTC)
