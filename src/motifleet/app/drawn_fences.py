"""Fences that people drew, kept in the home as GeoJSON that every command reads."""

import fcntl
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from motifleet import geo
from motifleet.app.workspace import Workspace
from motifleet.config import prepare_home
from motifleet.errors import GeometryError, NameTakenError
from motifleet.telemetry import replacing

LONGEST_NAME = 100
MOST_FENCES = 1_000


@dataclass(frozen=True, slots=True)
class DrawnFences:
    """The fences of a home, for somebody who may see or change them.

    Args:
        desk: who asks; seeing takes ``table.read``, changing ``table.write``.

    >>> from motifleet.app import open_home
    >>> fleet = open_home(getfixture("tmp_path") / "home")
    >>> corner = "POLYGON ((-93.7 41.5, -93.5 41.5, -93.5 41.7, -93.7 41.5))"
    >>> DrawnFences(fleet.workspace).add("depot", corner).names
    ('depot',)
    """

    desk: Workspace

    @property
    def path(self) -> Path:
        """Where they are."""
        return prepare_home(self.desk.settings) / "fences" / "drawn.geojson"

    def all(self) -> geo.Fences | None:
        """The fences, the smallest first; None where there is none."""
        self.desk.allow("table.read")
        return self._read()

    def add(self, name: str, shape: str) -> geo.Fences:
        """Keep a fence.

        Args:
            name: of it.
            shape: a polygon as well-known text, longitude first.

        Returns:
            All fences.

        Raises:
            NotAllowedError: the role does not reach for it.
            NameTakenError: there is one of that name.
            GeometryError: the shape or the name cannot be used.
        """
        told = name.strip()
        if not 0 < len(told) <= LONGEST_NAME:
            raise GeometryError(f"expected a name of 1 to {LONGEST_NAME} characters for the fence")
        self.desk.allow("table.write")
        made = geo.fences_from_wkt({told: shape})
        with self._turn():
            known = self._read()
            if known is not None and told in known.names:
                raise NameTakenError("fence", told)
            if known is not None and len(known) >= MOST_FENCES:
                raise GeometryError(f"expected at most {MOST_FENCES} fences: remove one first")
            self.desk.note("table.write", told, done="fence drawn")
            self._write([*(known.to_geojson()["features"] if known else []), *_features(made)])
        return self._read() or made

    def remove(self, name: str) -> geo.Fences | None:
        """Remove a fence.

        Raises:
            NotAllowedError: the role does not reach for it.
            GeometryError: there is none of that name.
        """
        self.desk.allow("table.write")
        with self._turn():
            known = self._read()
            if known is None:
                raise GeometryError(f"no fence {name!r}: there is none yet")
            known.only([name])
            self.desk.note("table.write", name, done="fence removed")
            kept = [each for each in _features(known) if each["properties"]["name"] != name]
            if kept:
                self._write(kept)
            else:
                self.path.unlink(missing_ok=True)
        return self._read()

    def _read(self) -> geo.Fences | None:
        return geo.read_fences(self.path) if self.path.exists() else None

    def _write(self, features: list[dict[str, Any]]) -> None:
        text = json.dumps({"type": "FeatureCollection", "features": features})
        with replacing(self.path) as file:
            file.write_text(text, encoding="utf-8")

    @contextmanager
    def _turn(self) -> Iterator[None]:
        """Whoever changes the file does it alone."""
        self.path.parent.mkdir(mode=0o700, exist_ok=True)
        with (self.path.parent / "lock").open("w") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield


def _features(fences: geo.Fences) -> list[dict[str, Any]]:
    return list(fences.to_geojson()["features"])
