"""From a prediction to the data that it rests on, and from a snapshot to its predictions."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from typing import Any

from motifleet.errors import (
    ModelError,
    TableError,
    UnknownBuildError,
    UnknownDeploymentError,
)
from motifleet.models import LineageOf, Registry, Saw, lineage_of, trainings_that_saw
from motifleet.tables import Tables
from motifleet.workspace import (
    Build,
    Deployment,
    Logged,
    Store,
    find_build,
    find_deployment,
    list_builds,
    list_deployments,
)


@dataclass(frozen=True, slots=True)
class PredictionLineage:
    """What a prediction rests on, as far as it is still known.

    Args:
        prediction: the record of the log.
        deployment: which answered; None: it has gone.
        build: what it served; None: it has gone.
        data: the registered version with its run, table, snapshot, rows and batches; None: the
            build is of a file, or the registry knows the version no more.
        reason: why there is no data.
    """

    prediction: Logged
    deployment: Deployment | None
    build: Build | None
    data: LineageOf | None
    reason: str

    def to_dict(self) -> dict[str, Any]:
        """Plain values, for JSON."""
        return {
            "prediction": self.prediction.to_dict(),
            "deployment": None if self.deployment is None else self.deployment.to_dict(),
            "build": None if self.build is None else self.build.to_dict(),
            "data": None if self.data is None else self.data.to_dict(),
            "reason": self.reason,
        }


@dataclass(frozen=True, slots=True)
class SnapshotUse:
    """What became of a snapshot: who was trained on it, and what serves that.

    Args:
        table, snapshot_id: which.
        trainings: that read it, or a later snapshot that holds its batch.
        builds: of the versions that they made.
        deployments: of these builds; their predictions rest on it.
    """

    table: str
    snapshot_id: int
    trainings: tuple[Saw, ...]
    builds: tuple[Build, ...]
    deployments: tuple[Deployment, ...]

    def to_dict(self) -> dict[str, Any]:
        """Plain values, for JSON; ids of snapshots as text, which JSON's numbers cannot hold."""
        trainings = [
            asdict(each) | {"snapshot_id": str(each.snapshot_id)} for each in self.trainings
        ]
        return {
            "table": self.table,
            "snapshot_id": str(self.snapshot_id),
            "trainings": trainings,
            "builds": [each.to_dict() for each in self.builds],
            "deployments": [each.to_dict() for each in self.deployments],
        }


_OF_A_FILE = "it was built from a Python file, and nobody has told on what data that rests"


def prediction_lineage(
    store: Store, registry: Registry, tables: Tables, prediction: Logged
) -> PredictionLineage:
    """Tell what a prediction rests on."""
    deployment, build = None, None
    with suppress(UnknownDeploymentError):
        deployment = find_deployment(store, prediction.deployment_id)
    with suppress(UnknownBuildError):
        build = find_build(store, prediction.build_id)
    if ":" in prediction.version:  # a file and its function, which no version's name can be
        return PredictionLineage(prediction, deployment, build, None, _OF_A_FILE)
    try:
        data = lineage_of(registry, tables, prediction.version)
    except (ModelError, TableError, ValueError) as error:
        return PredictionLineage(prediction, deployment, build, None, str(error))
    return PredictionLineage(prediction, deployment, build, data, "")


def snapshot_use(
    store: Store, registry: Registry, tables: Tables, table: str, snapshot: int | str | None
) -> SnapshotUse:
    """Tell what became of a snapshot.

    Args:
        store: the database.
        registry: where the versions are.
        tables: where the table is.
        table: its name.
        snapshot: its id, or a time; None: the newest.

    Raises:
        UnknownTableError, UnknownSnapshotError: there is no such thing.
    """
    found = tables.snapshot(table, snapshot)
    saw = trainings_that_saw(registry, tables, table, snapshot=found.id)
    versions = {name for each in saw for name in each.model}
    builds = _of_versions(list_builds(store), versions)
    ids = {each.id for each in builds}
    deployments = tuple(each for each in list_deployments(store) if each.build_id in ids)
    return SnapshotUse(table, found.id, tuple(saw), builds, deployments)


def _of_versions(builds: Sequence[Build], versions: set[str]) -> tuple[Build, ...]:
    return tuple(each for each in builds if each.source in versions)
