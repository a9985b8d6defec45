"""The simulators by name, with what a person can choose of them."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal

import pyarrow as pa

from motifleet.app.progress import Progress, unseen
from motifleet.app.results import ImportResult
from motifleet.tables import Tables
from motifleet.telemetry import FleetSimulation, simulate_fleet, simulate_lab, write_reports


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

    >>> sum(batch.num_rows for batch in Simulation("lab", reports=100).batches())
    100
    """

    simulator: Literal["lab", "fleet"] | str
    devices: int | None = None
    reports: int = 1440
    days: int = 3
    part: Literal[1, 2] = 1
    seed: int = 0

    @property
    def name(self) -> str:
        """What was simulated, in one line; the same line, the same reports."""
        return ", ".join(f"{key} {value}" for key, value in asdict(self).items())

    def batches(self) -> Iterator[pa.RecordBatch]:
        """The reports."""
        if self.simulator == "lab":
            devices = 40 if self.devices is None else self.devices
            return simulate_lab(
                devices=devices, reports=self.reports, seed=self.seed, part=self.part
            )
        return self._fleet().batches()

    def truth(self) -> pa.Table | None:
        """What was injected where and when; None where nothing was."""
        return self._fleet().truth() if self.simulator == "fleet" else None

    def _fleet(self) -> FleetSimulation:
        devices = 200 if self.devices is None else self.devices
        return simulate_fleet(devices=devices, days=self.days, seed=self.seed)


def land_simulation(
    tables: Tables, simulation: Simulation, table: str, progress: Progress
) -> list[ImportResult]:
    """Land simulated reports, and a fleet's ground truth in ``<table>_truth``, each batch once."""
    result = ImportResult(table, simulation.name)
    results = [result]
    truth = simulation.truth()
    if truth is not None:
        results.append(ImportResult(f"{table}_truth", simulation.name))
        _land(tables, results[1], truth, "truth")
    for number, batch in enumerate(simulation.batches()):
        _land(tables, result, batch, str(number))
        progress(result.accepted + result.already)
    return results


def _land(
    tables: Tables, result: ImportResult, rows: pa.Table | pa.RecordBatch, batch: str
) -> None:
    batch_id = f"simulated: {result.source}, batch {batch}"
    appended = tables.append(result.table, rows, batch_id=batch_id)
    result.snapshot_id = appended.snapshot_id
    if appended.already:
        result.already += appended.rows
    else:
        result.accepted += appended.rows


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
    reports = pa.Table.from_batches(simulation.batches())
    progress(reports.num_rows, reports.num_rows)
    written = {str(path): reports.num_rows}
    write_reports(reports, path)
    truth = simulation.truth()
    if truth is not None:
        beside = path.with_name(f"{path.stem}_truth{path.suffix}")
        write_reports(truth, beside)
        written[str(beside)] = truth.num_rows
    return written
