"""The prediction log, read: a page at a time, in the order of time."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, Row, Select, func, select, tuple_

from motifleet.workspace.schema import prediction_metrics, predictions
from motifleet.workspace.store import Store

Value = float | str | bool | list[Any] | None
_MOST_NAMED = 5_000


class Position(NamedTuple):
    """A prediction's place in the log."""

    started_ms: int
    uuid: str


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which predictions are meant: those that fit all that is given.

    Args:
        deployments: answered by one of these; None: by any.
        builds: with one of these builds; None: any.
        uuids: these; None: any.
        start_ms: begun at this time or later, in milliseconds since 1970.
        end_ms: begun before this time.
        failed: whether they failed; None: either.
        shadow: whether nobody got the answer; None: either.
    """

    deployments: tuple[str, ...] | None = None
    builds: tuple[str, ...] | None = None
    uuids: tuple[str, ...] | None = None
    start_ms: int | None = None
    end_ms: int | None = None
    failed: bool | None = None
    shadow: bool | None = None


@dataclass(frozen=True, slots=True)
class Logged:
    """A prediction as the log has it.

    Args:
        uuid: of it.
        deployment_id, build_id, version: what answered.
        started_ms, ended_ms: when, in milliseconds since 1970.
        status: of HTTP.
        inputs, outputs: as JSON; None where they are not kept.
        shadow: whether nobody got the answer.
        metrics: what the model's own code tracked, and what was told later.
    """

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
    metrics: dict[str, Value] = field(default_factory=dict)

    @property
    def position(self) -> Position:
        """Its place in the log."""
        return Position(self.started_ms, self.uuid)

    def to_dict(self) -> dict[str, Any]:
        """Plain values, for JSON."""
        return asdict(self)


class Metric(NamedTuple):
    """One metric of a prediction.

    Args:
        uuid: of the prediction.
        name, value: what was told.
        at: when, in milliseconds since 1970; 0: tracked by the model's own code.
    """

    uuid: str
    name: str
    value: Value
    at: int


def find_predictions(
    store: Store,
    wanted: Wanted,
    *,
    after: Position | None = None,
    limit: int = 100,
    newest: bool = False,
) -> list[Logged]:
    """Predictions with their metrics, the oldest first.

    Args:
        store: the database.
        wanted: which.
        after: only those that come after this place, in the order of the list.
        limit: so many at most.
        newest: the newest first.
    """
    with store.read() as connection:
        rows = list(connection.execute(_query(wanted, after, limit, newest)))
        told = read_metrics_of(connection, [row.uuid for row in rows])
    by_uuid: dict[str, dict[str, Value]] = {}
    for each in told:
        by_uuid.setdefault(each.uuid, {})[each.name] = each.value
    return [_logged(row, by_uuid.get(row.uuid, {})) for row in rows]


def metrics_of(store: Store, uuids: Sequence[str]) -> list[Metric]:
    """All metrics of some predictions, whether these are in the log or not."""
    with store.read() as connection:
        return read_metrics_of(connection, uuids)


def count_predictions(store: Store, wanted: Wanted) -> int:
    """How many predictions there are."""
    query = select(func.count()).select_from(predictions).where(*conditions(wanted))
    with store.read() as connection:
        return connection.scalar(query) or 0


def read_metrics_of(connection: Connection, uuids: Sequence[str]) -> list[Metric]:
    """See `metrics_of`."""
    table, found = prediction_metrics.c, []
    for at in range(0, len(uuids), _MOST_NAMED):
        some = uuids[at : at + _MOST_NAMED]
        query = select(table.uuid, table.name, table.value, table.at).where(table.uuid.in_(some))
        found += [Metric(*row) for row in connection.execute(query)]
    return found


def conditions(wanted: Wanted) -> list[ColumnElement[bool]]:
    """The same in SQL."""
    table = predictions.c
    chosen = {
        table.deployment_id: wanted.deployments,
        table.build_id: wanted.builds,
        table.uuid: wanted.uuids,
    }
    said: list[ColumnElement[bool]] = [
        column.in_(values) for column, values in chosen.items() if values is not None
    ]
    if wanted.start_ms is not None:
        said.append(table.started_ms >= wanted.start_ms)
    if wanted.end_ms is not None:
        said.append(table.started_ms < wanted.end_ms)
    if wanted.failed is not None:
        said.append((table.status != 200) == wanted.failed)
    if wanted.shadow is not None:
        said.append(table.shadow == wanted.shadow)
    return said


def _query(wanted: Wanted, after: Position | None, limit: int, newest: bool) -> Select[Any]:
    table = predictions.c
    query = select(predictions).where(*conditions(wanted)).limit(limit)
    if after is not None:
        place = tuple_(table.started_ms, table.uuid)
        given = tuple_(*after)
        query = query.where(place < given if newest else place > given)
    if newest:
        return query.order_by(table.started_ms.desc(), table.uuid.desc())
    return query.order_by(table.started_ms, table.uuid)


def _logged(row: Row[Any], metrics: dict[str, Value]) -> Logged:
    return Logged(**row._mapping, metrics=metrics)
