"""Which fence each report is in.

A report on a border is inside. Of several fences the smallest counts, by name where two are equally
large, so that a depot wins over its state, and a point on a border of two states always falls to
the same one; :meth:`Locator.pairs` gives all of them.
"""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from motifleet.errors import GeometryError
from motifleet.geo.arrow import Array, named, table_of
from motifleet.geo.engine import Engine
from motifleet.geo.fences import Fences
from motifleet.geo.positions import Positions, positions
from motifleet.types import Ints

# ST_Intersects is true on the border, where ST_Contains is not. It is also true of a point that is
# NaN, so that none of those may come here.
_JOIN = """
SELECT p.row, f.fence FROM points p
JOIN fences f ON ST_Intersects(f.geom, ST_Point(p.longitude, p.latitude))
"""
_ROWS_OF_A_CHUNK = 65_536


@dataclass(frozen=True, slots=True, eq=False)
class Pairs:
    """Reports and the fences that they are in, by report, the smallest fence first.

    Args:
        rows: shape (pairs,), the report's place in its table.
        fences: shape (pairs,), the fence's place in its :class:`Fences`.
    """

    rows: Ints
    fences: Ints


class Locator:
    """Looks reports up in fences, a table of reports at a time.

    >>> from motifleet.geo import fences_from_wkt
    >>> yard = fences_from_wkt({"yard": "POLYGON ((8 47, 9 47, 9 48, 8 47))"})
    >>> reports = pa.table({"longitude": [8.5, 8.0, None], "latitude": [47.2, 47.0, 47.0]})
    >>> Locator(yard).fence(reports).to_pylist()
    ['yard', 'yard', None]
    """

    def __init__(self, fences: Fences) -> None:
        self.fences = fences
        self._engine = Engine()
        self._engine.register("raw", fences.table())
        query = "SELECT fence, ST_GeomFromWKB(geometry) AS geom FROM raw"
        self._engine.define("fences", query)

    def fence(self, reports: pa.Table) -> Array:
        """The name of the fence that each report is in; null where it is in none.

        Args:
            reports: columns ``longitude`` and ``latitude``, degrees; both may be null.

        Raises:
            UnknownColumnError: the table has no positions.
            GeometryError: a position is not on the earth.
        """
        return self.named(self.places(positions(reports), reports.num_rows))

    def places(self, points: Positions, rows: int) -> Ints:
        """The place of each report's fence, −1 where it is in none: shape (rows,).

        Reports that follow one another at the same position, as those of parked vehicles do, are
        looked up once.
        """
        x, y = points.longitude, points.latitude
        moved = np.ones(len(points), dtype=bool)
        moved[1:] = (x[1:] != x[:-1]) | (y[1:] != y[:-1])
        first = np.flatnonzero(moved)
        pairs = self.pairs(Positions(np.arange(len(first)), x[first], y[first]))
        fences = np.full(len(first), -1, dtype=np.int64)
        fences[pairs.rows[::-1]] = pairs.fences[::-1]  # the smallest of a report is written last
        found = np.full(rows, -1, dtype=np.int64)
        found[points.rows] = fences[np.cumsum(moved) - 1]
        return found

    def named(self, places: Ints) -> Array:
        """Places of fences as their names; null for −1."""
        return named(self.fences.names, places)

    def pairs(self, points: Positions) -> Pairs:
        """All reports with all the fences that they are in."""
        self._engine.register("points", _in_chunks(points))
        found = self._engine.run(_JOIN)
        rows, fences = (found[name].to_numpy().astype(np.int64) for name in ("row", "fence"))
        keys = rows * len(self.fences) + fences
        if np.any(keys[1:] < keys[:-1]):
            keys.sort()
        return Pairs(keys // len(self.fences), keys % len(self.fences))

    def swapped_hint(self, points: Positions) -> str | None:
        """What to say where no report is in a fence, but some would be with their axes swapped."""
        turned = Positions(points.rows, points.latitude, points.longitude)
        turned = turned.at(np.abs(turned.latitude) <= 90)
        inside = len(np.unique(self.pairs(turned).rows))
        if not inside:
            return None
        return (
            f"none of {len(points):,} reports is in a fence of {self.fences.source}, but with "
            f"longitude and latitude swapped {inside:,} are: either the fences or the reports have "
            "swapped axes (swap_axes=True or --swap-axes reads fences latitude first)"
        )


def locate(reports: pa.Table, fences: Fences) -> Array:
    """The fence that each report is in, and an error where swapped axes explain that none is.

    Raises:
        GeometryError: no report is in a fence, but some would be with longitude and latitude
            swapped; or a position is not on the earth.

    >>> from motifleet.geo import us_states
    >>> places = pa.table({"longitude": [-93.6, -104.99, 8.5], "latitude": [41.6, 39.7, 47.4]})
    >>> locate(places, us_states()).to_pylist()
    ['Iowa', 'Colorado', None]
    """
    locator, points = Locator(fences), positions(reports)
    found = locator.places(points, reports.num_rows)
    if len(points) and found.max() < 0 and (hint := locator.swapped_hint(points)):
        raise GeometryError(hint)
    return locator.named(found)


def _in_chunks(points: Positions) -> pa.Table:
    """Several batches, so that SedonaDB has work for all its threads."""
    table = table_of(
        {"row": points.rows, "longitude": points.longitude, "latitude": points.latitude}
    )
    return pa.Table.from_batches(table.to_batches(_ROWS_OF_A_CHUNK), schema=table.schema)
