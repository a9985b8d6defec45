"""Figures on the page: those of notebooks and reports, thinned, on the viewer's clock."""

import re
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any

import numpy as np
from nicegui import ui

from motifleet.app import thinned
from motifleet.web.moments import from_local, local_axis
from motifleet.web.visit import Visit

MOST_POINTS = 2_400
_RANGE = re.compile(r"^xaxis\d*\.range(\[\d\])?$")
_CONFIG = {
    "displaylogo": False,
    "responsive": True,
    "modeBarButtonsToRemove": ["lasso2d", "toImage"],
}
_BELOW = {"orientation": "h", "x": 0, "y": 0, "yanchor": "bottom", "yref": "container"}
Stretch = Callable[[datetime, datetime], Awaitable[None]]


class Plot:
    """A figure whose long lines are thinned to what is in view.

    Args:
        visit: whose page it is on.
        figure: a Plotly figure with times in UTC, or numbers, along its x axes.
        label: what it shows, for who cannot see it.
        selected: told of the stretch that was selected with the mouse.
        view: what is in view at first, on the viewer's clock; None: all.
    """

    def __init__(
        self,
        visit: Visit,
        figure: Any,
        label: str,
        *,
        selected: Stretch | None = None,
        view: tuple[str, str] | None = None,
    ) -> None:
        self.visit = visit
        self._lines = [_Line(trace, visit) for trace in figure.data]
        self._layout = _layout(figure, visit)
        self._selected = selected
        self._view: tuple[Any, Any] | None = view
        self._layout["uirevision"] = "kept"
        if selected is not None:
            self._layout |= {"dragmode": "select", "selectdirection": "h"}
        self.element = ui.plotly(self._shown()).classes("plot")
        self.element.props(f'role=figure aria-label="{label}"')
        self.element.on("plotly_relayout", self._moved)
        if selected is not None:
            self.element.on("plotly_selected", self._chosen, ["range"])

    def drag(self, mode: str) -> None:
        """Let the mouse zoom or select from now on."""
        self._layout["dragmode"] = mode
        self.element.update_figure(self._shown())

    def _shown(self) -> dict[str, Any]:
        data = [line.shown(self._view) for line in self._lines]
        layout = dict(self._layout)
        if self._view is not None:
            for name in [name for name in layout if name.startswith("xaxis")]:
                layout[name] = {**layout[name], "range": list(self._view), "autorange": False}
        return {"data": data, "layout": layout, "config": _CONFIG}

    def _moved(self, event: Any) -> None:
        """Look closer: thin anew what is in view."""
        told = event.args
        bounds = [value for name, value in sorted(told.items()) if _RANGE.match(name)]
        bounds = list(bounds[0]) if bounds and isinstance(bounds[0], list) else bounds[:2]
        if len(bounds) == 2:
            self._view = (bounds[0], bounds[1])
        elif any(name.endswith(".autorange") for name in told):
            self._view = None
        else:
            return
        if any(line.long for line in self._lines):
            self.element.update_figure(self._shown())

    async def _chosen(self, event: Any) -> None:
        told = (event.args or {}).get("range") or {}
        spans = [value for name, value in told.items() if name.startswith("x")]
        if not spans or self._selected is None:
            return
        first, last = sorted(str(each)[:26] for each in spans[0])
        zone = self.visit.zone
        await self._selected(from_local(first, zone), from_local(last, zone))


class _Line:
    """A trace of a figure, whole."""

    def __init__(self, trace: Any, visit: Visit) -> None:
        self._told = trace.to_plotly_json()
        x, y = trace.x, trace.y
        self._timed = x is not None and np.asarray(x).dtype.kind == "M"
        self._x = None if x is None else np.asarray(x)
        self._utc = self._x
        if self._timed:
            self._x = local_axis(x, visit.zone)
        self._y = None if y is None else np.asarray(y)
        numeric = self._y is not None and self._y.dtype.kind == "f" and self._x is not None
        self.long = numeric and len(self._told.get("mode", "")) > 0 and len(self._y) > MOST_POINTS  # type: ignore[arg-type]
        self._zone = visit.zone.key

    def shown(self, view: tuple[Any, Any] | None) -> dict[str, Any]:
        """The trace as Plotly draws it, thinned to a view."""
        told = dict(self._told)
        if self._y is None:
            return told
        places = self._places(view)
        y = self._y[places]
        if y.dtype.kind == "f":
            told["y"] = [None if not np.isfinite(each) else float(f"{each:.6g}") for each in y]
        else:
            told["y"] = y.tolist()
        if self._x is not None:
            told["x"] = _texts(self._x[places]) if self._timed else self._x[places].tolist()
        if self._timed and told.get("hoverinfo") != "skip" and self._utc is not None:
            told["customdata"] = _texts(self._utc[places], "s")
            told["hovertemplate"] = "%{y:.5g}<br>%{customdata} UTC"
        return told

    def _places(self, view: tuple[Any, Any] | None) -> Any:
        assert self._y is not None  # noqa: S101 (who calls has looked)
        if not self.long or self._x is None:
            return np.arange(len(self._y))
        first, last = 0, len(self._x)
        if view is not None and self._timed:
            bounds = [np.datetime64(str(each)[:26].replace(" ", "T")) for each in view]
            first, last = np.searchsorted(self._x, np.array(bounds, self._x.dtype)).tolist()
        elif view is not None:
            first, last = np.searchsorted(self._x, [float(each) for each in view]).tolist()
        first, last = max(first - 1, 0), min(last + 1, len(self._x))
        return first + thinned(np.asarray(self._y[first:last], np.float64), MOST_POINTS)


def _texts(times: Any, unit: str = "ms") -> list[str]:
    found = np.datetime_as_string(times.astype(f"datetime64[{unit}]"))
    return [str(each).replace("T", " ") for each in found.tolist()]


def _layout(figure: Any, visit: Visit) -> dict[str, Any]:
    """The figure's layout on the page's ground, its shapes and titles on the viewer's clock."""
    layout: dict[str, Any] = figure.layout.to_plotly_json()
    layout |= {
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "font": {"family": 'system-ui, "Segoe UI", "DejaVu Sans", sans-serif', "size": 12},
        "modebar": {"bgcolor": "rgba(0,0,0,0)", "color": "#8aa4b5", "activecolor": "#0b6e8a"},
        "margin": {"l": 60, "r": 14, "t": 46, "b": 44},
    }
    layout.pop("title", None)
    if (layout.get("legend") or {}).get("orientation") == "h":
        # Below, it has room for as many lines as a narrow window takes, and hides nothing.
        layout["legend"] = {**_BELOW}
    for shape in layout.get("shapes", []):
        for end in ("x0", "x1"):
            shape[end] = _on_clock(shape.get(end), visit)
    for name, axis in layout.items():
        text = (axis.get("title") or {}).get("text") if name.startswith("xaxis") else None
        if text == "time (UTC)":
            axis["title"] = {"text": f"time ({visit.zone.key})"}
    layout.setdefault("xaxis", {})
    return layout


def _on_clock(value: Any, visit: Visit) -> Any:
    if isinstance(value, np.datetime64 | datetime):
        at = np.array([value], "datetime64[us]")
    elif isinstance(value, str):
        at = np.array([value.replace("Z", "").replace("+00:00", "")], "datetime64[us]")
    else:
        return value
    return _texts(local_axis(at, visit.zone))[0]
