"""Many writers at once, in threads and in processes, some of them killed."""

import multiprocessing
import random
import runpy
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any, TypeAlias

import pyarrow as pa
import pytest

from motifleet.config import Settings
from motifleet.errors import SchemaConflictError
from motifleet.tables import Tables, open_tables

WRITER = Path(__file__).with_name("writer.py")
ROWS = 6
MakeReports: TypeAlias = Callable[..., pa.Table]
Start: TypeAlias = Callable[..., BaseProcess]


@pytest.fixture
def start(home: Path) -> Iterator[Start]:
    """Start a writer process; those that still run at the end of the test are killed."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["motifleet.tables"])
    started: list[BaseProcess] = []

    def launch(**arguments: Any) -> BaseProcess:
        chosen = {"home": str(home), "table": "fleet", "log": str(home) + ".log", **arguments}
        process = context.Process(
            target=runpy.run_path,
            args=(str(WRITER),),
            kwargs={"init_globals": {"arguments": chosen}},
        )
        process.start()
        started.append(process)
        return process

    yield launch
    for process in started:
        process.kill()
        process.join()


def rows_by_batch(tables: Tables) -> Counter[tuple[str, float]]:
    rows = tables.scan("fleet", columns=["device_id", "batch"]).to_pylist()
    return Counter((row["device_id"], row["batch"]) for row in rows)


def logged(home: Path) -> list[str]:
    log = Path(str(home) + ".log")
    return log.read_text().split() if log.exists() else []


def whole_batches(names: set[str]) -> Counter[tuple[str, float]]:
    keys = (name.split("/") for name in names)
    return Counter({(f"truck-{writer}", float(number)): ROWS for writer, number in keys})


def test_4_threads_of_20_appends_each_lose_and_double_nothing(tables: Tables) -> None:
    batch = runpy.run_path(str(WRITER))["batch"]

    def write(writer: int) -> list[bool]:
        batches = ((f"{writer}/{number}", batch(str(writer), number)) for number in range(20))
        return [tables.append("fleet", data, batch_id=name).already for name, data in batches]

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(write, range(4))) == [[False] * 20] * 4
    names = {f"{writer}/{number}" for writer in range(4) for number in range(20)}
    assert rows_by_batch(tables) == whole_batches(names)
    assert len(tables.snapshots("fleet")) == 80
    _assert_no_file_is_left_over(tables)


def test_4_processes_of_20_appends_each_lose_and_double_nothing(home: Path, start: Start) -> None:
    processes = [start(writer=str(writer), count=20) for writer in range(4)]
    for process in processes:
        process.join()
    assert [process.exitcode for process in processes] == [0, 0, 0, 0]
    names = {f"{writer}/{number}" for writer in range(4) for number in range(20)}
    with open_tables(Settings(home=home)) as tables:
        assert rows_by_batch(tables) == whole_batches(names)
        assert len(tables.snapshots("fleet")) == 80
        _assert_no_file_is_left_over(tables)


def test_the_same_batch_of_4_processes_lands_once(home: Path, start: Start) -> None:
    # The home is new: they also make the catalog, the namespace and the table at the same time.
    processes = [start(writer=str(writer), count=1, batch_id="day-1") for writer in range(4)]
    for process in processes:
        process.join()
    assert [process.exitcode for process in processes] == [0, 0, 0, 0]
    with open_tables(Settings(home=home)) as tables:
        assert tables.scan("fleet").num_rows == ROWS
        assert [each.batch_id for each in tables.snapshots("fleet")] == ["day-1"]
        _assert_no_file_is_left_over(tables)


def test_writers_that_share_no_lock_retry_until_all_have_landed(tmp_path: Path) -> None:
    batch = runpy.run_path(str(WRITER))["batch"]
    uri = f"sqlite:///{tmp_path}/shared.db?timeout=60"
    catalog = {"type": "sql", "uri": uri, "warehouse": str(tmp_path / "lake")}

    def write(writer: int) -> int:
        with open_tables(Settings(home=tmp_path / "home", catalog=catalog)) as tables:
            shared = tables.append("fleet", batch("shared", 0), batch_id="shared")
            mine = [tables.append("fleet", batch(str(writer), number)) for number in range(3)]
            return sum(not each.already for each in [shared, *mine])

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(write, range(4))) == [3, 3, 3, 4]
    with open_tables(Settings(home=tmp_path / "home", catalog=catalog)) as tables:
        names = {f"{writer}/{number}" for writer in range(4) for number in range(3)}
        assert rows_by_batch(tables) == whole_batches(names | {"shared/0"})
        _assert_no_file_is_left_over(tables)


def test_kill_9_amid_appends_leaves_whole_batches_only(home: Path, start: Start) -> None:
    moments = random.Random(7)
    for attempt in range(10):
        before = len(logged(home))
        process = start(writer=str(attempt), count=1000)
        while len(logged(home)) == before:
            time.sleep(0.005)
        time.sleep(moments.uniform(0.0, 0.15))
        process.kill()
        process.join()
    reported = set(logged(home))
    with open_tables(Settings(home=home)) as tables:
        landed = {str(each.batch_id) for each in tables.snapshots("fleet")}
        assert reported <= landed
        assert len(landed - reported) <= 10
        assert rows_by_batch(tables) == whole_batches(landed)
        tables.append("fleet", tables.scan("fleet", limit=1), batch_id="after")
        assert tables.describe("fleet").rows == ROWS * len(landed) + 1


def test_new_columns_of_several_threads_are_all_added(
    tables: Tables, make_reports: MakeReports
) -> None:
    reports = make_reports(devices=2, minutes=1)

    def write(number: int) -> None:
        extra = reports.append_column(f"signal_{number}", pa.array([float(number)] * 2))
        tables.append("fleet", extra)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(write, range(4)))
    rows = tables.scan("fleet")
    assert rows.num_rows == 8
    for number in range(4):
        values = rows[f"signal_{number}"].drop_null().to_pylist()
        assert values == [float(number)] * 2


def test_of_two_types_for_one_new_column_the_later_is_refused(
    tables: Tables, make_reports: MakeReports
) -> None:
    reports = make_reports(devices=2, minutes=1)
    tables.append("fleet", reports)

    def write(values: list[Any]) -> str:
        try:
            tables.append("fleet", reports.append_column("oil", pa.array(values)))
        except SchemaConflictError:
            return "refused"
        return "landed"

    with ThreadPoolExecutor(2) as pool:
        outcomes = list(pool.map(write, [[1.0, 2.0], ["low", "high"]]))
    assert sorted(outcomes) == ["landed", "refused"]
    assert tables.describe("fleet").rows == 4


def _assert_no_file_is_left_over(tables: Tables) -> None:
    description = tables.describe("fleet")
    data = list(Path(description.location, "data").rglob("*.parquet"))
    assert len(data) == description.files
