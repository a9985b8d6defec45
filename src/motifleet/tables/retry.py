"""Optimistic commits: try, and after a conflict wait a random while and try again."""

import random
import time
from collections.abc import Iterator

_FIRST_WAIT_SECONDS = 0.02
_LONGEST_WAIT_SECONDS = 1.0


def attempts(seconds: float = 60.0) -> Iterator[int]:
    """Count attempts from 0, with a growing, random wait before each one but the first.

    The caller leaves the loop when an attempt succeeds; when the time is up, the loop ends.

    Args:
        seconds: how long to go on.

    >>> [attempt for attempt in attempts(seconds=0.0)]
    [0]
    """
    deadline = time.monotonic() + seconds
    yield 0
    attempt = 1
    while time.monotonic() < deadline:
        longest = min(_LONGEST_WAIT_SECONDS, _FIRST_WAIT_SECONDS * 2**attempt)
        time.sleep(random.uniform(0.0, longest))  # noqa: S311 -- a wait, not a secret
        yield attempt
        attempt += 1
