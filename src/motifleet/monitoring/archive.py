"""The archive: old predictions and their metrics, moved from the database to Iceberg tables.

A batch is noted in the database, appended to the table under its own id (which lands once however
often it is tried), and then what the table has of it is taken away from the database. Killed
anywhere in between, the next run goes on with that batch. Until it is taken away a prediction is
read from the database, afterwards from the table.
"""

import json
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from motifleet.errors import UnknownTableError
from motifleet.tables import Tables
from motifleet.workspace import (
    ArchivedBatch,
    Logged,
    Metric,
    Position,
    Store,
    Wanted,
    archived_batches,
    begin_batch,
    drop_batch,
    end_metrics,
    end_predictions,
    old_metrics,
    old_predictions,
)

PREDICTIONS, METRICS = "prediction_log", "prediction_log_metrics"
_ROWS, _BYTES, _LEEWAY_MS = 50_000, 64 << 20, 60_000
_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}")
_TEXT, _NUMBER, _TRUTH = pa.string(), pa.int64(), pa.bool_()
_KINDS: dict[str, pa.DataType] = {
    "uuid": _TEXT,
    "deployment_id": _TEXT,
    "build_id": _TEXT,
    "version": _TEXT,
    "started_ms": _NUMBER,
    "ended_ms": _NUMBER,
    "status": _NUMBER,
    "inputs": _TEXT,
    "outputs": _TEXT,
    "shadow": _TRUTH,
    "batch": _TEXT,
}
_METRIC_KINDS: dict[str, pa.DataType] = {
    "uuid": _TEXT,
    "name": _TEXT,
    "value": _TEXT,
    "at": _NUMBER,
    "batch": _TEXT,
}
_SCHEMA, _METRIC_SCHEMA = pa.schema(_KINDS), pa.schema(_METRIC_KINDS)


@dataclass(frozen=True, slots=True)
class Moved:
    """What was moved to the archive.

    Args:
        predictions: how many predictions.
        metrics: how many metrics.
    """

    predictions: int
    metrics: int


@dataclass(frozen=True, slots=True)
class Archive:
    """Old predictions in Iceberg tables.

    Args:
        store: the database.
        tables: where the archive is.
    """

    store: Store
    tables: Tables

    def move(
        self,
        before_ms: int,
        *,
        rows: int = _ROWS,
        stopped: Callable[[], bool] = lambda: False,
        progress: Callable[[int], None] = lambda _: None,
    ) -> Moved:
        """Move all predictions from before a time, and the metrics that go with them.

        Args:
            before_ms: milliseconds since 1970.
            rows: of a batch, at most.
            stopped: asked after each batch whether to stop.
            progress: told how many predictions have been moved.
        """
        moved, metrics = 0, 0
        while not stopped() and (count := self._move_predictions(before_ms, rows)):
            moved += count
            progress(moved)
        while not stopped() and (count := self._move_metrics(before_ms, rows)):
            metrics += count
        return Moved(moved, metrics)

    def find(
        self, wanted: Wanted, after: Position | None, limit: int, *, newest: bool = False
    ) -> list[Logged]:
        """Archived predictions with all of their metrics, in order; see `PredictionLog`."""
        batches = self._batches(wanted, after, newest)
        found: list[Logged] = []
        for at, batch in enumerate(batches):
            found += self._of_batch(batch, wanted, after, newest)
            found.sort(key=lambda each: each.position, reverse=newest)
            del found[limit:]
            if len(found) == limit and not _may_precede(batches[at + 1 :], found[-1], newest):
                break
        return self._with_metrics(found)

    def metrics(self, uuids: Sequence[str]) -> list[Metric]:
        """The archived metrics of predictions; of one that was told anew the latest."""
        good = sorted(each for each in set(uuids) if _UUID.fullmatch(each))
        if not good or not archived_batches(self.store, METRICS):
            return []
        where = f"uuid >= '{good[0]}' and uuid <= '{good[-1]}'"
        rows = self._scan(METRICS, where, None)
        rows = rows.filter(pc.field("uuid").isin(good))
        latest: dict[tuple[str, str], Metric] = {}
        for row in rows.to_pylist():
            each = Metric(row["uuid"], row["name"], json.loads(row["value"]), row["at"])
            before = latest.get((each.uuid, each.name))
            if before is None or before.at <= each.at:
                latest[each.uuid, each.name] = each
        return list(latest.values())

    def _move_predictions(self, before_ms: int, count: int) -> int:
        batch = begin_batch(self.store, PREDICTIONS)
        old = old_predictions(self.store, before_ms, count, _BYTES)
        rows = [each._asdict() | {"batch": batch.id} for each in old]
        snapshot = self._append(PREDICTIONS, rows, _SCHEMA, batch.id)
        if snapshot is None:
            return 0
        there = self._scan(PREDICTIONS, f"batch == '{batch.id}'", ["uuid", "started_ms"])
        times, uuids = there["started_ms"].to_numpy(), there["uuid"].to_pylist()
        span = (int(times.min()), int(times.max()))
        end_predictions(self.store, batch.id, snapshot, [str(each) for each in uuids], span)
        return len(uuids)

    def _move_metrics(self, before_ms: int, count: int) -> int:
        batch = begin_batch(self.store, METRICS)
        old = old_metrics(self.store, before_ms, count)
        rows = [
            each._asdict() | {"value": json.dumps(each.value), "batch": batch.id} for each in old
        ]
        snapshot = self._append(METRICS, rows, _METRIC_SCHEMA, batch.id)
        if snapshot is None:
            return 0
        there = self._scan(METRICS, f"batch == '{batch.id}'", None).to_pylist()
        told = [Metric(row["uuid"], row["name"], None, row["at"]) for row in there]
        end_metrics(self.store, batch.id, snapshot, told)
        return len(told)

    def _append(
        self, table: str, rows: list[dict[str, Any]], schema: pa.Schema, batch: str
    ) -> int | None:
        """Land a batch, be it that it has landed already; None where there is nothing to land."""
        data = pa.Table.from_pylist(rows, schema=schema)
        try:
            snapshot = self.tables.append(table, data, batch_id=batch, create=bool(rows))
        except UnknownTableError:
            drop_batch(self.store, batch)
            return None
        if snapshot.snapshot_id is None:
            drop_batch(self.store, batch)
        return snapshot.snapshot_id

    def _scan(self, table: str, where: str, columns: list[str] | None) -> pa.Table:
        return self.tables.scan(table, where=where, columns=columns)

    def _batches(self, wanted: Wanted, after: Position | None, newest: bool) -> list[ArchivedBatch]:
        """The batches that may hold what is wanted, in the order that they are to be read in."""
        start, end = wanted.start_ms, wanted.end_ms
        if wanted.uuids is not None:
            times = [_time_of(each) for each in wanted.uuids if _UUID.fullmatch(each)]
            if not times:
                return []
            start = max(start or 0, min(times) - _LEEWAY_MS)
            end = min(end or max(times) + _LEEWAY_MS, max(times) + _LEEWAY_MS)
        if after is not None and newest:
            end = after.started_ms + 1 if end is None else min(end, after.started_ms + 1)
        elif after is not None:
            start = max(start or 0, after.started_ms)
        found = archived_batches(self.store, PREDICTIONS, start_ms=start, end_ms=end)
        if newest:
            return sorted(found, key=lambda each: -(each.until_ms or 0))
        return sorted(found, key=lambda each: each.from_ms or 0)

    def _of_batch(
        self, batch: ArchivedBatch, wanted: Wanted, after: Position | None, newest: bool
    ) -> list[Logged]:
        rows = self._scan(PREDICTIONS, f"batch == '{batch.id}'", None)
        rows = rows.filter(_fits(rows, wanted)).drop_columns(["batch"])
        found = [Logged(**row) for row in rows.to_pylist()]
        if after is None:
            return found
        if newest:
            return [each for each in found if each.position < after]
        return [each for each in found if each.position > after]

    def _with_metrics(self, found: list[Logged]) -> list[Logged]:
        told: dict[str, dict[str, Any]] = {}
        for metric in self.metrics([each.uuid for each in found]):
            told.setdefault(metric.uuid, {})[metric.name] = metric.value
        for each in found:
            each.metrics.update(told.get(each.uuid, {}))
        return found


def _fits(rows: pa.Table, wanted: Wanted) -> Any:
    """Which rows are wanted."""
    compute: Any = pc
    said = compute.is_valid(rows["uuid"])
    chosen: Iterable[tuple[str, tuple[str, ...] | None]] = (
        ("deployment_id", wanted.deployments),
        ("build_id", wanted.builds),
        ("uuid", wanted.uuids),
    )
    for name, values in chosen:
        if values is not None:
            among = compute.is_in(rows[name], value_set=pa.array(values, pa.string()))
            said = compute.and_(said, among)
    if wanted.start_ms is not None:
        said = compute.and_(said, compute.greater_equal(rows["started_ms"], wanted.start_ms))
    if wanted.end_ms is not None:
        said = compute.and_(said, compute.less(rows["started_ms"], wanted.end_ms))
    if wanted.failed is not None:
        said = compute.and_(
            said, compute.equal(compute.not_equal(rows["status"], 200), wanted.failed)
        )
    if wanted.shadow is not None:
        said = compute.and_(said, compute.equal(rows["shadow"], wanted.shadow))
    return said


def _may_precede(batches: Sequence[ArchivedBatch], last: Logged, newest: bool) -> bool:
    """Whether a batch may hold what comes before the last of a page."""
    if newest:
        return any((each.until_ms or 0) >= last.started_ms for each in batches)
    return any((each.from_ms or 0) <= last.started_ms for each in batches)


def _time_of(uuid: str) -> int:
    """The time that a UUID of version 7 begins with, in milliseconds since 1970."""
    return int(uuid[:8] + uuid[9:13], 16)
