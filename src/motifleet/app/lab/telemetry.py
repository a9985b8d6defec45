"""The lab's first steps: telemetry, maps, and where the devices are."""

from datetime import timedelta

from motifleet.app.lab.step import Did
from motifleet.app.lab.workbench import DEV, FAILURES, TELEMETRY, Workbench
from motifleet.app.simulation import Simulation
from motifleet.telemetry import FIRST_REPORT

_BATCHES = {1: (3_000, 1_440), 2: (12_000, 6_000)}
_TABLES = {1: TELEMETRY, 2: FAILURES}
_SIGNAL_OF_STATES = (
    "select s.name as state, count(distinct t.device_id) as devices, count(*) as reports "
    "from iot_fleet t join states s on ST_Covers(s.geom, t.geom) "
    "group by s.name order by reports desc"
)


def batch(part: int, number: int) -> Simulation:
    """A batch of the lab's telemetry: each begins where the one before has ended."""
    sizes = _BATCHES[part]
    start = FIRST_REPORT + timedelta(minutes=sum(sizes[:number]))
    return Simulation(
        "lab", reports=sizes[number], part=2 if part == 2 else 1, seed=number, start=start
    )


def land(bench: Workbench, part: int, number: int) -> str:
    """Land a batch, and tell it; what is there is not landed again."""
    table = _TABLES[part]
    (landed,) = bench.fleet.simulate(batch(part, number), table)
    snapshot = bench.fleet.tables.snapshot(table).id
    if landed.already:
        return f"{landed.already:,} reports were there, snapshot {snapshot}"
    return f"{landed.accepted:,} reports into {table}, snapshot {snapshot}"


def datagen(bench: Workbench) -> Did:
    """The project DEV, and a table of telemetry with two batches."""
    bench.project(DEV, guarded=False)
    told = [land(bench, 1, number) for number in range(len(_BATCHES[1]))]
    return Did("; ".join(told), f"motifleet table snapshots {TELEMETRY}")


def failures_datagen(bench: Workbench) -> Did:
    """Telemetry with failures, a tenth of the reports."""
    return Did(land(bench, 2, 0), f"motifleet table scan {FAILURES} --limit 5")


def new_batch(bench: Workbench) -> Did:
    """The next batch of the telemetry with failures."""
    return Did(land(bench, 2, 1), f"motifleet table snapshots {FAILURES}")


def maps(bench: Workbench) -> Did:
    """Every report on a map, coloured by event type."""
    drawing = bench.fleet.geo.map(TELEMETRY, color="event_type", offline=True)
    bench.folder.mkdir(parents=True, exist_ok=True)
    path = drawing.write(bench.folder / "01a_reports.html")
    drawn = ", ".join(each.layer for each in drawing.drawn)
    return Did(f"{drawn}, coloured by event type", str(path))


def geospatial(bench: Workbench) -> Did:
    """Which state each device is in, by spatial SQL."""
    states = bench.fleet.geo.sql(_SIGNAL_OF_STATES).to_pylist()
    told = ", ".join(f"{row['state']}: {row['devices']} devices" for row in states)
    return Did(told, f'motifleet geo sql "{_SIGNAL_OF_STATES}"')
