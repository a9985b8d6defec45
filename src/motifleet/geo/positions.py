"""The positions of reports as arrays."""

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from motifleet.errors import GeometryError, UnknownColumnError
from motifleet.geo.arrow import Array
from motifleet.telemetry import DEVICE_ID, EVENT_TS, LATITUDE, LONGITUDE
from motifleet.types import Floats, Ints

POSITION: Final = (DEVICE_ID, EVENT_TS, LONGITUDE, LATITUDE)
"""The columns that every question of this room needs."""


@dataclass(frozen=True, slots=True, eq=False)
class Positions:
    """Where reports are; those without a position are left out.

    Args:
        rows: shape (n,), the reports' places in their table.
        longitude: shape (n,), degrees within ±180.
        latitude: shape (n,), degrees within ±90.
    """

    rows: Ints
    longitude: Floats
    latitude: Floats

    def __len__(self) -> int:
        return len(self.rows)

    def at(self, chosen: "Ints | NDArray[np.bool_]") -> "Positions":
        """Some of them."""
        return Positions(self.rows[chosen], self.longitude[chosen], self.latitude[chosen])


def positions(reports: pa.Table) -> Positions:
    """The positions of a table's reports; null, NaN and infinity are none.

    Raises:
        UnknownColumnError: the table has no positions.
        GeometryError: a position is no longitude and latitude in degrees.
    """
    x, y = (_degrees(reports, name) for name in (LONGITUDE, LATITUDE))
    known = np.isfinite(x) & np.isfinite(y)
    rows = np.flatnonzero(known)
    found = Positions(rows, x, y) if len(rows) == len(x) else Positions(rows, x[known], y[known])
    _check(found)
    return found


def device_codes(reports: pa.Table) -> tuple[Ints, list[str]]:
    """A number for each report's device, and the devices' names, sorted."""
    encoded = reports[DEVICE_ID].combine_chunks().dictionary_encode()
    names = [str(name) for name in encoded.dictionary.to_pylist()]
    order = sorted(range(len(names)), key=names.__getitem__)
    ranks = np.empty(len(names), dtype=np.int64)
    ranks[order] = np.arange(len(names))
    codes = encoded.indices.to_numpy(zero_copy_only=False)
    return ranks[codes], [names[place] for place in order]


def microseconds(reports: pa.Table) -> Ints:
    """The reports' times, in microseconds since 1970."""
    times: Any = reports[EVENT_TS]
    return np.asarray(times.cast(pa.int64()).to_numpy(), dtype=np.int64)


def as_times(micros: Ints) -> Array:
    """Microseconds since 1970 as times in UTC."""
    return pa.array(micros, pa.int64()).cast(pa.timestamp("us", tz="UTC"))


def check_point(longitude: float, latitude: float, what: str = "point") -> None:
    """Refuse a point that is not on the earth.

    Raises:
        GeometryError: names swapped axes where swapping would do.
    """
    if abs(longitude) <= 180 and abs(latitude) <= 90:
        return
    hint = ""
    if abs(longitude) <= 90 and abs(latitude) <= 180:
        hint = ": the axes look swapped, longitude comes first"
    raise GeometryError(
        f"expected a {what} with a longitude within ±180 and a latitude within ±90, "
        f"got ({longitude:g}, {latitude:g}){hint}"
    )


def _degrees(reports: pa.Table, name: str) -> Floats:
    if name not in reports.column_names:
        raise UnknownColumnError(name, reports.column_names)
    column: Any = reports[name]
    return np.asarray(column.cast(pa.float64()).to_numpy(), dtype=np.float64)


def _check(found: Positions) -> None:
    bad = (np.abs(found.longitude) > 180) | (np.abs(found.latitude) > 90)
    if bad.any():
        worst = int(np.argmax(bad))
        check_point(float(found.longitude[worst]), float(found.latitude[worst]), "report")
