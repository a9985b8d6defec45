"""Batches of old predictions and metrics on their way to an Iceberg table, and out of here.

A batch is noted before it is written there. What is taken away here is what was found there
afterwards: nothing is lost and nothing doubled, whatever is killed in between.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import NamedTuple

from sqlalchemy import delete, func, insert, or_, select, tuple_, update

from motifleet.workspace.ids import new_id, now_ms
from motifleet.workspace.prediction_log import Metric
from motifleet.workspace.schema import archives, prediction_metrics, predictions
from motifleet.workspace.store import Store

_PART = 500


@dataclass(frozen=True, slots=True)
class ArchivedBatch:
    """A batch of an archive table.

    Args:
        id: of it, and of the batch in the table.
        table_name: the table.
        snapshot_id: the snapshot that landed it; None: it is on its way.
        from_ms, until_ms: when its first and last predictions were asked; None: it is of metrics.
        count: how many rows it has.
        created_at: milliseconds since 1970.
    """

    id: str
    table_name: str
    snapshot_id: int | None
    from_ms: int | None
    until_ms: int | None
    count: int
    created_at: int


class Row(NamedTuple):
    """A prediction without its metrics, in the order of the table's columns."""

    uuid: str
    deployment_id: str
    build_id: str
    version: str
    started_ms: int
    ended_ms: int
    status: int
    inputs: str | None
    outputs: str | None
    shadow: bool


def begin_batch(store: Store, table: str) -> ArchivedBatch:
    """Note that a batch is about to be written; one that is on its way already goes first."""
    pending = select(archives).where(
        archives.c.table_name == table, archives.c.snapshot_id.is_(None)
    )
    with store.write() as connection:
        row = connection.execute(pending.order_by(archives.c.id)).first()
        if row is not None:
            return ArchivedBatch(**row._mapping)
        made = ArchivedBatch(new_id("arc"), table, None, None, None, 0, now_ms())
        connection.execute(insert(archives).values(**asdict(made)))
        return made


def old_predictions(store: Store, before_ms: int, limit: int, most_bytes: int) -> list[Row]:
    """The oldest predictions from before a time.

    Args:
        store: the database.
        before_ms: begun before this time.
        limit: so many at most.
        most_bytes: with inputs and outputs of so many bytes together, about.
    """
    columns = [predictions.c[name] for name in Row._fields]
    query = select(*columns).where(predictions.c.started_ms < before_ms)
    query = query.order_by(predictions.c.started_ms, predictions.c.uuid).limit(limit)
    found, size = [], 0
    with store.read() as connection:
        streaming = connection.execution_options(stream_results=True, max_row_buffer=1_000)
        for each in streaming.execute(query):
            row = Row(*each)
            found.append(row)
            size += len(row.inputs or "") + len(row.outputs or "")
            if size >= most_bytes:
                break
    return found


def old_metrics(store: Store, before_ms: int, limit: int) -> list[Metric]:
    """Metrics told before a time, of predictions that are not here (any more)."""
    table = prediction_metrics.c
    here = select(predictions.c.uuid).where(predictions.c.uuid == table.uuid).exists()
    columns = (table.uuid, table.name, table.value, table.at)
    query = select(*columns).where(table.at < before_ms, ~here).limit(limit)
    with store.read() as connection:
        return [Metric(*row) for row in connection.execute(query)]


def end_predictions(
    store: Store, batch: str, snapshot: int, uuids: Sequence[str], times: tuple[int, int]
) -> None:
    """Take predictions away that are in the archive."""
    with store.write() as connection:
        for at in range(0, len(uuids), _PART):
            some = uuids[at : at + _PART]
            connection.execute(delete(predictions).where(predictions.c.uuid.in_(some)))
        values = {"snapshot_id": snapshot, "count": len(uuids)}
        values |= {"from_ms": times[0], "until_ms": times[1]}
        connection.execute(update(archives).where(archives.c.id == batch).values(**values))


def end_metrics(store: Store, batch: str, snapshot: int, told: Sequence[Metric]) -> None:
    """Take metrics away that are in the archive, unless they were told anew meanwhile."""
    table = prediction_metrics.c
    keys = [(each.uuid, each.name, each.at) for each in told]
    with store.write() as connection:
        for at in range(0, len(keys), _PART):
            some = tuple_(table.uuid, table.name, table.at).in_(keys[at : at + _PART])
            connection.execute(delete(prediction_metrics).where(some))
        values = {"snapshot_id": snapshot, "count": len(told)}
        connection.execute(update(archives).where(archives.c.id == batch).values(**values))


def drop_batch(store: Store, batch: str) -> None:
    """Forget a batch that had nothing in it."""
    with store.write() as connection:
        connection.execute(delete(archives).where(archives.c.id == batch))


def archived_batches(
    store: Store, table: str, *, start_ms: int | None = None, end_ms: int | None = None
) -> list[ArchivedBatch]:
    """The batches of an archive table that may hold predictions of some time, the earliest first.

    Those on their way are not among them: what they hold is still here.
    """
    known = archives.c.snapshot_id.is_not(None)
    query = select(archives).where(archives.c.table_name == table, known)
    if start_ms is not None:
        query = query.where(or_(archives.c.until_ms >= start_ms, archives.c.until_ms.is_(None)))
    if end_ms is not None:
        query = query.where(or_(archives.c.from_ms < end_ms, archives.c.from_ms.is_(None)))
    with store.read() as connection:
        rows = connection.execute(query.order_by(archives.c.from_ms, archives.c.id))
        return [ArchivedBatch(**row._mapping) for row in rows]


def archived_count(store: Store, table: str) -> int:
    """How many rows an archive table holds."""
    query = select(func.sum(archives.c.count)).where(archives.c.table_name == table)
    with store.read() as connection:
        return int(connection.scalar(query) or 0)


def shrink(store: Store) -> None:
    """Give the room of what was taken away back to the disk; PostgreSQL does so by itself.

    While SQLite does it nobody can write.
    """
    if store.embedded:
        connection = store.engine.raw_connection()
        try:
            connection.cursor().execute("VACUUM")
        finally:
            connection.close()
