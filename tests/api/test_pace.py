"""Slow clients, and methods that are asked to find a way around."""

import asyncio
from typing import Any

import pytest
from tests.api.conftest import Site

from motifleet.api.guard import Guard


def sent_by(site: Site, receive: Any, patience: float) -> list[Any]:
    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    token = f"Bearer {site.secrets['owner']}".encode()
    headers = [(b"authorization", token), (b"content-type", b"application/json")]
    scope: dict[str, Any] = {"type": "http", "method": "POST", "path": "/api/v1/users"}
    scope |= {"raw_path": b"/api/v1/users", "query_string": b"", "headers": headers}
    scope |= {"scheme": "http", "server": ("localhost", 80), "client": ("localhost", 1)}
    scope |= {"http_version": "1.1"}
    asyncio.run(Guard(site.app, patience)(scope, receive, send))
    return sent


@pytest.mark.parametrize("pause", [3600.0, 0.02])
def test_a_body_that_drips_is_cut_off(site: Site, pause: float) -> None:
    async def receive() -> dict[str, Any]:
        await asyncio.sleep(pause)
        return {"type": "http.request", "body": b" ", "more_body": True}

    assert sent_by(site, receive, 0.3)[0]["status"] == 408


@pytest.mark.parametrize("who", ["nobody", "viewer", "owner"])
@pytest.mark.parametrize("method", ["HEAD", "OPTIONS", "TRACE", "BREW"])
def test_no_method_finds_a_way_around(site: Site, method: str, who: str) -> None:
    for path in ("/users", "/projects/DEV/files", "/endpoints/odd/keys", "/tables/lab/rows"):
        answer = site.ask(who, method, path)
        assert answer.status_code in (401, 403, 405), (method, path, answer.status_code)
