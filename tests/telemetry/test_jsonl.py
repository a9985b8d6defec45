import gzip
import json

import pytest

from motifleet.telemetry import ColumnMapping

from .conftest import ReadFile, WriteFile


def test_objects_become_reports(write: WriteFile, read: ReadFile) -> None:
    text = (
        '{"device":"a","time":"2024-01-01 06:00:00","speed":80,"moving":true,"driver":"Ada"}\n'
        '\n{"speed":80.5,"device":"b","time":1704088800}\n'
    )
    found = read(write("reports.jsonl", text))
    assert found.rejected == []
    assert found.column("speed") == [80.0, 80.5]
    assert found.column("moving") == [1.0, None]
    assert found.column("driver") == ["Ada", None]
    assert found.column("event_ts")[0] == found.column("event_ts")[1]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ('{"device": "b", ', "not JSON: Expecting property name enclosed in double quotes"),
        ("[1, 2]", "expected a JSON object, got a list"),
        ("null", "no device; no time"),
        ("{}", "no device; no time"),
        ("17", "expected a JSON object, got a number"),
        ('{"device":"b","time":1704067200,"speed":"fast"}', "signal speed: not a number: 'fast'"),
        ('{"device":"b","time":1704067200,"speed":[1]}', "speed: expected a number or text, got a"),
        ('{"device":"b\\ud800","time":1704067200}', "not JSON: 'utf-8' codec can't encode"),
        ('{"device":"b","time":1}{"device":"c","time":2}', "not JSON: Extra data"),
    ],
)
def test_a_malformed_line_is_one_rejected_row(
    write: WriteFile, read: ReadFile, line: str, reason: str
) -> None:
    good = [json.dumps({"device": "a", "time": 1704067200 + i, "speed": i}) for i in range(20)]
    path = write("bad.jsonl", "\n".join([*good[:7], line, *good[7:]]))
    found = read(path, ColumnMapping(signals=("speed",)))
    assert found.column("speed") == [float(i) for i in range(20)]
    assert list(found.reasons) == [8]
    assert found.reasons[8].startswith(reason)
    report = found.rejected[0]["report"]
    assert report in (line, json.dumps({"line": line}))


def test_an_object_within_is_spread_one_level(write: WriteFile, read: ReadFile) -> None:
    text = '{"device":"a","time":0,"position":{"lon":8.5,"lat":47.4},"extra":{"a":{"b":1}}}\n'
    mapping = ColumnMapping(longitude="position_lon", latitude="position_lat", ignore=("extra",))
    found = read(write("nested.ndjson", text), mapping)
    assert (found.column("longitude"), found.column("latitude")) == ([8.5], [47.4])
    assert list(found.accepted[0]) == ["device_id", "event_ts", "longitude", "latitude"]


def test_lists_reject_their_rows_until_left_out(write: WriteFile, read: ReadFile) -> None:
    path = write("lists.jsonl", '{"device":"a","time":0,"tags":[1]}\n{"device":"b","time":0}\n')
    assert read(path).reasons == {
        1: "tags: expected a number or text, got a list: leave it out with --ignore tags"
    }
    assert read(path, ColumnMapping(ignore=("tags",))).column("device_id") == ["a", "b"]


def test_types_that_differ_between_blocks_meet(
    write: WriteFile, read: ReadFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("motifleet.telemetry.readers.text._BLOCK_BYTES", 64)
    monkeypatch.setattr("motifleet.telemetry.readers.text._HEAD_BYTES", 64)
    speeds: list[object] = [1, 2.5, "3", None, True, "x"] * 10
    lines = [json.dumps({"device": "a", "time": i, "speed": s}) for i, s in enumerate(speeds)]
    found = read(write("mixed.jsonl", "\n".join(lines)), ColumnMapping(signals=("speed",)))
    assert found.column("speed") == [1.0, 2.5, 3.0, None, 1.0] * 10
    assert set(found.reasons.values()) == {"signal speed: not a number: 'x'"}
    assert len(found.rejected) == 10


def test_whole_numbers_keep_all_of_their_digits_in_labels(write: WriteFile, read: ReadFile) -> None:
    text = '{"imei":12345678901234567,"time":0,"vin":1}\n{"imei":12345678901234568,"time":0}\n'
    found = read(write("long.jsonl", text), ColumnMapping(device="imei"))
    assert found.column("device_id") == ["12345678901234567", "12345678901234568"]
    assert found.column("vin") == ["1", None]


def test_a_packed_file_reads_like_a_plain_one(write: WriteFile, read: ReadFile) -> None:
    text = '{"device":"a","time":"2024-01-01","speed":1}\n'
    packed = write("packed.jsonl.gz", gzip.compress(text.encode()))
    assert read(packed).accepted == read(write("plain.jsonl", text)).accepted
