"""The main job on real input: land telemetry, profile every device, find patterns, report."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from time import perf_counter
from typing import Any

from motifleet.app import demo_report
from motifleet.app.demo_models import train_models
from motifleet.app.home import Motifleet
from motifleet.app.question import FLEET, FLIGHTS, Question
from motifleet.app.simulation import Simulation
from motifleet.app.truth import GroundTruth
from motifleet.errors import MissingExtraError
from motifleet.matrixprofile import Across, Discord, Finding, Match, Motif, SimilarDevices
from motifleet.telemetry import sample_path
from motifleet.types import Floats

DEVICES, DAYS = 200, 3
BEST = 3
SIMILAR = 10
ALIKE = 5
# A device that was seen for less than five windows' time has too little to compare with; two
# windows' time is past enough to be new.
ENOUGH, PAST = 5, 2


@dataclass(frozen=True, slots=True)
class Phase:
    """One step of the demo: what it did, and how long it took."""

    name: str
    did: str
    seconds: float


@dataclass(slots=True)
class DemoResult:
    """What the demo found.

    Args:
        home: the home folder.
        report: the page to open.
        phases: what was done and how long it took.
        findings: the strongest motifs and discords, among their own device's windows, its earlier
            ones, and all other devices': table, finding, signal, device_id, event_ts,
            neighbor_device_id, neighbor_ts, distance, ground_truth.
        matches: where else the pattern was seen, told alike.
        similar: the devices most like that of the best motif: table, device_id, neighbor_id, rank,
            distance.
        states: in which states the simulated fleet was: fence, reports, devices.
        maps: the maps to open, by table.
        models: the models trained on the simulated fleet: model, kind, aliases, table, snapshot,
            rows, batches, already, verdict.
    """

    home: Path
    report: Path
    phases: list[Phase] = field(default_factory=list)
    findings: list[dict[str, Any]] = field(default_factory=list)
    matches: list[dict[str, Any]] = field(default_factory=list)
    similar: list[dict[str, Any]] = field(default_factory=list)
    states: list[dict[str, Any]] = field(default_factory=list)
    maps: dict[str, Path] = field(default_factory=dict)
    models: list[dict[str, Any]] = field(default_factory=list)

    def to_dict(self) -> dict[str, Any]:
        """The result as plain values."""
        paths = {"home": str(self.home), "report": str(self.report)}
        maps = {table: str(path) for table, path in self.maps.items()}
        return asdict(self) | paths | {"maps": maps}


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
    demo = _Demo(fleet, DemoResult(home, (report or home / "report.html").absolute()), on_phase)
    demo.land_flights()
    demo.land_fleet()
    demo.profile(FLIGHTS)
    demo.profile(FLEET)
    demo.find_new(FLIGHTS)
    demo.find_new(FLEET)
    demo.match()
    demo.compare(FLIGHTS)
    demo.compare(FLEET)
    demo.locate()
    demo.train()
    demo.draw(FLEET, "map.html")
    demo.draw(FLIGHTS, "map_flights.html")
    demo.write()
    return demo.result


@dataclass(slots=True)
class _Demo:
    fleet: Motifleet
    result: DemoResult
    on_phase: Callable[[str], None]
    discords: dict[Question, list[Discord]] = field(default_factory=dict)
    elsewhere: dict[Question, list[Discord | Across]] = field(default_factory=dict)
    motifs: dict[Question, list[Motif]] = field(default_factory=dict)
    matches: list[Match] = field(default_factory=list)
    similar: dict[Question, SimilarDevices] = field(default_factory=dict)
    windows: dict[str, int] = field(default_factory=dict)

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
        with self.phase(f"profile {question.table}") as did:
            profiles = question.profile(self.fleet)
            self.motifs[question] = profiles.motifs(BEST)
            self.discords[question] = profiles.discords(BEST, min_windows=ENOUGH * question.m)
            self.windows[question.table] = len(profiles.distances)
            did.append(f"{question.signal} of {len(profiles):,} devices")
            did.append(f"{len(profiles.distances):,} windows of {question.m} reports")
        rows = self.result.findings
        rows += self._rows(question, "motif", self.motifs[question])
        rows += self._rows(question, "discord", self.discords[question])

    def find_new(self, question: Question) -> None:
        """What a device had not done before, and what no other one does."""
        with self.phase(f"find what is new in {question.table}") as did:
            past = question.discords(self.fleet, "past", BEST, PAST * question.m)
            fleet = question.discords(self.fleet, "fleet", BEST, ENOUGH * question.m)
            self.elsewhere[question] = fleet
            did.append(f"{len(past)} windows unlike their device's past")
            did.append(f"{len(fleet)} unlike all other devices")
        rows = self.result.findings
        rows += self._rows(question, "discord against its past", past)
        rows += self._rows(question, "discord against the fleet", fleet)

    def match(self) -> None:
        with self.phase("find a pattern in the fleet") as did:
            motif = self.motifs[FLEET][0]
            self.matches = FLEET.match(self.fleet, self._pattern(), SIMILAR)
            did.append(f"{motif.m} reports of {motif.device_id}")
            did.append(f"their {SIMILAR} nearest of all devices")
        self.result.matches += self._rows(FLEET, "match", self.matches)

    def compare(self, question: Question) -> None:
        with self.phase(f"find devices alike in {question.table}") as did:
            device = str(self.motifs[question][0].device_id)
            found = question.similar(self.fleet, device, ALIKE)
            self.similar[question] = found
            did.append(f"the {len(found)} of {found.devices:,} most like {device}")
        self.result.similar += [{"table": question.table, **row} for row in found.rows()]

    def locate(self) -> None:
        with self.phase("say where the fleet drove") as did:
            self.result.states = FLEET.states(self.fleet)
            most = ", ".join(row["fence"] for row in self.result.states[:3])
            did.append(f"in {len(self.result.states)} states, most often {most}")
            flown = FLIGHTS.states(self.fleet)
            did.append(f"the flights in {len(flown) or 'none'} of the US")

    def draw(self, question: Question, name: str) -> None:
        with self.phase(f"draw a map of {question.table}") as did:
            matches = self.matches if question is FLEET else []
            discords = [*self.discords[question], *self.elsewhere[question]]
            drawing = question.map(self.fleet, [*discords, *matches])
            self.result.maps[question.table] = path = drawing.write(self.result.home / name)
            did.append(f"{', '.join(each.layer for each in drawing.drawn)}")
            did.append(f"{path.stat().st_size / 1e6:.1f} MB, self-contained")

    def train(self) -> None:
        with self.phase("train and register models") as did:
            try:
                self.result.models += train_models(self.fleet)
            except MissingExtraError as error:
                did.append(str(error))
                return
            there = sum(model["already"] for model in self.result.models)
            did.append(f"{len(self.result.models)} kinds, {there} there already")

    def write(self) -> None:
        with self.phase("write the report") as did:
            self._write_page()
            did.append(f"{self.result.report.stat().st_size / 1e6:.1f} MB, self-contained")

    def _write_page(self) -> None:
        report = demo_report.opening(self.windows, sum(x.seconds for x in self.result.phases))
        for section, question in (
            (demo_report.flights_section, FLIGHTS),
            (demo_report.fleet_section, FLEET),
        ):
            rows = [row for row in self.result.findings if row["table"] == question.table]
            best = self.motifs[question][0], self.discords[question][0]
            section(report, self.fleet, *best, rows)
            demo_report.similar_section(report, self.similar[question])
        demo_report.pattern_section(
            report, self.fleet, self._pattern(), self.matches, self.result.matches
        )
        report.write(self.result.report)

    def _pattern(self) -> Floats:
        """The values of the simulated fleet's strongest motif."""
        return FLEET.values(self.fleet, self.motifs[FLEET][0])

    def _rows(
        self, question: Question, kind: str, found: Sequence[Finding]
    ) -> list[dict[str, Any]]:
        truth = None
        if question is FLEET:
            truth = GroundTruth(self.fleet.tables.scan(f"{FLEET.table}_truth"))
        return [_row(question, kind, each, truth) for each in found]


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
        "signal": question.signal,
        "device_id": found.device_id,
        "event_ts": found.event_ts,
        "neighbor_device_id": getattr(found, "neighbor_device_id", None),
        "neighbor_ts": getattr(found, "neighbor_ts", None),
        "distance": found.distance,
        "ground_truth": None,
    }
    if truth is not None and found.event_ts is not None:
        row["ground_truth"] = truth.of(str(found.device_id), *question.span(found.event_ts))
    return row
