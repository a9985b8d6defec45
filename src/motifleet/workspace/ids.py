"""Ids, times and secrets of what the database keeps."""

import secrets
import time
from hashlib import sha256
from threading import Lock
from uuid import uuid4


def now_ms() -> int:
    """Milliseconds since 1970."""
    return time.time_ns() // 1_000_000


def new_id(kind: str) -> str:
    """A new id, which begins with what it is of and sorts by time.

    Of two ids of a process, the later one is the greater, within a millisecond too, and when the
    clock is set back.

    >>> new_id("bld")[:4]
    'bld-'
    >>> many = [new_id("bld") for _ in range(1000)]
    >>> many == sorted(many)
    True
    """
    return f"{kind}-{_TICKS.next():015x}{uuid4().hex[:6]}"


class _Ticks:
    """Numbers that grow: milliseconds since 1970, and 4,096 steps within each."""

    def __init__(self) -> None:
        self._last, self._lock = 0, Lock()

    def next(self) -> int:
        with self._lock:
            self._last = max(self._last + 1, now_ms() << 12)
            return self._last


_TICKS = _Ticks()


def new_secret(kind: str) -> str:
    """A secret of 256 random bits, which begins with what it is of.

    >>> len(new_secret("mk"))
    46
    """
    return f"{kind}-{secrets.token_urlsafe(32)}"


def digest(secret: str) -> str:
    """What is kept of a secret: nobody finds 256 random bits from their SHA-256."""
    return sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()
