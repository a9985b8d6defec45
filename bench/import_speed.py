"""Rows per second from a file into an Iceberg table, against pandas + PyIceberg alone.

The peer reads the whole file with pandas, makes an Arrow table of the same columns and types, and
appends it to a table of the same layout. It checks nothing and keeps no rejected rows.
"""

from collections.abc import Callable
from pathlib import Path
from shutil import rmtree
from tempfile import mkdtemp

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from bench.rows import Row
from bench.timing import Timed, timed
from pyiceberg.catalog.sql import SqlCatalog
from pyiceberg.transforms import BucketTransform, DayTransform

from motifleet.app import Simulation, open_home
from motifleet.telemetry import sample_path, write_reports

TITLE = "Import of a file into a table, against pandas + PyIceberg"
DEVICES, DAYS, TURNS = 500, 1, 2
Work = Callable[[Path, Path], int]


def by_motifleet(file: Path, home: Path) -> int:
    return open_home(home).import_file(file, "reports").accepted


def by_pandas(file: Path, home: Path) -> int:
    home.mkdir()
    catalog = SqlCatalog("peer", uri=f"sqlite:///{home}/catalog.db", warehouse=f"file://{home}/w")
    catalog.create_namespace("peer")
    frame = pd.read_csv(file) if file.suffix == ".csv" else pd.read_parquet(file)
    frame["event_ts"] = pd.to_datetime(frame["event_ts"], utc=True).astype("datetime64[us, UTC]")
    numbers = frame.select_dtypes("number").columns
    frame[numbers] = frame[numbers].astype("float64")
    reports = pa.Table.from_pandas(frame, preserve_index=False)
    table = catalog.create_table("peer.reports", reports.schema)
    with table.update_spec() as spec:
        spec.add_field("event_ts", DayTransform(), "day")
        spec.add_field("device_id", BucketTransform(16), "bucket")
    table.append(reports.sort_by([("device_id", "ascending"), ("event_ts", "ascending")]))
    return reports.num_rows


def landed(work: Work, file: Path) -> Timed:
    folder = Path(mkdtemp())
    try:
        return timed(lambda: work(file, folder / "home"))
    finally:
        rmtree(folder)


def files(folder: Path) -> dict[str, Path]:
    simulation = Simulation("fleet", devices=DEVICES, days=DAYS)
    fleet = pa.Table.from_batches(simulation.batches())
    tables = {
        "flights.csv": pq.read_table(sample_path("flights")),
        "fleet.parquet": fleet,
        "fleet.csv": fleet,
    }
    for name, table in tables.items():
        write_reports(table, folder / name)
    return {"flights.parquet": sample_path("flights")} | {name: folder / name for name in tables}


def rows() -> list[Row]:
    folder = Path(mkdtemp())
    try:
        return [measure(name, file) for name, file in files(folder).items()]
    finally:
        rmtree(folder)


def measure(name: str, file: Path) -> Row:
    turns = [(landed(by_motifleet, file), landed(by_pandas, file)) for _ in range(TURNS)]
    (ours, rows), (theirs, expected) = map(min, zip(*turns, strict=True))
    return {
        "file": name,
        "rows": rows,
        "rows the peer landed": expected,
        "motifleet rows/s": rows / ours,
        "pandas + PyIceberg rows/s": expected / theirs,
        "ratio": theirs / ours * rows / expected,
    }
