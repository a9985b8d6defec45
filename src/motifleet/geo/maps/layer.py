"""What a layer of a map is."""

from dataclasses import dataclass
from typing import Any, ClassVar, Protocol

from motifleet.geo.maps.frame import Frame
from motifleet.types import Floats


@dataclass(frozen=True, slots=True)
class Drawn:
    """What a layer shows.

    Args:
        layer: its name on the map.
        style: how it is drawn: markers, clusters, cells, paths, fences or findings.
        count: how many of them.
    """

    layer: str
    style: str
    count: int


class Layer(Protocol):
    """One layer of a map: where it is, and its data as the script draws it.

    Args:
        function: the script's function that draws it.
    """

    function: ClassVar[str]

    @property
    def drawn(self) -> Drawn:
        """What it shows."""

    def extent(self) -> tuple[Floats, Floats]:
        """Longitudes and latitudes that the map's frame goes around; none of them may be NaN."""

    def data(self, frame: Frame) -> dict[str, Any]:
        """The layer as plain values, its longitudes fit to the frame."""
