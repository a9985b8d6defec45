"""Which fence a report is in: against counting crossings, and by the documented rules."""

import numpy as np
import pyarrow as pa
import pytest
from tests.geo.conftest import MakeReports
from tests.reference.inside import inside

from motifleet.errors import GeometryError, UnknownColumnError
from motifleet.geo import Locator, fences_from_wkt, locate, positions, us_states

NESTED = fences_from_wkt(
    {
        "state": "POLYGON ((0 0, 10 0, 10 10, 0 10, 0 0))",
        "east": "POLYGON ((10 0, 20 0, 20 10, 10 10, 10 0))",
        "depot": "POLYGON ((4 4, 5 4, 5 5, 4 5, 4 4))",
    }
)


def places(longitude: list[float | None], latitude: list[float | None]) -> pa.Table:
    return pa.table(
        {
            "longitude": pa.array(longitude, pa.float64()),
            "latitude": pa.array(latitude, pa.float64()),
        }
    )


def test_the_states_agree_with_counting_crossings() -> None:
    states = us_states()
    rng = np.random.default_rng(7)
    x, y = rng.uniform(-125, -66, 300), rng.uniform(24, 50, 300)
    found = locate(places(x.tolist(), y.tolist()), states).to_pylist()
    rings = {
        name: [[(a, b) for a, b in ring.tolist()] for polygon in shape for ring in polygon]
        for name, shape in zip(states.names, states.shapes, strict=True)
    }
    expected = [
        next((name for name in states.names if inside(a, b, rings[name])), None)
        for a, b in zip(x.tolist(), y.tolist(), strict=True)
    ]
    assert found == expected
    assert len({name for name in found if name}) > 20


def test_of_several_fences_the_smallest_counts() -> None:
    assert locate(places([4.5, 4.0, 1.0], [4.5, 4.0, 1.0]), NESTED).to_pylist() == [
        *("depot", "depot", "state")
    ]
    pairs = Locator(NESTED).pairs(positions(places([4.5, 1.0, 30.0], [4.5] * 3)))
    assert pairs.rows.tolist() == [0, 0, 1]
    assert [NESTED.names[fence] for fence in pairs.fences] == ["depot", "state", "state"]


def test_a_border_is_inside_and_falls_to_the_same_of_two_neighbours() -> None:
    on_border = places([10.0, 10.0, 10.0], [0.0, 5.0, 10.0])
    found = set(locate(on_border, NESTED).to_pylist())
    assert len(found) == 1
    assert found <= {"state", "east"}
    pairs = Locator(NESTED).pairs(positions(on_border))
    assert pairs.rows.tolist() == [0, 0, 1, 1, 2, 2]


def test_every_corner_of_a_state_is_in_a_state() -> None:
    states = us_states()
    (shape,) = states.only(["Kansas"]).shapes
    corners = shape[0][0]
    found = locate(places(corners[:, 0].tolist(), corners[:, 1].tolist()), states)
    assert found.null_count == 0


def test_reports_without_a_position_are_in_no_fence() -> None:
    nowhere = [None, float("nan"), float("inf"), 4.5]
    assert locate(places(nowhere, [4.5] * 4), NESTED).to_pylist() == [None, None, None, "depot"]
    assert locate(places([4.5] * 4, nowhere), NESTED).to_pylist() == [None, None, None, "depot"]
    assert locate(places([], []), NESTED).to_pylist() == []
    assert locate(places([None], [None]), NESTED).to_pylist() == [None]


def test_a_fence_across_the_antimeridian_holds_both_sides() -> None:
    fiji = fences_from_wkt({"fiji": "POLYGON ((176 -20, 183 -20, 183 -15, 176 -15, 176 -20))"})
    found = locate(places([177.0, -178.0, 180.0, -180.0, 0.0], [-17.0] * 5), fiji)
    assert found.to_pylist() == ["fiji", "fiji", "fiji", "fiji", None]


def test_swapped_axes_are_noticed_and_named() -> None:
    zurich = fences_from_wkt({"zurich": "POLYGON ((47 8, 48 8, 48 9, 47 9, 47 8))"})
    with pytest.raises(GeometryError, match=r"none of 2 reports.*swapped 1 are.*--swap-axes"):
        locate(places([8.5, 20.0], [47.4, 47.4]), zurich)
    right = fences_from_wkt({"zurich": "POLYGON ((47 8, 48 8, 48 9, 47 9, 47 8))"}, swap_axes=True)
    assert locate(places([8.5], [47.4]), right).to_pylist() == ["zurich"]
    assert locate(places([100.0], [0.0]), right).to_pylist() == [None]


@pytest.mark.parametrize(
    ("x", "y", "said"),
    [(41.6, -93.6, "axes look swapped"), (200.0, 41.0, r"got \(200, 41\)$")],
)
def test_a_report_that_is_not_on_the_earth_is_refused(x: float, y: float, said: str) -> None:
    with pytest.raises(GeometryError, match=said):
        locate(places([x], [y]), NESTED)


def test_a_table_without_positions_is_refused(reports: MakeReports) -> None:
    with pytest.raises(UnknownColumnError, match="no column 'latitude'"):
        locate(reports([("a", 0, 1.0, 2.0)]).drop_columns(["latitude"]), NESTED)


def test_the_same_whatever_the_batches() -> None:
    rng = np.random.default_rng(3)
    x, y = rng.uniform(-5, 25, 150_000), rng.uniform(-5, 15, 150_000)
    whole = places(x.tolist(), y.tolist())
    locator = Locator(NESTED)
    parts = [locator.fence(whole.slice(at, 40_000)).to_pylist() for at in range(0, 150_000, 40_000)]
    expected = np.where(x > 10, "east", "state").astype(object)
    expected[(y < 0) | (y > 10) | (x < 0) | (x > 20)] = None
    expected[(x > 4) & (x < 5) & (y > 4) & (y < 5)] = "depot"
    assert [name for part in parts for name in part] == expected.tolist()
