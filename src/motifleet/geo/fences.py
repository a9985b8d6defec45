"""Fences: named areas, checked and repaired, the smallest first."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import lru_cache, partial
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from motifleet.errors import GeometryError
from motifleet.geo.arrow import table_of
from motifleet.geo.files import read_shapes
from motifleet.geo.geodesic import ring_km2
from motifleet.geo.repair import closed_in_degrees, made_valid
from motifleet.geo.rings import Shape, rings_of, to_wkb
from motifleet.geo.wkt import from_wkt
from motifleet.types import Floats


@dataclass(frozen=True, slots=True, eq=False)
class Fences:
    """Named areas on the earth, the smallest first; :func:`read_fences` makes them.

    The order is the rule for a point in several of them: the smallest counts, by name where two
    are equally large. Edges are straight lines in longitude and latitude (RFC 7946), so that
    parallels are borders as states have them.

    Args:
        names: each fence's name, none twice.
        shapes: each fence's polygons: rings of shape (points, 2), degrees; the outer one first.
        km2: shape (fences,), areas on the spheroid, in square kilometres.
        source: where they come from.
        repairs: what was wrong and has been repaired, a sentence for each.

    >>> corner = "POLYGON ((-93.7 41.5, -93.5 41.5, -93.5 41.7, -93.7 41.5))"
    >>> depot = fences_from_wkt({"depot": corner})
    >>> depot.names, depot.km2.round(1).tolist()
    (('depot',), [185.3])
    """

    names: tuple[str, ...]
    shapes: tuple[Shape, ...]
    km2: Floats
    source: str
    repairs: tuple[str, ...] = field(default=())

    def __len__(self) -> int:
        return len(self.names)

    def only(self, names: Sequence[str]) -> "Fences":
        """Some of the fences.

        Raises:
            GeometryError: there is no fence of one of the names.
        """
        for name in names:
            if name not in self.names:
                raise GeometryError(_unknown(name, self.names))
        places = [place for place, name in enumerate(self.names) if name in names]
        return Fences(
            tuple(self.names[place] for place in places),
            tuple(self.shapes[place] for place in places),
            self.km2[places],
            self.source,
        )

    def bounds(self) -> Floats:
        """The boxes around the fences: shape (fences, 4), west, south, east, north."""
        points = [np.concatenate(list(rings_of(shape))) for shape in self.shapes]
        boxes = [np.concatenate([each.min(axis=0), each.max(axis=0)]) for each in points]
        return np.array(boxes).reshape(-1, 4)

    def table(self) -> pa.Table:
        """Columns ``fence`` (the place), ``name``, ``km2`` and ``geometry`` (WKB)."""
        return table_of(
            {
                "fence": pa.array(range(len(self)), pa.int32()),
                "name": pa.array(self.names, pa.string()),
                "km2": self.km2,
                "geometry": pa.array([to_wkb(shape) for shape in self.shapes], pa.binary()),
            }
        )

    def to_geojson(self) -> dict[str, Any]:
        """A FeatureCollection (RFC 7946) with each fence's name and area."""
        features = [
            {
                "type": "Feature",
                "properties": {"name": name, "km2": round(float(km2), 3)},
                "geometry": {
                    "type": "MultiPolygon",
                    "coordinates": [[ring.tolist() for ring in polygon] for polygon in shape],
                },
            }
            for name, shape, km2 in zip(self.names, self.shapes, self.km2, strict=True)
        ]
        return {"type": "FeatureCollection", "features": features}


def read_fences(
    path: Path | str, *, name_column: str | None = None, swap_axes: bool = False
) -> Fences:
    r"""Read fences from GeoJSON, GeoParquet, WKT, TSV or CSV.

    Polygons of the same name are one fence. What can be repaired is, and ``repairs`` tells of it.

    Args:
        path: ``.geojson`` or ``.json`` (features with polygons), ``.parquet`` or ``.geoparquet``,
            ``.wkt`` (one a line), ``.tsv`` or ``.csv`` (a name and well-known text, with or without
            a header).
        name_column: which property or column holds the names; without it ``name`` or the first
            that holds text.
        swap_axes: the file has latitude first.

    Raises:
        GeometryError: the file cannot be read as fences, or a fence cannot be used; it is named.

    >>> path = getfixture("tmp_path") / "yards.tsv"
    >>> _ = path.write_text("north yard\tPOLYGON ((8 47, 8.1 47, 8.1 47.1, 8 47))\n")
    >>> read_fences(path).names
    ('north yard',)
    """
    file = Path(path)
    return _fences(read_shapes(file, name_column), file.name, swap_axes)


def fences_from_wkt(texts: Mapping[str, str], *, swap_axes: bool = False) -> Fences:
    """Make fences of well-known text by name.

    Raises:
        GeometryError: a fence cannot be used; it is named.
    """
    named = ((name, partial(from_wkt, text)) for name, text in texts.items())
    return _fences(named, "WKT", swap_axes)


@lru_cache(maxsize=1)
def us_states() -> Fences:
    """The US states and territories: simplified, a border runs within some 300 m of the real one.

    Neighbours share every point of their border. From the npm package us-atlas (US Census Bureau,
    2017); ``us_states.md`` beside the file tells of source, licence and making.

    >>> states = us_states()
    >>> len(states), states.names[-1], states.only(["Iowa"]).km2.round(-3).tolist()
    (56, 'Alaska', [146000.0])
    """
    return read_fences(Path(str(files("motifleet.geo") / "boundaries" / "us_states.parquet")))


def _fences(
    named: Iterable[tuple[str, Callable[[], Shape]]], source: str, swap_axes: bool
) -> Fences:
    shapes: dict[str, Shape] = {}
    repairs = []
    for name, read in named:
        try:
            shape, repaired = closed_in_degrees(read(), swap_axes=swap_axes)
        except GeometryError as error:
            raise GeometryError(f"fence {name!r} in {source}: {error}") from None
        repairs += [f"fence {name!r}: {repair}" for repair in dict.fromkeys(repaired)]
        shapes.setdefault(name, []).extend(shape)
    if not shapes:
        raise GeometryError(f"expected fences in {source}, got none")
    names = list(shapes)
    for place, (shape, what) in made_valid(list(shapes.values())).items():
        if not shape:
            raise GeometryError(f"fence {names[place]!r} in {source} has no area ({what})")
        shapes[names[place]] = shape
        repairs.append(f"fence {names[place]!r}: {what}")
    return _by_size(shapes, source, repairs)


def _by_size(shapes: Mapping[str, Shape], source: str, repairs: Iterable[str]) -> Fences:
    sized = sorted((_km2(shape), name) for name, shape in shapes.items())
    names = tuple(name for _, name in sized)
    return Fences(
        names,
        tuple(shapes[name] for name in names),
        np.array([size for size, _ in sized]),
        source,
        tuple(repairs),
    )


def _km2(shape: Shape) -> float:
    """The area on the spheroid, holes taken off."""
    rings = [[ring_km2(ring) for ring in polygon] for polygon in shape]
    return sum(outer - sum(holes) for outer, *holes in rings)


def _unknown(name: str, names: Sequence[str]) -> str:
    near = get_close_matches(name, names, n=1, cutoff=0.5)
    hint = f"did you mean {near[0]!r}?" if near else f"there are {', '.join(sorted(names)[:5])}, …"
    return f"no fence {name!r}: {hint}"
