"""The prediction log: groups of predictions in, each once, whatever is tried again."""

import json
import sqlite3
from collections.abc import Sequence
from contextlib import suppress
from typing import NamedTuple

from sqlalchemy.dialects.postgresql import insert

from motifleet.errors import StoreError
from motifleet.workspace.schema import prediction_metrics, predictions
from motifleet.workspace.store import Store, driver_of


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
_METRIC = "INSERT OR IGNORE INTO prediction_metrics (uuid, name, value) VALUES (?, ?, ?)"


def add_predictions(store: Store, group: Sequence[Prediction]) -> None:
    """Commit a group of predictions; one that is there already is left as it is."""
    with store.write() as connection:
        if store.embedded:
            _add_to_sqlite(driver_of(connection.connection), group)
            return
        rows = [dict(zip(_COLUMNS, each[:-1], strict=True)) for each in group]
        connection.execute(insert(predictions).on_conflict_do_nothing(), rows)
        metrics = [
            {"uuid": each.uuid, "name": name, "value": value}
            for each in group
            for name, value in each.metrics.items()
        ]
        if metrics:
            connection.execute(insert(prediction_metrics).on_conflict_do_nothing(), metrics)


class PredictionLog:
    """Who does nothing but write the log: SQLite's driver alone, with connections of its own.

    ``add`` waits for its turn; ``add_at_once`` never waits, so that an event loop may call it.
    ``tidy`` moves what was committed from SQLite's log into the database, while nobody waits for
    it.

    Args:
        store: the database.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._patient = store.driver() if store.embedded else None
        self._quick = None if store.durable or not store.embedded else store.driver()
        if self._quick is not None:
            self._quick.execute("PRAGMA busy_timeout = 0")
            self._quick.execute("PRAGMA wal_autocheckpoint = 0")

    def add(self, group: Sequence[Prediction]) -> None:
        """Commit a group; a prediction that is there already is left as it is.

        Raises:
            StoreError: the database refuses.
        """
        if self._patient is None:
            add_predictions(self._store, group)
        else:
            _commit(self._patient, group)

    def add_at_once(self, group: Sequence[Prediction]) -> bool:
        """Commit a group if that takes no waiting, neither for another writer nor for a disk.

        Returns:
            Whether it is committed; else it is to be given to `add`.
        """
        if self._quick is None:
            return False
        try:
            _commit(self._quick, group)
        except StoreError:
            return False
        return True

    def tidy(self) -> None:
        """Move what `add_at_once` committed into the database, which waits for the disk."""
        if self._patient is not None:
            with suppress(sqlite3.Error):  # a full disk, say: it is tried again
                self._patient.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchall()

    def close(self) -> None:
        """Let go of its connections."""
        for connection in (self._patient, self._quick):
            if connection is not None:
                connection.close()


def _commit(connection: sqlite3.Connection, group: Sequence[Prediction]) -> None:
    """A transaction; where one statement is all, it is its own."""
    tracked = any(each.metrics for each in group)
    try:
        if tracked:
            connection.execute("BEGIN IMMEDIATE")
        _add_to_sqlite(connection, group)
        if tracked:
            connection.execute("COMMIT")
    except (sqlite3.Error, UnicodeError, OverflowError) as error:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise StoreError(f"the database refuses: {error}") from error


def _add_to_sqlite(connection: sqlite3.Connection, group: Sequence[Prediction]) -> None:
    """One statement for a whole group: a thread that runs it lets go of the interpreter once.

    A statement for each row would have to win it back each time.
    """
    rows = ", ".join([_ROW] * len(group))
    statement = f"INSERT OR IGNORE INTO predictions ({', '.join(_COLUMNS)}) VALUES {rows}"  # noqa: S608 -- our own words
    connection.execute(statement, [value for each in group for value in each[:-1]])
    for each in group:
        told = [(each.uuid, name, json.dumps(value)) for name, value in each.metrics.items()]
        if told:
            connection.executemany(_METRIC, told)
