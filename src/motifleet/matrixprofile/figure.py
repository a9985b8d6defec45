"""Series with their motifs and discords highlighted, each above its matrix profile."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from motifleet.matrixprofile.findings import Discord, Motif
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

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

    from motifleet.matrixprofile.fleet import FleetProfile
    from motifleet.matrixprofile.profile import MatrixProfile


def profile_figure(
    profile: "MatrixProfile", motifs: Sequence[Motif], discords: Sequence[Discord]
) -> "Figure":
    """Draw a profile below its series, with the windows of the findings in colour in both."""
    series = profile.series
    panels = Panels([series.signal or "signal", "distance"], [0.6, 0.4])
    _Drawing(panels, 1, profile).draw(motifs, discords)
    title = f"{name_of(series)}: windows of {profile.m} reports"
    return panels.finish(title, axis_title(series))


def fleet_figure(profile: "FleetProfile", k: int, motifs: int, discords: int) -> "Figure":
    """Draw the k devices with the fleet's best findings, the best on top."""
    found: list[Motif | Discord] = []
    found += profile.discords(k) if discords or not motifs else []
    found += profile.motifs(k) if motifs else []
    devices = list(dict.fromkeys(str(each.device_id) for each in found))[:k]
    titles = [title for device in devices for title in (device, "distance")]
    panels = Panels(titles or ["signal"], [0.6, 0.4] * len(devices) or None)
    for number, device in enumerate(devices):
        one = profile[device]
        drawing = _Drawing(panels, 2 * number + 1, one, device)
        drawing.draw(
            one.motifs(motifs) if motifs else [], one.discords(discords) if discords else []
        )
    title = f"{profile.fleet.signal or 'signal'}: windows of {profile.m} reports"
    axis = "report" if profile.fleet.event_ts is None else "time (UTC)"
    return panels.finish(title, axis)


class _Drawing:
    """A profile below its series, from a row on."""

    def __init__(
        self, panels: Panels, row: int, profile: "MatrixProfile", device: str | None = None
    ) -> None:
        self.panels, self.row, self.profile = panels, row, profile
        self.x, self.device = moments(profile.series), device

    def draw(self, motifs: Sequence[Motif], discords: Sequence[Discord]) -> None:
        series, panels = self.profile.series, self.panels
        names = series.signal or "signal", "distance to nearest neighbour"
        first = self.row == 1
        panels.line(self.row, self.x, series.values, names[0], SIGNAL, showlegend=first)
        distances = self.profile.distances
        panels.line(self.row + 1, self.x, distances, names[1], PROFILE, showlegend=first)
        panels.figure.update_yaxes(rangemode="tozero", row=self.row + 1, col=1)
        for number, motif in enumerate(motifs, 1):
            windows = [motif.index, motif.neighbor_index]
            self.highlight(windows, self.name("motif", number, motif.distance), MOTIF)
        for number, found in enumerate(discords, 1):
            self.highlight([found.index], self.name("discord", number, found.distance), DISCORD)

    def name(self, kind: str, number: int, distance: float) -> str:
        whose = f"{self.device}: " if self.device else ""
        return f"{whose}{kind} {number} (distance {distance:.3g})"

    def highlight(self, windows: list[int], name: str, color: str) -> None:
        """Draw windows over the series and mark where they begin on the profile."""
        for start in windows:
            span, first = slice(start, start + self.profile.m), start == windows[0]
            values = self.profile.series.values[span]
            self.panels.window(self.row, self.x[span], values, name, color, showlegend=first)
        distances = self.profile.distances[windows]
        self.panels.points(self.row + 1, self.x[windows], distances, name, color)
