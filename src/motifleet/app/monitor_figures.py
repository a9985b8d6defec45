"""Figures of what is watched: quality, latency, resources and drift, over time."""

from collections.abc import Sequence
from datetime import UTC, datetime
from itertools import cycle
from typing import TYPE_CHECKING

from motifleet.app.figures import LOUD, QUIET, WARM
from motifleet.monitoring import DriftReport, FeatureDrift, Quality
from motifleet.workspace import GATEWAY, Sample

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

_MANY = (LOUD, WARM, QUIET, "#e09f3e", "#5b8c5a", "#7b5ea7", "#333333")
_FLOOR = 0.005
_PSI = "PSI (dotted: some drift from 0.1, drift from 0.25)"
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


def samples_figure(found: Sequence[Sample]) -> "Figure":
    """Latency, requests, cores and memory over time, one above the other.

    Args:
        found: the samples of some deployments and their replicas, by time.
    """
    from plotly.subplots import make_subplots

    titles = ("latency (ms)", "requests a sample", "cores in use", "memory (MB)")
    figure = make_subplots(4, 1, shared_xaxes=True, subplot_titles=titles, vertical_spacing=0.06)
    asked = [each for each in found if each.source == GATEWAY]
    times = [moment(each.at) for each in asked]
    for name, color in (("p50", QUIET), ("p95", LOUD), ("p99", WARM)):
        values = [getattr(each, f"{name}_ms") for each in asked]
        line = {"color": color, "width": 2}
        figure.add_scatter(x=times, y=values, name=name, line=line, row=1, col=1)
    for name, color in (("requests", LOUD), ("errors", WARM)):
        values = [getattr(each, name) for each in asked]
        line = {"color": color, "width": 2}
        figure.add_scatter(x=times, y=values, name=name, line=line, row=2, col=1)
    replicas = sorted({each.source for each in found} - {GATEWAY})
    for replica, color in zip(replicas, cycle(_MANY), strict=False):
        its = [each for each in found if each.source == replica]
        when, label = [moment(each.at) for each in its], f"replica {replica.rsplit('-', 1)[-1]}"
        cpu, memory = [each.cpu for each in its], [(each.memory or 0) / 1e6 for each in its]
        same = {"name": label, "legendgroup": replica, "line": {"color": color, "width": 2}}
        figure.add_scatter(x=when, y=cpu, row=3, col=1, **same)
        figure.add_scatter(x=when, y=memory, row=4, col=1, showlegend=False, **same)
    figure.update_layout(template="plotly_white", height=860, margin={"t": 60, "b": 40, "r": 30})
    figure.update_layout(legend={"orientation": "h", "y": 1.08}, hovermode="x unified")
    figure.update_yaxes(rangemode="tozero")
    figure.update_xaxes(title="time (UTC)", row=4, col=1)
    return figure


def drift_figure(found: Sequence[DriftReport]) -> "Figure":
    """PSI of each feature: over time, or of one report by feature, with 95 % intervals.

    Args:
        found: the reports, by time.
    """
    from plotly.graph_objects import Figure

    figure = Figure()
    if len(found) == 1:
        features = [*found[0].inputs, *found[0].outputs]
        known = [each for each in features if each.psi is not None]
        colors = [WARM if each.verdict == "drift" else LOUD for each in known]
        figure.add_bar(
            x=[each.name for each in known],
            y=[each.psi for each in known],
            error_y=_interval(known),
            marker={"color": colors},
            name="PSI",
        )
        plain(figure, _PSI)
        figure.update_xaxes(title="feature")
    else:
        _over_time(figure, found)
    for height in (0.1, 0.25):
        figure.add_hline(y=height, line={"color": QUIET, "dash": "dot"})
    return figure


def _over_time(figure: "Figure", found: Sequence[DriftReport]) -> None:
    by_name: dict[str, list[tuple[DriftReport, FeatureDrift]]] = {}
    for report in found:
        for each in (*report.inputs, *report.outputs):
            if each.psi is not None:
                by_name.setdefault(each.name, []).append((report, each))
    for (name, told), color in zip(by_name.items(), cycle(_MANY), strict=False):
        figure.add_scatter(
            x=[moment(report.ended_ms) for report, _ in told],
            # Drift grows by orders of magnitude, and a logarithm has no zero.
            y=[max(each.psi or 0.0, _FLOOR) for _, each in told],
            error_y=_interval([each for _, each in told]),
            name=name,
            mode="lines+markers",
            line={"color": color},
        )
    plain(figure, _PSI)
    figure.update_yaxes(type="log", dtick=1)


def _interval(told: Sequence[FeatureDrift]) -> dict[str, object]:
    return {
        "type": "data",
        "symmetric": False,
        "array": [(each.psi_high or 0.0) - (each.psi or 0.0) for each in told],
        "arrayminus": [
            max(0.0, (each.psi or 0.0) - max(each.psi_low or 0.0, _FLOOR)) for each in told
        ],
        "thickness": 1,
        "width": 3,
    }


def plain(figure: "Figure", axis: str) -> None:
    """What all of these figures have in common."""
    figure.update_layout(template="plotly_white", height=420, margin={"t": 30, "b": 40, "r": 30})
    figure.update_layout(legend={"orientation": "h", "y": 1.08}, hovermode="x unified")
    figure.update_xaxes(title="time (UTC)")
    figure.update_yaxes(title=axis, rangemode="tozero")


def moment(milliseconds: float) -> datetime:
    """A time from milliseconds since 1970, in UTC."""
    return datetime.fromtimestamp(milliseconds / 1000, UTC)
