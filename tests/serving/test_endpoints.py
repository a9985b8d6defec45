"""Endpoints over HTTP: forms, keys, limits, and what is told of what goes wrong."""

import http.client
import json
import socket
from pathlib import Path

import pytest
from sqlalchemy import text
from tests.serving.conftest import PATIENCE, Server, odd, soon, soon_answers

from motifleet.app import Motifleet
from motifleet.workspace import Keeping


def test_the_labs_request_is_answered_in_the_labs_form(server: Server, key: str) -> None:
    status, told = server.ask(key, {"kind": "plain"})
    assert status == 200
    assert told["success"] is True
    assert set(told["response"]) == {"prediction", "uuid", "model_deployment_crn"}
    assert told["response"]["prediction"]["kind"] == "plain"


def test_what_is_answered_is_in_the_log(server: Server, key: str, home: Motifleet) -> None:
    _, told = server.ask(key, {"kind": "logged"})
    query = text("SELECT * FROM predictions WHERE uuid = :uuid")
    with home.serving.store.read() as connection:
        row = connection.execute(query, {"uuid": told["response"]["uuid"]}).one()
    assert json.loads(row.inputs) == {"kind": "logged"}
    assert json.loads(row.outputs)["kind"] == "logged"
    assert row.status == 200
    assert row.started_ms <= row.ended_ms


def test_mlflows_routes_answer(server: Server, key: str) -> None:
    bearer = f"Bearer {key}"
    body = json.dumps({"inputs": {"kind": "plain"}}).encode()
    status, told = server.post("/endpoints/odd/invocations", body, authorization=bearer)
    assert (status, told["predictions"]["kind"]) == (200, "plain")
    assert server.send("GET", "/endpoints/odd/ping")[0] == 200
    assert set(server.send("GET", "/endpoints/odd/version")[1]) == {"version"}


def test_open_inference_describes_and_says_what_is_not_tabular(server: Server, key: str) -> None:
    assert server.send("GET", "/v2/health/ready") == (200, {"ready": True})
    assert server.send("GET", "/v2/models/odd/ready") == (200, {"name": "odd", "ready": True})
    assert server.send("GET", "/v2/models/odd")[1]["versions"] == ["odd.py:predict"]
    status, told = server.post("/v2/models/odd/infer", b"{}", authorization=f"Bearer {key}")
    assert (status, told["error"]["code"]) == (400, "invalid_request")


@pytest.mark.parametrize(
    ("asked", "headers", "status"),
    [
        ("POST /model", {}, 401),
        ("GET /model", {}, 405),
        ("POST /endpoints/odd/invocations", {}, 401),
        ("POST /endpoints/odd/invocations", {"authorization": "Bearer no"}, 401),
        ("POST /endpoints/none/invocations", {"authorization": "KEY"}, 403),
        ("PUT /endpoints/odd/invocations", {"authorization": "KEY"}, 405),
        ("GET /endpoints/none/ping", {}, 404),
        ("GET /endpoints/odd/../../etc/passwd", {}, 404),
        ("GET /endpoints/odd/%2e%2e%2fversion", {}, 404),
        ("GET /v2/models/none", {}, 404),
        ("GET /nothing", {}, 404),
        ("POST /endpoints/odd/invocations", {"authorization": "KEY", "content_type": "a/b"}, 415),
    ],
)
def test_who_may_not_and_what_is_not_there(
    server: Server, key: str, asked: str, headers: dict[str, str], status: int
) -> None:
    told = {name: value.replace("KEY", f"Bearer {key}") for name, value in headers.items()}
    method, path = asked.split()
    code, body = server.send(method, path, b"{}", **told)
    assert code == status
    assert set(body["error"]) == {"code", "message", "hint", "request_id"}


@pytest.mark.parametrize(
    "body",
    [b"", b"[" * 100_000, b"\xff\xfe", b'{"kind": ', b"null", '"\N{SNOWMAN}"'.encode("utf-16")],
    ids=["empty", "deeply nested", "no UTF-8", "cut short", "null", "UTF-16"],
)
def test_wrong_bodies_are_the_clients_fault(server: Server, key: str, body: bytes) -> None:
    bearer = f"Bearer {key}"
    status, told = server.post("/endpoints/odd/invocations", body, authorization=bearer)
    assert status in (400, 500)  # null is JSON, which this function cannot take
    assert told["error"]["message"]
    assert server.post("/model", body)[0] in (400, 401)


def test_a_body_beyond_the_limit_is_refused_however_it_comes(server: Server, key: str) -> None:
    bearer = f"Bearer {key}"
    large = b'{"kind": "' + b"x" * 5_000_000 + b'"}'
    assert server.post("/endpoints/odd/invocations", large, authorization=bearer)[0] == 413
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=PATIENCE)
    chunks = (b"x" * 1_000_000 for _ in range(8))
    headers = {"authorization": bearer, "content-type": "application/json"}
    try:
        connection.request(
            "POST", "/endpoints/odd/invocations", chunks, headers, encode_chunked=True
        )
        assert connection.getresponse().status == 413
    except (BrokenPipeError, ConnectionResetError):
        pass  # it had heard enough before all was sent
    finally:
        connection.close()


def test_a_slow_caller_is_let_go_and_holds_nobody_up(server: Server, key: str) -> None:
    with socket.create_connection(("127.0.0.1", server.port), timeout=PATIENCE) as slow:
        head = f"POST /endpoints/odd/invocations HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {key}"
        slow.sendall(f"{head}\r\ncontent-length: 100\r\n\r\n{{".encode())
        assert server.ask(key, {"kind": "plain"})[0] == 200
        assert b"408" in slow.recv(4096)


def test_a_model_that_hangs_is_told_and_replaced(server: Server, key: str) -> None:
    status, told = server.ask(key, {"kind": "hang"})
    assert (status, told["error"]["code"]) == (504, "timed_out")
    assert told["success"] is False
    status, told = server.ask(key, {"kind": "plain"})
    while status in (503, 504):
        status, told = server.ask(key, {"kind": "plain"})
    assert status == 200


def test_a_request_that_ends_its_process_fails_alone(server: Server, key: str) -> None:
    status, told = server.ask(key, {"kind": "crash"})
    assert status == 500
    assert "twice" in told["error"]["message"]
    assert server.ask(key, {"kind": "plain"})[0] == 200


def test_inputs_are_kept_as_far_as_is_said(server: Server, key: str, home: Motifleet) -> None:
    home.serving.keep("odd", Keeping(inputs=0, outputs=100_000))
    query = text("SELECT inputs, outputs FROM predictions WHERE uuid = :uuid")

    def kept() -> tuple[object, object]:
        _, told = server.ask(key, {"kind": "plain"})
        with home.serving.store.read() as connection:
            row = connection.execute(query, {"uuid": told["response"]["uuid"]}).one()
        return row.inputs, row.outputs

    soon(lambda: kept()[0] is None)
    assert kept()[1] is not None
    home.serving.keep("odd", Keeping())
    soon(lambda: kept()[0] is not None)


def test_what_fails_is_in_the_log_too(server: Server, key: str, home: Motifleet) -> None:
    assert server.ask(key, {"kind": "bug"})[0] == 500
    assert server.ask(key, {"kind": "wrong"})[0] == 400
    query = text('SELECT status FROM predictions WHERE inputs IN (\'{"kind":"bug"}\', :wrong)')
    with home.serving.store.read() as connection:
        found = connection.scalars(query, {"wrong": '{"kind":"wrong"}'}).all()
    assert sorted(found) == [400, 500]


def test_numbers_of_every_kind_come_through(server: Server, key: str) -> None:
    _, told = server.ask(key, {"kind": "nan"})
    assert told["response"]["prediction"] == {"value": None, "array": [1.5, None]}


def test_prometheus_finds_figures(server: Server, key: str) -> None:
    server.ask(key, {"kind": "plain"})
    status, page = server.send("GET", "/metrics")
    assert status == 200
    assert b'motifleet_requests_total{deployment="dep-' in page
    assert b"motifleet_request_seconds_bucket" in page


def test_a_revoked_key_opens_nothing(server: Server, key: str, home: Motifleet) -> None:
    serving = home.serving
    _, first = serving.make_key("odd")
    told, second = serving.make_key("odd")
    soon_answers(server, second, 200)
    serving.revoke_key(told.id)
    soon_answers(server, second, 401)
    assert server.ask(first, {"kind": "plain"})[0] == 200
    assert all(first not in str(each.to_dict()) for each in serving.keys("odd"))


def test_keys_are_rotated_while_both_are_good(
    server: Server, home: Motifleet, tmp_path: Path
) -> None:
    serving = home.serving
    serving.deploy(odd(serving, tmp_path, "rotated"), wait=PATIENCE)
    old = serving.make_key("rotated")[1]
    soon_answers(server, old, 200)
    second = serving.make_key("rotated", overlap=3600.0)[1]
    soon_answers(server, second, 200)
    assert server.ask(old, {"kind": "plain"})[0] == 200
    new = serving.make_key("rotated", overlap=0.5)[1]
    soon_answers(server, second, 401)
    soon_answers(server, old, 401)
    assert server.ask(new, {"kind": "plain"})[0] == 200
    assert server.ask(new, {"kind": "plain"}, "/endpoints/odd/invocations")[0] == 401
    body = b'{"kind": "plain"}'
    path = "/endpoints/odd/invocations"
    assert server.post(path, body, authorization=f"Bearer {new}")[0] == 403
