"""The prediction log: groups of predictions in, each once, whatever is tried again."""

from collections.abc import Sequence
from typing import NamedTuple

import orjson
from sqlalchemy import Connection, text
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
# One statement takes a whole group as JSON: a thread that runs it lets go of the interpreter once,
# where a statement for each row has to win it back each time.
_INSERT = text(
    f"INSERT OR IGNORE INTO predictions ({', '.join(_COLUMNS)}) SELECT "  # noqa: S608 -- our words
    + ", ".join(f"json_extract(value, '$[{at}]')" for at in range(len(_COLUMNS)))
    + " FROM json_each(:rows)"
)


def add_predictions(store: Store, group: Sequence[Prediction]) -> None:
    """Commit a group of predictions; one that is there already is left as it is."""
    with store.write() as connection:
        if connection.dialect.name == "sqlite":
            connection.execute(_INSERT, {"rows": orjson.dumps([p[:-1] for p in group]).decode()})
        else:
            rows = [dict(zip(_COLUMNS, each[:-1], strict=True)) for each in group]
            connection.execute(insert(predictions).on_conflict_do_nothing(), rows)
        _add_metrics(connection, group)


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
