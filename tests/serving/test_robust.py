"""Callers who err, dawdle or mean harm: each is told, and nobody else notices."""

import json
import socket
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress

import pytest
from sqlalchemy import text
from tests.serving.conftest import PATIENCE, Server

from motifleet.app import Motifleet

ASKED = b'{"kind":"plain"}'


@contextmanager
def line(server: Server) -> Iterator[socket.socket]:
    with socket.create_connection(("127.0.0.1", server.port), timeout=PATIENCE) as opened:
        yield opened


def heard(opened: socket.socket) -> bytes:
    """All that comes until the other side closes."""
    said = b""
    with suppress(ConnectionResetError):
        while part := opened.recv(65_536):
            said += part
    return said


def head(key: str, *more: str, path: str = "/endpoints/odd/invocations") -> bytes:
    lines = [f"POST {path} HTTP/1.1", "host: x", f"authorization: Bearer {key}", *more, "", ""]
    return "\r\n".join(lines).encode()


def nested(depth: int) -> bytes:
    return b"[" * depth + b"]" * depth


@pytest.mark.parametrize("depth", [250, 300, 1_000, 1_023, 5_000, 1_000_000])
def test_nesting_however_deep_is_answered(server: Server, key: str, depth: int) -> None:
    bearer = f"Bearer {key}"
    status, told = server.post("/endpoints/odd/invocations", nested(depth), authorization=bearer)
    assert (status, bool(told["error"]["message"])) in ((400, True), (500, True))
    body = b'{"accessKey": "%b", "request": %b}' % (key.encode(), nested(depth))
    status, told = server.post("/model", body)
    assert status in (400, 500)
    assert told["error"]["code"] in ("invalid_request", "model_failed")
    assert server.ask(key, {"kind": "plain"})[0] == 200


@pytest.mark.parametrize(
    "path",
    [
        "/endpoints/../../../../etc/passwd",
        "/endpoints/%2e%2e/%2e%2e/etc/passwd/version",
        "/endpoints/..%2f..%2fetc%2fpasswd/version",
        "/endpoints/%252e%252e%252fetc/version",
        "/endpoints/odd%00/version",
        "/endpoints/%ff%fe/version",
        "/endpoints//version",
        "/endpoints/" + "x" * 5_000 + "/version",
        "/v2/models/..%2f..%2fodd",
        "/v2/models/odd/versions/../../../x",
        "//model",
        "/model/../model",
    ],
)
def test_names_lead_nowhere_else(server: Server, path: str) -> None:
    status, told = server.send("GET", path)
    assert status == 404
    assert set(told["error"]) == {"code", "message", "hint", "request_id"}
    assert len(json.dumps(told)) < 1_000


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"content_encoding": "gzip"}, 415),
        ({"content_type": "application/json; charset=utf-16"}, 415),
        ({"content_type": "application/json; charset=UTF-8"}, 200),
        ({"content_type": "text/plain"}, 415),
        ({"content_type": "application/x-python-pickle"}, 415),
        ({"authorization": "Basic b2RkOm9kZA=="}, 401),
        ({"authorization": "Bearer "}, 401),
        ({"authorization": "Bearer \xff\xfe"}, 401),
        ({"authorization": "Bearer " + "k" * 20_000}, 401),
    ],
)
def test_encodings_and_credentials_that_are_none(
    server: Server, key: str, headers: dict[str, str], status: int
) -> None:
    told = {"authorization": f"Bearer {key}", **headers}
    assert server.post("/endpoints/odd/invocations", ASKED, **told)[0] == status


@pytest.mark.parametrize("method", ["OPTIONS", "PUT", "DELETE", "PATCH", "TRACE", "GET"])
def test_other_methods_are_told_which_is_meant(server: Server, key: str, method: str) -> None:
    with line(server) as opened:
        words = head(key, "content-length: 0", "connection: close").replace(
            b"POST", method.encode()
        )
        opened.sendall(words)
        said = heard(opened)
    assert said.startswith(b"HTTP/1.1 405")
    assert b"\r\nallow: POST\r\n" in said


def test_head_is_get_without_a_body(server: Server, key: str) -> None:
    for path in ("/ping", "/health", "/metrics", "/endpoints/odd/ping", "/v2/health/live"):
        status, body = server.send("HEAD", path)
        assert (status, body) == (200, b""), path


def test_chunked_bodies_are_read(server: Server, key: str) -> None:
    with line(server) as opened:
        opened.sendall(head(key, "transfer-encoding: chunked", "connection: close"))
        for part in (ASKED[:5], ASKED[5:]):
            opened.sendall(b"%x\r\n%b\r\n" % (len(part), part))
            time.sleep(0.05)
        opened.sendall(b"0\r\n\r\n")
        said = heard(opened)
    assert said.startswith(b"HTTP/1.1 200")
    assert b'"kind":"plain"' in said


@pytest.mark.parametrize(
    "more",
    [
        ("content-length: 5", "content-length: 50"),
        ("content-length: -1",),
        ("content-length: 1e3",),
        ("transfer-encoding: chunked, nonsense",),
    ],
)
def test_lengths_that_contradict_are_refused(server: Server, key: str, more: tuple[str]) -> None:
    with line(server) as opened:
        opened.sendall(head(key, *more, "connection: close") + ASKED)
        said = heard(opened)
    assert said.startswith((b"HTTP/1.1 400", b"HTTP/1.1 501")) or said == b""
    assert server.ask(key, {"kind": "plain"})[0] == 200


def test_requests_in_one_go_are_answered_in_their_order(server: Server, key: str) -> None:
    bodies = [json.dumps({"kind": f"k{at}"}).encode() for at in range(5)]
    ends = ["keep-alive"] * 4 + ["close"]
    asked = [
        head(key, f"content-length: {len(each)}", f"connection: {end}") + each
        for each, end in zip(bodies, ends, strict=True)
    ]
    with line(server) as opened:
        opened.sendall(b"".join(asked))
        said = heard(opened)
    assert said.count(b"HTTP/1.1 200") == 5
    places = [said.index(f'"k{at}"'.encode()) for at in range(5)]
    assert places == sorted(places)


def test_heads_that_never_end_hold_nobody_up(server: Server, key: str) -> None:
    address = ("127.0.0.1", server.port)
    lines = [socket.create_connection(address, timeout=PATIENCE) for _ in range(50)]
    try:
        for opened in lines:
            opened.sendall(b"POST /model HTTP/1.1\r\nhost: x\r\nx-slow: ")
        assert server.ask(key, {"kind": "plain"})[0] == 200
        for opened in lines:
            opened.recv(65_536)  # what is told before it is closed; in vain, it times out
    finally:
        for opened in lines:
            opened.close()


def test_chunks_that_drip_are_let_go_too(server: Server, key: str) -> None:
    with line(server) as opened:
        opened.sendall(head(key, "transfer-encoding: chunked") + b"2\r\n{ \r\n")
        assert b"408" in opened.recv(65_536)


def test_who_leaves_before_the_answer_harms_nobody(server: Server, key: str) -> None:
    body = b'{"kind":"slow","seconds":0.2}'
    for _ in range(5):
        with line(server) as opened:
            opened.sendall(head(key, f"content-length: {len(body)}") + body)
    assert server.ask(key, {"kind": "plain"})[0] == 200


def test_a_full_queue_says_when_to_come_again(server: Server, key: str) -> None:
    body = b'{"kind":"slow","seconds":0.01}'
    words = head(key, f"content-length: {len(body)}", "connection: close") + body

    def ask(_: int) -> bytes:
        with line(server) as opened:
            opened.sendall(words)
            return opened.recv(65_536)

    with ThreadPoolExecutor(320) as pool:
        said = list(pool.map(ask, range(320)))
    full = [each for each in said if each.startswith(b"HTTP/1.1 429")]
    assert full
    assert all(b"\r\nretry-after: 1\r\n" in each for each in full)
    assert all(b'"code":"queue_full"' in each for each in full)
    assert len([each for each in said if each.startswith(b"HTTP/1.1 200")]) >= 256


@pytest.mark.parametrize(
    "body", [b"\x00", b'{"kind": "a\x00b"}', b"\xef\xbb\xbf{}", b"\x1f\x8b\x08"]
)
def test_no_body_keeps_others_from_the_log(
    server: Server, key: str, home: Motifleet, body: bytes
) -> None:
    bearer = f"Bearer {key}"
    assert server.post("/endpoints/odd/invocations", body, authorization=bearer)[0] in (400, 500)
    _, told = server.ask(key, {"kind": "after"})
    query = text("SELECT count(*) FROM predictions WHERE uuid = :uuid")
    with home.serving.store.read() as connection:
        assert connection.scalar(query, {"uuid": told["response"]["uuid"]}) == 1
