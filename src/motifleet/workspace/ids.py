"""Ids, times and secrets of what the database keeps."""

import secrets
import time
from hashlib import sha256
from uuid import uuid4


def now_ms() -> int:
    """Milliseconds since 1970."""
    return time.time_ns() // 1_000_000


def new_id(kind: str) -> str:
    """A new id, which begins with what it is of and sorts by time.

    >>> new_id("bld")[:4]
    'bld-'
    """
    return f"{kind}-{now_ms():012x}{uuid4().hex[:6]}"


def new_secret(kind: str) -> str:
    """A secret of 256 random bits, which begins with what it is of.

    >>> len(new_secret("mk"))
    46
    """
    return f"{kind}-{secrets.token_urlsafe(32)}"


def digest(secret: str) -> str:
    """What is kept of a secret: nobody finds 256 random bits from their SHA-256."""
    return sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()
