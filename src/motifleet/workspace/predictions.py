"""The prediction log: groups of predictions in, each once, whatever is tried again."""

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import Connection
from sqlalchemy.dialects.postgresql import insert

from motifleet.workspace.schema import prediction_metrics, predictions
from motifleet.workspace.store import Store


class Prediction(NamedTuple):
    """One prediction that was answered, or failed.

    Args:
        uuid: of it.
        deployment_id: which answered.
        build_id: of that deployment.
        version: what it served, such as ``failures@3``.
        started_ms: when the request came, in milliseconds since 1970.
        ended_ms: when it was answered.
        status: of HTTP.
        inputs: the request as JSON; None where it is not kept.
        outputs: the answer as JSON; None where it is not kept.
        shadow: whether nobody got the answer.
        metrics: what the model's own code tracked.
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
    metrics: dict[str, float | str | bool]


_COLUMNS = Prediction._fields[:-1]
_ROW = f"({', '.join('?' * len(_COLUMNS))})"


def add_predictions(store: Store, group: Sequence[Prediction]) -> None:
    """Commit a group of predictions; one that is there already is left as it is."""
    with store.write() as connection:
        if connection.dialect.name == "sqlite":
            _add_to_sqlite(connection, group)
        else:
            rows = [dict(zip(_COLUMNS, each[:-1], strict=True)) for each in group]
            connection.execute(insert(predictions).on_conflict_do_nothing(), rows)
        _add_metrics(connection, group)


def _add_to_sqlite(connection: Connection, group: Sequence[Prediction]) -> None:
    """One statement for a whole group: a thread that runs it lets go of the interpreter once.

    A statement for each row would have to win it back each time.
    """
    rows = ", ".join([_ROW] * len(group))
    statement = f"INSERT OR IGNORE INTO predictions ({', '.join(_COLUMNS)}) VALUES {rows}"  # noqa: S608 -- our own words
    values = tuple(value for each in group for value in each[:-1])
    connection.exec_driver_sql(statement, values)


def _add_metrics(connection: Connection, group: Sequence[Prediction]) -> None:
    rows = [
        {"uuid": each.uuid, "name": name, "value": value}
        for each in group
        for name, value in each.metrics.items()
    ]
    if not rows:
        return
    if connection.dialect.name == "sqlite":
        connection.execute(prediction_metrics.insert().prefix_with("OR IGNORE"), rows)
    else:
        connection.execute(insert(prediction_metrics).on_conflict_do_nothing(), rows)
