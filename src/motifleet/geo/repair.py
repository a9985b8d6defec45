"""What is wrong with a fence's rings: repaired where the meaning is plain, refused where not.

| what | becomes |
|---|---|
| an open ring | closed |
| self-intersection, overlapping parts | valid polygons of the same lines (``ST_MakeValid``) |
| longitudes from 180 to 360, or −360 to −180 | the fence is cut at the antimeridian |
| NaN, infinity, no point, fewer than three points, no area | refused |
| a latitude beyond ±90 | refused; as swapped axes, where swapping would do |
| an edge longer than 180° of longitude | refused: which way round is not known |
"""

from collections.abc import Iterable, Sequence

import numpy as np
import pyarrow as pa

from motifleet.errors import GeometryError
from motifleet.geo.arrow import table_of
from motifleet.geo.engine import Engine
from motifleet.geo.rings import Ring, Shape, from_wkb, rings_of, to_wkb


def closed_in_degrees(shape: Shape, *, swap_axes: bool) -> tuple[Shape, list[str]]:
    """The shape with closed rings in longitude and latitude, and what was done to get there.

    Args:
        shape: as it was read.
        swap_axes: the points are latitude first.

    Raises:
        GeometryError: see the table above.
    """
    # A part without a ring is nothing: POLYGON EMPTY is such a part alone.
    shape = [polygon for polygon in shape if polygon]
    if not shape or not all(len(ring) for ring in rings_of(shape)):
        raise GeometryError("expected a polygon, got an empty geometry")
    repairs: list[str] = []
    _check_numbers(shape)
    turned = [
        [_closed(ring[:, ::-1] if swap_axes else ring, repairs) for ring in polygon]
        for polygon in shape
    ]
    _check_degrees(turned)
    _check_edges(turned)
    return turned, repairs


def made_valid(shapes: Sequence[Shape]) -> dict[int, tuple[Shape, str]]:
    """The shapes that had to be changed, by their place, and what was wrong with each.

    A shape that turns out to have no area is empty then.
    """
    engine = Engine()
    engine.register("wholes", _table(enumerate([shape] for shape in shapes)))
    reasons = engine.run(f"SELECT id, {_REASON} AS reason FROM wholes WHERE NOT {_VALID}")  # noqa: S608
    wrong = {row["id"]: str(row["reason"]) for row in reasons.to_pylist()}
    for place, shape in enumerate(shapes):
        if place not in wrong and max(np.abs(ring[:, 0]).max() for ring in rings_of(shape)) > 180:
            wrong[place] = "beyond ±180°"
    if not wrong:
        return {}
    parts = ((place, [[polygon] for polygon in shapes[place]]) for place in sorted(wrong))
    engine.register("parts", _table(parts))
    changed = engine.run(_REPAIRED)
    return {
        row["id"]: (from_wkb(row["wkb"] or b""), _sentence(wrong[row["id"]]))
        for row in changed.to_pylist()
    }


def _table(shapes: Iterable[tuple[int, list[Shape]]]) -> pa.Table:
    """One row for each shape; several may have the same number."""
    rows = [(place, to_wkb(shape)) for place, together in shapes for shape in together]
    return table_of(
        {
            "id": pa.array([place for place, _ in rows], pa.int64()),
            "wkb": pa.array([content for _, content in rows], pa.binary()),
        }
    )


def _sentence(reason: str) -> str:
    if reason.startswith("beyond"):
        return "longitudes beyond ±180°: cut at the antimeridian"
    return f"{reason[0].lower()}{reason[1:].replace('[', ' at ').rstrip(']')}: made valid"


def _closed(ring: Ring, repairs: list[str]) -> Ring:
    if len(ring) >= 3 and not np.array_equal(ring[0], ring[-1]):
        repairs.append("an open ring was closed")
        ring = np.concatenate([ring, ring[:1]])
    if len(ring) < 4:
        raise GeometryError(f"expected rings of at least 3 points, got {max(0, len(ring) - 1)}")
    return ring


def _check_numbers(shape: Shape) -> None:
    for ring in rings_of(shape):
        bad = np.flatnonzero(~np.isfinite(ring).all(axis=1))
        if len(bad):
            x, y = ring[bad[0]]
            raise GeometryError(f"expected finite coordinates, got ({x}, {y}) at point {bad[0]}")


def _check_degrees(shape: Shape) -> None:
    points = np.concatenate(list(rings_of(shape)))
    x, y = np.abs(points).max(axis=0)
    if y <= 90 and x <= 360:
        return
    worst = points[np.abs(points[:, 1]).argmax()]
    if x <= 90 and y <= 360:
        raise GeometryError(
            f"expected latitudes within ±90, got {worst[1]:g} with longitude {worst[0]:g}: the "
            "axes look swapped (longitude comes first in WKT and GeoJSON); swap_axes=True or "
            "--swap-axes reads latitude first"
        )
    if y <= 90:
        raise GeometryError(f"expected longitudes within ±180, got one of {x:g}°")
    raise GeometryError(
        f"expected degrees (longitude, latitude in WGS84), got ({worst[0]:g}, {worst[1]:g}): "
        "coordinates in metres have to be transformed to WGS84 first"
    )


def _check_edges(shape: Shape) -> None:
    for ring in rings_of(shape):
        span = np.abs(np.diff(ring[:, 0]))
        long = np.flatnonzero((span > 180) & (span < 360))
        if len(long):
            start, end = ring[long[0]], ring[long[0] + 1]
            raise GeometryError(
                f"an edge from longitude {start[0]:g} to {end[0]:g} goes round the far side of the "
                f"earth: across the antimeridian write {end[0] + 360 * np.sign(start[0]):g} "
                f"instead of {end[0]:g}, or cut the fence there (RFC 7946, 3.1.9)"
            )


_VALID = "ST_IsValid(ST_GeomFromWKB(wkb))"
_REASON = "ST_IsValidReason(ST_GeomFromWKB(wkb))"
_BOX = "ST_GeomFromWKT('POLYGON(({0} -90, {1} -90, {1} 90, {0} 90, {0} -90))')"
# A buffer of 0 leaves the areas and drops the lines and points that a repair may leave over.
_REPAIRED = f"""
WITH valid AS (
    SELECT id, ST_Union_Agg(ST_MakeValid(ST_GeomFromWKB(wkb))) AS geom FROM parts GROUP BY id
), turns AS (
    SELECT id, ST_Intersection(geom, {_BOX.format(-180, 180)}) AS geom FROM valid
    UNION ALL
    SELECT id, ST_Translate(ST_Intersection(geom, {_BOX.format(180, 540)}), -360, 0) FROM valid
    UNION ALL
    SELECT id, ST_Translate(ST_Intersection(geom, {_BOX.format(-540, -180)}), 360, 0) FROM valid
)
SELECT id, ST_AsBinary(ST_Buffer(ST_Union_Agg(geom), 0.0)) AS wkb FROM turns GROUP BY id
"""  # noqa: S608
