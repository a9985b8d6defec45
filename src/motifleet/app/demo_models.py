"""The models of the demo: one of each of three kinds, trained once for each snapshot."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from motifleet.app.home import Motifleet
from motifleet.app.question import FLEET
from motifleet.app.selection import Selection
from motifleet.errors import UnknownModelError
from motifleet.models import (
    FailureClassifier,
    Kind,
    Label,
    MultiDimMotif,
    Split,
    TimeSeriesQuery,
    Trees,
    Version,
)

RUNNING = Selection(where=FLEET.where)
_SIGNALS = ("speed", "engine_temperature", "vibration", "tank_level")


@dataclass(frozen=True, slots=True)
class DemoModel:
    """A model of the demo: its name in the registry, and what it is."""

    name: str
    kind: Kind


def models() -> tuple[DemoModel, ...]:
    """A classifier of failures within 12 hours, a pattern query, and the motif of all signals."""
    classifier = FailureClassifier(
        Label(events=f"{FLEET.table}_truth", hours=12),
        features=("rolling",),
        split=Split(seed=6),
        trees=Trees(rounds=60),
    )
    return (
        DemoModel("breakdowns", classifier),
        DemoModel("seen_before", TimeSeriesQuery(FLEET.signal, FLEET.m)),
        DemoModel("what_repeats", MultiDimMotif(_SIGNALS, FLEET.m)),
    )


def train_models(fleet: Motifleet) -> Iterator[dict[str, Any]]:
    """Train and register what is not there for the table's snapshot, and tell its lineage.

    Yields:
        model, kind, table, snapshot, batches, verdict and whether it was there already.
    """
    for each in models():
        version = version_of_now(fleet, each.name, FLEET.table)
        already = version is not None
        if version is None:
            trained = fleet.models.train(
                each.kind, FLEET.table, experiment="demo", name=each.name, selection=RUNNING
            )
            version = trained.version
        if version is not None:
            yield _told(fleet, version, already)


def version_of_now(fleet: Motifleet, name: str, table: str) -> Version | None:
    """The newest version of a model that saw the table as it is now; None: there is none."""
    snapshot_id = fleet.tables.snapshot(table).id
    try:
        versions = fleet.models.versions(name)
    except UnknownModelError:
        return None
    fitting = [
        version
        for version in versions
        if version.lineage is not None and version.lineage.snapshot_id == snapshot_id
    ]
    return fitting[-1] if fitting else None


def _told(fleet: Motifleet, version: Version, already: bool) -> dict[str, Any]:
    lineage = fleet.models.lineage(version.reference)
    return {
        "model": version.reference,
        "kind": version.kind,
        "aliases": list(version.aliases),
        "table": lineage.lineage.table,
        "snapshot": str(lineage.lineage.snapshot_id),
        "rows": lineage.lineage.rows,
        "batches": len(lineage.batches),
        "already": already,
        "verdict": fleet.models.verdict(version.run_id),
    }
