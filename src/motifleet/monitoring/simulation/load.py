"""Callers that ask an endpoint at some rate, and keep count of every answer.

With a rate, requests are sent when their time has come, whatever became of those before, and their
latency counts from then on: an endpoint that falls behind is not asked less for it.
"""

import http.client
import json
import ssl
import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any
from urllib.parse import urlsplit

import numpy as np

from motifleet.errors import InvalidArgumentError
from motifleet.monitoring.simulation.requests import Asked

Seen = Callable[[int, int | None], None]
_SECONDS, _POLL_SECONDS = 60.0, 0.1
BROKEN = 0
"""The status of a request whose connection broke."""


@dataclass(frozen=True, slots=True)
class Summary:
    """What became of simulated requests.

    Args:
        requests: how many were sent.
        answered: how many of them were answered.
        statuses: how many by HTTP status; "broken": the connection broke.
        seconds: from the first to the last.
        rate: requests a second.
        p50_ms, p95_ms, p99_ms, longest_ms: latencies of the answered, None where there are none.
        first_error: what the first request was told that failed.
        truths: how many predictions were told their ground truth.
    """

    requests: int
    answered: int
    statuses: dict[str, int]
    seconds: float
    rate: float
    p50_ms: float | None
    p95_ms: float | None
    p99_ms: float | None
    longest_ms: float | None
    first_error: str | None
    truths: int = 0

    def to_dict(self) -> dict[str, Any]:
        """Plain values, for JSON."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Reply:
    """What became of one request."""

    status: int
    milliseconds: float
    uuid: str | None
    error: str | None


class Load:
    """Simulated callers.

    Args:
        address: of the gateway, as in ``http://127.0.0.1:8000``.
        key: an access key.
        asked: the requests, in order.
        concurrency: how many callers.
        rate: requests a second; None: as fast as they are answered.

    Raises:
        InvalidArgumentError: there are no callers, or no rate.
    """

    def __init__(
        self,
        address: str,
        key: str,
        asked: Sequence[Asked],
        *,
        concurrency: int = 4,
        rate: float | None = None,
    ) -> None:
        if not 1 <= concurrency <= 1_000:
            raise InvalidArgumentError(f"expected 1 to 1,000 callers, got {concurrency}")
        if rate is not None and not 0 < rate < 1e6:
            raise InvalidArgumentError(f"expected a rate above 0, got {rate}")
        self._address, self._key, self._asked = urlsplit(address), key, asked
        self._count, self._rate = min(concurrency, max(1, len(asked))), rate
        self._replies: list[Reply | None] = [None] * len(asked)
        self._turn, self._next, self._stop = threading.Lock(), 0, threading.Event()
        self._begun, self._ended = 0.0, 0.0

    def run(self, seen: Seen | None = None) -> None:
        """Send all of them; Ctrl-C lets those under way be answered, and ends it.

        Args:
            seen: told how many are done, of how many.
        """
        callers = [threading.Thread(target=self._call, daemon=True) for _ in range(self._count)]
        self._begun = self._ended = time.perf_counter()
        try:
            for each in callers:
                each.start()
            while any(each.is_alive() for each in callers):
                callers[0].join(_POLL_SECONDS)
                if seen is not None:
                    seen(self.done, len(self._asked))
                callers = [each for each in callers if each.is_alive()] or callers[:1]
        finally:
            self._stop.set()
            for each in callers:
                each.join(_SECONDS)
            if seen is not None:
                seen(self.done, len(self._asked))

    @property
    def done(self) -> int:
        """How many have come back."""
        return sum(each is not None for each in self._replies)

    def truths(self) -> list[tuple[str, Mapping[str, Any]]]:
        """What is known of the answered: uuids with metrics."""
        pairs = zip(self._replies, self._asked, strict=True)
        return [
            (reply.uuid, asked.truth)
            for reply, asked in pairs
            if reply is not None and reply.uuid is not None and asked.truth
        ]

    def summary(self, truths: int = 0) -> Summary:
        """What became of those that have come back."""
        replies = [each for each in self._replies if each is not None]
        good = [each.milliseconds for each in replies if each.status == 200]
        counted = Counter(each.status for each in replies)
        seconds = max(self._ended - self._begun, 1e-9)
        errors = (each.error for each in replies if each.error is not None)
        p50, p95, p99, longest = (
            np.percentile(good, [50, 95, 99, 100]).tolist() if good else [None] * 4
        )
        return Summary(
            requests=len(replies),
            answered=len(good),
            statuses={str(key or "broken"): counted[key] for key in sorted(counted)},
            seconds=seconds,
            rate=len(replies) / seconds,
            p50_ms=p50,
            p95_ms=p95,
            p99_ms=p99,
            longest_ms=longest,
            first_error=next(errors, None),
            truths=truths,
        )

    def _call(self) -> None:
        connection = self._connect()
        while (taken := self._take()) is not None:
            place, due = taken
            self._replies[place] = self._ask(connection, self._asked[place].request, due)
            self._ended = time.perf_counter()
        connection.close()

    def _take(self) -> tuple[int, float] | None:
        """The next request and when it was to be sent; None where there is none any more."""
        with self._turn:
            place = self._next
            self._next += 1
        if place >= len(self._asked) or self._stop.is_set():
            return None
        if self._rate is None:
            return place, time.perf_counter()
        due = self._begun + place / self._rate
        if self._stop.wait(max(0.0, due - time.perf_counter())):
            return None
        return place, due

    def _ask(self, connection: http.client.HTTPConnection, request: Any, due: float) -> Reply:
        body = json.dumps({"accessKey": self._key, "request": request})
        path = f"{self._address.path.rstrip('/')}/model"
        try:
            connection.request("POST", path, body, {"Content-Type": "application/json"})
            answer = connection.getresponse()
            told = json.loads(answer.read())
        except (OSError, http.client.HTTPException, ValueError) as error:
            connection.close()
            return Reply(BROKEN, _since(due), None, f"{type(error).__name__}: {error}")
        if answer.status == 200:
            return Reply(200, _since(due), told["response"]["uuid"], None)
        return Reply(answer.status, _since(due), None, str(told["error"]["message"]))

    def _connect(self) -> http.client.HTTPConnection:
        host, port = self._address.hostname or "127.0.0.1", self._address.port
        if self._address.scheme == "https":
            context = ssl.create_default_context()
            return http.client.HTTPSConnection(host, port, timeout=_SECONDS, context=context)
        return http.client.HTTPConnection(host, port, timeout=_SECONDS)


def _since(due: float) -> float:
    return (time.perf_counter() - due) * 1000
