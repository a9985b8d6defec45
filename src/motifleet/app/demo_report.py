"""The page that the demo writes: its sections, each with what was found and a figure of it."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from motifleet.app.figures import overlay_figure, paths_figure
from motifleet.app.home import Motifleet
from motifleet.app.report import Report
from motifleet.matrixprofile import Discord, Match, Motif, matrix_profile
from motifleet.types import Floats

Rows = Sequence[Mapping[str, Any]]


def opening(tiles: Mapping[str, str]) -> Report:
    """The page's head, with the numbers that say how much was looked at."""
    report = Report(
        "What Motifleet found",
        "Real flights over Switzerland and a simulated fleet of trucks, profiled window by window.",
    )
    report.tiles(tiles)
    return report


def flights_section(
    report: Report, fleet: Motifleet, motif: Motif, discord: Discord, rows: Rows
) -> None:
    """Real flights: their paths, and the profiles with the best motif and discord."""
    report.heading("Real flights")
    report.text(
        "Positions of 842 aircraft, ten seconds apart, from the sample that comes with Motifleet. "
        "A motif is a stretch that an aircraft repeats, a discord one that it does not; gaps in "
        "the reports are never spanned."
    )
    report.table(rows)
    columns = ["device_id", "event_ts", "longitude", "latitude"]
    reports = fleet.scan("flights", columns=columns).sort_by(
        [("device_id", "ascending"), ("event_ts", "ascending")]
    )
    figure = paths_figure(reports, str(discord.device_id), *_span(discord))
    report.figure(figure, "Every path of the sample; the aircraft and stretch of the discord.")
    for found in (discord, motif):
        _profile_figure(report, fleet, "flights", found)


def fleet_section(
    report: Report, fleet: Motifleet, motif: Motif, discord: Discord, rows: Rows
) -> None:
    """The simulated fleet: findings beside what was really injected."""
    report.heading("A simulated fleet")
    report.text(
        "Trucks that drive regular tours, with faults and failures injected at known times. The "
        "last column says what the ground truth knows of each finding; the profile knew nothing "
        "of it."
    )
    report.table(rows)
    for found in (discord, motif):
        _profile_figure(report, fleet, "fleet", found)


def pattern_section(
    report: Report, fleet: Motifleet, pattern: Floats, matches: Sequence[Match], rows: Rows
) -> None:
    """A pattern and where else in the fleet it was seen."""
    report.heading("Have you seen this pattern?")
    report.text(
        "The strongest motif of the simulated fleet, searched for over every device: its nearest "
        "windows, laid over one another."
    )
    report.table(rows)
    windows = [
        (f"{each.device_id} {each.event_ts:%d %b %H:%M}", _values(fleet, each)) for each in matches
    ]
    report.figure(overlay_figure(pattern, windows), "The pattern and its nearest windows.")


def _values(fleet: Motifleet, found: Match) -> Floats:
    series = fleet.series("fleet", str(found.device_id), str(found.signal))
    return series.values[found.index : found.index + found.m]


def _profile_figure(report: Report, fleet: Motifleet, table: str, found: Motif | Discord) -> None:
    device, signal = str(found.device_id), str(found.signal)
    profile = matrix_profile(fleet.series(table, device, signal), found.m)
    report.figure(
        profile.plot(),
        f"{signal} of {device} over its matrix profile, windows of {found.m} reports: the "
        f"{type(found).__name__.lower()} above at distance {found.distance:.3g}.",
    )


def _span(found: Discord) -> tuple[datetime, datetime]:
    start = found.event_ts or datetime.min.replace(tzinfo=UTC)
    return start, start + timedelta(seconds=10 * found.m)
