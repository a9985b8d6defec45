"""The simulators by name, with what a person can choose of them."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

import pyarrow as pa

from motifleet.app.landing import Landing
from motifleet.app.progress import Progress, unseen
from motifleet.app.results import ImportResult
from motifleet.errors import InvalidArgumentError
from motifleet.tables import Tables, parse_time
from motifleet.telemetry import (
    DEVICE_ID,
    EVENT_TS,
    REJECTED_SCHEMA,
    CheckedBatch,
    FleetSimulation,
    simulate_fleet,
    simulate_lab,
    write_reports,
)


@dataclass(frozen=True, slots=True)
class Simulation:
    """A simulated fleet: which simulator, and how much of it.

    Args:
        simulator: ``lab`` (the lab's random reports) or ``fleet`` (plausible vehicles).
        devices: how many; None: 40 for ``lab``, 200 for ``fleet``.
        reports: how many in all (``lab``).
        days: how long, one report a minute for each device (``fleet``).
        part: 1, or 2 with failure labels (``lab``).
        seed: the same seed gives the same reports.
        start: the first report's time (UTC where it names no zone); None: the simulator's own. A
            later batch starts later.

    >>> sum(batch.num_rows for batch in Simulation("lab", reports=100).batches())
    100
    """

    simulator: Literal["lab", "fleet"] | str
    devices: int | None = None
    reports: int = 1440
    days: int = 3
    part: Literal[1, 2] = 1
    seed: int = 0
    start: datetime | str | None = None

    @property
    def name(self) -> str:
        """What was simulated, in one line; the same line, the same reports."""
        told = {**asdict(self), **self._begin}
        if self.start is None:  # as tables name what landed before there was a start to choose
            del told["start"]
        return ", ".join(f"{key} {value}" for key, value in told.items())

    def batches(self) -> Iterator[pa.RecordBatch]:
        """The reports."""
        if self.simulator == "lab":
            devices = 40 if self.devices is None else self.devices
            return simulate_lab(
                devices=devices, reports=self.reports, seed=self.seed, part=self.part, **self._begin
            )
        return self._fleet().batches()

    def truth(self) -> pa.Table | None:
        """What was injected where and when; None where nothing was."""
        return self._fleet().truth() if self.simulator == "fleet" else None

    def _fleet(self) -> FleetSimulation:
        devices = 200 if self.devices is None else self.devices
        return simulate_fleet(devices=devices, days=self.days, seed=self.seed, **self._begin)

    @property
    def _begin(self) -> dict[str, Any]:
        return {} if self.start is None else {"start": parse_time("start", self.start)}


def land_simulation(
    tables: Tables, simulation: Simulation, table: str, progress: Progress
) -> list[ImportResult]:
    """Land simulated reports, and a fleet's ground truth in ``<table>_truth``, each batch once.

    Raises:
        InvalidArgumentError: the table has reports of the same devices and times from elsewhere,
            or is the one that rejected rows go to.
    """
    landing = _landing(tables, simulation, table)
    for number, batch in enumerate(simulation.batches()):
        reports = pa.Table.from_batches([batch])
        if landing.existing(reports.select([DEVICE_ID, EVENT_TS])).any():
            raise InvalidArgumentError(
                f"expected a table without reports of the simulated devices and times, got "
                f"{table!r}, which has some from elsewhere: choose another table"
            )
        landing.land(_unchecked(number, reports))
        progress(landing.result.accepted + landing.result.already)
    truth = simulation.truth()
    if truth is None:
        return [landing.result]
    of_truth = _landing(tables, simulation, f"{table}_truth")
    of_truth.land(_unchecked(0, truth))
    return [landing.result, of_truth.result]


def _landing(tables: Tables, simulation: Simulation, table: str) -> Landing:
    return Landing(tables, ImportResult(table, simulation.name), f"simulated: {simulation.name}")


def _unchecked(number: int, rows: pa.Table) -> CheckedBatch:
    return CheckedBatch(number, rows, REJECTED_SCHEMA.empty_table(), {})


def write_simulation(
    simulation: Simulation, path: Path, *, progress: Progress = unseen
) -> dict[str, int]:
    """Write simulated reports to a file, and a fleet's ground truth beside it.

    Args:
        simulation: what to simulate.
        path: a .csv, .parquet or .jsonl file.
        progress: told the number of rows made.

    Returns:
        The files written, each with its number of rows.
    """
    written = {str(path): write_reports(_told(simulation.batches(), progress), path)}
    truth = simulation.truth()
    if truth is not None:
        beside = path.with_name(f"{path.stem}_truth{path.suffix}")
        written[str(beside)] = write_reports(truth, beside)
    return written


def _told(batches: Iterator[pa.RecordBatch], progress: Progress) -> Iterator[pa.RecordBatch]:
    done = 0
    for batch in batches:
        yield batch
        done += batch.num_rows
        progress(done)
