"""Whatever a file holds, each of its rows is accepted or rejected, and none is lost."""

import csv
import io
import json
import tempfile
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from motifleet.telemetry import ColumnMapping, read_reports, validate, write_reports

CELLS = st.one_of(
    st.sampled_from(["", "NA", "a", "b", "1", "2.5", "2024-01-01", "1704067200", '"', "x,y", "\n"]),
    st.floats().map(str),
    st.datetimes().map(str),
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=8),
)
ROWS = st.lists(st.lists(CELLS, min_size=1, max_size=6), min_size=1, max_size=25)
VALUES = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), CELLS, st.lists(st.integers())
)
OBJECTS = st.lists(
    st.dictionaries(st.sampled_from(["device", "time", "x", "y"]), VALUES) | VALUES,
    min_size=1,
    max_size=25,
)
MAPPING = ColumnMapping(device="device", time="time")


def rows_found(path: Path, batch_rows: int) -> list[int]:
    with read_reports(path, MAPPING, batch_rows=batch_rows) as reader:
        batches = list(reader)
    good = sum(batch.accepted.num_rows for batch in batches)
    rejected = [row for batch in batches for row in batch.rejected.to_pylist()]
    for row in rejected:
        json.loads(row["report"])
    bad: list[int] = [row["row"] for row in rejected]
    assert sorted(set(bad)) == bad
    return [good, *bad]


@settings(deadline=None, max_examples=60)
@given(rows=ROWS, batch_rows=st.integers(1, 30), quoting=st.sampled_from([0, 1]))
def test_csv(rows: list[list[str]], batch_rows: int, quoting: int) -> None:
    text = io.StringIO()
    writer = csv.writer(text, quoting=csv.QUOTE_ALL if quoting else csv.QUOTE_MINIMAL)
    writer.writerows([["device", "time", "x", "y"], *rows])
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "any.csv"
        path.write_text(text.getvalue(), encoding="utf-8", newline="")
        good, *bad = rows_found(path, batch_rows)
    assert good + len(bad) == len(rows)
    ragged = [place for place, row in enumerate(rows, start=1) if len(row) != 4]
    assert set(ragged) <= set(bad)


@settings(deadline=None, max_examples=60)
@given(objects=OBJECTS, batch_rows=st.integers(1, 30))
def test_json_lines(objects: list[object], batch_rows: int) -> None:
    lines = ['{"device":"a","time":0}', *map(json.dumps, objects)]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "any.jsonl"
        path.write_text("\n".join(lines), encoding="utf-8", newline="")
        good, *bad = rows_found(path, batch_rows)
    assert good + len(bad) == len(lines)


@pytest.mark.parametrize("extension", [".csv", ".parquet", ".jsonl"])
@settings(deadline=None, max_examples=25)
@given(
    speeds=st.lists(st.none() | st.floats(allow_nan=False, width=32), min_size=2, max_size=20),
    notes=st.lists(st.none() | st.text("ab,\"'\\é\n ", min_size=1).map(lambda s: f"<{s}>")),
)
def test_what_is_written_is_read_again(
    extension: str, speeds: list[float | None], notes: list[str | None]
) -> None:
    notes = (notes + [None] * len(speeds))[: len(speeds)]
    raw = pa.table({"device": ["a"] * len(speeds), "time": range(len(speeds)), "n": notes})
    reports = validate(raw.append_column("speed", pa.array(speeds, pa.float64()))).accepted
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"reports{extension}"
        assert write_reports(reports, path) == len(speeds)
        assert [each.name for each in path.parent.iterdir()] == [path.name]
        with read_reports(path) as reader:
            again = pa.concat_tables(batch.accepted for batch in reader)
    for name in reports.column_names:
        assert again[name].to_pylist() == reports[name].to_pylist()
