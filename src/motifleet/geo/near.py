"""What is near a point: within a radius, the nearest devices, in a box. Metres on the spheroid."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import pyarrow as pa

from motifleet.errors import GeometryError, InvalidArgumentError
from motifleet.geo.arrow import ordered, pc, rows_at, table_of, with_column
from motifleet.geo.geodesic import (
    Box,
    angles,
    beyond_nearest,
    distances,
    unit_vectors,
    widest_angle,
)
from motifleet.geo.positions import (
    POSITION,
    Positions,
    check_point,
    device_codes,
    microseconds,
    positions,
)
from motifleet.types import Floats, Ints

Point: TypeAlias = tuple[float, float]
"""Longitude and latitude, degrees."""


def within(reports: pa.Table, point: Point, metres: float) -> pa.Table:
    """The reports within a distance of a point, the nearest first.

    Args:
        reports: columns ``longitude`` and ``latitude``.
        point: longitude, latitude.
        metres: the radius, on the spheroid.

    Returns:
        The reports' columns and ``distance_m``.

    Raises:
        GeometryError: the point is not on the earth, or the radius is below 0.

    >>> ships = pa.table({"longitude": [-179.9, 179.0], "latitude": [60.0, 60.0]})
    >>> within(ships, (179.9, 60.0), 20_000)["distance_m"].to_numpy().round(1).tolist()
    [11160.0]
    """
    check_point(*point)
    if not metres >= 0:
        raise GeometryError(f"expected a radius of at least 0 metres, got {metres}")
    found = positions(reports)
    far = angles(unit_vectors(found.longitude, found.latitude), _vector(point))
    found = found.at(far <= widest_angle(metres))
    apart = distances(*point, found.longitude, found.latitude) if len(found) else np.empty(0)
    order = np.argsort(apart, kind="stable")
    order = order[apart[order] <= metres]
    near = rows_at(reports, found.rows[order])
    return with_column(near, "distance_m", apart[order])


def in_box(reports: pa.Table, box: Box) -> pa.Table:
    """The reports in a box, borders included.

    >>> ships = pa.table({"longitude": [-179.9, 170.0], "latitude": [60.0, 60.0]})
    >>> in_box(ships, Box(179, 50, -179, 70))["longitude"].to_pylist()
    [-179.9]
    """
    found = positions(reports)
    inside = np.zeros(len(found), dtype=bool)
    for half in box.halves():
        inside |= (
            (half.west <= found.longitude)
            & (found.longitude <= half.east)
            & (half.south <= found.latitude)
            & (found.latitude <= half.north)
        )
    return rows_at(reports, found.rows[inside])


def latest(reports: pa.Table) -> pa.Table:
    """Each device's last report that has a position, by device."""
    found = positions(reports)
    codes, times = device_codes(reports)[0][found.rows], microseconds(reports)[found.rows]
    order = np.lexsort((times, codes))
    last = np.flatnonzero(np.diff(codes[order], append=-1))
    return rows_at(reports, found.rows[order[last]])


def nearest(reports: pa.Table, points: Mapping[str, Point], k: int) -> pa.Table:
    """The k devices nearest to each point; of a device's reports the nearest counts.

    Args:
        reports: a table of reports; see :func:`latest` for the devices' last positions.
        points: longitude and latitude by name.
        k: how many devices.

    Returns:
        ``point``, ``rank`` (from 1), ``device_id``, ``event_ts``, ``longitude``, ``latitude`` and
        ``distance_m`` on the spheroid; devices at the same distance by name.

    Raises:
        GeometryError: a point is not on the earth.
        InvalidArgumentError: k is below 1, or there are no points.
    """
    if k < 1 or not points:
        raise InvalidArgumentError(f"expected k of at least 1 and a point, got k={k}")
    found = positions(reports)
    codes, _ = device_codes(reports)
    fleet = _Fleet(found, codes[found.rows], unit_vectors(found.longitude, found.latitude))
    parts = []
    for name, point in points.items():
        check_point(*point, what=f"point {name!r}")
        chosen, apart = _nearest(fleet, point, k)
        rows = rows_at(reports.select(list(POSITION)), found.rows[chosen])
        columns: dict[str, Any] = {
            "point": pa.array([name] * len(chosen), pa.string()),
            "rank": np.arange(1, len(chosen) + 1),
        }
        columns |= {each: rows[each] for each in POSITION}
        parts.append(table_of({**columns, "distance_m": apart}))
    return pa.concat_tables(parts)


def merge_nearest(found: pa.Table, k: int) -> pa.Table:
    """The k nearest for each point, from what :func:`nearest` found in parts of a fleet.

    Args:
        found: its results, one after the other; no device may be in two of them.
        k: how many devices.
    """
    parts = []
    for point in found["point"].unique().to_pylist():
        here = ordered(found.filter(pc.equal(found["point"], point)), "distance_m", "device_id")
        best = here.slice(0, k)
        parts.append(with_column(best, "rank", np.arange(1, best.num_rows + 1)))
    return pa.concat_tables(parts) if parts else found


@dataclass(frozen=True, slots=True, eq=False)
class _Fleet:
    """Positions, the number of each one's device, and the positions on the unit sphere."""

    points: Positions
    codes: Ints
    vectors: Floats


def _nearest(fleet: _Fleet, point: Point, k: int) -> tuple[Ints, Floats]:
    """The places of the k devices' nearest reports, and how far they are.

    By angle the k nearest devices are known up to the spheroid's flattening; all that may be
    nearer than the last of them is measured exactly.
    """
    far = angles(fleet.vectors, _vector(point))
    if not len(far):
        return np.empty(0, dtype=np.int64), np.empty(0)
    best = np.full(fleet.codes.max() + 1, np.inf)
    np.minimum.at(best, fleet.codes, far)
    known = np.sort(best[np.isfinite(best)])
    places = np.flatnonzero(far <= beyond_nearest(float(known[min(k, len(known)) - 1])))
    apart = distances(*point, fleet.points.longitude[places], fleet.points.latitude[places])
    order = np.lexsort((fleet.codes[places], apart))
    _, first = np.unique(fleet.codes[places[order]], return_index=True)
    order = order[np.sort(first)][:k]
    return places[order], apart[order]


def _vector(point: Point) -> Floats:
    return unit_vectors(np.array([point[0]]), np.array([point[1]]))
