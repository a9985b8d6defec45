"""Devices together: which behave alike."""

from typing import Any

from fastapi import Response
from pydantic import Field

from motifleet.api.access import Fleet, rule
from motifleet.api.answers import Document, answered, check_table
from motifleet.api.asking import Asked, Name, questions
from motifleet.app import Alike

router = questions("devices")


class Compared(Asked):
    """How devices are compared: by one signal, in windows of m reports."""

    signal: Name
    m: int = Field(ge=3, le=1_000_000)
    constant: bool = False
    normalize: bool = True
    share: float = Field(default=0.05, ge=0, le=1)
    step: float | None = Field(default=None, gt=0)

    @property
    def alike(self) -> Alike:
        """How they are compared."""
        return Alike(self.m, self.constant, self.normalize, self.share)


class WantedSimilar(Compared):
    """The device that others are compared with."""

    device: Name
    k: int = Field(default=10, ge=1, le=1000)
    exact: bool | None = None


class WantedClusters(Compared):
    """Which clusters are wanted."""

    k: int | None = Field(default=None, ge=1, le=1000)
    least: int = Field(default=3, ge=1)
    sample: int = Field(default=400, ge=2, le=5000)
    seed: int = Field(default=0, ge=0, le=1 << 32)


@router.post("/similar", response_model=Document, **rule("table.read", "devices.similar"))
def find_similar(wanted: WantedSimilar, fleet: Fleet) -> Response:
    """Find the devices that behave most like one."""
    how: dict[str, Any] = {"k": wanted.k, "exact": wanted.exact, "step": wanted.step}
    table = check_table(fleet, wanted.table)
    found = fleet.similar_devices(
        table, wanted.device, wanted.signal, wanted.alike, selection=wanted.selection, **how
    )
    told = {"found": found.rows(), "compared": found.compared, "devices": found.devices}
    return answered(told | {"exact": found.exact})


@router.post("/clusters", response_model=Document, **rule("table.read", "devices.clusters"))
def find_clusters(wanted: WantedClusters, fleet: Fleet) -> Response:
    """Find the groups of devices that behave alike, and those that are like no others."""
    table = check_table(fleet, wanted.table)
    found = fleet.clusters(
        table,
        wanted.signal,
        wanted.alike,
        k=wanted.k,
        least=wanted.least,
        sample=wanted.sample,
        seed=wanted.seed,
        selection=wanted.selection,
        step=wanted.step,
    )
    return answered({"found": [each.to_dict() for each in found.clusters], "alone": found.alone})
