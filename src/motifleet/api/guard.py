"""What every request passes first: it gets an id, and its size, pace and address are looked at."""

import asyncio
import logging
import re
from uuid import uuid4

from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from motifleet.api.failures import failure

LARGEST = 1 << 20
"""A body's size in bytes, where no route takes more."""
LARGER = (
    ("POST", re.compile(r"/api/v1/tables/[^/]+/(reports|check)"), 1 << 30),
    ("PUT", re.compile(r"/api/v1/projects/[^/]+/files/.+"), 100 << 20),
)
"""Routes that take more, by method and path."""
PATIENCE_SECONDS = 30.0
LEAST_PACE = 10_000
"""A body that comes slower than so many bytes a second, after the patience, is cut off."""

_LOG = logging.getLogger(__name__)


class Guard:
    """Wraps a site.

    Args:
        site: what answers the requests that pass.
        patience: seconds that a body may take in any case.
    """

    def __init__(self, site: ASGIApp, patience: float = PATIENCE_SECONDS) -> None:
        self._site, self._patience = site, patience

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request (ASGI)."""
        if scope["type"] != "http":
            await self._site(scope, receive, send)
            return
        name = scope["request_id"] = uuid4().hex
        body = _Body(receive, largest_of(scope), self._patience)
        begun = False

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
                await self._site(scope, body, named)
                return
        except Exception:
            _LOG.exception("request %s", name)
            if begun:
                raise
            refusal = (500, "Failure", "something went wrong here: the server's log has more")
        if not begun:
            await failure(name, *refusal)(scope, receive, named)


class _Body:
    """A request's body as it comes: counted, and waited for only so long."""

    def __init__(self, receive: Receive, largest: int, patience: float) -> None:
        self._receive, self._largest, self._patience = receive, largest, patience
        self._size, self._whole = 0, False
        self._begun = asyncio.get_running_loop().time()

    async def __call__(self) -> Message:
        if self._whole:  # what comes now is that the caller goes away, which may take its time
            return await self._receive()
        try:
            async with asyncio.timeout_at(self._begun + self._patience + self._size / LEAST_PACE):
                message = await self._receive()
        except TimeoutError:
            raise HTTPException(408, "expected the body sooner: send it without pauses") from None
        self._size += len(message.get("body", b""))
        self._whole = not message.get("more_body", False)
        if self._size > self._largest:
            raise HTTPException(413, too_large(self._largest))
        return message


def largest_of(scope: Scope) -> int:
    """The size in bytes that a request's body may have."""
    sizes = (
        size
        for method, path, size in LARGER
        if method == scope["method"] and path.fullmatch(scope["path"])
    )
    return next(sizes, LARGEST)


def too_large(largest: int) -> str:
    """What is told of a body that is too large."""
    return f"expected a body of at most {largest} bytes"


def _refusal(scope: Scope) -> tuple[int, str, str] | None:
    query = bytes(scope.get("query_string", b""))
    if "\x00" in scope["path"] or b"%00" in query:
        return 400, "InvalidText", "expected an address without a zero byte"
    told, largest = dict(scope["headers"]).get(b"content-length", b"0"), largest_of(scope)
    if told.isdigit() and int(told[:20]) > largest:
        return 413, "TooLarge", too_large(largest)
    return None
