"""What the API answers, to requests that are right and to ones that are not."""

import asyncio
import json
from typing import Any

import pytest
from tests.api.conftest import PASSWORD, Site


def test_a_team_works(site: Site) -> None:
    made = site.ask("owner", "POST", "/users", {"name": "ann", "password": PASSWORD})
    assert made.status_code == 201
    assert "password" not in made.json()
    assert site.ask("owner", "POST", "/projects", {"name": "TEAM"}).status_code == 201
    assert (
        site.ask("owner", "PUT", "/projects/TEAM/members/ann", {"role": "admin"}).json()["role"]
        == "admin"
    )
    login = {"name": "ann", "password": PASSWORD}
    site.secrets["ann"] = site.ask("nobody", "POST", "/session", login).json()["token"]
    assert site.ask("ann", "GET", "/self").json() == {
        "name": "ann",
        "owner": False,
        "projects": ["TEAM"],
    }
    key = site.ask("ann", "POST", "/keys", {"role": "viewer", "project": "TEAM"}).json()
    site.secrets["ann's key"] = key["key"]
    assert site.ask("ann's key", "GET", "/projects/TEAM").status_code == 200
    assert site.ask("ann's key", "POST", "/keys", {"role": "admin"}).status_code == 403
    assert site.ask("ann", "DELETE", f"/keys/{key['id']}").status_code == 204
    assert site.ask("ann's key", "GET", "/projects/TEAM").status_code == 401
    change = {"present": PASSWORD, "password": "another horse"}
    assert site.ask("ann", "PUT", "/self/password", change).status_code == 204
    assert site.ask("ann", "GET", "/self").status_code == 401
    login["password"] = "another horse"
    site.secrets["ann"] = site.ask("nobody", "POST", "/session", login).json()["token"]
    assert site.ask("ann", "DELETE", "/session").status_code == 204
    assert site.ask("ann", "GET", "/self").status_code == 401


def test_a_key_of_somebody_else_is_neither_made_nor_revoked(site: Site) -> None:
    theirs = site.ask("admin", "POST", "/keys", {"role": "viewer"}).json()["id"]
    assert site.ask("viewer", "DELETE", f"/keys/{theirs}").status_code == 404
    wanted = {"role": "admin", "user": "admin"}
    assert site.ask("viewer", "POST", "/keys", wanted).status_code == 403
    assert theirs not in site.ask("viewer", "GET", "/keys").text
    other = {"role": "viewer", "project": "OTHER"}
    assert site.ask("viewer", "POST", "/keys", other).status_code == 404


def test_lists_come_a_page_at_a_time(site: Site) -> None:
    names: list[str] = []
    cursor = ""
    while cursor is not None:
        told = site.ask("owner", "GET", f"/users?limit=2{cursor and f'&cursor={cursor}'}").json()
        names += [each["name"] for each in told["items"]]
        assert len(told["items"]) <= 2
        cursor = told["next"]
    assert names == sorted(names)
    assert {"admin", "viewer", "stranger"} <= set(names)


def test_the_audit_log_is_read_a_page_at_a_time(site: Site) -> None:
    first = site.ask("owner", "GET", "/audit?limit=2").json()
    second = site.ask("owner", "GET", f"/audit?limit=2&cursor={first['next']}").json()
    assert first["items"][-1]["id"] > second["items"][0]["id"]
    assert {
        each["project"] for each in site.ask("admin", "GET", "/projects/DEV/audit").json()["items"]
    } == {"DEV"}


def test_tables_are_read(site: Site) -> None:
    assert [each["name"] for each in site.ask("viewer", "GET", "/tables").json()["items"]] == [
        "lab"
    ]
    rows = site.ask("viewer", "GET", "/tables/lab/rows?limit=3&column=device_id").json()["rows"]
    assert [list(each) for each in rows] == [["device_id"]] * 3
    assert site.ask("viewer", "GET", "/tables/lab/snapshots").json()["items"]


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("GET", "/projects/NEVER", None, 404),
        ("GET", "/tables/never", None, 404),
        ("GET", "/tables/..%2F..%2Fetc%2Fpasswd", None, 404),
        ("GET", "/tables/lab/rows?where=1%3B%20drop", None, 400),
        ("GET", "/tables/lab/rows?column=never", None, 400),
        ("GET", "/users?limit=0", None, 422),
        ("GET", "/users?limit=99999999999999999999999", None, 422),
        ("GET", "/users?cursor=%C3%BC%C3%BC", None, 400),
        ("GET", "/users?cursor=%00", None, 400),
        ("GET", "/users/a%00b", None, 400),
        ("POST", "/users", {"name": "admin"}, 409),
        ("POST", "/users", {"name": "bob", "password": "short"}, 400),
        ("POST", "/projects", {"name": "P", "git": "ext::sh -c id"}, 422),
        ("POST", "/projects", {"name": "P", "git": "file:///etc"}, 422),
        ("POST", "/projects", {"name": "DEV"}, 409),
        ("GET", "/nothing", None, 404),
    ],
)
def test_a_wrong_request_is_told_why(
    site: Site, method: str, path: str, body: Any, status: int
) -> None:
    answer = site.ask("owner", method, path, body)
    assert answer.status_code == status, answer.text
    told = answer.json()["error"]
    assert set(told) == {"code", "message", "hint", "request_id"}
    assert answer.headers["x-request-id"] == told["request_id"]


@pytest.mark.parametrize(
    ("content", "status"),
    [
        (b"", 422),
        (b"{", 422),
        (b"\xff\xfe", 422),
        (b"[" * 100_000, 400),
        (b'{"name": "\\ud800", "password": "\\ud800"}', 422),
        (b'{"name": "a\\u0000b"}', 400),
        (b'{"name": 1e999}', 422),
        (json.dumps({"name": "x" * (1 << 20)}).encode(), 413),
    ],
)
def test_a_body_that_is_none_is_refused(site: Site, content: bytes, status: int) -> None:
    headers = {"Authorization": f"Bearer {site.secrets['owner']}"}
    headers["Content-Type"] = "application/json"
    answer = site.client.post("/api/v1/users", content=content, headers=headers)
    assert answer.status_code == status, answer.text
    assert answer.json()["error"]["request_id"]


def test_a_body_without_an_end_is_cut_off(site: Site) -> None:
    received, sent = [], []

    async def receive() -> dict[str, Any]:
        received.append(65536)
        assert len(received) < 100
        return {"type": "http.request", "body": b" " * 65536, "more_body": True}

    async def send(message: Any) -> None:
        sent.append(message)

    headers = [(b"authorization", f"Bearer {site.secrets['owner']}".encode())]
    headers.append((b"content-type", b"application/json"))
    scope: dict[str, Any] = {
        "type": "http",
        "method": "POST",
        "path": "/api/v1/users",
        "headers": headers,
    }
    scope |= {"query_string": b"", "raw_path": b"/api/v1/users", "http_version": "1.1"}
    scope |= {"scheme": "http", "server": ("localhost", 80), "client": ("localhost", 1)}
    asyncio.run(site.app(scope, receive, send))
    assert sent[0]["status"] == 413
    assert sum(received) <= (1 << 20) + 65536


def test_a_pause_after_wrong_passwords_says_how_long(site: Site) -> None:
    for _ in range(5):
        site.ask("nobody", "POST", "/session", {"name": "zoe", "password": "wrong"})
    answer = site.ask("nobody", "POST", "/session", {"name": "zoe", "password": "wrong"})
    assert answer.status_code == 429
    assert 0 < int(answer.headers["retry-after"]) <= 900


def test_what_is_done_to_tables_and_sessions_is_in_the_audit_log(site: Site) -> None:
    session = site.ask("nobody", "POST", "/session", {"name": "contributor", "password": PASSWORD})
    headers = {"Authorization": f"Bearer {session.json()['token']}"}
    reports = "device_id,event_ts,longitude,latitude\ntruck-1,2026-03-02 08:00:00,-93.5,42.0\n"
    sent: Any = {"content": reports, "headers": {**headers, "content-type": "text/csv"}}
    landed = site.client.request("POST", "/api/v1/tables/noted/reports", **sent)
    assert landed.status_code == 201, landed.text
    site.client.request("DELETE", "/api/v1/session", headers=headers)
    newest = site.ask("owner", "GET", "/audit?who=contributor&limit=2").json()["items"]
    assert [each["details"]["done"] for each in newest] == ["logged out", "file landed"]
    assert (newest[1]["subject"], newest[1]["details"]["accepted"]) == ("noted", 1)
