"""What every request for the page passes first: who asks, from where, and how much they send."""

from collections.abc import Awaitable, Callable
from urllib.parse import quote, urlsplit

from anyio.to_thread import run_sync
from starlette.datastructures import Headers
from starlette.requests import HTTPConnection
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from motifleet.errors import MotifleetError
from motifleet.web.sessions import COOKIE, Sessions
from motifleet.web.visit import PREFIX

LARGEST_FORM, LARGEST_UPLOAD = 1 << 16, 1 << 31
_OPEN = ("/login", "/assets/", "/favicon.ico")
_LIBRARIES = ("static", "libraries", "components", "resources", "esm")
_TILES = "https://tile.openstreetmap.org"
_HEADERS = {
    "content-security-policy": (
        "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; "
        f"style-src 'self' 'unsafe-inline'; img-src 'self' data: blob: {_TILES}; "
        "font-src 'self' data:; connect-src 'self'; worker-src 'self' blob:; object-src 'none'; "
        "base-uri 'self'; form-action 'self'; frame-ancestors 'none'"
    ),
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",
}


class Door:
    """Wraps a site: what is below the prefix goes to the page, the rest to the site.

    Args:
        site: what answers all else.
        pages: what answers for the page.
        sessions: who is logged in.
        version: of the page's libraries, which are open to all and never change.
    """

    def __init__(self, site: ASGIApp, pages: ASGIApp, sessions: Sessions, version: str) -> None:
        self._site, self._pages, self._sessions = site, pages, sessions
        parts = (f"/_nicegui/{version}/{each}/" for each in _LIBRARIES)
        self._open = (*_OPEN, *parts)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request (ASGI)."""
        if scope["type"] not in ("http", "websocket"):
            await self._site(scope, receive, send)
            return
        path = str(scope["path"])
        if path == "/" and scope["type"] == "http":
            await RedirectResponse(f"{PREFIX}/fleet", 303)(scope, receive, send)
        elif path != PREFIX and not path.startswith(f"{PREFIX}/"):
            await self._site(scope, receive, send)
        else:
            await self._inside(scope, receive, send)

    async def _inside(self, scope: Scope, receive: Receive, send: Send) -> None:
        refusal = await self._refusal(scope)
        if refusal is not None and scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008})
            return
        sent = _with_headers(send)
        if refusal is not None:
            await refusal(scope, receive, sent)
            return
        most = LARGEST_UPLOAD if "/upload/" in scope["path"] else LARGEST_FORM
        heard = _Heard(receive, most)
        try:
            await self._pages({**scope, "root_path": PREFIX}, heard, sent)
        except RuntimeError:
            if not heard.left:  # middleware of the page complains where nobody waits any more
                raise

    async def _refusal(self, scope: Scope) -> Response | None:
        """What is answered instead; None: the page may."""
        asked = HTTPConnection(scope)
        if not _from_here(scope, asked.headers):
            return PlainTextResponse("expected a request from this very page", 403)
        path = str(scope["path"]).removeprefix(PREFIX)
        if scope["type"] == "http" and _too_large(path, asked.headers):
            return PlainTextResponse("expected less: the upload is too large", 413)
        if path.startswith(self._open):
            return None
        try:
            await run_sync(self._sessions.actor, asked.cookies.get(COOKIE, ""))
        except MotifleetError:
            return _to_login(scope, path, asked.url.query)
        return None


def _to_login(scope: Scope, path: str, query: str) -> Response:
    if scope["type"] == "websocket" or path.startswith("/_nicegui") or scope["method"] != "GET":
        return PlainTextResponse("expected a session that is good: log in", 401)
    target = f"{PREFIX}{path}" + (f"?{query}" if query else "")
    return RedirectResponse(f"{PREFIX}/login?next={quote(target, safe='')}", 303)


def _from_here(scope: Scope, headers: Headers) -> bool:
    """Whether what may change something was sent by a page of this very host."""
    origin = headers.get("origin")
    looks = scope["type"] == "http" and scope["method"] in ("GET", "HEAD")
    if origin is None or looks:
        return True
    return urlsplit(origin).netloc.lower() == headers.get("host", "").lower()


def _too_large(path: str, headers: Headers) -> bool:
    told = headers.get("content-length", "0")
    most = LARGEST_UPLOAD if "/upload/" in path else LARGEST_FORM
    return not told.isdigit() or int(told[:20]) > most


class _Heard:
    """What a request sends, up to a size, and whether its sender has left."""

    def __init__(self, receive: Receive, most: int) -> None:
        self._receive, self._room, self.left = receive, most, False

    async def __call__(self) -> Message:
        message = await self._receive()
        if message["type"] == "http.request":
            self._room -= len(message.get("body", b""))
            if self._room < 0:
                message = {"type": "http.disconnect"}
        self.left = self.left or message["type"] == "http.disconnect"
        return message


def _with_headers(send: Send) -> Callable[[Message], Awaitable[None]]:
    async def told(message: Message) -> None:
        if message["type"] == "http.response.start":
            extra = [(name.encode(), value.encode()) for name, value in _HEADERS.items()]
            message = {**message, "headers": [*message["headers"], *extra]}
        await send(message)

    return told
