"""The figures of a training, all from here."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from motifleet.models.metrics import confusion, precision_recall_curve
from motifleet.types import Floats, Ints

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

_BLUE, _GREY, _ORANGE = "#2563eb", "#94a3b8", "#ea580c"
_POINTS = 500
_BINS = 10


def confusion_figure(labels: Ints, predicted: Ints) -> "Figure":
    """How many reports are what, and what was predicted of them."""
    import plotly.graph_objects as go

    counts = confusion(labels, predicted)
    shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    text = [
        [f"{count:,}<br>{share:.1%}" for count, share in zip(*row, strict=True)]
        for row in zip(counts.tolist(), shares.tolist(), strict=True)
    ]
    figure = go.Figure(
        go.Heatmap(
            z=shares,
            x=["no failure predicted", "failure predicted"],
            y=["no failure", "failure"],
            text=text,
            texttemplate="%{text}",
            colorscale=[[0, "#f1f5f9"], [1, _BLUE]],
            zmin=0,
            zmax=1,
            showscale=False,
            hoverinfo="skip",
        )
    )
    return _styled(figure, "Test reports, and what was predicted of them", None, None)


def precision_recall_figure(curves: dict[str, tuple[Ints, Floats]]) -> "Figure":
    """Precision over recall of one model or several on the same reports."""
    import plotly.graph_objects as go

    figure = go.Figure()
    colours = [_BLUE, _ORANGE, "#16a34a", "#9333ea"]
    for (name, (labels, scores)), colour in zip(curves.items(), colours, strict=False):
        precision, recall, _ = precision_recall_curve(labels, scores)
        at = _thinned(len(recall))
        line = {"color": colour, "shape": "vh"}
        figure.add_scatter(x=recall[at], y=precision[at], name=name, mode="lines", line=line)
        share = float(labels.mean())
    figure.add_hline(
        y=share,
        line={"color": _GREY, "dash": "dash"},
        annotation_text=f"share of failures {share:.1%}",
        annotation_position="top left",
    )
    figure.update_yaxes(range=[0, 1.02], tickformat=".0%")
    figure.update_xaxes(range=[0, 1.02], tickformat=".0%")
    return _styled(figure, "Precision and recall on the test reports", "recall", "precision")


def calibration_figure(labels: Ints, probability: Floats) -> "Figure":
    """The share of failures among reports of like probability."""
    import plotly.graph_objects as go

    edges = np.unique(np.quantile(probability, np.linspace(0, 1, _BINS + 1)))
    places = np.clip(np.searchsorted(edges, probability, side="right") - 1, 0, len(edges) - 1)
    count = np.bincount(places)
    there = np.flatnonzero(count)
    said = np.bincount(places, probability)[there] / count[there]
    came = np.bincount(places, labels)[there] / count[there]
    top = float(max(said.max(), came.max(), 0.01)) * 1.05
    figure = go.Figure()
    line = {"color": _GREY, "dash": "dash"}
    figure.add_scatter(x=[0, top], y=[0, top], name="as said", mode="lines", line=line)
    figure.add_scatter(
        x=said, y=came, name="as it came", mode="lines+markers", line={"color": _BLUE}
    )
    figure.update_xaxes(tickformat=".1%")
    figure.update_yaxes(tickformat=".1%")
    return _styled(
        figure, "Calibration on the test reports", "probability said", "share of failures"
    )


def contributions_figure(names: Sequence[str], contributions: Floats) -> "Figure":
    """How much each feature moves the log-odds of a failure, on average (SHAP values)."""
    import plotly.graph_objects as go

    sizes = np.abs(contributions).mean(axis=0)
    order = np.argsort(sizes)[-20:]
    figure = go.Figure(
        go.Bar(
            x=sizes[order],
            y=[names[place] for place in order],
            orientation="h",
            marker={"color": _BLUE},
        )
    )
    figure.update_layout(height=max(300, 28 * len(order) + 120))
    return _styled(
        figure, "What the prediction is made of", "mean contribution to the log-odds", None
    )


def distances_figure(distances: Floats, threshold: float) -> "Figure":
    """How far windows are from the nearest earlier one of their device."""
    import plotly.graph_objects as go

    counts, edges = np.histogram(distances, bins=60)
    figure = go.Figure(go.Bar(x=(edges[:-1] + edges[1:]) / 2, y=counts, marker={"color": _BLUE}))
    figure.add_vline(
        x=threshold,
        line={"color": _ORANGE, "dash": "dash"},
        annotation_text=f"unusual from {threshold:.3g} on",
    )
    figure.update_yaxes(type="log")
    return _styled(figure, "Distance of each window to its device's past", "distance", "windows")


def figures_page(figures: Mapping[str, "Figure"]) -> str:
    """All figures of a training as one page with Plotly in it.

    MLflow shows a page inside its own, where no other file is to be found, and no network need be.
    """
    from plotly.offline import get_plotlyjs

    drawn = "\n".join(
        figure.to_html(full_html=False, include_plotlyjs=False, div_id=name, config=_CONFIG)
        for name, figure in figures.items()
    )
    return _PAGE.format(plotly=get_plotlyjs(), drawn=drawn)


_CONFIG = {"displaylogo": False, "responsive": True}
_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>Figures</title>
<style>body {{ margin: 0 auto; max-width: 1000px; background: #fff }}</style>
<script>{plotly}</script>
</head>
<body>
{drawn}
</body>
</html>
"""


def _thinned(length: int) -> Ints:
    """At most so many places as a line needs, the first and the last among them."""
    places = np.linspace(0, length - 1, min(length, _POINTS))
    return np.unique(places.astype(np.int64))


def _styled(figure: "Figure", title: str, x: str | None, y: str | None) -> "Figure":
    figure.update_layout(
        title={"text": title, "x": 0.02, "xanchor": "left"},
        template="plotly_white",
        xaxis_title=x,
        yaxis_title=y,
        margin={"l": 80, "r": 30, "t": 60, "b": 60},
        font={"family": "system-ui, sans-serif", "size": 14},
        legend={"orientation": "h", "x": 1, "xanchor": "right", "y": 1.08},
    )
    return figure
