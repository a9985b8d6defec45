"""Trips, stops and distances: against going through the steps one by one."""

from collections.abc import Sequence
from itertools import accumulate

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.geo.conftest import MakeReports
from tests.reference.geodesic import distance as vincenty
from tests.reference.motion import spans

from motifleet.errors import InvalidArgumentError
from motifleet.geo import MotionRules, distance, stops, trips

METRE = 1 / 111_319.49  # degrees of longitude on the equator

moves = st.tuples(
    st.sampled_from([10, 60, 179, 180, 181, 3600, 3601]),
    st.sampled_from([0, 1, 50, 100, 190, 210, 1000, -210]),
)


def walk(steps: Sequence[tuple[float, float]]) -> tuple[list[float], list[float]]:
    """Seconds and metres to the east after each step."""
    return (list(accumulate(t for t, _ in steps)), list(accumulate(x for _, x in steps)))


@given(st.lists(moves, max_size=25))
def test_trips_and_stops_are_what_one_sees_step_by_step(
    reports: MakeReports, steps: list[tuple[float, float]]
) -> None:
    times, places = walk(steps)
    table = reports([("a", t, x * METRE, 0.0) for t, x in zip(times, places, strict=True)])

    def apart(one: int, other: int) -> float:
        return abs(places[one] - places[other])

    expected_trips, expected_stops = spans(times, apart, 200, 180, 3600)
    found_trips, found_stops = trips(table), stops(table)
    assert as_seconds(found_trips) == [(times[a], times[b]) for a, b in expected_trips]
    assert as_seconds(found_stops) == [(times[a], times[b]) for a, b in expected_stops]
    far = [sum(apart(k, k + 1) for k in range(a, b)) for a, b in expected_trips]
    assert found_trips["distance_m"].to_pylist() == pytest.approx(far, rel=1e-6)
    assert found_stops["reports"].to_pylist() == [b - a + 1 for a, b in expected_stops]


def as_seconds(found: pa.Table) -> list[tuple[float, float]]:
    columns = (found[name].to_pylist() for name in ("start_ts", "end_ts"))
    return [(a.timestamp(), b.timestamp()) for a, b in zip(*columns, strict=True)]


def delivery(reports: MakeReports, device: str, latitude: float) -> pa.Table:
    """Five minutes at the depot, ten minutes' drive of 1 km a minute, five at the customer."""
    degrees = METRE * 1000 / vincenty(0, latitude, 1000 * METRE, latitude) * 1000
    minutes = [0] * 5 + list(range(11)) + [10] * 4
    return reports([(device, 60.0 * n, k * degrees, latitude) for n, k in enumerate(minutes)])


def test_a_delivery_is_a_stop_a_trip_and_a_stop(reports: MakeReports) -> None:
    table = delivery(reports, "a", 60.0)
    (trip,) = trips(table).to_pylist()
    assert trip["distance_m"] == pytest.approx(10_000, abs=0.01)
    assert trip["duration_s"] == 600
    assert trip["speed_kmh"] == pytest.approx(60, abs=1e-4)
    assert trip["max_speed_kmh"] == pytest.approx(60, abs=1e-4)
    assert trip["reports"] == 11
    first, last = stops(table).to_pylist()
    assert (first["duration_s"], last["duration_s"]) == (300, 240)
    assert (last["longitude"], last["latitude"]) == pytest.approx(
        (trip["end_longitude"], 60.0), abs=1e-9
    )


def test_devices_do_not_mix_whatever_the_order(reports: MakeReports) -> None:
    both = pa.concat_tables([delivery(reports, "b", 10.0), delivery(reports, "a", 60.0)])
    shuffled = both.take(pa.array([(7 * n) % 40 for n in range(40)]))
    alone = [trips(delivery(reports, *each)) for each in (("a", 60.0), ("b", 10.0))]
    assert trips(shuffled).equals(pa.concat_tables(alone))
    assert stops(shuffled)["device_id"].to_pylist() == ["a", "a", "b", "b"]


def test_a_gap_splits_and_its_way_is_nobodys(reports: MakeReports) -> None:
    rows = [("a", 60.0 * n, 0.01 * n, 0.0) for n in range(5)]
    rows += [("a", 7200 + 60.0 * n, 5 + 0.01 * n, 0.0) for n in range(5)]
    table = reports(rows)
    assert trips(table)["reports"].to_pylist() == [5, 5]
    (whole,) = distance(table).to_pylist()
    assert whole["distance_m"] == pytest.approx(8 * 1113.195, abs=0.1)
    assert whole["duration_s"] == 480
    (through,) = trips(table, MotionRules(max_gap=10_000)).to_pylist()
    assert through["reports"] == 10


def test_distances_cross_the_antimeridian(reports: MakeReports) -> None:
    table = reports([("a", 0, 179.9, 60.0), ("a", 3600, -179.9, 60.0), ("b", 0, 0.0, 0.0)])
    far = distance(table)
    assert far["distance_m"].to_pylist() == pytest.approx([vincenty(179.9, 60, -179.9, 60), 0])
    assert far["speed_kmh"].to_pylist() == pytest.approx([11.16, 0], abs=1e-3)


def test_a_stop_on_the_antimeridian_is_in_its_middle(reports: MakeReports) -> None:
    rows = [("a", 60.0 * n, 179.9999 if n % 2 else -179.9999, -17.0) for n in range(6)]
    (stop,) = stops(reports(rows)).to_pylist()
    assert abs(stop["longitude"]) == pytest.approx(180, abs=1e-4)
    assert stop["latitude"] == pytest.approx(-17, abs=1e-9)


def test_nothing_gives_nothing(reports: MakeReports) -> None:
    for rows in ([], [("a", 0, None, 1.0)]):
        assert [f(reports(rows)).num_rows for f in (trips, stops, distance)] == [0, 0, 0]


@pytest.mark.parametrize("name", ["min_trip", "min_stop", "max_gap"])
def test_rules_are_above_0(name: str) -> None:
    with pytest.raises(InvalidArgumentError, match=f"expected {name} above 0, got {name}=nan"):
        MotionRules(**{name: float("nan")})
