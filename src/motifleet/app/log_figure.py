"""How fast endpoints answered, how often, and how often not: a figure of the prediction log."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from motifleet.app.figures import LOUD, QUIET, WARM
from motifleet.types import Floats

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

    from motifleet.workspace import Logged

_PARTS = 120
_STEPS = (1, 5, 10, 30, 60, 300, 600, 1800, 3600, 21_600, 86_400, 604_800)
_FAILED = 400


def answers_figure(found: Sequence["Logged"]) -> "Figure":
    """Latencies above, answers and failures a second below, over time.

    Args:
        found: predictions, at least one, in any order.
    """
    from plotly.subplots import make_subplots

    begun = np.array([each.started_ms for each in found], np.int64)
    took = np.array([each.ended_ms - each.started_ms for each in found], np.float64)
    failed = np.array([each.status >= _FAILED for each in found])
    step = _step(begun)
    back = begun // (step * 1000)
    places = np.arange(back.min(), back.max() + 1)
    back = back - places[0]
    times = (places * step * 1_000_000).astype("datetime64[us]")
    figure = make_subplots(rows=2, shared_xaxes=True, vertical_spacing=0.09)
    for share, color in ((50, QUIET), (99, LOUD)):
        figure.add_scatter(
            x=times,
            y=_percentile(took, back, len(places), share),
            name=f"p{share}",
            mode="lines+markers",
            line={"color": color, "width": 2},
            row=1,
            col=1,
        )
    counts = np.bincount(back, minlength=len(places)) / step
    wrong = np.bincount(back, failed, minlength=len(places)) / step
    for name, values, color in (("answers", counts - wrong, LOUD), ("failures", wrong, WARM)):
        figure.add_bar(x=times, y=values, name=name, marker={"color": color}, row=2, col=1)
    figure.update_layout(template="plotly_white", height=440, barmode="stack")
    figure.update_layout(legend={"orientation": "h", "y": 1.02, "yanchor": "bottom"})
    figure.update_yaxes(title="latency (ms)", rangemode="tozero", row=1, col=1)
    figure.update_yaxes(title="a second", rangemode="tozero", row=2, col=1)
    figure.update_xaxes(title="time (UTC)", row=2, col=1)
    return figure


def _step(begun: "np.typing.NDArray[np.int64]") -> int:
    """Seconds of a part, so that there are some hundred parts at most."""
    span = (int(begun.max()) - int(begun.min())) / 1000
    return next((each for each in _STEPS if span / each <= _PARTS), _STEPS[-1])


def _percentile(
    values: Floats, back: "np.typing.NDArray[np.int64]", parts: int, share: int
) -> Floats:
    """Of each part; NaN, a gap, where nobody asked."""
    those = (values[back == part] for part in range(parts))
    return np.array([np.percentile(each, share) if len(each) else np.nan for each in those])
