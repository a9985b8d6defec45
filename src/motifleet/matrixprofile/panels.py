"""Lines in panels, one above the other: what all figures of this room are made of."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from motifleet.types import Floats, Series

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

SIGNAL, PROFILE, MOTIF, DISCORD = "#6b8294", "#33475b", "#0b8a6e", "#d1495b"
COLORS = [PROFILE, MOTIF, "#e09f3e", "#7a5195", "#3a86c8", "#c44e9b"]


class Panels:
    """A figure of panels.

    Args:
        titles: what the y axis of each panel shows, from the top.
        heights: the panels' shares of the height; None: equal ones.
        shared: whether all panels have one x axis.
    """

    def __init__(
        self, titles: Sequence[str], heights: Sequence[float] | None = None, *, shared: bool = True
    ) -> None:
        from plotly.subplots import make_subplots

        self.figure: Figure = make_subplots(
            rows=len(titles),
            shared_xaxes=shared,
            vertical_spacing=0.06 if shared else 0.4 / len(titles),
            row_heights=None if heights is None else list(heights),
        )
        self.rows = len(titles)
        for row, title in enumerate(titles, 1):
            self.figure.update_yaxes(title=title, row=row, col=1)

    def line(
        self, row: int, x: Any, y: Floats, name: str, color: str, *, width: float = 1.2, **more: Any
    ) -> None:
        """Draw a line into a panel; infinite values are gaps in it."""
        self.figure.add_scatter(
            x=x[: len(y)],
            y=np.where(np.isfinite(y), y, np.nan),
            name=name,
            mode="lines",
            line={"color": color, "width": width},
            row=row,
            col=1,
            **more,
        )

    def window(self, row: int, x: Any, y: Floats, name: str, color: str, **more: Any) -> None:
        """Draw a window over its series, and shade it."""
        self.line(row, x, y, name, color, width=3, legendgroup=name, **more)
        self.figure.add_vrect(
            x0=x[0], x1=x[-1], fillcolor=color, opacity=0.12, line_width=0, row=row, col=1
        )

    def points(self, row: int, x: Any, y: Any, name: str, color: str) -> None:
        """Mark points that belong to a window that was drawn."""
        marker = {"color": color, "size": 9}
        shared = {"legendgroup": name, "showlegend": False, "row": row, "col": 1}
        self.figure.add_scatter(x=x, y=y, name=name, mode="markers", marker=marker, **shared)

    def finish(self, title: str, axis: str = "report") -> "Figure":
        """Name the figure and its lowest x axis."""
        named = sum(trace.showlegend is not False for trace in self.figure.data)
        self.figure.update_layout(
            title={"text": title, "y": 0.98, "yanchor": "top"},
            template="plotly_white",
            height=260 + 150 * self.rows,
            hovermode="x",
            legend={"orientation": "h", "y": 1.02, "yanchor": "bottom"},
            margin={"t": 110 + 30 * (named // 7), "b": 50},
        )
        self.figure.update_xaxes(title=axis, row=self.rows, col=1)
        return self.figure


def moments(series: Series) -> NDArray[Any]:
    """Return the x axis of a series: its times, or the numbers of its reports."""
    return np.arange(len(series)) if series.event_ts is None else series.event_ts


def axis_title(series: Series) -> str:
    """Name the x axis of a series."""
    return "report" if series.event_ts is None else "time (UTC)"


def name_of(series: Series, role: str = "signal") -> str:
    """Name a series by its signal and device, where they are known."""
    return " of ".join(part for part in (series.signal, series.device_id) if part) or role
