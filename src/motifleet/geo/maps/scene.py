"""A map's layers as plain values, for a page that has a Leaflet map of its own."""

from collections.abc import Sequence
from importlib.resources import files
from pathlib import Path
from typing import Any

from motifleet.geo.maps.frame import Frame
from motifleet.geo.maps.ground import ground
from motifleet.geo.maps.layer import Layer


def scene_of(frame: Frame, layers: Sequence[Layer]) -> dict[str, Any]:
    """What ``map.js`` draws: the ground, then each layer's function, name and data."""
    told = [
        {"function": each.function, "name": each.drawn.layer, "data": each.data(frame)}
        for each in layers
    ]
    return {"corners": frame.corners(), "ground": ground(frame), "layers": told}


def map_assets() -> Path:
    """The folder of the scripts and styles that draw maps: ``map.js``, ``map.css`` and others.

    >>> (map_assets() / "map.js").is_file()
    True
    """
    return Path(str(files("motifleet.geo.maps") / "web"))
