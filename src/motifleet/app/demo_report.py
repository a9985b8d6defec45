"""The page that the demo writes: its sections, each with what was found and a figure of it."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from motifleet.app.figures import Stretch, overlay_figure, paths_figure
from motifleet.app.home import Motifleet
from motifleet.app.question import FLEET, FLIGHTS, Question
from motifleet.app.report import Report
from motifleet.matrixprofile import Discord, Match, Motif, SimilarDevices, matrix_profile
from motifleet.types import Floats

Rows = Sequence[Mapping[str, Any]]


def opening(windows: Mapping[str, int], seconds: float) -> Report:
    """The page's head, with the numbers that say how much was looked at."""
    report = Report(
        "What Motifleet found",
        "Real flights over Switzerland and a simulated fleet of trucks, profiled window by window.",
    )
    tiles = {f"windows of {table}": f"{count:,}" for table, count in windows.items()}
    report.tiles(tiles | {"seconds of this run": f"{seconds:.1f}"})
    return report


def flights_section(
    report: Report, fleet: Motifleet, motif: Motif, discord: Discord, rows: Rows
) -> None:
    """Real flights: their paths, and the profiles with the best motif and discord."""
    report.heading("Real flights")
    report.text(
        f"How fast 842 aircraft flew ({FLIGHTS.signal}, in knots), ten seconds apart, from the "
        "sample that comes with Motifleet. A motif is a course of speed that an aircraft repeats, "
        "a discord one that it shows only once; against its past one that was new when it came, "
        "against the fleet one that no other aircraft shows. Gaps in the reports are never spanned."
    )
    report.table([_without(row, "table", "ground_truth") for row in rows])
    reports = fleet.scan("flights", columns=["device_id", "event_ts", "longitude", "latitude"])
    reports = reports.sort_by([("device_id", "ascending"), ("event_ts", "ascending")])
    stretches = [
        _stretch("the motif", motif, motif.event_ts, motif.neighbor_ts),
        _stretch("the discord", discord, discord.event_ts),
    ]
    report.figure(
        paths_figure(reports, stretches),
        "Every path of the sample, with the two stretches of the best motif and the best discord.",
    )
    for found in (motif, discord):
        _profile_figure(report, fleet, FLIGHTS, found)


def fleet_section(
    report: Report, fleet: Motifleet, motif: Motif, discord: Discord, rows: Rows
) -> None:
    """The simulated fleet: findings beside what was really injected."""
    report.heading("A simulated fleet")
    report.text(
        "200 trucks that drive regular tours for three days, with faults and failures injected at "
        "known times; their engines' temperature (in °C) is profiled while they run. The last "
        "column says what the ground truth knows of a finding. The profile knew nothing of it."
    )
    report.table([_without(row, "table") for row in rows])
    for found in (motif, discord):
        _profile_figure(report, fleet, FLEET, found)


def similar_section(report: Report, found: SimilarDevices) -> None:
    """The devices that behave most like one, and what each shares with it."""
    report.text(
        f"Of {found.devices:,} other devices these behave most like {found.series.device_id}, that "
        f"of the best motif: by the shapes of {found.m} reports that they share (MPdist)."
    )
    report.table([_without(row, "device_id") for row in found.rows()])
    if len(found):
        report.figure(found.plot(k=3), "In colour, a window that each shares with the first.")


def pattern_section(
    report: Report, fleet: Motifleet, pattern: Floats, matches: Sequence[Match], rows: Rows
) -> None:
    """A pattern and where else in the fleet it was seen."""
    report.heading("Have you seen this pattern?")
    report.text(
        "The best motif of the simulated fleet, searched for over every device. The first answer "
        "is the pattern itself."
    )
    report.table(
        [_without(row, "table", "finding", "neighbor_device_id", "neighbor_ts") for row in rows]
    )
    windows = [
        (f"{each.device_id}, {each.event_ts:%d %b %H:%M}", FLEET.values(fleet, each))
        for each in matches
    ]
    report.figure(overlay_figure(pattern, windows), "The pattern and its nearest windows.")


def _profile_figure(
    report: Report, fleet: Motifleet, question: Question, found: Motif | Discord
) -> None:
    profile = matrix_profile(question.series(fleet, found), found.m)
    report.figure(
        profile.plot(),
        f"{question.signal} of {found.device_id} over its matrix profile, windows of {found.m} "
        f"reports, with its best motif and discord.",
    )


def _without(row: Mapping[str, Any], *names: str) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name not in names}


def _stretch(name: str, found: Motif | Discord, *starts: datetime | None) -> Stretch:
    device = str(found.device_id)
    times = [FLIGHTS.span(start) for start in starts if start is not None]
    return f"{name}, {device}", device, times
