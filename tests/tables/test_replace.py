"""A part of a table is replaced whole: whoever else writes, whatever is killed."""

import multiprocessing
import random
import runpy
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pyarrow as pa
import pytest

from motifleet.config import Settings
from motifleet.errors import InvalidArgumentError, SchemaConflictError
from motifleet.tables import Tables, open_tables

WRITER = Path(__file__).with_name("replacer.py")
answer = runpy.run_path(str(WRITER))["answer"]


def put(tables: Tables, part: str, number: int, rows: int = 5) -> None:
    tables.replace("results", answer(part, number, rows), column="question", value=part)


def held(tables: Tables) -> dict[str, list[int]]:
    rows = tables.scan("results").to_pylist()
    parts = sorted({row["question"] for row in rows})
    return {part: [row["number"] for row in rows if row["question"] == part] for part in parts}


def test_a_part_is_replaced_and_the_others_stay(tables: Tables) -> None:
    put(tables, "a", 1)
    put(tables, "b", 2)
    put(tables, "a", 3, rows=2)
    assert held(tables) == {"a": [3] * 2, "b": [2] * 5}
    first, *_, last = tables.snapshots("results")
    assert last.operation == "overwrite"
    assert len(tables.snapshots("results")) == 3
    assert tables.scan("results", as_of=first.id).num_rows == 5


def test_a_part_without_rows_goes_away(tables: Tables) -> None:
    put(tables, "a", 1)
    put(tables, "b", 1)
    put(tables, "a", 2, rows=0)
    assert held(tables) == {"b": [1] * 5}
    put(tables, "c", 2, rows=0)
    assert len(tables.snapshots("results")) == 3


def test_a_new_column_is_added(tables: Tables) -> None:
    put(tables, "a", 1)
    wider = answer("b", 2, 1).append_column("score", pa.array([0.5]))
    tables.replace("results", wider, column="question", value="b")
    scores = {row["question"]: row["score"] for row in tables.scan("results").to_pylist()}
    assert scores == {"a": None, "b": 0.5}


def test_what_is_no_part_is_refused(tables: Tables) -> None:
    with pytest.raises(InvalidArgumentError, match="expected question to be 'b' in each row"):
        tables.replace("results", answer("a", 1, 1), column="question", value="b")
    tables.append("plain", answer("a", 1, 1))
    with pytest.raises(SchemaConflictError, match="expected a table that is made of parts"):
        tables.replace("plain", answer("a", 1, 1), column="question", value="a")
    assert tables.scan("plain").num_rows == 1


def test_writers_of_the_same_part_at_once_leave_one_answer(tables: Tables) -> None:
    def write(writer: int) -> None:
        for number in range(5):
            put(tables, "a", 10 * writer + number)
            put(tables, f"own-{writer}", number)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(write, range(4)))
    found = held(tables)
    assert len(found.pop("a")) == 5
    assert found == {f"own-{writer}": [4] * 5 for writer in range(4)}


def test_kill_9_leaves_the_old_answer_or_the_new_one(home: Path) -> None:
    moments, context = random.Random(3), multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["motifleet.tables"])
    for attempt in range(8):
        ready = context.Event()
        process = context.Process(
            target=runpy.run_path,
            args=(str(WRITER),),
            kwargs={"init_globals": {"arguments": (str(home), attempt, ready)}},
        )
        process.start()
        assert ready.wait(60)
        time.sleep(moments.uniform(0.0, 0.2))
        process.kill()
        process.join()
        with open_tables(Settings(home=home)) as tables:
            (numbers,) = held(tables).values()
            assert len(numbers) == 5
            assert len(set(numbers)) == 1
    with open_tables(Settings(home=home)) as tables:
        put(tables, "a", 77)
        assert held(tables) == {"a": [77] * 5}
