"""The log as the gateway writes it: each prediction once, and no wait where none is allowed."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from sqlalchemy import text

from motifleet.errors import StoreError
from motifleet.workspace import Prediction, PredictionLog, Store, add_predictions


def prediction(uuid: str, **metrics: float | str | bool) -> Prediction:
    where = ("dep-1", "bld-1", "failures@1")
    return Prediction(uuid, *where, 1_000, 1_002, 200, '{"x": 1}', "[1]", False, metrics)


def logged(store: Store) -> list[tuple[str, str | None]]:
    query = (
        "SELECT p.uuid, m.name FROM predictions p LEFT JOIN prediction_metrics m "
        "ON p.uuid = m.uuid ORDER BY p.uuid, m.name"
    )
    with store.read() as connection:
        return [(row.uuid, row.name) for row in connection.execute(text(query))]


def test_each_prediction_is_there_once_whichever_way_it_came(store: Store) -> None:
    log = PredictionLog(store)
    group = [prediction("a"), prediction("b", near=0.5, kind="odd")]
    log.add(group)
    log.add(group)
    assert log.add_at_once([*group, prediction("c")]) is store.embedded
    add_predictions(store, [*group, prediction("c")])
    assert logged(store) == [("a", None), ("b", "kind"), ("b", "near"), ("c", None)]
    log.close()


def test_nobody_waits_for_another_writer_at_once(store: Store) -> None:
    if not store.embedded:
        return
    log = PredictionLog(store)
    with store.write():
        began = time.monotonic()
        assert log.add_at_once([prediction("a", near=1.0)]) is False
        assert time.monotonic() - began < 10, "others wait for twenty seconds"
    assert logged(store) == []
    assert log.add_at_once([prediction("a", near=1.0)]) is True
    assert logged(store) == [("a", "near")]
    log.close()


def test_a_disk_that_must_be_waited_for_is_left_to_those_who_wait(tmp_path: Path) -> None:
    durable = Store(f"sqlite:///{tmp_path / 'workspace.db'}", durable=True)
    log = PredictionLog(durable)
    assert log.add_at_once([prediction("a")]) is False
    log.add([prediction("a")])
    assert logged(durable) == [("a", None)]
    log.close()
    durable.close()


def test_a_refusal_leaves_nothing_behind(store: Store) -> None:
    with store.write() as connection:
        connection.execute(text("DROP TABLE prediction_metrics"))
    log = PredictionLog(store)
    group = [prediction("a", near=1.0)]
    assert log.add_at_once(group) is False
    with pytest.raises(StoreError, match="refuse"):
        log.add(group)
    with store.read() as connection:
        assert connection.scalar(text("SELECT count(*) FROM predictions")) == 0
    log.close()


KILLED = """
import os, sys
from tests.workspace.test_prediction_log import prediction
from motifleet.workspace import PredictionLog, Store
log = PredictionLog(Store(sys.argv[1]))
assert log.add_at_once([prediction("a"), prediction("b", near=1.0)])
os.kill(os.getpid(), 9)
"""


def test_what_was_committed_at_once_survives_kill_9(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'workspace.db'}"
    root = str(Path(__file__).parents[2])
    done = subprocess.run(
        [sys.executable, "-c", KILLED, url],
        env={**os.environ, "PYTHONPATH": root},
        check=False,
    )
    assert done.returncode == -9
    store = Store(url)
    assert logged(store) == [("a", None), ("b", "near")]
    store.close()
