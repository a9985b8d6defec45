"""``Idempotency-Key``: the same request, sent again, is answered again and done once."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

from fastapi import Request, Response
from fastapi.routing import APIRoute
from starlette.concurrency import run_in_threadpool

from motifleet.app import Once
from motifleet.errors import InvalidArgumentError, NotLoggedInError, StillRunningError

HEADER = "Idempotency-Key"
REPLAYED = "Idempotency-Replayed"
_LONGEST = 200
_PATIENCE_SECONDS, _POLL_SECONDS = 20.0, 0.05
_DESCRIBED = {
    "name": HEADER,
    "in": "header",
    "required": False,
    "schema": {"type": "string", "minLength": 1, "maxLength": _LONGEST},
    "description": "The same key with the same request, within 24 hours, is answered as the first "
    "was, and nothing is done again; with another request it is refused.",
}
Handler = Callable[[Request], Coroutine[Any, Any, Response]]


class OnceRoute(APIRoute):
    """A route whose POST takes an ``Idempotency-Key``, unless it only asks or logs in."""

    def __init__(self, path: str, endpoint: Callable[..., Any], **how: Any) -> None:
        extra = dict(how.get("openapi_extra") or {})
        action = str(extra.get("x-action", ""))
        asks = action == "server.ask" or action.endswith(".read")
        self._once = "POST" in (how.get("methods") or ()) and not asks
        if self._once:
            extra["parameters"] = [*extra.get("parameters", ()), _DESCRIBED]
        super().__init__(path, endpoint, **how | {"openapi_extra": extra})

    def get_route_handler(self) -> Handler:
        """What answers; a request without a key goes straight through."""
        handler = super().get_route_handler()
        if not self._once:
            return handler

        async def once(request: Request) -> Response:
            key = request.headers.get(HEADER)
            if key is None:
                return await handler(request)
            made = await _made(request, key)
            return await handler(request) if made is None else await _answer(made, handler, request)

        return once


async def _made(request: Request, key: str) -> Once | None:
    """The request by its key; None where whoever sends it is nobody, who is refused later."""
    if not (key.isascii() and key.isprintable() and 1 <= len(key) <= _LONGEST):
        raise InvalidArgumentError(
            f"expected an {HEADER} of 1 to {_LONGEST} printable characters, got {key[:40]!r}"
        )
    scheme, _, secret = request.headers.get("authorization", "").partition(" ")
    if scheme.casefold() != "bearer":
        return None
    workspace = request.app.state.fleet.workspace
    try:
        actor = await run_in_threadpool(workspace.identify, secret.strip())
    except NotLoggedInError:
        return None
    kind = request.headers.get("content-type", "")
    said = f"{request.method} {request.url.path}?{request.url.query}\n{kind}\n".encode()
    return Once(workspace.acting(actor), secret.strip(), key, said + await request.body())


async def _answer(once: Once, handler: Handler, request: Request) -> Response:
    """Do it, or wait for whoever does, and give their answer."""
    end = asyncio.get_running_loop().time() + _PATIENCE_SECONDS
    while True:
        found = await run_in_threadpool(once.begin)
        if found.state == "done":
            kind = None if found.status == 204 else "application/json"
            told = {REPLAYED: "true"}
            return Response(found.body or None, found.status, told, media_type=kind)
        if found.state == "new":
            # Whoever asked may go away meanwhile; what is done is kept all the same.
            return await asyncio.shield(asyncio.ensure_future(_first(once, handler, request)))
        if asyncio.get_running_loop().time() >= end:
            raise StillRunningError(once.key)
        await asyncio.sleep(_POLL_SECONDS)


async def _first(once: Once, handler: Handler, request: Request) -> Response:
    """Do it; only what succeeds is kept, so that what failed can be tried again."""
    answer = None
    try:
        answer = await handler(request)
        return answer
    finally:
        if answer is not None and answer.status_code < 300:
            await run_in_threadpool(once.end, answer.status_code, bytes(answer.body))
        else:
            await run_in_threadpool(once.forget)
