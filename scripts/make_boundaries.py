"""Make the bundled boundaries from the npm packages us-atlas 3.0.1 and world-atlas 2.0.2.

Fetches each package into a temporary folder, decodes the topology so that neighbours share every
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
from dataclasses import dataclass
from itertools import accumulate, chain
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

FOLDER = Path(__file__).parents[1] / "src/motifleet/geo/boundaries"
METADATA = {
    "version": "1.1.0",
    "primary_column": "geometry",
    "columns": {"geometry": {"encoding": "WKB", "geometry_types": ["MultiPolygon"]}},
}

Line: TypeAlias = list[tuple[float, float]]
Topology: TypeAlias = dict[str, Any]


@dataclass(frozen=True)
class Atlas:
    """Where boundaries come from, and what becomes of them.

    ``key`` is the column that holds the areas' ids. Points are moved to the grid of ``parts`` of a
    degree, where that is given: a power of two makes short numbers, which pack well.
    """

    file: str
    package: str
    member: str
    sha256: str
    topic: str
    key: str
    without: frozenset[str] = frozenset()
    parts: int | None = None


ATLASES = [
    Atlas(
        "us_states.parquet",
        "us-atlas@3.0.1",
        "package/states-10m.json",
        "d76b391ccfa8bff601d51e3e3da5d43a89fa46cd5caca72ce731b383be5596d0",
        "states",
        "fips",
    ),
    Atlas(
        "countries.parquet",
        "world-atlas@2.0.2",
        "package/countries-50m.json",
        "04342cdc1e3016bcd7db1630de95684d67b79fe3c8c460321e87aef469502394",
        "countries",
        "iso",
        frozenset(
            (
                *("United States of America", "Puerto Rico", "Guam", "American Samoa"),
                *("U.S. Virgin Is.", "N. Mariana Is."),
            )
        ),
        parts=64,
    ),
]


def main() -> None:
    """Fetch, decode, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--output", type=Path, default=FOLDER, help="the folder to write to")
    output: Path = parser.parse_args().output
    for atlas in ATLASES:
        with tempfile.TemporaryDirectory() as folder:
            topology = json.loads(take_out(atlas, download(atlas, Path(folder))))
        areas, path = to_table(atlas, topology), output / atlas.file
        write(areas, path)
        print(f"{path}: {areas.num_rows} areas, {path.stat().st_size:,} bytes")


def download(atlas: Atlas, folder: Path) -> Path:
    """The package, fetched by npm."""
    subprocess.run(["npm", "pack", "--silent", atlas.package], check=True, cwd=folder)
    return next(folder.glob("*.tgz"))


def take_out(atlas: Atlas, package: Path) -> bytes:
    """The topology in the package, checked to be the one that is meant."""
    with tarfile.open(package) as archive:
        member = archive.extractfile(atlas.member)
        content = member.read() if member else b""
    if hashlib.sha256(content).hexdigest() != atlas.sha256:
        raise SystemExit(
            f"{atlas.member} in {package.name} is not the file that the boundaries are of"
        )
    return content


def to_table(atlas: Atlas, topology: Topology) -> pa.Table:
    """One row for each area: name, id, boundary."""
    scale, shift = (np.array(topology["transform"][each]) for each in ("scale", "translate"))
    arcs = [
        on_grid(np.array(decoded(arc)) * scale + shift, atlas.parts) for arc in topology["arcs"]
    ]
    areas = sorted(
        (
            area
            for area in topology["objects"][atlas.topic]["geometries"]
            if area["properties"]["name"] not in atlas.without
        ),
        key=lambda area: area["properties"]["name"],
    )
    return pa.table(
        {
            "name": [area["properties"]["name"] for area in areas],
            atlas.key: [area.get("id") for area in areas],
            "geometry": pa.array([wkb(polygons(area, arcs)) for area in areas], pa.binary()),
        }
    )


def decoded(arc: Iterable[tuple[int, int]]) -> list[tuple[int, ...]]:
    """An arc's points on the grid."""
    return list(zip(*(accumulate(steps) for steps in zip(*arc, strict=True)), strict=True))


def on_grid(points: NDArray[np.float64], parts: int | None) -> Line:
    """Points in degrees, on the grid that is asked for."""
    moved = points if parts is None else np.round(points * parts) / parts
    return [(x, y) for x, y in moved.tolist()]


def polygons(area: Topology, arcs: list[Line]) -> list[list[NDArray[np.float64]]]:
    """The area's polygons, each a list of closed rings in degrees; rings without area left out."""
    parts = area["arcs"] if area["type"] == "MultiPolygon" else [area["arcs"]]
    closed = [[ring(line, arcs) for line in part] for part in parts]
    return [
        [np.array(points) for points in part if len(points) > 3]
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


def write(areas: pa.Table, path: Path) -> None:
    """Write GeoParquet 1.1; without a CRS named it is longitude and latitude in WGS84."""
    named = areas.replace_schema_metadata({"geo": json.dumps(METADATA)})
    pq.write_table(named, path, compression="zstd", compression_level=19)


if __name__ == "__main__":
    main()
