"""The main job on real input: land telemetry, profile every device, find patterns, report."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import timedelta
from pathlib import Path
from time import perf_counter
from typing import Any

from motifleet.app import demo_report
from motifleet.app.home import Motifleet
from motifleet.app.report import Report
from motifleet.app.simulation import Simulation
from motifleet.app.truth import GroundTruth
from motifleet.matrixprofile import Discord, Finding, Match, Motif
from motifleet.telemetry import sample_path
from motifleet.types import Floats

DEVICES, DAYS = 200, 3
BEST = 3


@dataclass(frozen=True, slots=True)
class Phase:
    """One step of the demo: what it did, and how long it took."""

    name: str
    did: str
    seconds: float


@dataclass(frozen=True, slots=True)
class Question:
    """A signal of a table that the demo profiles, with windows of m reports."""

    table: str
    signal: str
    m: int


FLIGHTS = Question("flights", "groundspeed", 60)
FLEET = Question("fleet", "vibration", 60)


@dataclass(slots=True)
class DemoResult:
    """What the demo found.

    Args:
        home: the home folder.
        report: the page to open.
        phases: what was done and how long it took.
        findings: the strongest motifs and discords: table, finding, device_id, event_ts,
            neighbor_ts, distance, ground_truth.
        matches: where else the pattern was seen: device_id, event_ts, distance, ground_truth.
    """

    home: Path
    report: Path
    phases: list[Phase] = field(default_factory=list)
    findings: list[dict[str, Any]] = field(default_factory=list)
    matches: list[dict[str, Any]] = field(default_factory=list)

    def to_dict(self) -> dict[str, Any]:
        """The result as plain values."""
        return asdict(self) | {"home": str(self.home), "report": str(self.report)}


def run_demo(
    fleet: Motifleet, *, on_phase: Callable[[str], None], report: Path | None = None
) -> DemoResult:
    """Do the main job on real flights and on a simulated fleet.

    What is there already is not landed again, so that a second run changes no table.

    Args:
        fleet: the home to work in.
        on_phase: told each phase's name as it begins.
        report: where to write the page; None: ``report.html`` in the home folder.
    """
    home = fleet.settings.home.absolute()
    demo = _Demo(fleet, DemoResult(home, report or home / "report.html"), on_phase)
    demo.land_flights()
    demo.land_fleet()
    demo.profile(FLIGHTS)
    demo.profile(FLEET)
    demo.match()
    demo.write()
    return demo.result


@dataclass(slots=True)
class _Demo:
    fleet: Motifleet
    result: DemoResult
    on_phase: Callable[[str], None]
    discords: dict[Question, list[Discord]] = field(default_factory=dict)
    motifs: dict[Question, list[Motif]] = field(default_factory=dict)
    found: list[Match] = field(default_factory=list)
    tiles: dict[str, str] = field(default_factory=dict)

    @contextmanager
    def phase(self, name: str) -> Iterator[list[str]]:
        self.on_phase(name)
        did: list[str] = []
        start = perf_counter()
        yield did
        self.result.phases.append(Phase(name, ", ".join(did), perf_counter() - start))

    def land_flights(self) -> None:
        with self.phase("land real flights") as did:
            landed = self.fleet.import_file(sample_path("flights"), FLIGHTS.table)
            did.append(_landed(landed.accepted, landed.already))

    def land_fleet(self) -> None:
        with self.phase("simulate and land a fleet") as did:
            simulation = Simulation("fleet", devices=DEVICES, days=DAYS)
            landed, truth = self.fleet.simulate(simulation, FLEET.table)
            did.append(_landed(landed.accepted, landed.already))
            did.append(f"{truth.accepted + truth.already:,} events of ground truth")

    def profile(self, question: Question) -> None:
        with self.phase(f"profile {question.signal} of {question.table}") as did:
            profiles = self.fleet.profile(question.table, question.signal, question.m)
            self.motifs[question] = profiles.motifs(BEST)
            self.discords[question] = profiles.discords(BEST)
            did.append(f"{len(profiles):,} devices, windows of {question.m} reports")
            self.tiles[f"{question.signal} windows of {question.table}"] = (
                f"{len(profiles.distances):,}"
            )
        truth = self._truth(question)
        for motif in self.motifs[question]:
            self.result.findings.append(_row(question, "motif", motif, truth))
        for discord in self.discords[question]:
            self.result.findings.append(_row(question, "discord", discord, truth))

    def match(self) -> None:
        """Cut the strongest motif of the simulated fleet and look for it everywhere."""
        with self.phase("find a pattern in the fleet") as did:
            motif = self.motifs[FLEET][0]
            pattern = self.pattern()
            self.found = self.fleet.match(pattern, FLEET.table, FLEET.signal, k=10)
            did.append(f"{motif.m} reports of {motif.device_id}, its 10 nearest of all devices")
        truth = self._truth(FLEET)
        for match in self.found:
            self.result.matches.append(_row(FLEET, "match", match, truth))

    def pattern(self) -> Floats:
        """The values of the fleet's strongest motif."""
        motif = self.motifs[FLEET][0]
        series = self.fleet.series(FLEET.table, str(motif.device_id), FLEET.signal)
        return series.values[motif.index : motif.index + motif.m]

    def write(self) -> None:
        with self.phase("write the report") as did:
            self._page().write(self.result.report)
            did.append(f"{self.result.report.stat().st_size / 1e6:.1f} MB, self-contained")

    def _page(self) -> Report:
        report = demo_report.opening(self.tiles)
        demo_report.flights_section(report, self.fleet, *self._best(FLIGHTS))
        demo_report.fleet_section(report, self.fleet, *self._best(FLEET))
        demo_report.pattern_section(
            report, self.fleet, self.pattern(), self.found, self.result.matches
        )
        return report

    def _best(self, question: Question) -> tuple[Motif, Discord, list[dict[str, Any]]]:
        rows = [row for row in self.result.findings if row["table"] == question.table]
        return self.motifs[question][0], self.discords[question][0], rows

    def _truth(self, question: Question) -> GroundTruth | None:
        if question is not FLEET:
            return None
        return GroundTruth(self.fleet.tables.scan(f"{FLEET.table}_truth"))


def _landed(accepted: int, already: int) -> str:
    if already and not accepted:
        return f"{already:,} reports are there already"
    return f"{accepted:,} reports"


def _row(
    question: Question, kind: str, found: Finding, truth: GroundTruth | None
) -> dict[str, Any]:
    row = {
        "table": question.table,
        "finding": kind,
        "device_id": found.device_id,
        "event_ts": found.event_ts,
        "distance": found.distance,
        "ground_truth": None,
    }
    if truth is not None and found.event_ts is not None:
        end = found.event_ts + timedelta(minutes=found.m)
        row["ground_truth"] = truth.of(str(found.device_id), found.event_ts, end)
    return row
