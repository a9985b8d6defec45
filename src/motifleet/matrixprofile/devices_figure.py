"""Devices beside one another, with the windows that they share in colour."""

from typing import TYPE_CHECKING

import numpy as np

from motifleet.matrixprofile.join import ab_join
from motifleet.matrixprofile.panels import (
    COLORS,
    MOTIF,
    SIGNAL,
    Panels,
    axis_title,
    moments,
    name_of,
)
from motifleet.matrixprofile.ranking import idle_windows
from motifleet.types import Floats, Series

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

    from motifleet.matrixprofile.device_clusters import DeviceCluster, DeviceClusters
    from motifleet.matrixprofile.similar import SimilarDevices


def similar_figure(found: "SimilarDevices", k: int) -> "Figure":
    """Draw a device above those most like it, with the window that each shares with it."""
    own = found.series
    shown = list(found.fleet)[:k]
    panels = Panels([own.device_id or "device", *(str(each.device_id) for each in shown)])
    panels.line(1, moments(own), own.values, own.device_id or "device", SIGNAL, showlegend=False)
    for row, (other, distance) in enumerate(zip(shown, found.distances, strict=False), 2):
        color = COLORS[(row - 1) % len(COLORS)]
        name = f"{row - 1}: {other.device_id} (distance {distance:.3g})"
        panels.line(row, moments(other), other.values, name, SIGNAL, showlegend=False)
        shared = _shared(own, other, found)
        if shared is not None:
            for at, series, start in ((1, own, shared[0]), (row, other, shared[1])):
                span = slice(start, start + found.m)
                x, values = moments(series)[span], series.values[span]
                panels.window(at, x, values, name, color, showlegend=at != 1)
    title = f"{len(shown)} devices most like {name_of(own, 'a series')}: windows of {found.m}"
    return panels.finish(title, axis_title(own))


def _shared(a: Series, b: Series, found: "SimilarDevices") -> tuple[int, int] | None:
    """Choose the pair of windows that two devices share most closely, of those that count."""
    join = ab_join(a, b, found.m, normalize=found.normalize, p=found.p)
    distances, places = join.distances, join.indices
    if not found.constant:
        idle, theirs = (idle_windows(each.values, found.m) for each in (a, b))
        distances = np.where(idle | theirs[places], np.inf, distances)
    best = int(np.argmin(distances))
    return (best, int(places[best])) if np.isfinite(distances[best]) else None


def clusters_figure(found: "DeviceClusters", k: int) -> "Figure":
    """Draw the typical windows of the largest clusters, those of its medoid in colour."""
    shown = found.clusters[:k]
    titles = [f"{each.medoid_id} ({each.size:,})" for each in shown]
    panels = Panels(titles or ["signal"])
    for row, each in enumerate(shown, 1):
        for number, values in enumerate(_drawn(each.windows, found.normalize)):
            name, first = f"cluster {each.number}: {each.medoid_id}", number == 0
            color, width = (MOTIF, 3.0) if first else (SIGNAL, 1.2)
            panels.line(
                row,
                np.arange(found.m),
                values,
                name,
                color,
                width=width,
                legendgroup=name,
                showlegend=first,
            )
    title = (
        f"{len(found.clusters)} clusters of {len(found):,} devices: typical windows of {found.m}"
    )
    return panels.finish(title, "report of the window")


def cluster_figure(found: "DeviceCluster") -> "Figure":
    """Draw the typical windows of a cluster."""
    panels = Panels([found.medoid_id])
    for number, values in enumerate(_drawn(found.windows, found.normalize)):
        color = COLORS[number % len(COLORS)]
        name = f"window at {found.starts[number]}"
        panels.line(1, np.arange(len(values)), values, name, color, width=2.0)
    title = f"cluster {found.number}: {found.size:,} devices like {found.medoid_id}"
    return panels.finish(title, "report of the window")


def _drawn(windows: Floats, normalize: bool) -> Floats:
    """Take level and scale out where shapes were compared."""
    if not normalize:
        return windows
    centred = windows - windows.mean(axis=1, keepdims=True)
    deviation = centred.std(axis=1, keepdims=True)
    return np.asarray(centred / np.where(deviation > 0, deviation, 1.0))
