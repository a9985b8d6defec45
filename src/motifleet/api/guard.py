"""What every request passes first: it gets an id, and its size and address are looked at."""

import logging
from uuid import uuid4

from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from motifleet.api.failures import failure

LARGEST = 1 << 20
"""A body's size in bytes."""

_LOG = logging.getLogger(__name__)


class Guard:
    """Wraps a site.

    Args:
        site: what answers the requests that pass.
    """

    def __init__(self, site: ASGIApp) -> None:
        self._site = site

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request (ASGI)."""
        if scope["type"] != "http":
            await self._site(scope, receive, send)
            return
        name = scope["request_id"] = uuid4().hex
        begun = False
        size = 0

        async def counted() -> Message:
            nonlocal size
            message = await receive()
            size += len(message.get("body", b""))
            if size > LARGEST:
                raise HTTPException(_LARGE[0], _LARGE[2])
            return message

        async def named(message: Message) -> None:
            nonlocal begun
            if message["type"] == "http.response.start":
                begun = True
                extra = [(b"x-request-id", name.encode()), (b"cache-control", b"no-store")]
                message["headers"] = [*message["headers"], *extra]
            await send(message)

        refusal = _refusal(scope)
        try:
            if refusal is None:
                await self._site(scope, counted, named)
                return
        except Exception:
            _LOG.exception("request %s", name)
            if begun:
                raise
            refusal = (500, "Failure", "something went wrong here: the server's log has more")
        if not begun:
            await failure(name, *refusal)(scope, receive, named)


def _refusal(scope: Scope) -> tuple[int, str, str] | None:
    query = bytes(scope.get("query_string", b""))
    if "\x00" in scope["path"] or b"%00" in query:
        return 400, "InvalidText", "expected an address without a zero byte"
    told = dict(scope["headers"]).get(b"content-length", b"0")
    if told.isdigit() and int(told[:20]) > LARGEST:
        return _LARGE
    return None


_LARGE = (413, "TooLarge", f"expected a body of at most {LARGEST} bytes")
