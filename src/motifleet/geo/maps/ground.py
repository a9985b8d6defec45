"""The boundaries that lie below every map: countries of the world and states of the US."""

from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from motifleet.geo.files import read_shapes
from motifleet.geo.maps.areas import laid_out
from motifleet.geo.maps.frame import Frame
from motifleet.geo.rings import Ring, Shape

_COARSE = 1_000
"""No boundary is exact to less than 300 m: a thousandth of a degree is fine enough for all."""
_AROUND = 4.0
"""Boundaries are drawn so many degrees around the data, or more where it takes more room."""


def ground(frame: Frame) -> dict[str, Any]:
    """The boundaries around what is drawn, as a script reads them; the states come last.

    >>> around_zurich = ground(Frame(8.4, 47.3, 8.7, 47.5))
    >>> sorted(area["name"] for area in around_zurich["areas"])[:3]
    ['Austria', 'Belgium', 'Czechia']
    """
    around = frame.wider(_AROUND)
    near = [
        (name, kept)
        for name, shape in _boundaries()
        if (kept := [polygon for polygon in shape if _touches(polygon[0], around)])
    ]
    return laid_out(near, frame, _COARSE)


@lru_cache(maxsize=1)
def _boundaries() -> list[tuple[str, Shape]]:
    folder = Path(str(files("motifleet.geo") / "boundaries"))
    return [
        (name, read())
        for file in ("countries.parquet", "us_states.parquet")
        for name, read in read_shapes(folder / file, None)
    ]


def _touches(ring: Ring, frame: Frame) -> bool:
    (west, south), (east, north) = ring.min(axis=0), ring.max(axis=0)
    turn = frame.turns(float(west + east) / 2)
    across = west + turn <= frame.east and east + turn >= frame.west
    return bool(across and south <= frame.north and north >= frame.south)
