"""A file's size does not show in the memory that reading it takes.

Held all at once, the cells of each of these files, raw and cast, would take some 300 MB beside
the memory of a few batches, which is some 300 MB with Python and Arrow.
"""

import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq

ROWS = 3_000_000
LIMIT_MEGABYTES = 400
# On Linux a new process's ru_maxrss begins with that of its parent; VmHWM is its own.
READ = """
import pathlib, re, resource, sys
from motifleet.telemetry import read_reports
with read_reports(sys.argv[1], batch_rows=50_000) as reader:
    rows = sum(batch.accepted.num_rows for batch in reader)
status = pathlib.Path("/proc/self/status")
if status.exists():
    kilobytes = int(re.search(r"VmHWM:\\s+(\\d+)", status.read_text())[1])
else:
    kilobytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
print(rows, kilobytes // 1024)
"""


def table() -> pa.Table:
    number = np.arange(ROWS)
    noise = np.round(np.random.default_rng(0).random(ROWS), 3)
    columns: dict[str, Any] = {"device_id": number % 500, "event_ts": 1_700_000_000 + number // 500}
    return pa.table(columns | {f"signal_{place}": noise + place for place in range(4)})


def peak_megabytes(path: Path) -> int:
    done = subprocess.run(
        [sys.executable, "-c", READ, path], capture_output=True, text=True, check=True
    )
    rows, megabytes = map(int, done.stdout.split())
    assert rows == ROWS
    return megabytes


def test_a_long_csv_file_takes_the_memory_of_a_few_batches(tmp_path: Path) -> None:
    path = tmp_path / "fleet.csv"
    pa_csv.write_csv(table(), path)
    assert peak_megabytes(path) < LIMIT_MEGABYTES


def test_one_huge_row_group_takes_the_memory_of_a_few_batches(tmp_path: Path) -> None:
    path = tmp_path / "fleet.parquet"
    pq.write_table(table(), path, row_group_size=ROWS, compression="none", use_dictionary=False)
    assert peak_megabytes(path) < LIMIT_MEGABYTES
