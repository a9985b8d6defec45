"""Load from a process of its own: connections that ask again as soon as they are answered.

``python bench/load.py JSON`` takes port, path, key, connections, seconds and body, and prints the
rate and the 99th percentile in milliseconds.
"""

import asyncio
import json
import sys
import time
from typing import Any

import uvloop


class Caller(asyncio.Protocol):
    """One connection."""

    def __init__(self, request: bytes, end: float, taken: list[float]) -> None:
        self._request, self._end, self._taken = request, end, taken
        self._received = b""
        self.over: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: Any) -> None:
        self._transport = transport
        self._ask()

    def _ask(self) -> None:
        self._began = time.perf_counter()
        self._transport.write(self._request)

    def data_received(self, data: bytes) -> None:
        self._received += data
        head, _, body = self._received.partition(b"\r\n\r\n")
        if not _whole(head.lower(), body):
            return
        if not head.startswith(b"HTTP/1.1 200"):
            self._fail(f"expected an answer, got {self._received[:500]!r}")
            return
        self._received = b""
        now = time.perf_counter()
        self._taken.append(now - self._began)
        if now < self._end:
            self._ask()
        elif not self.over.done():
            self.over.set_result(None)
            self._transport.close()

    def connection_lost(self, exc: Exception | None) -> None:
        self._fail(f"expected an answer, but the connection ended: {exc}")

    def _fail(self, why: str) -> None:
        if not self.over.done():
            self.over.set_exception(RuntimeError(why))


def _whole(head: bytes, body: bytes) -> bool:
    """Whether all of an answer is there, by its length, or by the last of its chunks."""
    if b"transfer-encoding: chunked" in head:
        return body.endswith(b"0\r\n\r\n")
    length = head.partition(b"content-length:")[2].partition(b"\r\n")[0]
    return bool(length) and len(body) >= int(length)


async def main(told: dict[str, Any]) -> None:
    """Ask, and tell."""
    body = told["body"].encode()
    head = (
        f"POST {told['path']} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
        f"Authorization: Bearer {told['key']}\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    loop, taken = asyncio.get_running_loop(), list[float]()
    began = time.perf_counter()
    end = began + told["seconds"]
    callers = [Caller(head.encode() + body, end, taken) for _ in range(told["connections"])]
    for caller in callers:
        await loop.create_connection(lambda one=caller: one, "127.0.0.1", told["port"])  # type: ignore[misc]
    await asyncio.gather(*(each.over for each in callers))
    seconds = time.perf_counter() - began
    taken.sort()
    p99 = taken[int(len(taken) * 0.99)] * 1000
    print(json.dumps({"rate": len(taken) / seconds, "p99": p99}))


if __name__ == "__main__":
    uvloop.run(main(json.loads(sys.argv[1])))
