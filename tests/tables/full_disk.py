"""Appends on a disk that is nearly full; run it where a small file system is mounted on argv[1].

For each number of pages left on the disk, prints one JSON line: what the append said, and whether
the table was the same afterwards.
"""

import json
import os
import sys
from pathlib import Path

import numpy as np
import pyarrow as pa

from motifleet.config import Settings
from motifleet.errors import MotifleetError
from motifleet.tables import Tables, open_tables

PAGE = 4096
ROWS = 400


def reports() -> pa.Table:
    noise = np.random.default_rng(7)
    times = np.datetime64("2023-12-01", "us") + np.arange(ROWS) * np.timedelta64(1, "s")
    return pa.table(
        {
            "device_id": pa.array(["truck-7"] * ROWS),
            "event_ts": pa.array(times).cast(pa.timestamp("us", "UTC")),
            "speed": pa.array(noise.normal(size=ROWS)),
        }
    )


def fill_all_but(disk: Path, pages: int) -> Path:
    filler = disk / "filler"
    state = os.statvfs(disk)
    with filler.open("wb") as file:
        os.posix_fallocate(file.fileno(), 0, max(1, state.f_bavail - pages) * state.f_bsize)
    return filler


def try_append(tables: Tables, batch_id: str) -> str:
    try:
        tables.append("fleet", reports(), batch_id=batch_id)
    except MotifleetError as error:
        return f"{type(error).__name__} of {type(error.__cause__).__name__}: {error}"
    return "landed"


def data_files(tables: Tables) -> list[str]:
    return sorted(map(str, Path(tables.describe("fleet").location, "data").rglob("*.parquet")))


def observe(tables: Tables, disk: Path, pages: int) -> dict[str, object]:
    rows, files = tables.describe("fleet").rows, data_files(tables)
    filler = fill_all_but(disk, pages)
    outcome = try_append(tables, f"{pages} pages")
    changed = tables.describe("fleet").rows != rows
    left_over = data_files(tables) != files
    filler.unlink()
    again = try_append(tables, f"{pages} pages")
    return {
        "pages": pages,
        "outcome": outcome,
        "changed": changed,
        "left_over": left_over,
        "again": again,
        "rows": tables.describe("fleet").rows - rows,
    }


def main(disk: Path) -> None:
    with open_tables(Settings(home=disk / "home")) as tables:
        tables.append("fleet", reports(), batch_id="first")
        for pages in range(14):
            print(json.dumps(observe(tables, disk, pages)), flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
