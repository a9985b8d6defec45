"""A map that grows layer by layer and becomes one page."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from motifleet.errors import InvalidArgumentError, StorageError
from motifleet.geo.fences import Fences
from motifleet.geo.maps.areas import FencesLayer
from motifleet.geo.maps.frame import Frame, around
from motifleet.geo.maps.ground import ground
from motifleet.geo.maps.hexagons import CellsLayer
from motifleet.geo.maps.layer import Drawn, Layer
from motifleet.geo.maps.paths import paths_layer
from motifleet.geo.maps.reports import reports_layer
from motifleet.geo.maps.scene import scene_of
from motifleet.geo.maps.tiles import OPENSTREETMAP, check_tiles
from motifleet.geo.maps.windows import Window, windows
from motifleet.telemetry import replacing

if TYPE_CHECKING:
    import folium


@dataclass(slots=True)
class FleetMap:
    """A map of layers, from the lowest to the highest; a notebook shows it as it is.

    The page holds all that draws it and needs no network: state and country boundaries lie below
    the tiles, and are seen where tiles cannot be had.

    Args:
        title: the page's title.
        offline: ask for no tiles either; the page then forbids the browser to ask for anything.
        tiles: a provider's name (xyzservices.readthedocs.io) or an address with {z}, {x} and {y}.
        remarks: what a person should know of what is drawn, and what is not.

    Raises:
        InvalidArgumentError: the tiles are neither.

    >>> times = pa.array([0, 60_000_000], pa.timestamp("us", tz="UTC"))
    >>> columns = {"device_id": ["a", "a"], "event_ts": times}
    >>> reports = pa.table(columns | {"longitude": [-93.6, -93.5], "latitude": [41.6, 41.7]})
    >>> drawing = FleetMap("two reports", offline=True)
    >>> drawing.reports(reports)
    >>> drawing.drawn[0].style, len(drawing.html()) < 400_000
    ('markers', True)
    """

    title: str = "Motifleet"
    offline: bool = False
    tiles: str = OPENSTREETMAP
    remarks: list[str] = field(default_factory=list)
    _layers: list[Layer] = field(default_factory=list)

    def __post_init__(self) -> None:
        if not self.offline:
            check_tiles(self.tiles)

    def reports(
        self,
        reports: pa.Table,
        *,
        style: str | None = None,
        color: str | None = None,
        title: str = "reports",
    ) -> None:
        """Add reports one by one: markers, above 5,000 of them clusters.

        Args:
            reports: what pop-ups tell: device, time, position, labels and signals. Reports without
                a position are left out.
            style: ``markers`` or ``clusters``; None: by their number.
            color: the label to colour by; None: ``event_type`` where there is one.
            title: the layer's name.

        Raises:
            UnknownColumnError: there is no such label.
            InvalidArgumentError: there are too many, or the style is another.
        """
        layer, word = reports_layer(reports, style, color, title)
        missing = reports.num_rows - layer.reports.num_rows
        if missing:
            self.remarks.append(f"{missing:,} of {reports.num_rows:,} reports have no position")
        if layer.reports.num_rows:
            self._add(layer, word)

    def cells(self, cells: pa.Table, *, title: str = "reports") -> None:
        """Add H3 cells, coloured by how many reports they hold.

        Args:
            cells: what :func:`motifleet.geo.cells` gives.
            title: the layer's name.
        """
        if cells.num_rows:
            self._add(CellsLayer(cells, title))

    def paths(self, reports: pa.Table, *, max_gap: float = 3600.0, title: str = "paths") -> None:
        """Add the paths of devices, with a clock that shows who was where when.

        Args:
            reports: device, time and position.
            max_gap: seconds without a report that a path does not bridge.
            title: the layer's name.

        Raises:
            InvalidArgumentError: ``max_gap`` is not above 0.
        """
        if not max_gap > 0:
            raise InvalidArgumentError(f"expected a gap above 0 seconds, got {max_gap}")
        layer = paths_layer(reports, max_gap, title)
        if len(layer.codes):
            self._add(layer, layer.remark)

    def fences(self, fences: Fences, *, title: str = "fences") -> None:
        """Add fences as outlines."""
        self._add(FencesLayer(fences, title))

    def findings(
        self, kind: str, found: Sequence[Window], reports: pa.Table, *, title: str | None = None
    ) -> None:
        """Add findings where their devices were meanwhile.

        Args:
            kind: ``discord``, ``match`` or ``motif``.
            found: the windows, the strongest first.
            reports: positions of their devices; windows without any are left out and remarked on.
            title: the layer's name; None: the kind's.

        Raises:
            InvalidArgumentError: there is no such kind.
        """
        layer = windows(kind, found, reports, title)
        shown = layer.drawn.count if layer else 0
        if shown < len(found):
            self.remarks.append(
                f"{len(found) - shown} of {len(found)} windows ({kind}) have no position"
            )
        if layer:
            self._add(layer)

    @property
    def drawn(self) -> list[Drawn]:
        """What is on the map, from the lowest layer to the highest."""
        return [layer.drawn for layer in self._layers]

    @property
    def frame(self) -> Frame:
        """The box around what is drawn; fences count where there is nothing else.

        Raises:
            InvalidArgumentError: nothing is drawn.
        """
        data = [layer for layer in self._layers if not isinstance(layer, FencesLayer)]
        extents = [layer.extent() for layer in data or self._layers]
        if not any(len(longitude) for longitude, _ in extents):
            raise InvalidArgumentError(
                "expected at least one position to draw, got none: the map has no layer with one"
            )
        return around([each for each in extents if len(each[0])])

    @property
    def folium(self) -> "folium.Map":
        """The map as Folium has it, to add layers of your own to."""
        from motifleet.geo.maps.page import folium_map

        frame, tiles = self.frame, None if self.offline else self.tiles
        return folium_map(self.title, ground(frame), self._layers, frame, tiles)

    def scene(self) -> dict[str, Any]:
        """The layers as plain values, for a page that draws them on a map of its own.

        Raises:
            InvalidArgumentError: nothing is drawn.
        """
        return {**scene_of(self.frame, self._layers), "remarks": list(self.remarks)}

    def html(self) -> str:
        """The whole page."""
        from motifleet.geo.maps.page import page_of

        return page_of(self.folium)

    def write(self, path: Path | str) -> Path:
        """Write the page; whoever reads the file sees all of it or what was there before.

        Raises:
            StorageError: the file cannot be written.
        """
        page, target = self.html(), Path(path)
        try:
            with replacing(target) as file:
                file.write_text(page, encoding="utf-8")
        except OSError as error:
            message = f"{target}: cannot be written: {error.strerror or error}"
            raise StorageError(message) from error
        return target

    def _repr_html_(self) -> str:
        """A frame for a notebook."""
        style = "width:100%;height:560px;border:0;border-radius:8px"
        return f'<iframe srcdoc="{escape(self.html())}" style="{style}"></iframe>'

    def _add(self, layer: Layer, word: str | None = None) -> None:
        self._layers.append(layer)
        if word:
            self.remarks.append(word)
