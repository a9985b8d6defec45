"""Visits and events: against going through the reports one by one."""

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.geo.conftest import MakeReports, Row
from tests.reference.visits import visits as one_by_one

from motifleet.errors import InvalidArgumentError
from motifleet.geo import Locator, events, fences_from_wkt, visits

SQUARES = fences_from_wkt(
    {
        "west": "POLYGON ((0 0, 10 0, 10 10, 0 10, 0 0))",
        "east": "POLYGON ((10 0, 20 0, 20 10, 10 10, 10 0))",
        "depot": "POLYGON ((4 4, 5 4, 5 5, 4 5, 4 4))",
    }
)
LOCATOR = Locator(SQUARES)
SPANS = {"west": (0, 10), "east": (10, 20), "depot": (4, 5)}

steps = st.tuples(
    st.sampled_from([30, 60, 3600, 3601, 90_000]), st.sampled_from([-1, 1, 4.5, 10, 15])
)
tracks = st.dictionaries(st.sampled_from("abc"), st.lists(steps, max_size=12), min_size=1)


def rows_of(fleet: dict[str, list[tuple[int, float]]]) -> list[Row]:
    rows: list[Row] = []
    for device, walk in fleet.items():
        times = np.cumsum([step for step, _ in walk])
        rows += [(device, float(t), x, 4.5) for t, (_, x) in zip(times, walk, strict=True)]
    return rows


@given(tracks, st.randoms())
def test_visits_are_what_one_sees_one_by_one(
    reports: MakeReports, fleet: dict[str, list[tuple[int, float]]], random: object
) -> None:
    rows = rows_of(fleet)
    random.shuffle(rows)  # type: ignore[attr-defined]  # hypothesis' own Random
    found = visits(reports(rows), LOCATOR)
    expected = []
    for device in fleet:
        mine = sorted((row[1], row[2]) for row in rows if row[0] == device)
        for fence, (low, high) in SPANS.items():
            inside = [x is not None and low <= x <= high for _, x in mine]
            for each in one_by_one([t for t, _ in mine], inside, 3600):
                expected.append({"device_id": device, "fence": fence} | each)
    key = ["device_id", "first", "fence"]
    assert as_seconds(found) == sorted(expected, key=lambda row: [row[name] for name in key])


def as_seconds(found: pa.Table) -> list[dict[str, object]]:
    return [
        {
            "device_id": row["device_id"],
            "fence": row["fence"],
            "first": row["first_ts"].timestamp(),
            "entered": row["entered"],
            "left": row["left_ts"] and row["left_ts"].timestamp(),
            "last": row["last_ts"].timestamp(),
            "reports": row["reports"],
            "dwell": row["dwell_s"],
        }
        for row in found.to_pylist()
    ]


def test_events_are_the_beginnings_and_ends_that_were_seen(reports: MakeReports) -> None:
    walk = [(0, 5.5), (60, 9.0), (120, 12.0), (180, 25.0), (240, 15.0)]
    found = events(visits(reports([("a", t, x, 5.5) for t, x in walk]), LOCATOR))
    told = [
        (row["event_ts"].timestamp(), row["event"], row["fence"], row["dwell_s"])
        for row in found.to_pylist()
    ]
    assert told == [
        (120, "leave", "west", 120.0),
        (120, "enter", "east", None),
        (180, "leave", "east", 60.0),
        (240, "enter", "east", None),
    ]


def test_dwell_times_of_neighbours_add_up_to_the_time_heard_of(reports: MakeReports) -> None:
    rng = np.random.default_rng(5)
    rows = [("a", 60.0 * n, float(x), 5.5) for n, x in enumerate(rng.uniform(0, 20, 200))]
    found = visits(reports(rows), Locator(SQUARES.only(["west", "east"])))
    assert found["dwell_s"].to_numpy().sum() == 199 * 60


def test_reports_without_a_position_are_passed_over(reports: MakeReports) -> None:
    rows: list[Row] = [("a", 0, 1.0, 1.0), ("a", 60, None, 1.0), ("a", 120, 1.0, 1.0)]
    found = visits(reports(rows), LOCATOR)
    assert found["reports"].to_pylist() == [2]
    assert visits(reports([("a", 0, None, None)]), LOCATOR).num_rows == 0
    assert visits(reports([]), LOCATOR).num_rows == 0


def test_a_gap_has_to_be_longer_than_nothing(reports: MakeReports) -> None:
    with pytest.raises(InvalidArgumentError, match="a gap above 0 seconds, got 0"):
        visits(reports([]), LOCATOR, max_gap=0)
