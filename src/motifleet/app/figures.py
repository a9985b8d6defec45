"""The figures that need more than one device: paths, and windows laid over one another."""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from motifleet.types import Floats

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

Stretch: TypeAlias = tuple[str, str, Sequence[tuple[datetime, datetime]]]
"""A name, a device, and the times from and up to which its path is meant."""

QUIET, LOUD, WARM = "#8aa4b5", "#0b6e8a", "#d1495b"


def paths_figure(reports: pa.Table, stretches: Sequence[Stretch]) -> "Figure":
    """The paths of all devices as lines over longitude and latitude, some stretches on top.

    Args:
        reports: device_id, event_ts, longitude and latitude, sorted by device and time.
        stretches: at most two parts of devices' paths that stand out.
    """
    from plotly.graph_objects import Figure

    figure = Figure()
    figure.add_scatter(**_line(reports), name="all paths", line={"color": QUIET, "width": 0.6})
    figure.update_traces(opacity=0.55)
    for color, (name, device, times) in zip((LOUD, WARM), stretches, strict=False):
        path = reports.filter(pc.field("device_id") == device)
        parts = [
            path.filter((pc.field("event_ts") >= start) & (pc.field("event_ts") < end))
            for start, end in times
        ]
        line = {"color": color, "width": 3.5}
        figure.add_scatter(**_line(pa.concat_tables(parts)), name=name, line=line)
    middle = float(np.nanmean(reports["latitude"].to_numpy()))
    figure.update_layout(template="plotly_white", height=640, margin={"t": 20, "b": 40})
    figure.update_layout(legend={"orientation": "h", "y": 1.05})
    figure.update_xaxes(title="longitude (degrees)", constrain="domain")
    figure.update_yaxes(
        title="latitude (degrees)", scaleanchor="x", scaleratio=1 / np.cos(np.radians(middle))
    )
    return figure


def overlay_figure(pattern: Floats, windows: Sequence[tuple[str, Floats]]) -> "Figure":
    """A pattern and its matches, each with mean 0 and deviation 1, laid over one another.

    Args:
        pattern: shape (m,).
        windows: a name and m values for each match.
    """
    from plotly.graph_objects import Figure

    figure = Figure()
    for name, values in windows:
        figure.add_scatter(y=_normalised(values), name=name, line={"color": QUIET, "width": 1.2})
    figure.add_scatter(y=_normalised(pattern), name="the pattern", line={"color": WARM, "width": 3})
    figure.update_layout(template="plotly_white", height=380, margin={"t": 20, "b": 40})
    figure.update_xaxes(title="reports since the window's start")
    figure.update_yaxes(title="signal, z-normalised")
    return figure


def _line(reports: pa.Table) -> dict[str, object]:
    """Longitudes and latitudes with a break between devices and wherever a path jumps."""
    longitude = reports["longitude"].to_numpy().astype(np.float32)
    latitude = reports["latitude"].to_numpy().astype(np.float32)
    device = reports["device_id"].combine_chunks().dictionary_encode().indices.to_numpy()
    jump = np.hypot(np.diff(longitude), np.diff(latitude)) > _JUMP
    breaks = np.flatnonzero((np.diff(device) != 0) | jump) + 1
    return {
        "x": np.insert(longitude, breaks, np.nan),
        "y": np.insert(latitude, breaks, np.nan),
        "mode": "lines",
        "hoverinfo": "skip",
    }


def _normalised(values: Floats) -> Floats:
    deviation = float(values.std())
    return np.asarray((values - values.mean()) / (deviation if deviation > 0 else 1.0))


_JUMP = 0.2
