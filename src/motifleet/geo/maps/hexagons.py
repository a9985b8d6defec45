"""Counts in H3 cells as coloured hexagons."""

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import pyarrow as pa

from motifleet.geo.maps.colors import classes
from motifleet.geo.maps.encode import ends, numbers, places
from motifleet.geo.maps.frame import Frame, around
from motifleet.geo.maps.layer import Drawn
from motifleet.types import Floats

_ACROSS = 110
"""So many hexagons beside one another can be told apart on a screen."""
_KM = 111.2
"""Kilometres in a degree of latitude."""
_FINEST_CHOSEN = 10
_MEAN = "mean_"


@dataclass(frozen=True, slots=True, eq=False)
class CellsLayer:
    """Cells coloured by how many reports they hold.

    Args:
        cells: what :func:`motifleet.geo.cells` gives, at least one row.
        title: the layer's name.
    """

    function: ClassVar[str] = "cells"

    cells: pa.Table
    title: str

    @property
    def drawn(self) -> Drawn:
        """How many cells."""
        return Drawn(self.title, "cells", self.cells.num_rows)

    def extent(self) -> tuple[Floats, Floats]:
        """The cells' corners."""
        corners = np.concatenate(self._rings())
        return corners[:, 1], corners[:, 0]

    def data(self, frame: Frame) -> dict[str, Any]:
        """Each cell's hexagon and numbers."""
        counts = self.cells["reports"].to_numpy()
        colors, told = classes(counts)
        centres = frame.unwrapped(self.cells["longitude"].to_numpy())
        rings = self._rings()
        longitude = [
            centre + np.mod(ring[:, 1] - centre + 180, 360) - 180
            for ring, centre in zip(rings, centres.tolist(), strict=True)
        ]
        latitude = np.concatenate([ring[:, 0] for ring in rings])
        means = [name for name in self.cells.column_names if name.startswith(_MEAN)]
        return {
            "title": f"{self.title} in each H3 cell",
            **places(np.concatenate(longitude), latitude),
            "ends": ends([len(ring) for ring in rings]),
            "color": colors.tolist(),
            "classes": told,
            "cells": self.cells["cell"].to_pylist(),
            "reports": counts.tolist(),
            "devices": self.cells["devices"].to_pylist(),
            "means": [self._mean(name) for name in means],
        }

    def _rings(self) -> list[Floats]:
        """Each cell's corners, latitude first."""
        from h3.api import basic_str as h3

        return [np.array(h3.cell_to_boundary(cell)) for cell in self.cells["cell"].to_pylist()]

    def _mean(self, name: str) -> dict[str, Any]:
        column: Any = self.cells[name]
        values = numbers(np.asarray(column.to_numpy(), np.float64))
        return {"name": name.removeprefix(_MEAN), "values": values}


def fitting_resolution(longitude: Floats, latitude: Floats) -> int:
    """The finest resolution at which cells are wide enough to be seen on a map of these positions.

    >>> fitting_resolution(np.array([-93.7, -93.5]), np.array([41.5, 41.7]))
    9
    """
    from h3.api import basic_int as h3

    frame = around([(longitude, latitude)])
    parallel = np.cos(np.radians((frame.south + frame.north) / 2))
    width = _KM * max((frame.east - frame.west) * parallel, frame.north - frame.south)
    for resolution in range(_FINEST_CHOSEN, 0, -1):
        if 2 * h3.average_hexagon_edge_length(resolution, unit="km") * _ACROSS >= width:
            return resolution
    return 0
