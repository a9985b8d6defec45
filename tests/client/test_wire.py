"""Connections that break, servers that are busy: what is sent again, and what is not."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from motifleet.client import Client, EndpointClient
from motifleet.errors import ApiError, InvalidArgumentError, StoreError, UnreachableError


class Server(ThreadingHTTPServer):
    """Answers by a plan: a status for each request, or None to break the connection."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.plan: list[int | None] = []
        self.asked: list[tuple[str, str, str | None]] = []

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class Handler(BaseHTTPRequestHandler):
    server: Server

    def log_message(self, *_: Any) -> None:
        pass

    def answer(self) -> None:
        self.rfile.read(int(self.headers.get("content-length", 0)))
        told = self.server
        told.asked.append((self.command, self.path, self.headers.get("idempotency-key")))
        status = told.plan.pop(0) if told.plan else 200
        if status is None:
            self.connection.close()
            return
        error = {"code": "StoreError", "message": "busy", "hint": "later", "request_id": "r1"}
        done: dict[str, Any] = {"items": [], "next": None}
        body = done if status == 200 else {"error": error}
        text = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("content-length", str(len(text)))
        self.send_header("retry-after", "1" if status == 429 else "0")
        self.end_headers()
        self.wfile.write(text)

    do_GET = do_POST = do_PUT = do_DELETE = answer  # noqa: N815


@pytest.fixture
def server() -> Iterator[Server]:
    running = Server()
    thread = threading.Thread(target=running.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield running
    running.shutdown()
    thread.join()
    running.server_close()


def test_a_broken_connection_is_tried_again(server: Server) -> None:
    server.plan = [None, 503, 200]
    with Client(server.address, "t") as client:
        assert list(client.users.list()) == []
    assert len(server.asked) == 3


def test_what_makes_something_goes_again_with_the_same_key(server: Server) -> None:
    server.plan = [None, 503, 200]
    with Client(server.address, "t") as client:
        client.users.create("ann")
        client.users.create("bob")
    keys = [key for _, _, key in server.asked]
    assert len(keys) == 4
    assert len(set(keys[:3])) == 1
    assert keys[3] not in keys[:3]
    assert all(keys)


def test_a_log_in_is_sent_once(server: Server) -> None:
    server.plan = [503, 200]
    with Client(server.address) as client, pytest.raises(StoreError):
        client.session.log_in("ann", "wrong")
    assert server.asked == [("POST", "/api/v1/session", None)]


def test_a_prediction_is_asked_for_once(server: Server) -> None:
    server.plan = [None, 200]
    with Client(server.address) as client:
        endpoint = client.endpoint("odd", "mk-1", gateway=server.address)
        assert isinstance(endpoint, EndpointClient)
        with pytest.raises(UnreachableError):
            endpoint.predict({"pattern": [1, 2, 3]})
    assert len(server.asked) == 1


def test_in_the_end_it_is_told_what_the_server_said(server: Server) -> None:
    server.plan = [503] * 3
    with Client(server.address, retries=2) as client, pytest.raises(StoreError) as caught:
        client.projects.remove("DEV")
    assert isinstance(caught.value.__cause__, ApiError)
    assert caught.value.__cause__.status == 503
    assert str(caught.value) == "busy: later"
    assert len(server.asked) == 3


def test_a_pause_is_kept(server: Server) -> None:
    server.plan = [429, 200]
    with Client(server.address) as client:
        list(client.projects.list())
    assert len(server.asked) == 2


def test_nobody_there_is_told(server: Server) -> None:
    with Client("http://127.0.0.1:9", retries=1) as client, pytest.raises(UnreachableError):
        client.me.read()


@pytest.mark.parametrize("address", ["", "localhost:8000", "ftp://somewhere"])
def test_an_address_that_is_none_is_refused(address: str) -> None:
    with pytest.raises(InvalidArgumentError, match="MOTIFLEET_ADDRESS"):
        Client(address)
