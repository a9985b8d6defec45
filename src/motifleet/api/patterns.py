"""Patterns in a table's signals: what repeats, what is unusual, what is like a given one."""

from collections.abc import Sequence
from typing import Annotated, Any, Literal

from fastapi import Response
from pydantic import Field

from motifleet.api.access import Fleet, rule
from motifleet.api.answers import Document, answered, check_table
from motifleet.api.asking import Asked, Name, questions
from motifleet.matrixprofile import Place

router = questions("patterns")
Signals = Annotated[list[Name], Field(min_length=1, max_length=100)]
Numbers = Annotated[list[float], Field(max_length=100_000)]


class Signal(Asked):
    """One signal in windows of m reports."""

    signal: Name
    m: int = Field(ge=3, le=1_000_000, description="The window's length, in reports.")
    k: int = Field(default=5, ge=1, le=1000)
    step: float | None = Field(default=None, gt=0, description="Seconds; each device's median.")


class Several(Asked):
    """One signal, or several that are compared together, in windows of m reports."""

    signal: Name | Signals
    m: int = Field(ge=3, le=1_000_000)
    k: int = Field(default=5, ge=1, le=1000)
    each: int | None = Field(default=None, ge=1, le=1000)
    dimensions: int | None = Field(default=None, ge=1, le=100)
    step: float | None = Field(default=None, gt=0)


class WantedDiscords(Several):
    """Which discords are wanted."""

    against: Literal["self", "past", "fleet"] = "self"
    min_windows: int = Field(default=1, ge=1)


class WantedAnomalies(Signal):
    """Which anomalies are wanted."""

    min_score: float = 0.0
    min_windows: int = Field(default=1, ge=1)


class WantedMatches(Asked):
    """A pattern, or one for each of several signals."""

    signal: Name | Signals
    pattern: Numbers | Annotated[list[Numbers], Field(max_length=100)]
    k: int = Field(default=10, ge=1, le=1000)
    max_distance: float | None = Field(default=None, ge=0)
    dimensions: int | None = Field(default=None, ge=1, le=100)
    step: float | None = Field(default=None, gt=0)


class WantedShared(Signal):
    """Which motifs of several devices are wanted."""

    k: int = Field(default=3, ge=1, le=100)
    min_devices: float = Field(default=0.5, gt=0)
    max_distance: float | None = Field(default=None, ge=0)


def _how(fleet: Fleet, wanted: Asked, *more: str) -> dict[str, Any]:
    check_table(fleet, wanted.table)
    return {name: getattr(wanted, name) for name in ("k", "step", "selection", *more)}


def _found(found: Sequence[Place]) -> Response:
    return answered({"found": [each.to_dict() for each in found]})


@router.post("/motifs", response_model=Document, **rule("table.read", "patterns.motifs"))
def find_motifs(wanted: Several, fleet: Fleet) -> Response:
    """Find what repeats: the closest pairs of windows of each device."""
    how = _how(fleet, wanted, "each", "dimensions")
    return _found(fleet.motifs(wanted.table, wanted.signal, wanted.m, **how))


@router.post("/discords", response_model=Document, **rule("table.read", "patterns.discords"))
def find_discords(wanted: WantedDiscords, fleet: Fleet) -> Response:
    """Find what is unusual: the windows least like any other of their device, or of the fleet."""
    how = _how(fleet, wanted, "each", "dimensions", "against", "min_windows")
    return _found(fleet.discords(wanted.table, wanted.signal, wanted.m, **how))


@router.post("/anomalies", response_model=Document, **rule("table.read", "patterns.anomalies"))
def find_anomalies(wanted: WantedAnomalies, fleet: Fleet) -> Response:
    """Find what is unusual in shape, level, spread or at a point."""
    how = _how(fleet, wanted, "min_score", "min_windows")
    return _found(fleet.anomalies(wanted.table, wanted.signal, wanted.m, **how))


@router.post("/match", response_model=Document, **rule("table.read", "patterns.match"))
def find_matches(wanted: WantedMatches, fleet: Fleet) -> Response:
    """Have you seen this pattern? Find the windows nearest to it, over all devices."""
    how = _how(fleet, wanted, "max_distance", "dimensions")
    return _found(fleet.match(wanted.pattern, wanted.table, wanted.signal, **how))


@router.post("/shared", response_model=Document, **rule("table.read", "patterns.shared"))
def find_shared(wanted: WantedShared, fleet: Fleet) -> Response:
    """Find the motifs that many devices share, and every occurrence."""
    how = _how(fleet, wanted, "min_devices", "max_distance")
    return _found(fleet.shared_motifs(wanted.table, wanted.signal, wanted.m, **how))
