"""Reports one by one: markers, or clusters of them."""

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import pyarrow as pa

from motifleet.errors import InvalidArgumentError, UnknownColumnError
from motifleet.geo.arrow import ordered, rows_at
from motifleet.geo.maps.choice import Style, chosen_style
from motifleet.geo.maps.colors import by_label, codes_of
from motifleet.geo.maps.encode import moments, numbers, places
from motifleet.geo.maps.frame import Frame
from motifleet.geo.maps.layer import Drawn
from motifleet.geo.positions import POSITION, device_codes, microseconds, positions
from motifleet.telemetry import DEVICE_ID, EVENT_TS, column_roles
from motifleet.types import Floats

EVENT_TYPE = "event_type"


@dataclass(frozen=True, slots=True, eq=False)
class ReportsLayer:
    """Reports with a position, a mark each, coloured by a label.

    Args:
        reports: device, time, position, labels and signals, by device and time; all are somewhere.
        style: markers or clusters.
        color: the label to colour by; None: all alike.
        title: the layer's name.
    """

    function: ClassVar[str] = "reports"

    reports: pa.Table
    style: Style
    color: str | None
    title: str

    @property
    def drawn(self) -> Drawn:
        """How many reports."""
        return Drawn(self.title, self.style, self.reports.num_rows)

    def extent(self) -> tuple[Floats, Floats]:
        """All positions."""
        found = positions(self.reports)
        return found.longitude, found.latitude

    def data(self, frame: Frame) -> dict[str, Any]:
        """Columns, each as short as it gets."""
        longitude, latitude = self.extent()
        codes, devices = device_codes(self.reports)
        column = None if self.color is None else self.reports[self.color]
        colored = by_label(column, self.reports.num_rows, self.color or "report")
        roles = column_roles(self.reports.schema)
        return {
            "title": self.title if self.color is None else f"{self.title} by {_said(self.color)}",
            "clustered": self.style == "clusters",
            **places(frame.unwrapped(longitude), latitude),
            **moments(microseconds(self.reports)),
            "device": codes.tolist(),
            "devices": devices,
            "color": colored.codes.tolist(),
            "colors": colored.colors,
            "names": [_said(name) for name in colored.names],
            "counts": colored.counts,
            "labels": [self._label(name) for name, role in roles.items() if role == "label"],
            "signals": [self._signal(name) for name, role in roles.items() if role == "signal"],
        }

    def _label(self, name: str) -> dict[str, Any]:
        codes, names = codes_of(self.reports[name])
        return {"name": name, "names": names, "codes": codes.tolist()}

    def _signal(self, name: str) -> dict[str, Any]:
        column: Any = self.reports[name]
        return {"name": name, "values": numbers(np.asarray(column.to_numpy(), np.float64))}


def reports_layer(
    reports: pa.Table, style: str | None, color: str | None, title: str
) -> tuple[ReportsLayer, str | None]:
    """Lay out reports as markers or clusters, and say why as the one or the other.

    Reports without a position are left out, and columns without a single value.

    Raises:
        UnknownColumnError: there is no such label to colour by.
        InvalidArgumentError: there are too many, or the style is another.
    """
    labels = [name for name, role in column_roles(reports.schema).items() if role == "label"]
    if color is None:
        color = EVENT_TYPE if EVENT_TYPE in labels else None
    elif color not in labels:
        raise UnknownColumnError(color, labels)
    placed = rows_at(reports, positions(reports).rows)
    chosen, word = chosen_style(placed.num_rows, style)
    if chosen == "cells":
        raise InvalidArgumentError(
            f"expected reports to draw one by one, got {placed.num_rows:,} for cells: count them "
            "with motifleet.geo.cells and add the cells, or say markers or clusters"
        )
    needed = {*POSITION, color}
    kept = [name for name in placed.column_names if name in needed or _told(placed[name])]
    by_time = ordered(placed.select(kept), DEVICE_ID, EVENT_TS)
    return ReportsLayer(by_time, chosen, color, title), word


def _told(column: Any) -> bool:
    """Whether a column has any value; NaN is none."""
    if pa.types.is_floating(column.type):
        return bool(np.isfinite(column.to_numpy()).any())
    return bool(column.null_count < len(column))


def _said(name: str) -> str:
    return name.replace("_", " ")
