"""Files that are no telemetry: one or two sentences, never a traceback."""

import gzip
import os
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from motifleet.errors import InvalidArgumentError, ReadError
from motifleet.telemetry import ColumnMapping, read_reports

from .conftest import ReadFile, WriteFile

ROWS = "device,time,speed\na,2024-01-01,1\n"


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        pytest.param("none.csv", "", "the file is empty", id="empty"),
        pytest.param("none.csv.gz", gzip.compress(b""), "expected column names", id="empty-gz"),
        pytest.param("head.csv", "device,time\n", "expected rows, got none", id="header-only"),
        pytest.param("blank.csv", "\n\n", "expected column names in the first", id="blank-lines"),
        pytest.param("none.jsonl", "\n\n", "expected rows, got none", id="no-lines"),
        pytest.param("fleet.xlsx", b"PK\x03\x04", "expected a file that ends in .csv", id="xlsx"),
        pytest.param("fleet.txt", ROWS, "(or .csv.gz, .jsonl.gz), got .txt", id="txt"),
        pytest.param("fleet", ROWS, "got no extension", id="no-extension"),
        pytest.param("fleet.csv.zip", b"PK", "got .csv.zip", id="zip-extension"),
        pytest.param("fleet.parquet.gz", b"x", "got .parquet.gz", id="parquet-gz"),
        pytest.param("fleet.csv", b"PK\x03\x04xx", "got a ZIP archive", id="zip"),
        pytest.param("fleet.csv", b"PAR1xx", "got a Parquet file: name it", id="parquet-as-csv"),
        pytest.param("fleet.csv", gzip.compress(b"a"), "let its name end in .gz", id="gz-as-csv"),
        pytest.param("fleet.csv.gz", ROWS, "is the file damaged?", id="csv-as-gz"),
        pytest.param(
            "cut.csv.gz", gzip.compress(os.urandom(9000))[:500], "is the file damaged?", id="cut-gz"
        ),
        pytest.param("fleet.jsonl", b"\x7fELF\0\0", "expected text, got binary", id="binary"),
        pytest.param("fleet.csv", ROWS.encode("utf-16"), "text in UTF-16", id="utf-16"),
        pytest.param("fleet.parquet", ROWS, "expected a Parquet file, got", id="no-parquet"),
        pytest.param("fleet.parquet", b"PAR1", "expected a Parquet file, got", id="cut-parquet"),
        pytest.param("fleet.jsonl", "{oops\n", "row 1: not JSON", id="no-json"),
        pytest.param("two.csv", "device,time,x,x\n", "'x' 2 times: rename", id="column-twice"),
        pytest.param("two.csv", "device,time,x, x\n", "'x' 2 times: rename", id="blank-twice"),
        pytest.param(
            "latin.csv",
            b"device,time,depot\na,2024-01-01,Ames\nb,2024-01-01,Z\xfcrich\n",
            "got the byte 0xfc about row 2: save the file as UTF-8",
            id="latin-1",
        ),
        pytest.param(
            "latin.jsonl", b'{"device":"Z\xfcrich","time":0}\n', "byte 0xfc", id="latin-1-jsonl"
        ),
        pytest.param(
            "open.csv",
            'device,time,note\na,2024-01-01,"two\nb,2024-01-01,x\n',
            "a quote that opens about row 1 is never closed",
            id="open-quote",
        ),
        pytest.param(
            "x.csv",
            "speed,time\n1,2\n",
            "no column looks like the device: there are 'speed', "
            "'time'; name it with --device-column",
            id="no-device",
        ),
        pytest.param("x.csv", "vin,speed\n1,2\n", "name it with --time-column", id="no-time"),
        pytest.param(
            "x.csv",
            "vin,imei,ts\n1,2,3\n",
            "could be any of 'vin', 'imei': choose with --device-column",
            id="two-devices",
        ),
        pytest.param(
            "x.csv", "Time,TIME,vin\n1,2,3\n", "choose with --time-column", id="two-times"
        ),
        pytest.param(
            "x.csv", "device_id,Device ID,ts\n1,2,3\n", "choose with --device", id="spelled-alike"
        ),
    ],
)
def test_a_file_that_is_no_telemetry(
    write: WriteFile, read: ReadFile, name: str, content: str | bytes, message: str
) -> None:
    path = write(name, content)
    with pytest.raises(ReadError) as caught:
        read(path)
    said = str(caught.value)
    assert message in said
    assert said.startswith(str(path))
    assert said.count("\n") <= 1


def test_a_missing_file_and_a_folder(tmp_path: Path) -> None:
    with pytest.raises(ReadError, match=r"gone\.csv: cannot be read: No such file or directory"):
        read_reports(tmp_path / "gone.csv")
    with pytest.raises(ReadError, match="expected a file, got a folder"):
        read_reports(tmp_path)


def test_a_parquet_file_that_breaks_off(tmp_path: Path, read: ReadFile) -> None:
    path = tmp_path / "damaged.parquet"
    devices = [f"device-{row}" for row in range(5000)]
    pq.write_table(pa.table({"device": devices, "time": [0] * 5000}), path, use_dictionary=False)
    content = bytearray(path.read_bytes())
    content[200:5000] = bytes(4800)
    path.write_bytes(content)
    with pytest.raises(ReadError, match=r"cannot be read beyond row 0: is the file damaged\?"):
        read(path)


def test_a_parquet_file_without_rows(tmp_path: Path, read: ReadFile) -> None:
    path = tmp_path / "none.parquet"
    pq.write_table(pa.table({"device": ["a"], "time": [0]})[:0], path)
    with pytest.raises(ReadError, match="expected rows, got none"):
        read(path)


@pytest.mark.parametrize(
    ("mapping", "message"),
    [
        (ColumnMapping(device="vim"), r"no column 'vim' \(--device-column\): did you mean 'vin'\?"),
        (
            ColumnMapping(time="zzz"),
            r"no column 'zzz' \(--time-column\): there are 'vin', 'ts', 'v'",
        ),
        (ColumnMapping(ignore=("q",)), r"no column 'q' \(--ignore\)"),
        (ColumnMapping(signals=("q",)), r"no column 'q' \(--signal\)"),
        (ColumnMapping(labels=("q",)), r"no column 'q' \(--label\)"),
        (ColumnMapping(longitude="q"), r"no column 'q' \(--longitude-column\)"),
        (ColumnMapping(signals=("v",), ignore=("v",)), "'v' is asked for .--signal. and left out"),
        (ColumnMapping(device="ts"), "expected different columns for device, time"),
    ],
)
@pytest.mark.parametrize("name", ["x.csv", "x.jsonl"])
def test_options_that_name_no_column(
    write: WriteFile, mapping: ColumnMapping, message: str, name: str
) -> None:
    path = write(name, "vin,ts,v\n1,2,3\n" if name == "x.csv" else '{"vin":1,"ts":2,"v":3}\n')
    with pytest.raises(ReadError, match=message):
        read_reports(path, mapping)


def test_two_columns_that_would_be_one(write: WriteFile, read: ReadFile) -> None:
    path = write("two.csv", "vin,device_id,ts\n1,2,3\n")
    with pytest.raises(ReadError, match="leave it out with --ignore device_id, or rename it"):
        read(path, ColumnMapping(device="vin"))
    found = read(path, ColumnMapping(device="vin", ignore=("device_id",)))
    assert found.column("device_id") == ["1"]


def test_a_row_of_many_megabytes_is_refused(
    write: WriteFile, read: ReadFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("motifleet.telemetry.readers.text._LONGEST_ROW", 1 << 20)
    monkeypatch.setattr("motifleet.telemetry.readers.text._BLOCK_BYTES", 1 << 19)
    path = write("long.csv", 'device,time\na,"' + "x" * (3 << 20) + "\n")
    with pytest.raises(ReadError, match=r"rows of at most 16 MB|got a longer one that begins 'a,"):
        read(path)


def test_messages_call_the_file_as_they_are_told(write: WriteFile) -> None:
    with pytest.raises(ReadError, match=r"^upload 7: the file is empty"):
        read_reports(write("none.csv", ""), source="upload 7")


def test_batches_have_rows(write: WriteFile) -> None:
    with pytest.raises(InvalidArgumentError, match="at least 1 row, got 0"):
        read_reports(write("x.csv", ROWS), batch_rows=0)
