"""Who gets in: logging in and out, where requests come from, how large they are."""

from collections.abc import Iterator

import httpx
import pytest
from tests.geo.browser import PATIENCE
from tests.web.conftest import PASSWORD

from motifleet.app import Motifleet


@pytest.fixture
def caller(served: tuple[str, Motifleet]) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=served[0], follow_redirects=False, timeout=PATIENCE) as client:
        yield client


def log_in(caller: httpx.Client, name: str = "viewer", **more: str) -> httpx.Response:
    return caller.post("/ui/login", data={"name": name, "password": PASSWORD, **more})


def test_the_root_leads_to_the_page_and_the_page_to_the_login(caller: httpx.Client) -> None:
    assert caller.get("/").headers["location"] == "/ui/fleet"
    answer = caller.get("/ui/device?table=trucks&device=a%26b")
    assert answer.status_code == 303
    assert answer.headers["location"] == (
        "/ui/login?next=%2Fui%2Fdevice%3Ftable%3Dtrucks%26device%3Da%2526b"
    )
    assert "/api/v1" in caller.get("/api/v1/openapi.json").text
    assert caller.get("/api/v1/none").json()["error"]["code"] == "Refused"


def test_a_cookie_that_scripts_cannot_read(caller: httpx.Client) -> None:
    answer = log_in(caller, next="/ui/tables")
    assert (answer.status_code, answer.headers["location"]) == (303, "/ui/tables")
    told = answer.headers["set-cookie"].lower()
    assert "httponly" in told
    assert "samesite=strict" in told
    assert "secure" not in told
    assert caller.get("/ui/alive").status_code == 204


@pytest.mark.parametrize("target", ["https://elsewhere.test/", "//elsewhere.test", "/ui/\\x", "x"])
def test_nobody_is_led_elsewhere(caller: httpx.Client, target: str) -> None:
    assert log_in(caller, next=target).headers["location"] == "/ui/fleet"


def test_a_wrong_password_and_too_many(caller: httpx.Client) -> None:
    for _ in range(5):
        answer = caller.post("/ui/login", data={"name": "nobody<b>", "password": "wrong"})
        assert answer.status_code == 401
        assert "the name or the password is wrong" in answer.text
    answer = caller.post("/ui/login", data={"name": "nobody<b>", "password": "wrong"})
    assert answer.status_code == 429
    assert int(answer.headers["retry-after"]) > 0
    assert "set-cookie" not in answer.headers


def test_the_token_opens_a_session_that_is_not_the_token(
    caller: httpx.Client, served: tuple[str, Motifleet]
) -> None:
    token = served[1].workspace.token()
    assert caller.post("/ui/login", data={"token": token + "x"}).status_code == 401
    answer = caller.post("/ui/login", data={"token": token})
    assert answer.status_code == 303
    assert token not in answer.headers["set-cookie"]
    assert caller.get("/ui/alive").status_code == 204
    line = served[1].workspace.audit(who="token", limit=1)[0]
    assert line.details["done"] == "logged in"


def test_neither_the_token_nor_an_api_key_is_a_session(
    caller: httpx.Client, served: tuple[str, Motifleet]
) -> None:
    key = served[1].workspace.add_key("viewer", user="viewer")[1]
    for secret in (served[1].workspace.token(), key, "", "own_guess", "mfs_guess"):
        caller.cookies.set("motifleet_session", secret)
        assert caller.get("/ui/alive").status_code == 303


def test_logging_out_ends_the_session(caller: httpx.Client) -> None:
    log_in(caller)
    secret = caller.cookies["motifleet_session"]
    assert caller.post("/ui/logout").status_code == 303
    caller.cookies.set("motifleet_session", secret)
    assert caller.get("/ui/alive").status_code == 303


@pytest.mark.parametrize("origin", ["https://elsewhere.test", "null", "http://127.0.0.1:1"])
def test_other_pages_cannot_act(caller: httpx.Client, origin: str) -> None:
    log_in(caller)
    elsewhere = {"origin": origin}
    assert caller.post("/ui/logout", headers=elsewhere).status_code == 403
    assert caller.post("/ui/login", headers=elsewhere, data={}).status_code == 403
    assert caller.get("/ui/alive").status_code == 204
    upgrade = {"connection": "upgrade", "upgrade": "websocket", "sec-websocket-version": "13"}
    upgrade |= {"sec-websocket-key": "dGhlIHNhbXBsZSBub25jZQ==", **elsewhere}
    path = "/ui/_nicegui_ws/socket.io/?EIO=4&transport=websocket"
    assert caller.get(path, headers=upgrade).status_code == 403


def test_without_a_session_there_is_no_socket_and_no_upload(caller: httpx.Client) -> None:
    assert caller.get("/ui/_nicegui_ws/socket.io/?EIO=4&transport=polling").status_code == 401
    assert caller.post("/ui/_nicegui/client/x/upload/1", content=b"x").status_code == 401


def test_what_is_too_large_is_refused(caller: httpx.Client) -> None:
    assert caller.post("/ui/login", content=b"x" * 70_000).status_code == 413


def test_pages_may_ask_for_nothing_outside(caller: httpx.Client) -> None:
    log_in(caller)
    for path in ("/ui/login", "/ui/fleet"):
        told = caller.get(path).headers
        assert "default-src 'self'" in told["content-security-policy"]
        assert "frame-ancestors 'none'" in told["content-security-policy"]
        assert told["x-content-type-options"] == "nosniff"
        assert "no-store" in told["cache-control"]
