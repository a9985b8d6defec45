"""What comes in and goes out by HTTP: bodies with their limits, answers with their headers."""

import asyncio
from typing import Any, Protocol

import orjson

LARGEST_BODY = 5_000_000
# Whoever sends too much is heard out for so long, since many callers listen only afterwards.
_HEARD_OUT = 8 * LARGEST_BODY
JSON = ("content-type", "application/json")
_HINTS = {
    400: "see the documentation of requests",
    401: "send a valid access key, as `Authorization: Bearer KEY` or as accessKey",
    403: "use a key of this endpoint",
    404: "`motifleet endpoint list` shows the endpoints",
    405: "see the documentation of routes",
    408: "send the request faster",
    413: f"send at most {LARGEST_BODY:,} bytes",
    415: "send JSON in UTF-8, not compressed",
    429: "wait for as long as Retry-After says",
    500: "the logs say more",
    503: "try again in a moment",
    504: "ask for less, or for more time",
}
_CODES = {
    400: "invalid_request",
    401: "unauthenticated",
    403: "forbidden",
    404: "not_found",
    405: "method_not_allowed",
    408: "too_slow",
    413: "too_large",
    415: "unsupported_media_type",
    429: "queue_full",
    500: "model_failed",
    503: "unavailable",
    504: "timed_out",
}


class RefusedError(Exception):
    """A request that is answered with an error.

    Args:
        status: of HTTP.
        message: what was expected, and what came.
        allow: the method that is meant, where another came.
    """

    def __init__(self, status: int, message: str, allow: str = "") -> None:
        super().__init__(message)
        self.status, self.message, self.allow = status, message, allow


class Transport(Protocol):
    """How granian gives a request's body and takes its answer (RSGI)."""

    async def __call__(self) -> bytes:
        """All of the body."""
        ...

    def __aiter__(self) -> Any:
        """The body's chunks."""
        ...

    def response_bytes(self, status: int, headers: list[tuple[str, str]], body: bytes) -> None:
        """Answer."""
        ...


async def read_body(scope: Any, transport: Transport, seconds: float) -> bytes:
    """The body, within the limits of size and time.

    Raises:
        RefusedError: it is too large, too slow, or not JSON in UTF-8 by its type.
    """
    headers = scope.headers
    _check_type(headers.get("content-type", ""))
    if headers.get("content-encoding", "identity") != "identity":
        raise RefusedError(415, "expected a body as it is, got one with a content encoding")
    told = headers.get("content-length")
    try:
        async with asyncio.timeout(seconds):
            if told is not None and told.isdecimal() and int(told) <= LARGEST_BODY:
                return await transport()
            return await _chunks(transport)
    except TimeoutError:
        raise RefusedError(408, f"expected the body within {seconds:g} seconds") from None


async def _chunks(transport: Transport) -> bytes:
    parts, size = [], 0
    async for part in transport:
        size += len(part)
        if size <= LARGEST_BODY:
            parts.append(part)
        else:
            parts.clear()
        if size > _HEARD_OUT:
            break
    if size > LARGEST_BODY:
        raise RefusedError(413, f"expected at most {LARGEST_BODY:,} bytes, got more")
    return b"".join(parts)


def _check_type(told: str) -> None:
    if told in ("application/json", ""):
        return
    kind, *parameters = (part.strip().lower() for part in told.split(";"))
    charsets = [p.partition("=")[2].strip('"') for p in parameters if p.startswith("charset=")]
    if kind != "application/json" or any(each not in ("utf-8", "utf8") for each in charsets):
        raise RefusedError(415, f"expected JSON in UTF-8, got the content type {told!r}")


def written(value: Any) -> bytes:
    """What was read as JSON, as JSON again.

    Raises:
        RefusedError: it is nested too deeply.
    """
    try:
        return orjson.dumps(value)
    except orjson.JSONEncodeError as error:
        raise RefusedError(400, f"expected JSON that is not nested so deeply: {error}") from None


def error_body(status: int, message: str, request_id: str) -> dict[str, Any]:
    """The one form of errors."""
    return {
        "error": {
            "code": _CODES.get(status, "error"),
            "message": message,
            "hint": _HINTS.get(status, ""),
            "request_id": request_id,
        }
    }


def parsed(body: bytes) -> Any:
    """JSON, read.

    Raises:
        RefusedError: it is none.
    """
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise RefusedError(400, f"expected JSON, got something else: {error}") from None
