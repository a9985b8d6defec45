"""Reports sent by HTTP: what lands, and what would not be let in."""

import gzip
import io
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from tests.api.conftest import Site

CSV = b"truck,time,speed\n7,2026-03-02 06:00,81.5\n7,2026-03-02 06:01,fast\n8,2026-03-02 06:00,3\n"


def table(rows: int = 3) -> pa.Table:
    times = pa.array(range(rows), pa.timestamp("s", tz="UTC"))
    return pa.table({"device_id": ["a"] * rows, "event_ts": times, "speed": [1.5] * rows})


def parquet(told: pa.Table, **how: Any) -> bytes:
    sink = io.BytesIO()
    pq.write_table(told, sink, **how)
    return sink.getvalue()


def arrow(told: pa.Table) -> bytes:
    sink = io.BytesIO()
    with pa.ipc.new_stream(sink, told.schema) as stream:
        stream.write_table(told)
    return sink.getvalue()


def send(
    site: Site, path: str, body: bytes, kind: str, who: str = "contributor", **more: str
) -> Any:
    return site.ask(who, "POST", path, body, Content_Type=kind, **more)


def test_reports_are_looked_at_and_landed_once(site: Site) -> None:
    told = send(site, "/tables/sent/check?signal=speed", CSV, "text/csv", "viewer").json()
    assert (told["accepted"], told["rejected"]) == (2, 1)
    assert told["columns"]["speed"] == "signal"
    assert site.ask("viewer", "GET", "/tables/sent").status_code == 404
    first = send(site, "/tables/sent/reports?signal=speed", CSV, "text/csv")
    assert first.status_code == 201, first.text
    assert (first.json()["accepted"], first.json()["rejected"]) == (2, 1)
    again = send(site, "/tables/sent/reports?signal=speed", CSV, "text/csv").json()
    assert (again["accepted"], again["already"]) == (0, 2)
    rows = site.ask("viewer", "GET", "/tables/sent/rows").json()["rows"]
    assert sorted(each["speed"] for each in rows) == [3, 81.5]


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("application/vnd.apache.parquet", parquet(table())),
        ("application/vnd.apache.arrow.stream", arrow(table())),
        ("application/x-ndjson", b'{"device_id": "a", "event_ts": "2026-01-01", "speed": 1}\n'),
        ("text/csv; charset=utf-8", b"device_id,event_ts,speed\na,2026-01-01,1\n"),
    ],
)
def test_each_kind_is_taken(site: Site, kind: str, body: bytes) -> None:
    told = send(site, "/tables/kinds/check", body, kind)
    assert told.status_code == 200, told.text
    assert told.json()["accepted"] >= 1


@pytest.mark.parametrize("name", ["r.csv", "../../r.csv", "/etc/passwd.csv", "r.CSV", "a\\b.csv"])
def test_of_a_files_name_only_the_ending_counts(site: Site, name: str) -> None:
    headers = {"Authorization": f"Bearer {site.secrets['contributor']}"}
    files = {"file": (name, CSV, "application/octet-stream")}
    answer = site.client.post("/api/v1/tables/formed/check", files=files, headers=headers)
    assert answer.status_code == 200, answer.text
    assert list(site.fleet.settings.home.glob("upload-*")) == []


def bomb_of_text() -> bytes:
    """One text of 600 kB, named in a million rows: half a terabyte, in a small file."""
    once = pa.array([0] * 1_000_000, pa.int32())
    texts = pa.DictionaryArray.from_arrays(once, pa.array(["x" * 600_000]))
    times = pa.array(range(1_000_000), pa.timestamp("s"))
    return parquet(pa.table({"device_id": texts, "event_ts": times}), compression="zstd")


def bomb_of_rows() -> bytes:
    """Sixty million rows that are all the same."""
    same = pa.DictionaryArray.from_arrays(pa.array([0] * 1_000_000, pa.int32()), pa.array(["a"]))
    sink = io.BytesIO()
    part = pa.table({"device_id": same, "event_ts": pa.nulls(1_000_000, pa.timestamp("s"))})
    with pq.ParquetWriter(sink, part.schema, compression="zstd") as writer:
        for _ in range(60):
            writer.write_table(part)
    return sink.getvalue()


@pytest.mark.parametrize("bomb", [bomb_of_text, bomb_of_rows])
def test_a_bomb_is_not_unpacked(site: Site, bomb: Any) -> None:
    body = bomb()
    assert len(body) < 10_000_000
    answer = send(site, "/tables/bomb/check", body, "application/vnd.apache.parquet")
    assert answer.status_code == 400, answer.text
    assert "expected at most" in answer.text or "expected texts of at most" in answer.text


@pytest.mark.parametrize(
    ("kind", "body", "more", "status"),
    [
        ("text/csv", gzip.compress(CSV), {"Content_Encoding": "gzip"}, 415),
        ("application/gzip", gzip.compress(CSV), {}, 415),
        ("application/zip", b"PK\x03\x04", {}, 415),
        ("", CSV, {}, 415),
        ("text/csv", b"", {}, 400),
        ("text/csv", b"\xff\xfe\x00\x01", {}, 400),
        ("text/csv", b"no,such\ncolumns,here\n", {}, 400),
        ("application/vnd.apache.parquet", b"PAR1 no", {}, 400),
        ("application/vnd.apache.arrow.stream", b"\x00" * 64, {}, 400),
        ("application/x-ndjson", b"[" * 100_000, {}, 400),
        ("multipart/form-data", CSV, {}, 400),
        ("multipart/form-data; boundary=x", b"--x\r\n", {}, 422),
        ("text/csv", b"x", {"Content_Length": "2000000000"}, 413),
    ],
    ids=[
        *("gzip as a coding", "gzip", "zip", "of no kind", "empty", "no text", "no devices"),
        *("no Parquet", "no Arrow", "deeply nested", "a form without a border"),
        *("a form cut short", "too long"),
    ],
)
def test_what_is_no_file_of_reports_is_refused(
    site: Site, kind: str, body: bytes, more: dict[str, str], status: int
) -> None:
    answer = send(site, "/tables/wrong/reports", body, kind, **more)
    assert answer.status_code == status, answer.text
    assert set(answer.json()["error"]) == {"code", "message", "hint", "request_id"}
    assert site.ask("viewer", "GET", "/tables/wrong").status_code == 404


def test_the_server_reads_no_file_of_its_own(site: Site) -> None:
    secret = site.fleet.settings.home / "own.csv"
    secret.write_bytes(b"device_id,event_ts,speed\na,2026-01-01,1\na,2026-01-02,2\n")
    for path, more in (("motifs", {"m": 3}), ("match", {"pattern": [1, 2, 3]})):
        asked = {"table": str(secret), "signal": "speed", **more}
        answer = site.ask("owner", "POST", f"/patterns/{path}", asked)
        assert answer.status_code in (400, 404), answer.text
    asked = {"query": f"SELECT * FROM '{secret}'"}
    assert site.ask("owner", "POST", "/geo/sql", asked).status_code == 400
