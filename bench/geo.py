"""Two million reports of an Iceberg table against the US states.

Ours is ``Motifleet.geo.locate`` from the table to an Arrow table with a fence for each report. The
peers are SedonaDB alone on the same reports as Arrow in memory, to which the time of the scan is
added, and ``geopandas.sjoin`` on points that are made already. All find the same pairs. Two tables:
a simulated fleet, where vehicles that are parked are looked up once, and points scattered over the
country, where no two are the same.
"""

from pathlib import Path
from shutil import rmtree
from tempfile import mkdtemp
from typing import Any

import geopandas
import numpy as np
import pyarrow as pa
import sedonadb
import shapely
from bench.rows import Row
from bench.timing import OURS, in_turns

from motifleet.app import Motifleet, Simulation, open_home
from motifleet.geo import POSITION, Fences, us_states

TITLE = "2 million reports against the US states"
DEVICES, DAYS = 1389, 1
JOIN = """
SELECT r.row, s.fence FROM reports r JOIN states s
ON ST_Intersects(s.geom, ST_Point(r.longitude, r.latitude))
"""


class Alone:
    """SedonaDB with the states, and nothing around it."""

    def __init__(self, states: Fences) -> None:
        self.context: Any = sedonadb.connect()
        self.context.create_data_frame(states.table()).to_view("raw")
        geometries = "SELECT fence, ST_GeomFromWKB(geometry) AS geom FROM raw"
        self.context.sql(geometries).to_memtable().to_view("states")

    def pairs(self, reports: pa.Table) -> int:
        self.context.create_data_frame(reports).to_view("reports", overwrite=True)
        reader = pa.RecordBatchReader.from_stream(self.context.sql(JOIN))
        return reader.read_all().num_rows


def numbered(reports: pa.Table) -> pa.Table:
    rows: Any = pa.array(range(reports.num_rows), pa.int64())
    table = reports.select(["longitude", "latitude"]).append_column("row", rows).combine_chunks()
    return pa.Table.from_batches(table.to_batches(65_536))


def by_geopandas(states: Fences, reports: pa.Table) -> tuple[Any, Any]:
    polygons = shapely.from_wkb(states.table()["geometry"].to_pylist())
    areas = geopandas.GeoDataFrame({"fence": range(len(states))}, geometry=polygons, crs=4326)
    points = geopandas.points_from_xy(
        reports["longitude"].to_numpy(), reports["latitude"].to_numpy(), crs=4326
    )
    return geopandas.GeoDataFrame(geometry=points), areas


def scattered(like: pa.Table) -> pa.Table:
    rng = np.random.default_rng(0)
    for name, low, high in (("longitude", -125, -67), ("latitude", 25, 49)):
        values: Any = pa.array(rng.uniform(low, high, like.num_rows))
        like = like.set_column(like.column_names.index(name), name, values)
    return like


def compare(home: Motifleet, table: str) -> Row:
    states = us_states()
    reports = home.scan(table, columns=list(POSITION))
    alone, numbers = Alone(states), numbered(reports)
    points, areas = by_geopandas(states, reports)
    best = in_turns(
        {
            OURS: lambda: home.geo.locate(table),
            "scan": lambda: home.scan(table, columns=list(POSITION)),
            "SedonaDB": lambda: alone.pairs(numbers),
            "geopandas": lambda: geopandas.sjoin(points, areas, predicate="intersects"),
        }
    )
    ours, located = best[OURS]
    both = best["scan"].seconds + best["SedonaDB"].seconds
    return {
        "table": table,
        "reports": located.num_rows,
        "in a state": located.num_rows - located["fence"].null_count,
        "pairs of SedonaDB": best["SedonaDB"].result,
        "pairs of geopandas": len(best["geopandas"].result),
        **{f"{name} (s)": each.seconds for name, each in best.items()},
        "× SedonaDB + scan": ours / both,
        "× faster than geopandas": best["geopandas"].seconds / ours,
    }


def rows() -> list[Row]:
    folder = Path(mkdtemp())
    try:
        home = open_home(folder / "home")
        home.simulate(Simulation("fleet", devices=DEVICES, days=DAYS), "fleet")
        home.tables.append("scattered", scattered(home.scan("fleet", columns=list(POSITION))))
        return [compare(home, table) for table in ("fleet", "scattered")]
    finally:
        rmtree(folder)
