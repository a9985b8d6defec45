from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pytest

from motifleet.errors import InvalidArgumentError, StorageError
from motifleet.telemetry import read_reports, report_schema, write_reports

SCHEMA = report_schema(signals=["speed"], position=False)


def batch(start: int, rows: int = 3) -> pa.RecordBatch:
    times = pa.array(range(start, start + rows)).cast(SCHEMA.field("event_ts").type)
    columns = [pa.array(["a"] * rows), times, pa.array([1.5] * rows)]
    return pa.RecordBatch.from_arrays(columns, schema=SCHEMA)


@pytest.mark.parametrize("name", ["x.csv", "x.parquet", "x.jsonl", "x.ndjson"])
def test_batches_are_written_one_after_the_other(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    assert write_reports((batch(start) for start in (0, 3, 6)), path) == 9
    with read_reports(path) as reader:
        assert [each.accepted.num_rows for each in reader] == [9]


def test_an_unknown_extension_and_no_batch(tmp_path: Path) -> None:
    with pytest.raises(InvalidArgumentError, match=r"ends in \.csv, .*, got \.xlsx"):
        write_reports([batch(0)], tmp_path / "x.xlsx")
    with pytest.raises(InvalidArgumentError, match="got no batch"):
        write_reports([], tmp_path / "x.csv")


def test_what_was_there_stays_when_a_write_fails(tmp_path: Path) -> None:
    path = tmp_path / "x.parquet"
    write_reports([batch(0)], path)
    before = path.read_bytes()

    def broken() -> Iterator[pa.RecordBatch]:
        yield batch(0)
        raise OSError(28, "No space left on device")

    with pytest.raises(StorageError, match=r"x\.parquet: cannot be written: No space left"):
        write_reports(broken(), path)
    assert path.read_bytes() == before
    assert [each.name for each in tmp_path.iterdir()] == ["x.parquet"]


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match="cannot be written: No such file or directory"):
        write_reports([batch(0)], tmp_path / "gone" / "x.csv")


def test_files_are_as_readable_as_others(tmp_path: Path) -> None:
    path, other = tmp_path / "x.csv", tmp_path / "other"
    write_reports([batch(0)], path)
    other.touch()
    assert path.stat().st_mode == other.stat().st_mode
