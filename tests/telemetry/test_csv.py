import gzip
import json
from datetime import UTC, datetime

import pyarrow as pa
import pytest

from motifleet.telemetry import ColumnMapping, report_schema

from .conftest import ReadFile, WriteFile

LAB = """id,device_id,manufacturer,event_type,event_ts,longitude,latitude,iot_signal_1,iot_signal_3
0,0x1000000000005,New World Corp,system malfunction,2023-12-01 01:00:00,-93.39,42.18,3.0,51.0
1,0x100000000001d,New World Corp,tank below 10%,2023-12-01 01:01:00,-93.08,42.04,9.0,52
2,0x1000000000009,AI Inc.,tank below 5%,2023-12-01 01:02:00,-92.9,41.9,1,53.0
"""


def test_a_file_of_the_lab_becomes_reports(write: WriteFile, read: ReadFile) -> None:
    found = read(write("lab.csv", LAB), ColumnMapping(ignore=("id",)))
    assert found.rejected == []
    assert found.tables[0].schema == report_schema(
        labels=["manufacturer", "event_type"], signals=["iot_signal_1", "iot_signal_3"]
    )
    assert found.accepted[1] == {
        "device_id": "0x100000000001d",
        "event_ts": datetime(2023, 12, 1, 1, 1, tzinfo=UTC),
        "longitude": -93.08,
        "latitude": 42.04,
        "manufacturer": "New World Corp",
        "event_type": "tank below 10%",
        "iot_signal_1": 9.0,
        "iot_signal_3": 52.0,
    }


def test_a_column_that_counts_rows_is_kept_but_hinted_at(write: WriteFile, read: ReadFile) -> None:
    found = read(write("lab.csv", LAB))
    assert found.hints == ("column 'id' counts the rows: leave it out with --ignore id",)
    assert found.column("id") == [0.0, 1.0, 2.0]


def test_a_ragged_row_is_rejected_with_its_number_and_text(
    write: WriteFile, read: ReadFile
) -> None:
    text = "device,time,speed\na,2024-01-01,1\n\nb,2024-01-01\nc,2024-01-01,3,4\nd,2024-01-01,5\n"
    found = read(write("ragged.csv", text))
    assert found.column("device_id") == ["a", "d"]
    assert found.reasons == {2: "expected 3 columns, got 2", 3: "expected 3 columns, got 4"}
    assert json.loads(found.rejected[1]["report"]) == {"line": "c,2024-01-01,3,4"}


def test_one_bad_cell_is_one_rejected_row(write: WriteFile, read: ReadFile) -> None:
    rows = [f"a,{second},{second}.5" for second in range(1_700_000_000, 1_700_000_030)]
    rows[7] = "a,1700000007,abc"
    rows[8] = 'a,1700000008,"1,5"'
    found = read(write("bad.csv", "\n".join(["device,time,speed", *rows])))
    assert found.reasons == {
        8: "signal speed: not a number: 'abc'",
        9: "signal speed: not a number: '1,5'",
    }
    assert json.loads(found.rejected[0]["report"]) == {
        "device": "a",
        "time": "1700000007",
        "speed": "abc",
    }
    assert found.counts == [{"not a number": 2}]


@pytest.mark.parametrize("word", ["", "NA", "N/A", "null", "None", "NaN", "nan", " ", "-"])
def test_words_for_nothing_are_null(write: WriteFile, read: ReadFile, word: str) -> None:
    text = f"device,time,speed,driver\na,2024-01-01,{word},{word}\nb,2024-01-01,2,Ada\n"
    found = read(write("gaps.csv", text))
    assert (found.column("speed"), found.column("driver")) == ([None, 2.0], [None, "Ada"])


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("1e3", 1000.0),
        ("1E-2", 0.01),
        ("+5", 5.0),
        (" 7 ", 7.0),
        (".5", 0.5),
        ("-inf", float("-inf")),
        ("true", 1.0),
        ("False", 0.0),
    ],
)
def test_ways_to_write_a_number(write: WriteFile, read: ReadFile, cell: str, value: float) -> None:
    text = f"device,time,speed,x\na,2024-01-01,{cell},NA\nb,2024-01-01,{cell},1\n"
    assert read(write("numbers.csv", text)).column("speed") == [value, value]


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_the_separator_is_seen_in_the_header(
    write: WriteFile, read: ReadFile, separator: str
) -> None:
    text = "device,time,speed\na,2024-01-01,1.5\n".replace(",", separator)
    assert read(write("list.csv", text)).column("speed") == [1.5]


def test_quotes_line_ends_and_a_byte_order_mark(write: WriteFile, read: ReadFile) -> None:
    text = (
        '\ufeff"device", time ,note\r\n"a, ""b""",2024-01-01,"two\r\nlines"\r\nc,2024-01-01,5"\r\n'
    )
    found = read(write("quoted.csv", text))
    assert found.column("device_id") == ['a, "b"', "c"]
    assert found.column("note") == ["two\r\nlines", '5"']


def test_a_packed_file_reads_like_a_plain_one(write: WriteFile, read: ReadFile) -> None:
    plain, packed = write("lab.csv", LAB), write("lab.csv.gz", gzip.compress(LAB.encode()))
    assert read(packed).accepted == read(plain).accepted


def test_unnamed_columns_get_a_name(write: WriteFile, read: ReadFile) -> None:
    found = read(write("frame.csv", ",device,time\n0,a,2024-01-01\n1,b,2024-01-01\n2,c,2024-01-01"))
    assert found.column("unnamed_1") == [0.0, 1.0, 2.0]
    assert "--ignore unnamed_1" in found.hints[0]


def test_blanks_around_names_make_no_other_device(write: WriteFile, read: ReadFile) -> None:
    found = read(write("blanks.csv", "device,time\ntruck 1 ,2024-01-01\n truck 1,2024-01-01\n"))
    assert found.reasons == {2: "duplicate device and time"}


@pytest.mark.parametrize("batch_rows", [1, 2, 3, 7, 100])
def test_batches_hold_the_same_rows_of_the_file_whatever_becomes_of_them(
    write: WriteFile, read: ReadFile, batch_rows: int
) -> None:
    rows = [f"a,{1_700_000_000 + row},{row}" for row in range(20)]
    rows[3], rows[4], rows[11] = "a,1700000003", ",1700000004,4", rows[10]
    path = write("batches.csv", "\n".join(["device,time,speed", *rows]))
    found = read(path, batch_rows=batch_rows)
    assert len(found.tables) == -(-20 // batch_rows)
    assert sorted(found.reasons) == [4, 5, 12]
    assert found.column("speed") == [float(row) for row in range(20) if row not in (3, 4, 11)]


def test_quoted_line_ends_across_blocks(
    write: WriteFile, read: ReadFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("motifleet.telemetry.readers.text._BLOCK_BYTES", 37)
    monkeypatch.setattr("motifleet.telemetry.readers.text._HEAD_BYTES", 37)
    notes = [f'{"x" * (row % 11)}.\n5" wide,\nrow {row}' for row in range(200)]
    rows = [
        'a{},2024-01-01,"{}"'.format(row, note.replace('"', '""')) for row, note in enumerate(notes)
    ]
    rows.insert(50, 'stray,2024-01-01,5" pipe')
    rows.insert(120, "short,2024-01-01")
    found = read(write("blocks.csv", "\n".join(["device,time,note", *rows])))
    assert [note for note in found.column("note") if note != '5" pipe'] == notes
    assert found.reasons == {121: "expected 3 columns, got 2"}


def test_a_column_is_taken_once_it_has_values(write: WriteFile, read: ReadFile) -> None:
    text = "device,time,load\na,2024-01-01,\nb,2024-01-01,NA\nc,2024-01-01,5\n"
    found = read(write("late.csv", text), batch_rows=2)
    assert [table.column_names for table in found.tables] == [
        ["device_id", "event_ts"],
        ["device_id", "event_ts", "load"],
    ]
    assert found.hints == ("column 'load' is empty so far: it is taken once it has values",)


def test_numbers_can_be_labels_and_words_signals_by_choice(
    write: WriteFile, read: ReadFile
) -> None:
    text = "device,time,route,speed\na,2024-01-01,12,fast\nb,2024-01-01,7,80\n"
    path = write("choice.csv", text)
    assert read(path).tables[0].schema.types[2:] == [pa.float64(), pa.string()]
    found = read(path, ColumnMapping(labels=("route",), signals=("speed",)))
    assert found.column("route") == ["7"]
    assert found.reasons == {1: "signal speed: not a number: 'fast'"}


def test_names_of_labels_are_labels_even_as_numbers(write: WriteFile, read: ReadFile) -> None:
    text = "device,time,event_type,imei\na,2024-01-01,7,490154203237518\n"
    found = read(write("labels.csv", text))
    assert (found.column("event_type"), found.column("imei")) == (["7"], ["490154203237518"])
