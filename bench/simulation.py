"""How long a large simulated fleet takes to make, beside writing it to an Iceberg table."""

from pathlib import Path
from shutil import rmtree
from tempfile import mkdtemp
from time import perf_counter

from bench.rows import Row

from motifleet.app import open_home
from motifleet.telemetry import simulate_fleet

TITLE = "Simulated fleet of 10,000 devices × 1,440 minutes"
DEVICES, MINUTES = 10_000, 1_440


def rows() -> list[Row]:
    folder = Path(mkdtemp())
    making = writing = reports = 0.0
    try:
        tables = open_home(folder / "home").tables
        batches = simulate_fleet(devices=DEVICES, minutes=MINUTES).batches()
        while True:
            start = perf_counter()
            batch = next(batches, None)
            made = perf_counter()
            making += made - start
            if batch is None:
                break
            tables.append("fleet", batch)
            writing += perf_counter() - made
            reports += batch.num_rows
    finally:
        rmtree(folder)
    return [
        {"step": "simulate", "seconds": making, "reports/s": reports / making},
        {"step": "append to a table", "seconds": writing, "reports/s": reports / writing},
        {"step": "simulate / append (at most 1)", "seconds": making / writing, "reports/s": "–"},
    ]
