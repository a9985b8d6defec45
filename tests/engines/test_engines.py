"""Every engine gives what the work gives, for every item, and lets errors through."""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from motifleet.app import Motifleet, open_home
from motifleet.engines import Engine, Kernels, LocalEngine, SparkEngine, engine_named
from motifleet.errors import InvalidArgumentError, UnknownColumnError

START = np.datetime64("2026-03-02T00:00", "us")


class Squares:
    """Loads a number, and squares it."""

    def load(self, item: int) -> int:
        if item < 0:
            raise InvalidArgumentError(f"expected a number from 0 on, got {item}")
        return item

    def work(self, loaded: int, how: Kernels) -> pa.Table:
        table = pa.table({"square": [loaded**2]})
        return table.replace_schema_metadata({b"simd": how.simd.encode()})


@pytest.fixture(scope="session")
def session() -> Iterator[Any]:
    from pyspark.sql import SparkSession

    builder = SparkSession.builder.master("local[2]").config("spark.ui.enabled", "false")
    with pytest.MonkeyPatch.context() as patch:
        # The workers import this file, and Motifleet.
        patch.setenv("PYTHONPATH", str(Path(__file__).parents[2]))
        patch.setenv("PYSPARK_PYTHON", sys.executable)
        made = builder.config("spark.driver.bindAddress", "127.0.0.1").getOrCreate()
        yield made
        made.stop()


# Spark's own library leaves sockets to the garbage collector.
LEFT_OPEN = "ignore::pytest.PytestUnraisableExceptionWarning"
BY_SPARK = [pytest.mark.spark, pytest.mark.filterwarnings(LEFT_OPEN)]


@pytest.fixture(params=["local", pytest.param("spark", marks=BY_SPARK)])
def engine(request: pytest.FixtureRequest) -> Engine:
    if request.param == "local":
        return LocalEngine()
    return SparkEngine(session=request.getfixturevalue("session"))


@pytest.fixture
def fleet(tmp_path: Path) -> Iterator[Motifleet]:
    opened = open_home(tmp_path / "home")
    with opened.tables:
        for number in range(8):
            values = np.random.default_rng(number).normal(size=(2, 120))
            times: Any = pa.array(START + np.arange(120) * np.timedelta64(1, "m"))
            reports = {
                "device_id": pa.array([f"d{number}"] * 120),
                "event_ts": times.cast(pa.timestamp("us", "UTC")),
                "load": pa.array(values[0]),
                "speed": pa.array(values[1]),
            }
            opened.tables.append("trucks", pa.table(reports))
        yield Motifleet(opened.settings.model_copy(update={"page_rows": 250}), opened.tables)


def test_each_item_has_its_result(engine: Engine) -> None:
    items = [3, 1, 4, 1, 5, 9, 2, 6]
    found = list(engine.run(Squares(), items))
    assert sorted(item for item, _ in found) == sorted(items)
    assert all(table["square"].to_pylist() == [item**2] for item, table in found)
    assert found[0][1].schema.metadata == {b"simd": b"auto"}
    assert list(engine.run(Squares(), [])) == []


def test_searches_find_the_same(engine: Engine, fleet: Motifleet) -> None:
    local = LocalEngine()
    assert len(fleet.tables.reader("trucks").pages(250)) > 2
    pattern = np.arange(10.0).tolist()
    for chosen in ("load", ["load", "speed"]):
        found, wanted = (
            (
                fleet.motifs("trucks", chosen, 10, k=4, engine=one),
                fleet.discords("trucks", chosen, 10, k=4, engine=one),
                fleet.match(
                    [pattern] * (1 if chosen == "load" else 2), "trucks", chosen, k=4, engine=one
                ),
            )
            for one in (engine, local)
        )
        assert found == wanted
    for against in ("past", "fleet"):
        found_, wanted_ = (
            fleet.discords("trucks", "load", 10, against=against, k=4, into="discords", engine=one)
            for one in (engine, local)
        )
        assert found_ == wanted_
    assert len(fleet.scan("discords")) == 8
    shared, same = (
        fleet.shared_motifs("trucks", "load", 10, min_devices=4, k=2, engine=one)
        for one in (engine, local)
    )
    assert shared == same
    for exact in (True, False):
        alike = [
            fleet.similarity("trucks", "load", 10, k=2, exact=exact, engine=one)
            for one in (engine, local)
        ]
        assert alike[0] == alike[1]
        assert len(fleet.scan("similarity")) == alike[0].rows == 16


@pytest.mark.parametrize("name", ["local", "spark"])
def test_engines_have_names(name: str) -> None:
    made = engine_named(name, Kernels(simd="scalar"))
    assert isinstance(made, LocalEngine if name == "local" else SparkEngine)
    assert made.kernels.simd == "scalar"


def test_what_is_wrong_is_said(fleet: Motifleet) -> None:
    with pytest.raises(InvalidArgumentError, match="expected an engine out of local, spark"):
        engine_named("flink", Kernels())
    with pytest.raises(InvalidArgumentError, match="from 0 on, got -3"):
        list(LocalEngine().run(Squares(), [2, -3]))
    with pytest.raises(UnknownColumnError, match="did you mean 'load'"):
        fleet.motifs("trucks", "lod", 10)
