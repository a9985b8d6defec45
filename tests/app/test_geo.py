"""Spatial questions to tables: the same whatever the files, and only of what was selected."""

import sys
from collections import Counter
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pytest
from tests.geo.test_near import CENTRES, around

from motifleet import geo
from motifleet.app import Motifleet, Selection, Simulation, open_home
from motifleet.app import geo as app_geo
from motifleet.errors import (
    GeometryError,
    QueryError,
    UnknownColumnError,
    UnknownDeviceError,
    UnknownTableError,
)
from motifleet.telemetry import sample_path

KEYS: Any = [(name, "ascending") for name in ("distance_m", "device_id", "event_ts")]
VISIT: Any = [(name, "ascending") for name in ("device_id", "first_ts", "fence")]
START: Any = [(name, "ascending") for name in ("device_id", "start_ts")]
ZURICH = "POLYGON ((8 47, 9 47, 9 48, 8 48, 8 47))"


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Motifleet:
    """A simulated fleet, and the real flights."""
    home = open_home(tmp_path_factory.mktemp("geo") / "home")
    home.simulate(Simulation("fleet", devices=30, days=1), "fleet")
    home.import_file(sample_path("flights"), "flights")
    return home


@pytest.fixture
def small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(app_geo, "_ROWS_AT_A_TIME", 1000)


def rows(home: Motifleet, table: str = "fleet") -> pa.Table:
    return home.scan(table, columns=list(geo.POSITION))


def test_counts_are_those_of_the_reports(home: Motifleet, small_parts: None) -> None:
    located = home.geo.locate("fleet").to_pylist()
    assert len(located) == 30 * 1440
    reports = Counter(row["fence"] for row in located)
    pairs = {(row["fence"], row["device_id"]) for row in located}
    devices = Counter(fence for fence, _ in pairs)
    counted = home.geo.count("fleet").to_pylist()
    assert {row["fence"]: row["reports"] for row in counted} == reports
    assert {row["fence"]: row["devices"] for row in counted} == devices
    assert {"California", "Iowa"} <= set(reports)


def test_last_is_each_devices_last_report(home: Motifleet) -> None:
    last = home.geo.locate("fleet", last=True)
    assert last["device_id"].to_pylist() == home.tables.devices("fleet")
    ends = home.scan("fleet").group_by("device_id").aggregate([("event_ts", "max")])
    latest = {row["device_id"]: row["event_ts_max"] for row in ends.to_pylist()}
    assert {row["device_id"]: row["event_ts"] for row in last.to_pylist()} == latest


def test_only_selected_reports_are_looked_at(home: Motifleet) -> None:
    noon = Selection(devices=("truck-000003",), start="2026-03-02T12:00Z", where="speed > 0")
    found = home.geo.locate("fleet", selection=noon)
    assert set(found["device_id"].to_pylist()) == {"truck-000003"}
    assert found.num_rows == home.scan("fleet", selection=noon).num_rows > 0
    before = home.tables.snapshots("fleet")[0].id
    assert home.geo.count("fleet", selection=Selection(as_of=before)).num_rows > 0


def test_near_questions_are_those_of_the_room(home: Motifleet, small_parts: None) -> None:
    oakland, table = (-122.27, 37.80), rows(home)
    found = home.geo.within("fleet", oakland, 30_000)
    assert found.num_rows > 0
    assert found.sort_by(KEYS).equals(geo.within(table, oakland, 30_000).sort_by(KEYS))
    box = geo.Box(-123, 37, -122, 38)
    in_box = home.geo.in_box("fleet", box)
    assert in_box.sort_by(KEYS[1:]).equals(geo.in_box(table, box).sort_by(KEYS[1:]))
    route = geo.read_route("-122.27 37.80, -121.89 37.34")
    along = home.geo.along("fleet", route, 5_000)
    expected = geo.along(table, route, 5_000)
    assert along.num_rows > 0
    assert along.sort_by(KEYS).equals(expected.sort_by(KEYS))


def test_a_filter_of_the_users_holds_beside_the_box(home: Motifleet) -> None:
    box, moving = geo.Box(-180, -90, 180, 90), Selection(where="speed > 0 or speed < 0")
    found = home.geo.in_box("fleet", box, selection=moving)
    assert found.num_rows == home.scan("fleet", columns=["speed"], selection=moving).num_rows


@pytest.mark.parametrize("place", CENTRES)
def test_what_a_scan_passes_over_is_not_near(home: Motifleet, place: str) -> None:
    """A box around a circle is a filter of the scan, also over the antimeridian and a pole."""
    centre, table = CENTRES[place], f"ships_{place.replace(' ', '_')}"
    reports = around(centre, 500, 2.0)
    home.tables.append(table, reports)
    for metres in (0.5, 20_000.0, 150_000.0):
        found = home.geo.within(table, centre, metres)
        assert found.sort_by(KEYS).equals(geo.within(reports, centre, metres).sort_by(KEYS))
    assert found.num_rows > 10
    box = geo.box_around(*centre, 50_000.0)
    in_box = home.geo.in_box(table, box).sort_by(KEYS[1:])
    assert in_box.equals(geo.in_box(reports, box).sort_by(KEYS[1:]))


def test_nearest_by_the_last_report_or_ever(home: Motifleet) -> None:
    points = {"Oakland": (-122.27, 37.80), "Denver": (-104.99, 39.74)}
    ever = home.geo.nearest("fleet", points, 4, ever=True)
    assert ever.equals(geo.nearest(rows(home), points, 4))
    last = home.geo.nearest("fleet", points, 4)
    assert last.equals(geo.nearest(geo.latest(rows(home)), points, 4))
    assert last["distance_m"][0].as_py() >= ever["distance_m"][0].as_py()


def test_following_devices_is_the_same_in_groups(
    home: Motifleet, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = rows(home)
    by_device, told = home.tables.by_device, list[int]()
    monkeypatch.setattr(
        type(home.tables),
        "by_device",
        lambda _, name, **wanted: by_device(name, **wanted, max_rows=5_000),
    )
    states = geo.Locator(geo.us_states())

    def tell(done: int, total: int | None = None) -> None:
        assert total is None
        told.append(done)

    visits = home.geo.visits("fleet", progress=tell)
    assert visits.sort_by(VISIT).equals(geo.visits(whole, states))
    assert told[-1] == 30 * 1440
    assert len(told) > 5
    assert home.geo.trips("fleet").sort_by(START).equals(geo.trips(whole).sort_by(START))
    assert home.geo.stops("fleet").sort_by(START).equals(geo.stops(whole).sort_by(START))
    far = home.geo.distance("fleet").sort_by("device_id")
    assert far.equals(geo.distance(whole))
    assert home.geo.cells("fleet", 5).equals(geo.cells([whole], 5))
    assert home.geo.events("fleet").num_rows > 10


def test_dwell_trips_and_stops_of_a_day_make_sense(home: Motifleet) -> None:
    far = home.geo.distance("fleet")
    assert far["duration_s"].to_pylist() == [1439 * 60.0] * 30
    trips, stops = home.geo.trips("fleet"), home.geo.stops("fleet")
    by_trips = dict(trips.group_by("device_id").aggregate([("distance_m", "sum")]).to_pydict())
    for device, metres in zip(*by_trips.values(), strict=True):
        whole = far.filter(pc.equal(far["device_id"], device))["distance_m"][0].as_py()
        assert metres <= whole * (1 + 1e-12)
        assert metres > 0.95 * whole
    assert trips["max_speed_kmh"].to_numpy().max() < 150
    assert stops["duration_s"].to_numpy().min() >= 180


def test_the_flights_are_over_switzerland_and_hardly_stop(home: Motifleet) -> None:
    zurich = geo.fences_from_wkt({"around Zurich": ZURICH})
    inside, outside = home.geo.count("flights", zurich).sort_by("reports").to_pylist()
    assert (inside["fence"], outside["fence"]) == ("around Zurich", None)
    assert inside["reports"] + outside["reports"] == 139_098
    assert home.geo.count("flights").to_pylist() == [
        {"fence": None, "reports": 139_098, "devices": 842}
    ]
    speeds = home.geo.distance("flights")["speed_kmh"].to_numpy()
    knots = home.scan("flights", columns=["groundspeed"])["groundspeed"].to_numpy()
    assert 0.98 < speeds.mean() / (knots.mean() * 1.852) < 1.02
    assert home.geo.stops("flights").num_rows < 5


def test_swapped_axes_are_noticed_wherever_fences_are_used(home: Motifleet) -> None:
    swapped = geo.fences_from_wkt({"z": "POLYGON ((47 8, 48 8, 48 9, 47 9, 47 8))"})
    for ask in (home.geo.count, home.geo.locate, home.geo.visits, home.geo.events):
        with pytest.raises(GeometryError, match="swapped"):
            ask("flights", swapped)


def test_sql_reads_tables_states_and_fences(home: Motifleet) -> None:
    found = home.geo.sql(
        "select s.name, count(*) as reports, count(distinct device_id) as devices from fleet f "
        "join states s on ST_Covers(s.geom, f.geom) group by s.name order by reports desc, s.name"
    )
    counted = home.geo.count("fleet")
    assert found.to_pylist() == [
        {"name": row["fence"], "reports": row["reports"], "devices": row["devices"]}
        for row in counted.to_pylist()
        if row["fence"]
    ]
    one = Selection(devices=("truck-000001",))
    alone = home.geo.sql("select distinct device_id from fleet", selection=one)
    assert alone.to_pylist() == [{"device_id": "truck-000001"}]
    zurich = geo.fences_from_wkt({"z": ZURICH})
    named = home.geo.sql("select name from fences", fences=zurich)
    assert named.to_pylist() == [{"name": "z"}]


def test_sql_takes_no_larger_tables_than_it_may(
    home: Motifleet, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys.modules["motifleet.geo.query"], "_SMALLEST", 1)
    with pytest.raises(QueryError, match="reports of at most 1 MiB from 'flights', got more"):
        home.geo.sql("select count(*) from flights", memory=2**20)


def test_sql_reads_nothing_else(home: Motifleet) -> None:
    warehouse = str(home.settings.home / "warehouse")
    with pytest.raises(QueryError, match=r"there are fleet, .*, states$"):
        home.geo.sql(f"select * from '{warehouse}'")


def test_wrong_names_are_refused(home: Motifleet) -> None:
    nobody = Selection(devices=("nobody",))
    with pytest.raises(UnknownTableError, match="did you mean 'fleet'"):
        home.geo.count("flet")
    with pytest.raises(UnknownDeviceError, match="nobody"):
        home.geo.trips("fleet", selection=nobody)
    with pytest.raises(UnknownColumnError, match="no column 'event_ts'"):
        home.geo.count("fleet_truth")


def test_nothing_selected_is_nothing_found(home: Motifleet) -> None:
    none = Selection(start="2030-01-01")
    ask = home.geo
    answers = [
        ask.locate("fleet", selection=none),
        ask.locate("fleet", last=True, selection=none),
        ask.count("fleet", selection=none),
        ask.visits("fleet", selection=none),
        ask.events("fleet", selection=none),
        ask.within("fleet", (0.0, 0.0), 10, selection=none),
        ask.in_box("fleet", geo.Box(0, 0, 1, 1), selection=none),
        ask.along("fleet", [(0.0, 0.0), (1.0, 1.0)], 10, selection=none),
        ask.nearest("fleet", {"x": (0.0, 0.0)}, selection=none),
        ask.nearest("fleet", {"x": (0.0, 0.0)}, ever=True, selection=none),
        ask.trips("fleet", selection=none),
        ask.stops("fleet", selection=none),
        ask.distance("fleet", selection=none),
        ask.cells("fleet", 5, selection=none),
        ask.sql("select * from fleet", selection=none),
    ]
    assert [answer.num_rows for answer in answers] == [0] * len(answers)


def test_results_can_be_landed_as_they_are(home: Motifleet) -> None:
    for name, result in (("trips", home.geo.trips("fleet")), ("visits", home.geo.visits("fleet"))):
        assert home.tables.append(f"geo_{name}", result).rows == result.num_rows
