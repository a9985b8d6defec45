"""What is known of predictions later: ground truth, and metrics of many predictions together."""

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from hashlib import sha256
from typing import Any

from sqlalchemy import Connection, insert, select
from sqlalchemy.dialects import postgresql, sqlite

from motifleet.errors import InvalidArgumentError
from motifleet.workspace.ids import new_id, now_ms
from motifleet.workspace.prediction_log import Metric, Value, read_metrics_of
from motifleet.workspace.schema import aggregates, prediction_metrics
from motifleet.workspace.store import Store

_MOST, _LONGEST_NAME, _LONGEST_TEXT, _LONGEST_LIST, _LONGEST_UUID = 100, 200, 10_000, 1_000, 36
_LARGEST = 1 << 53
Metrics = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Aggregate:
    """Metrics of many predictions together.

    Args:
        id: of it.
        deployment_id: whose predictions.
        started_ms, ended_ms: the time that they are of, in milliseconds since 1970.
        metrics: by name.
    """

    id: str
    deployment_id: str
    started_ms: int
    ended_ms: int
    metrics: dict[str, Value]

    def to_dict(self) -> dict[str, Any]:
        """Plain values, for JSON."""
        return asdict(self)


def checked_metrics(metrics: Metrics) -> dict[str, Value]:
    """Metrics as they can be kept.

    Raises:
        InvalidArgumentError: a name or a value cannot be kept, or there are too many.

    >>> checked_metrics({"ground_truth": 1})
    {'ground_truth': 1}
    """
    if not isinstance(metrics, Mapping) or not 0 < len(metrics) <= _MOST:
        raise InvalidArgumentError(
            f"expected 1 to {_MOST} metrics by name, got {str(metrics)[:100]}"
        )
    for name in metrics:
        if not isinstance(name, str) or not 0 < len(name) <= _LONGEST_NAME or not _is_text(name):
            raise InvalidArgumentError(
                f"expected a metric's name of 1 to {_LONGEST_NAME} characters, got {name!r}"
            )
    return {name: _value(name, value) for name, value in metrics.items()}


def _value(name: str, value: Any) -> Value:
    value = value.tolist() if hasattr(value, "tolist") else value
    if isinstance(value, list | tuple):
        if len(value) > _LONGEST_LIST:
            raise InvalidArgumentError(
                f"expected at most {_LONGEST_LIST:,} values for metric {name!r}, got {len(value):,}"
            )
        return [_scalar(name, each) for each in value]
    return _scalar(name, value)


def _scalar(name: str, value: Any) -> float | str | bool:
    if isinstance(value, float) and not math.isfinite(value):
        raise InvalidArgumentError(f"expected a finite number for metric {name!r}, got {value}")
    if isinstance(value, int) and abs(value) >= _LARGEST:
        raise InvalidArgumentError(f"expected a number of at most 2^53 for metric {name!r}")
    if isinstance(value, str) and (len(value) > _LONGEST_TEXT or not _is_text(value)):
        raise InvalidArgumentError(
            f"expected text of at most {_LONGEST_TEXT:,} characters for metric {name!r}"
        )
    if not isinstance(value, float | int | str | bool):
        raise InvalidArgumentError(
            f"expected a number, text or a list of these for metric {name!r}, got {value!r:.100}"
        )
    return value


def _is_text(value: str) -> bool:
    """Whether a database can hold it: no NUL, no half of a surrogate pair."""
    return "\0" not in value and value.encode("utf-8", "ignore").decode() == value


def add_truth(store: Store, told: Sequence[tuple[str, Metrics]]) -> int:
    """Add metrics to predictions, be they in the log yet or not, all or none.

    The same again changes nothing, another value takes the place of the one before.

    Args:
        store: the database.
        told: the uuid of each prediction with what is known of it.

    Returns:
        how many metrics were new, or had another value.

    Raises:
        InvalidArgumentError: a uuid or a metric cannot be kept, or the model's own code tracked a
            metric of that name.
    """
    wanted: dict[tuple[str, str], Value] = {}
    for uuid, metrics in told:
        if not isinstance(uuid, str) or not 0 < len(uuid) <= _LONGEST_UUID or not _is_text(uuid):
            raise InvalidArgumentError(f"expected a prediction's uuid, got {uuid!r:.100}")
        wanted |= {(uuid, name): value for name, value in checked_metrics(metrics).items()}
    with store.write() as connection:
        found = read_metrics_of(connection, list(dict.fromkeys(uuid for uuid, _ in wanted)))
        there = {(each.uuid, each.name): each for each in found}
        changed = [
            _changed(uuid, name, value, there.get((uuid, name)))
            for (uuid, name), value in wanted.items()
        ]
        rows = [row for row in changed if row is not None]
        _write(connection, rows)
        return len(rows)


def _changed(uuid: str, name: str, value: Value, there: Metric | None) -> dict[str, Any] | None:
    """The row that is to be written; None where it is there."""
    if there is not None and there.value == value and type(there.value) is type(value):
        return None
    if there is not None and there.at == 0:
        raise InvalidArgumentError(
            f"expected a name that is free, but the model's own code tracked {name!r} for "
            f"prediction {uuid}: give what is told later another name"
        )
    # Always later than before: what is moved to the archive meanwhile must not take it along.
    at = now_ms() if there is None else max(now_ms(), there.at + 1)
    return {"uuid": uuid, "name": name, "value": value, "at": at}


def _write(connection: Connection, rows: list[dict[str, Any]]) -> None:
    if not rows:
        return
    dialect = sqlite if connection.dialect.name == "sqlite" else postgresql
    statement = dialect.insert(prediction_metrics)
    statement = statement.on_conflict_do_update(
        index_elements=["uuid", "name"],
        set_={"value": statement.excluded.value, "at": statement.excluded.at},
    )
    connection.execute(statement, rows)


def add_aggregate(
    store: Store, deployment: str, metrics: Metrics, start_ms: int, end_ms: int
) -> Aggregate:
    """Keep metrics of a deployment's predictions of some time; the same again changes nothing.

    Raises:
        InvalidArgumentError: the time ends before it begins, or a metric cannot be kept.
    """
    if not 0 <= start_ms <= end_ms < 1 << 53:
        raise InvalidArgumentError(
            f"expected a start and an end in milliseconds since 1970, got {start_ms} and {end_ms}"
        )
    checked = checked_metrics(metrics)
    text = json.dumps([deployment, start_ms, end_ms, checked], sort_keys=True)
    name = sha256(text.encode()).hexdigest()
    with store.write() as connection:
        query = select(aggregates).where(aggregates.c.digest == name)
        row = connection.execute(query).first()
        if row is None:
            made = Aggregate(new_id("agg"), deployment, start_ms, end_ms, checked)
            connection.execute(insert(aggregates).values(**asdict(made), digest=name))
            return made
        told = {key: value for key, value in row._mapping.items() if key != "digest"}
        return Aggregate(**told)


def list_aggregates(
    store: Store,
    deployments: Sequence[str] | None = None,
    *,
    start_ms: int | None = None,
    end_ms: int | None = None,
    limit: int = 10_000,
) -> list[Aggregate]:
    """Aggregates of deployments, the earliest first.

    Args:
        store: the database.
        deployments: of these; None: of all.
        start_ms: begun at this time or later.
        end_ms: begun before this time.
        limit: so many at most.
    """
    table = aggregates.c
    columns = [each for each in aggregates.c if each.name != "digest"]
    query = select(*columns).order_by(table.started_ms, table.id).limit(limit)
    if deployments is not None:
        query = query.where(table.deployment_id.in_(deployments))
    if start_ms is not None:
        query = query.where(table.started_ms >= start_ms)
    if end_ms is not None:
        query = query.where(table.started_ms < end_ms)
    with store.read() as connection:
        return [Aggregate(**row._mapping) for row in connection.execute(query)]
