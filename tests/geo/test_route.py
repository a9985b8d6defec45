"""The corridor around a route: against the distance to very many points of it."""

from itertools import pairwise
from pathlib import Path

import numpy as np
import pyproj
import pytest
from tests.geo.test_near import around

from motifleet.errors import GeometryError
from motifleet.geo import along, read_route

ROUTES = {
    "Iowa": [(-93.6, 41.6), (-92.9, 42.05), (-91.67, 41.98)],
    "north": [(5.0, 60.0), (9.0, 62.0)],
    "antimeridian": [(178.5, -17.0), (-178.5, -16.0)],
    "over the pole": [(30.0, 89.0), (-150.0, 89.0)],
}


def densely(route: list[tuple[float, float]]) -> np.ndarray:
    geod = pyproj.Geod(ellps="WGS84")
    points = [route[0]]
    for (x, y), (to_x, to_y) in pairwise(route):
        count = int(geod.inv(x, y, to_x, to_y)[2] / 100)
        points += [*geod.npts(x, y, to_x, to_y, count), (to_x, to_y)]
    return np.array(points)


@pytest.mark.parametrize("metres", [500.0, 4_000.0, 60_000.0])
@pytest.mark.parametrize("name", ROUTES)
def test_along_is_what_every_point_of_the_route_says(name: str, metres: float) -> None:
    route = ROUTES[name]
    points = densely(route)
    middle = points[len(points) // 2]
    reports = around((float(middle[0]), float(middle[1])), 400, 1.0)
    found = along(reports, route, metres)
    geod = pyproj.Geod(ellps="WGS84")
    x, y = reports["longitude"].to_numpy(), reports["latitude"].to_numpy()
    nearest = np.array(
        [
            geod.inv(np.full(len(points), a), np.full(len(points), b), *points.T)[2].min()
            for a, b in zip(x, y, strict=True)
        ]
    )
    # The points are 100 m apart, so that the nearest may be 50 m to the side.
    exact = np.sqrt(np.maximum(nearest**2 - 50**2, 0))
    inside = set(found["device_id"].to_pylist())
    names = np.array(reports["device_id"].to_pylist())
    assert inside >= set(names[nearest <= metres - 5])
    assert inside <= set(names[exact <= metres + 5])
    measured = dict(zip(names, nearest, strict=True))
    for row in found.to_pylist():
        device, far = row["device_id"], row["distance_m"]
        assert far <= measured[device] + 3
        assert far >= np.sqrt(max(measured[device] ** 2 - 50**2, 0)) - 3


def test_how_far_along_the_route_grows_from_its_beginning() -> None:
    route = ROUTES["Iowa"]
    points = densely(route)[::50]
    reports = around((0.0, 0.0), len(points), 1.0)
    for place, name in enumerate(("longitude", "latitude"), start=2):
        reports = reports.set_column(place, name, [points[:, place - 2].tolist()])
    found = along(reports, route, 100.0)
    way = found["along_m"].to_numpy()
    assert found.num_rows == len(points)
    assert found["distance_m"].to_numpy().max() < 0.1
    assert np.all(np.diff(way) > 0)
    assert way[0] == pytest.approx(0, abs=0.1)


def test_routes_are_read_from_text_and_files(tmp_path: Path) -> None:
    line = '{"type": "LineString", "coordinates": [[8, 47], [9, 48]]}'
    (tmp_path / "a.geojson").write_text(line)
    (tmp_path / "b.wkt").write_text("LINESTRING (8 47, 9 48)")
    feature = f'{{"features": [{{"type": "Feature", "geometry": {line}}}]}}'
    (tmp_path / "c.json").write_text(feature)
    files = [tmp_path / name for name in ("a.geojson", "b.wkt", "c.json")]
    sources: list[str | Path] = [*files, "8 47, 9 48"]
    assert {tuple(read_route(source)) for source in sources} == {((8.0, 47.0), (9.0, 48.0))}


@pytest.mark.parametrize("bad", ["here to there", "8", "nowhere.geojson", "POINT (1 2)"])
def test_what_is_no_route_is_refused(bad: str) -> None:
    with pytest.raises(GeometryError, match="route"):
        read_route(bad)


def test_bad_routes_and_corridors_are_refused() -> None:
    reports = around((0.0, 0.0), 3, 1.0)
    with pytest.raises(GeometryError, match="corridor of up to 100,000 metres, got 200000"):
        along(reports, ROUTES["Iowa"], 200_000)
    with pytest.raises(GeometryError, match="at least 2 points"):
        along(reports, [(0.0, 0.0)], 10)
    with pytest.raises(GeometryError, match="finite"):
        along(reports, [(0.0, 0.0), (float("nan"), 1.0)], 10)
    with pytest.raises(GeometryError, match="axes look swapped"):
        along(reports, [(0.0, 0.0), (41.0, -93.0)], 10)
