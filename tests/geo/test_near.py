"""Radius, nearest and boxes: against every distance by Vincenty's formula."""

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from tests.geo.conftest import MakeReports
from tests.reference.geodesic import distance as vincenty

from motifleet.errors import GeometryError, InvalidArgumentError
from motifleet.geo import Box, box_around, distances, in_box, latest, merge_nearest, nearest, within
from motifleet.geo.arrow import rows_at, table_of
from motifleet.geo.geodesic import GREATEST_RADIUS, LEAST_RADIUS, angles, unit_vectors

longitudes = st.floats(-180, 180)
latitudes = st.floats(-90, 90)
CENTRES = {"latitude 60": (5.0, 60.0), "antimeridian": (179.95, -17.0), "pole": (30.0, 89.9)}


def around(centre: tuple[float, float], n: int, degrees: float, seed: int = 0) -> pa.Table:
    rng = np.random.default_rng(seed)
    x = (centre[0] + rng.uniform(-degrees, degrees, n) + 180) % 360 - 180
    y = 90 - np.abs(90 - centre[1] - rng.uniform(-degrees, degrees, n))
    times = pa.array(np.arange(n).astype("datetime64[us]")).cast(pa.timestamp("us", "UTC"))
    names = [f"truck-{number:03}" for number in rng.permutation(n)]
    return table_of({"device_id": names, "event_ts": times, "longitude": x, "latitude": y})


def measured(reports: pa.Table, centre: tuple[float, float]) -> list[float]:
    columns = reports["longitude"].to_pylist(), reports["latitude"].to_pylist()
    return [vincenty(*centre, float(x or 0), float(y or 0)) for x, y in zip(*columns, strict=True)]


@given(longitudes, latitudes, longitudes, latitudes)
def test_distances_are_vincentys(x: float, y: float, to_x: float, to_y: float) -> None:
    try:
        expected = vincenty(x, y, to_x, to_y)
    except ValueError:
        assume(False)
    assert distances(x, y, to_x, to_y)[0] == pytest.approx(expected, abs=2e-3, rel=1e-9)


@given(longitudes, latitudes, longitudes, latitudes)
def test_a_distance_lies_between_its_bounds(x: float, y: float, to_x: float, to_y: float) -> None:
    ends = unit_vectors(np.array([x, to_x]), np.array([y, to_y]))
    angle = angles(ends[:1], ends[1])[0]
    metres = distances(x, y, to_x, to_y)[0]
    assert LEAST_RADIUS * (angle - 1e-7) <= metres <= GREATEST_RADIUS * (angle + 1e-7)


@given(longitudes, latitudes, st.floats(0, 3e6), longitudes, latitudes)
def test_a_box_holds_its_circle(x: float, y: float, metres: float, a: float, b: float) -> None:
    point = pa.table({"longitude": [a], "latitude": [b]})
    if distances(x, y, a, b)[0] <= metres:
        assert in_box(point, box_around(x, y, metres)).num_rows == 1


@pytest.mark.parametrize("centre", CENTRES.values(), ids=CENTRES)
def test_within_is_what_every_distance_says(centre: tuple[float, float]) -> None:
    reports = around(centre, 2000, 2.0)
    metres = np.array(measured(reports, centre))
    for radius in (1_000.0, 50_000.0, float(np.sort(metres)[700])):
        found = within(reports, centre, radius + 1e-3)
        order = np.argsort(metres, kind="stable")
        expected = rows_at(reports, order[metres[order] <= radius + 1e-3])
        assert found["device_id"].to_pylist() == expected["device_id"].to_pylist()
    assert np.allclose(found["distance_m"].to_numpy(), np.sort(metres)[:701], atol=1e-3)


@pytest.mark.parametrize("centre", CENTRES.values(), ids=CENTRES)
@pytest.mark.parametrize("k", [1, 10, 5000])
def test_nearest_is_what_every_distance_says(centre: tuple[float, float], k: int) -> None:
    reports = around(centre, 1000, 3.0, seed=1)
    metres = np.array(measured(reports, centre))
    expected = rows_at(reports, np.argsort(metres)[:k])["device_id"].to_pylist()
    found = nearest(reports, {"depot": centre}, k)
    assert found["device_id"].to_pylist() == expected
    assert found["rank"].to_pylist() == list(range(1, len(expected) + 1))


def test_degrees_on_a_plane_would_be_wrong_at_latitude_60(reports: MakeReports) -> None:
    """A degree to the east is half as far there as a degree to the north."""
    rows = [("east", 0, 6.5, 60.0), ("north", 0, 5.0, 61.0)]
    found = nearest(reports(rows), {"depot": (5.0, 60.0)}, 1)
    assert found["device_id"].to_pylist() == ["east"]
    assert found["distance_m"].to_numpy() == pytest.approx([vincenty(5, 60, 6.5, 60)])


def test_of_a_devices_reports_the_nearest_counts_and_devices_come_once(
    reports: MakeReports,
) -> None:
    rows = [("a", 0, 1.0, 0.0), ("a", 1, 0.1, 0.0), ("b", 0, 0.5, 0.0), ("b", 1, 9.0, 0.0)]
    table = reports([*rows, ("c", 0, None, 0.0)])
    found = nearest(table, {"x": (0.0, 0.0), "y": (9.0, 0.0)}, 5)
    assert found["point"].to_pylist() == ["x", "x", "y", "y"]
    assert found["device_id"].to_pylist() == ["a", "b", "b", "a"]
    assert found["longitude"].to_pylist() == [0.1, 0.5, 9.0, 1.0]
    last = latest(table)
    assert last["device_id"].to_pylist() == ["a", "b"]
    assert last["longitude"].to_pylist() == [0.1, 9.0]


def test_devices_at_the_same_distance_come_by_name(reports: MakeReports) -> None:
    rows = [(name, 0, 1.0, 1.0) for name in ("c", "a", "b")]
    assert nearest(reports(rows), {"x": (0.0, 0.0)}, 2)["device_id"].to_pylist() == ["a", "b"]


def test_parts_of_a_fleet_give_the_same_nearest() -> None:
    reports = around((5.0, 60.0), 300, 3.0)
    points = {"one": (5.0, 60.0), "two": (6.0, 61.0)}
    parts = [nearest(reports.slice(at, 100), points, 7) for at in (0, 100, 200)]
    assert merge_nearest(pa.concat_tables(parts), 7).equals(nearest(reports, points, 7))


@pytest.mark.parametrize(
    ("box", "inside"),
    [
        (Box(-10, -10, 10, 10), ["middle", "corner"]),
        (Box(170, -10, -170, 10), ["fiji", "samoa", "line"]),
        (Box(-180, -90, 180, 90), ["middle", "corner", "fiji", "samoa", "line"]),
    ],
)
def test_boxes(reports: MakeReports, box: Box, inside: list[str]) -> None:
    rows = [("middle", 0, 0.0, 0.0), ("corner", 0, 10.0, 10.0), ("fiji", 0, 178.0, 5.0)]
    rows += [("samoa", 0, -172.0, 5.0), ("line", 0, 180.0, 0.0)]
    table = reports([*rows, ("nowhere", 0, None, None)])
    assert in_box(table, box)["device_id"].to_pylist() == inside


def test_bad_points_are_refused(reports: MakeReports) -> None:
    table = reports([("a", 0, 0.0, 0.0)])
    with pytest.raises(GeometryError, match="axes look swapped"):
        within(table, (41.6, -93.6), 10)
    with pytest.raises(GeometryError, match="radius of at least 0 metres, got nan"):
        within(table, (0.0, 0.0), float("nan"))
    with pytest.raises(GeometryError, match="point 'depot'"):
        nearest(table, {"depot": (0.0, 91.0)}, 1)
    with pytest.raises(InvalidArgumentError, match="got k=0"):
        nearest(table, {"depot": (0.0, 0.0)}, 0)
    with pytest.raises(GeometryError, match="south below north"):
        Box(0, 10, 10, 0)
    with pytest.raises(GeometryError, match=r"got \(nan, 0\)"):
        within(table, (float("nan"), 0.0), 10)
