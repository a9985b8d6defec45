"""Which models saw a batch, and which batches a model saw."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from motifleet.errors import InvalidArgumentError, ModelError
from motifleet.models.registry import Registry
from motifleet.models.values import PREFIX, Lineage, Version
from motifleet.tables import SnapshotInfo, Tables


@dataclass(frozen=True, slots=True)
class Seen:
    """A batch that a model saw: a snapshot of its table, with the rows that came with it.

    Args:
        snapshot_id: the snapshot that landed the batch.
        committed_at: when, in ISO 8601.
        batch_id: the batch's name.
        rows: rows that came with it.
    """

    snapshot_id: int
    committed_at: str
    batch_id: str | None
    rows: int


@dataclass(frozen=True, slots=True)
class Saw:
    """A training that saw a batch.

    Args:
        run_id: the run.
        kind: the model kind.
        model: the versions that were registered of it, such as "failures@3".
        aliases: of these versions.
        snapshot_id: the snapshot that it read, the batch's own or a later one.
        selection: the part of the table that it read; "" for all of it.
    """

    run_id: str
    kind: str
    model: tuple[str, ...]
    aliases: tuple[str, ...]
    snapshot_id: int
    selection: str


@dataclass(frozen=True, slots=True)
class LineageOf:
    """What a version was trained on.

    Args:
        version: the version.
        lineage: the table and the snapshot.
        batches: the batches in that snapshot, the oldest first; those whose snapshots have been
            expired are not among them.
        whole: whether the batches are all that the snapshot held.
    """

    version: Version
    lineage: Lineage
    batches: Sequence[Seen]
    whole: bool

    def to_dict(self) -> dict[str, Any]:
        """The fields as JSON has them."""
        return {
            "version": self.version.to_dict(),
            "lineage": self.lineage.to_dict(),
            "batches": [asdict(each) for each in self.batches],
            "whole": self.whole,
        }


def lineage_of(registry: Registry, tables: Tables, reference: str) -> LineageOf:
    """Tell which batches a version saw.

    Raises:
        UnknownModelError: there is no such version.
        UnknownTableError: its table is not there any more.
        ModelError: the version tells of no table.
    """
    version = registry.version(reference)
    if version.lineage is None:
        raise ModelError(
            f"expected a version that tells its table and snapshot, got {version.reference} "
            "without: `motifleet model train` notes them"
        )
    lineage = version.lineage
    known = {each.id: each for each in tables.snapshots(lineage.table)}
    chain = ancestry(known, lineage.snapshot_id)
    batches = [_seen(each) for each in reversed(chain)]
    whole = bool(chain) and chain[-1].parent_id is None
    return LineageOf(version, lineage, batches, whole)


def trainings_that_saw(
    registry: Registry,
    tables: Tables,
    table: str,
    *,
    snapshot: int | str | None = None,
    batch: str | None = None,
) -> list[Saw]:
    """Tell which trainings read a snapshot that holds a batch.

    Args:
        registry: where the runs are.
        tables: where the table is.
        table: its name.
        snapshot: the snapshot that landed the batch, by id or time; or
        batch: the batch's id; without both, the newest snapshot.

    Raises:
        UnknownTableError, UnknownSnapshotError: there is no such thing.
        InvalidArgumentError: both are given, or no snapshot landed such a batch.
    """
    wanted = _wanted(tables, table, snapshot, batch)
    known = {each.id: each for each in tables.snapshots(table)}
    versions: dict[str, list[Version]] = {}
    for each in registry.models():
        versions.setdefault(each.run_id, []).append(each)
    found = []
    for run in registry.runs(tags={f"{PREFIX}table": table}):
        lineage = run.lineage
        if lineage and wanted in (each.id for each in ancestry(known, lineage.snapshot_id)):
            made = versions.get(run.id, [])
            aliases = tuple(alias for each in made for alias in each.aliases)
            names = tuple(each.reference for each in made)
            found.append(
                Saw(run.id, run.kind, names, aliases, lineage.snapshot_id, lineage.selection)
            )
    return found


def ancestry(known: dict[int, SnapshotInfo], snapshot_id: int) -> list[SnapshotInfo]:
    """A snapshot and those before it, the newest first, as far as they have not been expired."""
    chain = []
    at: int | None = snapshot_id
    while at is not None and at in known:
        chain.append(known[at])
        at = known[at].parent_id
    return chain


def _wanted(tables: Tables, table: str, snapshot: int | str | None, batch: str | None) -> int:
    if snapshot is not None and batch is not None:
        raise InvalidArgumentError("expected a snapshot or a batch, got both")
    if batch is None:
        return tables.snapshot(table, snapshot).id
    for each in tables.snapshots(table):
        if each.batch_id == batch:
            return each.id
    raise InvalidArgumentError(
        f"expected the id of a batch of {table!r}, got {batch!r}: "
        "`motifleet table snapshots --json` lists them"
    )


def _seen(snapshot: SnapshotInfo) -> Seen:
    at = snapshot.committed_at.isoformat()
    return Seen(snapshot.id, at, snapshot.batch_id, snapshot.added_rows)
