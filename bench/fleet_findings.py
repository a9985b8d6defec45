"""Profiling a whole table: from Iceberg reports to an Iceberg table of findings.

Ours is ``Motifleet.discords`` with ``into``: read, lay out, profile, rank, write, the best discord
of each device. The peer does as many would: the table as a pandas frame, grouped by device, and
``stumpy.stump`` for each, on a share of the devices, from which the rest is extrapolated. The
breakdown is measured in a run of its own, one step after the other on one page at a time, so that
steps that overlap in the real run are told apart: in seconds of the processor over all threads,
which a busy machine does not stretch.
"""

from pathlib import Path
from shutil import rmtree
from tempfile import mkdtemp
from time import perf_counter, process_time
from typing import Any

import numpy as np
import pyarrow as pa
from bench.rows import Floor, Row

from motifleet.app import Motifleet, open_home
from motifleet.app.keeping import keep
from motifleet.app.origin import Origin
from motifleet.app.tasks import Discords, best
from motifleet.matrixprofile import FleetProfile, findings_table, fleet_profile
from motifleet.telemetry import fleet_channels

TITLE = "A table profiled into a result table, against pandas + stumpy"
FASTER, IN_KERNELS = Floor("≥", 20.0), Floor("≥", 0.6, "of the time")
DEVICES, REPORTS, M, SHARE = 10_000, 1_440, 60, 40
START = np.datetime64("2026-03-02T00:00", "us")


def fill(fleet: Motifleet) -> None:
    """Random walks, a report a minute, appended 1,000 devices at a time."""
    times = START + np.arange(REPORTS) * np.timedelta64(1, "m")
    for first in range(0, DEVICES, 1000):
        names = np.repeat([f"truck-{number:05}" for number in range(first, first + 1000)], REPORTS)
        walks = np.random.default_rng(first).normal(size=(1000, REPORTS)).cumsum(axis=1)
        when: Any = pa.array(np.tile(times, 1000))
        columns: dict[str, Any] = {
            "device_id": pa.array(names.tolist()),
            "event_ts": when.cast(pa.timestamp("us", "UTC")),
            "load": pa.array(walks.ravel()),
        }
        fleet.tables.append("trucks", pa.table(columns))


def breakdown(fleet: Motifleet) -> dict[str, float]:
    """Seconds of the processor in each step."""
    spent = dict.fromkeys(("plan", "scan", "layout", "kernels", "rank", "write"), 0.0)
    clock = process_time()

    def lap(step: str) -> None:
        nonlocal clock
        now = process_time()
        spent[step] += now - clock
        clock = now

    task = Discords(M, DEVICES, each=1)
    reader = fleet.tables.reader("trucks", columns=["load"])
    pages = reader.pages()
    lap("plan")
    parts = []
    for page in pages:
        reports = reader.read(page)
        lap("scan")
        series = fleet_channels(reports, ["load"])["load"]
        lap("layout")
        profile: FleetProfile = fleet_profile(series, M)
        lap("kernels")
        parts.append(findings_table(profile.discords(DEVICES, each=1)))
        lap("rank")
    rows = best(task, parts)
    lap("rank")
    snapshot = fleet.tables.snapshot("trucks").id
    keep(fleet.tables, "steps", rows, Origin("discords", "trucks", snapshot, ("load",), M, {}))
    lap("write")
    return spent


def by_stumpy(fleet: Motifleet) -> tuple[float, dict[str, float]]:
    """Seconds for all devices, from a share of them; and the share's farthest distances."""
    import stumpy

    stumpy.stump(np.random.default_rng(0).normal(size=500), M)
    start = perf_counter()
    frame = fleet.scan("trucks", columns=["device_id", "event_ts", "load"]).to_pandas()
    groups = frame.sort_values(["device_id", "event_ts"]).groupby("device_id")["load"]
    scanned = perf_counter() - start
    found = {}
    start = perf_counter()
    for number, (device, values) in enumerate(groups):
        if number == SHARE:
            break
        found[str(device)] = float(stumpy.stump(values.to_numpy(), M)[:, 0].max())
    return scanned + (perf_counter() - start) / SHARE * DEVICES, found


def rows() -> list[Row]:
    folder = Path(mkdtemp())
    try:
        fleet = open_home(folder / "home")
        fill(fleet)
        start = perf_counter()
        found = fleet.discords("trucks", "load", M, k=DEVICES, each=1, into="discords")
        ours = perf_counter() - start
        spent = breakdown(fleet)
        theirs, farthest = by_stumpy(fleet)
        distances = {str(one.device_id): one.distance for one in found}
        error = max(abs(distances[device] - far) for device, far in farthest.items())
        share = spent["kernels"] / sum(spent.values())
        return [
            {
                "measured": f"{DEVICES:,} devices × {REPORTS:,}, end to end",
                "motifleet s": ours,
                f"stumpy s, from {SHARE}": theirs,
                "value": theirs / ours,
                "largest difference": error,
                **FASTER.judge(theirs / ours),
            },
            {
                "measured": ", ".join(f"{step} {took:.2f}" for step, took in spent.items()),
                "motifleet s": sum(spent.values()),
                f"stumpy s, from {SHARE}": None,
                "value": share,
                "largest difference": None,
                **IN_KERNELS.judge(share),
            },
        ]
    finally:
        rmtree(folder)
