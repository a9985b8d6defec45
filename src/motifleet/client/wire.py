"""Requests over httpx: with the token, within a time, tried again where that is safe."""

import time
from collections.abc import Iterator, Mapping
from typing import Any
from uuid import uuid4

import httpx

from motifleet.client.failures import check
from motifleet.errors import UnreachableError

PREFIX = "/api/v1"
_AGAIN = (429, 502, 503, 504)
_PAGE = 500
_LONGEST_WAIT = 10.0
Params = Mapping[str, Any]


class Wire:
    """Sends requests to one server.

    A request that broke off or was refused for the moment is sent again only where it is done once
    all the same: it reads, replaces or removes, or goes with an ``Idempotency-Key``.

    Args:
        http: what sends them.
        token: a session, an API key or the token of the server's home folder.
        retries: how often a request is sent again.
    """

    def __init__(self, http: httpx.Client, token: str | None, retries: int) -> None:
        self.http, self.token, self._retries = http, token, retries

    def ask(
        self,
        method: str,
        path: str,
        *,
        json: Any = None,
        params: Params | None = None,
        once: bool = True,
    ) -> Any:
        """Send a request; give what was answered, None where that is nothing.

        Raises:
            MotifleetError: the server refuses; see `motifleet.errors`.
            UnreachableError: the server cannot be reached, or does not answer in time.
        """
        answer = self.send(method, path, json=json, params=params, once=once)
        return answer.json() if answer.content else None

    def send(
        self,
        method: str,
        path: str,
        *,
        json: Any = None,
        content: Any = None,
        params: Params | None = None,
        headers: Mapping[str, str] | None = None,
        once: bool = True,
    ) -> httpx.Response:
        """Send a request; see `ask`.

        Args:
            method: of HTTP.
            path: below ``/api/v1``.
            json: the body; or
            content: its bytes, as ``headers`` say.
            params: of the query; those that are None are left out.
            headers: besides the token.
            once: whether it may be sent again, since it is done once all the same.
        """
        told = dict(headers or {})
        if self.token is not None:
            told["Authorization"] = f"Bearer {self.token}"
        # What is patched becomes the same, however often.
        if method == "POST" and once:
            told["Idempotency-Key"] = uuid4().hex
        query = {name: value for name, value in (params or {}).items() if value is not None}
        body = {"content": content} if json is None else {"json": json}
        for left in reversed(range(self._retries + 1 if once else 1)):
            wait = 0.1 * 2 ** (self._retries - left)
            try:
                answer = self.http.request(
                    method, f"{PREFIX}{path}", params=query, headers=told, **body
                )
            except httpx.TransportError as error:
                if not left:
                    raise UnreachableError(
                        f"{method} {path}: {error or type(error).__name__}"
                    ) from error
            else:
                if answer.status_code not in _AGAIN or not left:
                    return check(answer)
                wait = max(wait, _told_wait(answer))
                if wait > _LONGEST_WAIT:
                    return check(answer)
            time.sleep(wait)
        raise AssertionError("the last try returns or raises")

    def pages(self, path: str, params: Params | None = None) -> Iterator[Any]:
        """The items of a list, a page at a time as they are read."""
        cursor = None
        while True:
            query = {"limit": _PAGE, **(params or {}), "cursor": cursor}
            told = self.ask("GET", path, params=query)
            yield from told["items"]
            cursor = told["next"]
            if cursor is None:
                return


def _told_wait(answer: httpx.Response) -> float:
    told = answer.headers.get("retry-after", "")
    return float(told) if told.isdigit() else 0.0
