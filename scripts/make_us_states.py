"""Make the bundled state boundaries from the npm package us-atlas 3.0.1.

Fetches the package into a temporary folder, decodes the topology so that neighbours share every
point of their common border, and writes GeoParquet. Needs npm and the network; a second run writes
the same bytes.
"""

import argparse
import hashlib
import json
import struct
import subprocess
import tarfile
import tempfile
from collections.abc import Iterable
from itertools import accumulate, chain
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

PACKAGE = "us-atlas@3.0.1"
MEMBER = "package/states-10m.json"
MEMBER_SHA256 = "d76b391ccfa8bff601d51e3e3da5d43a89fa46cd5caca72ce731b383be5596d0"
STATES = Path(__file__).parents[1] / "src/motifleet/geo/boundaries/us_states.parquet"
METADATA = {
    "version": "1.1.0",
    "primary_column": "geometry",
    "columns": {"geometry": {"encoding": "WKB", "geometry_types": ["MultiPolygon"]}},
}

Line: TypeAlias = list[tuple[int, int]]
Topology: TypeAlias = dict[str, Any]


def main() -> None:
    """Fetch, decode, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--output", type=Path, default=STATES, help="the GeoParquet file to write")
    output: Path = parser.parse_args().output
    with tempfile.TemporaryDirectory() as folder:
        topology = json.loads(take_out(download(Path(folder))))
    states = to_table(topology)
    write(states, output)
    print(f"{output}: {states.num_rows} states and territories, {output.stat().st_size:,} bytes")


def download(folder: Path) -> Path:
    """The package, fetched by npm."""
    subprocess.run(["npm", "pack", "--silent", PACKAGE], check=True, cwd=folder)
    return next(folder.glob("*.tgz"))


def take_out(package: Path) -> bytes:
    """The topology in the package, checked to be the one that is meant."""
    with tarfile.open(package) as archive:
        member = archive.extractfile(MEMBER)
        content = member.read() if member else b""
    if hashlib.sha256(content).hexdigest() != MEMBER_SHA256:
        raise SystemExit(f"{MEMBER} in {package.name} is not the file that the boundaries are of")
    return content


def to_table(topology: Topology) -> pa.Table:
    """One row for each state: name, FIPS code, boundary."""
    arcs = [decoded(arc) for arc in topology["arcs"]]
    states = sorted(
        topology["objects"]["states"]["geometries"], key=lambda state: state["properties"]["name"]
    )
    return pa.table(
        {
            "name": [state["properties"]["name"] for state in states],
            "fips": [state["id"] for state in states],
            "geometry": pa.array(
                [wkb(polygons(state, arcs, topology["transform"])) for state in states], pa.binary()
            ),
        }
    )


def decoded(arc: Iterable[tuple[int, int]]) -> Line:
    """An arc's points on the grid."""
    return list(zip(*(accumulate(steps) for steps in zip(*arc, strict=True)), strict=True))


def polygons(
    state: Topology, arcs: list[Line], transform: dict[str, list[float]]
) -> list[list[NDArray[np.float64]]]:
    """The state's polygons, each a list of closed rings in degrees; rings without area left out."""
    parts = state["arcs"] if state["type"] == "MultiPolygon" else [state["arcs"]]
    scale, shift = np.array(transform["scale"]), np.array(transform["translate"])
    closed = [[ring(line, arcs) for line in part] for part in parts]
    return [
        [np.array(points) * scale + shift for points in part if len(points) > 3]
        for part in closed
        if len(part[0]) > 3
    ]


def ring(line: list[int], arcs: list[Line]) -> Line:
    """The points of a ring: its arcs end to end, an arc ~i being arc i backwards.

    A spike, there and straight back again, holds no area and is left out.
    """
    points: Line = []
    for each in chain.from_iterable(arcs[i] if i >= 0 else arcs[~i][::-1] for i in line):
        if len(points) > 1 and points[-2] == each:
            points.pop()
        elif not points or points[-1] != each:
            points.append(each)
    return points


def wkb(parts: list[list[NDArray[np.float64]]]) -> bytes:
    """A MultiPolygon as well-known binary."""
    out = [struct.pack("<BII", 1, 6, len(parts))]
    for rings in parts:
        out.append(struct.pack("<BII", 1, 3, len(rings)))
        for points in rings:
            out += [struct.pack("<I", len(points)), points.astype("<f8").tobytes()]
    return b"".join(out)


def write(states: pa.Table, path: Path) -> None:
    """Write GeoParquet 1.1; without a CRS named it is longitude and latitude in WGS84."""
    named = states.replace_schema_metadata({"geo": json.dumps(METADATA)})
    pq.write_table(named, path, compression="zstd", compression_level=19)


if __name__ == "__main__":
    main()
