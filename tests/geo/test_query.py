"""The user's SQL: what it may do, and everything that it may not."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from tests.geo.conftest import MakeReports
from tests.geo.random_sql import Queries

from motifleet.errors import InvalidArgumentError, QueryError
from motifleet.geo import fences_from_wkt, query
from motifleet.geo.engine import Engine
from motifleet.geo.guard import check_plan, tables_of

YARD = fences_from_wkt({"yard": "POLYGON ((8 47, 9 47, 9 48, 8 48, 8 47))"})
NAN = float("nan")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current folder, with files that a query could read."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "dir").mkdir()
    (tmp_path / "plain").mkdir()
    pq.write_table(pa.table({"a": [1]}), tmp_path / "dir" / "x.parquet")
    (tmp_path / "secret.csv").write_text("a,b\n1,2\n")
    (tmp_path / "secret.json").write_text('{"a": 1}\n')
    return tmp_path


def run(sql: str, reports: MakeReports, memory: int = 2**28) -> pa.Table:
    table = reports([("a", 0, 8.5, 47.5), ("b", 0, NAN, 47.5), ("c", 60, 0.0, 0.0)])
    return query(sql, ["fleet", "other"], lambda _: table, {"yards": YARD}, memory=memory)


ANSWERED = {
    "select count(*) as n from fleet f join yards y on ST_Covers(y.geom, f.geom)": [{"n": 1}],
    "select device_id from fleet where geom is null;": [{"device_id": "b"}],
    "select ST_AsText(geom) as p from fleet where device_id = 'a'": [{"p": "POINT(8.5 47.5)"}],
    "select geom from fleet where device_id = 'a'": [{"geom": "POINT(8.5 47.5)"}],
    "select 1 as x -- one\r\n, 2 as y": [{"x": 1, "y": 2}],
    "select name from yards -- from '/etc/passwd'": [{"name": "yard"}],
    "select '/etc/passwd' as x, 'it''s' as y": [{"x": "/etc/passwd", "y": "it's"}],
    "with a as (select 1 as x), b(y) as (select 2) select x, y from a, b": [{"x": 1, "y": 2}],
    "select x from (select 1 as x) t, (fleet join other on true) limit 1": [{"x": 1}],
    'select "device_id" from "fleet" where event_ts in (select max(event_ts) from other)': [
        {"device_id": "c"}
    ],
    "select sum(value) as s from generate_series(1, 4)": [{"s": 10}],
    "select (select count(*) from yards) as c": [{"c": 1}],
    "values (1), (2)": [{"column1": 1}, {"column1": 2}],
    "SELECT trim(both 'x' from 'xax') AS t": [{"t": "a"}],
    "select 1 as one union all (select 2) order by one": [{"one": 1}, {"one": 2}],
    "select count(*) filter (where device_id = 'a') as c from FLEET /* all */": [{"c": 1}],
}


@pytest.mark.parametrize("sql", ANSWERED)
def test_what_reads_the_tables_is_answered(sql: str, reports: MakeReports) -> None:
    assert run(sql, reports).to_pylist() == ANSWERED[sql]


ESCAPES = """
select * from 'secret.csv'
select * from "secret.csv"
select * from "./secret.json"
select * from `dir`
select * from [dir]
select * from dir
select * from DIR
select * from "dir/"
select * from "https://example.org/x.parquet"
select * from "s3://bucket/x.parquet"
select * from fleet, 'secret.csv'
select * from fleet, dir
select * from fleet join 'secret.csv' on true
select * from fleet f join other o on f.device_id = o.device_id, dir
select * from fleet f join other o using (device_id) cross join dir
select * from generate_series(1, 2) natural join dir
select * from unnest([1]), dir
select * from fleet f(a, b, c, d, e), dir
select * from (select * from dir)
select * from (dir)
select * from ((dir))
select * from (((select * from dir)))
select * from fleet, lateral dir
select * from fleet f left join lateral (select * from dir) x on true
select (select count(*) from 'secret.csv')
select sum((select count(*) from dir))
select abs(-(select count(*) from dir))
select [(select a from dir)]
select {'a': (select a from dir)}
select * from fleet where device_id in (select a from dir)
select * from fleet where exists(select 1 from dir)
select * from fleet where (1, 2) in (select 1, a from dir)
select * from fleet where device_id = any(select a from dir)
select * from fleet order by (select a from dir)
select count(*) from fleet group by (select 1 from dir)
select * from fleet union all select * from dir
select * from fleet except select * from dir
select * from fleet union all (select * from dir)
values ((select a from dir))
(select * from dir)
from dir select *
select * from (from dir)
table dir
select * from (table dir)
with a as (select * from dir) select * from a
with a as (select 1), dir as (select * from dir) select * from dir
with recursive r as (select 1 union all select a from dir) select * from r
with "secret.csv" as (select 1) select * from "secret.csv"
select * from (with dir as (select 1) select * from dir) a, dir
select is distinct from dir
select x is distinct from 'secret.csv'
select * from fleet.dir
select * from datafusion.public.dir
select * from public."secret.csv"
select * from information_schema.df_settings
select * from fleet /* /* */ , dir -- */
select * from fleet /*/**/*/, dir
select * from fleet /*/**/ where */ , dir
select * from fleet /* where
select * from fleet#x
select * from fleet$x
select * from fleet@x
select E'a\\'' from fleet, dir --'
select U&'a' from dir
select $$x$$, * from dir
select $tag$x$tag$ from dir
select RS_FromPath('secret.csv')
select "rs_frompath"('secret.csv')
select * from read_csv('secret.csv')
select * from read_parquet('dir/x.parquet')
select * from sd_random_geometry('{}')
select * into x from fleet
copy (select 1) to 'out.csv'
copy fleet to 'out.parquet'
create external table t stored as csv location 'secret.csv'
create table t as select 1
create view v as select * from dir
drop table fleet
drop view fleet
insert into fleet values (1)
with x as (select 1) insert into fleet select * from x
update fleet set device_id = 'x'
delete from fleet
truncate table fleet
alter table fleet rename to x
set datafusion.execution.batch_size = 1
show tables
show all
describe dir
explain select 1
explain analyze select * from dir
prepare p as select * from dir
execute p
begin
pivot dir on a using sum(b)
select 1; select 2
select 1; drop table fleet
;
select * from fleet)
select * from (fleet
""".strip().splitlines()


ODD = ["", "  ", "select * from\u00a0dir", "select * from fleet -- \r where\n , dir"]
ODD += ["select * from fleet -- \r, dir", "select 1 \r from dir", "select * from\x00dir"]


@pytest.mark.parametrize("sql", [*ESCAPES, *ODD])
def test_nothing_else_is_read_or_written(sql: str, reports: MakeReports, folder: Path) -> None:
    before = sorted(folder.rglob("*"))
    with pytest.raises(QueryError) as error:
        run(sql, reports)
    assert "dir.a" not in str(error.value)
    assert "Valid fields are a" not in str(error.value)
    assert sorted(folder.rglob("*")) == before


@pytest.mark.parametrize("seed", range(4))
def test_no_query_at_random_reads_a_folder(seed: int, folder: Path) -> None:
    """What the first lock lets through does not even make SedonaDB look at the folder's columns."""
    pq.write_table(pa.table({"a": [1], "zzz": [1]}), folder / "dir" / "x.parquet")
    engine, queries = Engine(), Queries(seed)
    engine.register("fleet", pa.table({"a": [1], "b": [2]}))
    told = [planned(engine, queries.next()) for _ in range(4000)]
    assert [text for _, text in told if "zzz" in text or "file_groups" in text] == []
    assert sum(done for done, _ in told) > 50


def planned(engine: Engine, sql: str) -> tuple[bool, str]:
    """Whether a query could be planned, and the plan or the error."""
    try:
        tables_of(sql, ["fleet"])
        return True, "".join(map(str, engine.run(f"EXPLAIN {sql}")["plan"].to_pylist()))
    except QueryError as error:
        return False, str(error)


def test_a_refusal_says_what_there_is(reports: MakeReports) -> None:
    with pytest.raises(QueryError, match=r"got 'x\.csv': there are fleet, other, yards"):
        run("select * from 'x.csv'", reports)
    with pytest.raises(QueryError, match="begins with SELECT, WITH or VALUES, got 'drop'"):
        run("drop table fleet", reports)


@pytest.mark.parametrize(
    "plan",
    [
        "TableScan: /etc/passwd projection=[a]",
        "DataSourceExec: file_groups={1 group: [[x]]}",
        "CopyTo: format=parquet",
        "TableScan: fleet\n  Dml: op=[Insert]",
    ],
)
def test_a_plan_that_reads_something_else_is_refused(plan: str) -> None:
    """The second lock: what SedonaDB made of a query, should the first be picked one day."""
    check_plan("Projection: a\n  TableScan: fleet projection=[a]\n  TableScan: ?table?", ["fleet"])
    with pytest.raises(QueryError, match="expected a table to read from"):
        check_plan(plan, ["fleet"])


def test_only_tables_that_are_named_are_read(reports: MakeReports) -> None:
    read = []

    def table(name: str) -> pa.Table:
        read.append(name)
        return reports([("a", 0, 8.5, 47.5)])

    query("select * from fleet", ["fleet", "other"], table, {"yards": YARD})
    assert read == ["fleet"]


def test_a_table_without_positions_is_read_as_it_is() -> None:
    result = query("select * from t", ["t"], lambda _: pa.table({"x": [1]}), {})
    assert result.to_pylist() == [{"x": 1}]


@pytest.mark.parametrize(
    "sql",
    ["select", "select * from fleet where", "select nope from fleet", "select ST_Covers(1) as x"],
)
def test_wrong_sql_is_one_clear_line(sql: str, reports: MakeReports) -> None:
    with pytest.raises(QueryError) as error:
        run(sql, reports)
    assert "\n" not in str(error.value)


def test_memory_is_bounded(reports: MakeReports) -> None:
    with pytest.raises(QueryError, match="a result of at most 16 MiB, got more"):
        run("select * from generate_series(1, 30000000)", reports, 2**24)
    grouped = (
        "select a.value as v, array_agg(b.value) as x from generate_series(1, 100000) a "
        "cross join generate_series(1, 2000) b group by a.value"
    )
    with pytest.raises(QueryError, match="needs at most 16 MiB, this one needs more"):
        run(grouped, reports, 2**24)
    with pytest.raises(InvalidArgumentError, match="at least 16 MiB, got 100 bytes"):
        run("select 1", reports, 100)


LONG = """
import signal
class Stopped(BaseException): pass
def stop(*_): raise Stopped
signal.signal(signal.SIGINT, stop)
from motifleet.geo import query
sql = ("select count(*) from generate_series(1,1000000) a join generate_series(1,1000000) b "
       "on sin(a.value + b.value) > 0.5")
print("running", flush=True)
try:
    query(sql, [], lambda _: None, {})
except Stopped:
    print("stopped", signal.getsignal(signal.SIGINT) is stop, flush=True)
"""


@pytest.mark.skipif(os.name == "nt", reason="signals are sent otherwise")
def test_ctrl_c_stops_a_query_and_raises_what_its_handler_raises() -> None:
    command = [sys.executable, "-W", "ignore", "-c", LONG]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "running\n"
        time.sleep(2)
        process.send_signal(signal.SIGINT)
        said, _ = process.communicate(timeout=60)
    assert said == "stopped True\n"
