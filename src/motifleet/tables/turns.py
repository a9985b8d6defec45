"""Taking turns on one machine, so that writers seldom undo one another's work.

Commits are safe without it: they are optimistic, and of two that start from the same snapshot one
fails and is tried again. But with several writers most of the time would go into such failures.
"""

import fcntl
import os
import random
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_PATIENCE_SECONDS = 5.0
_LONGEST_WAIT_SECONDS = 0.01


class Turns:
    """Lets one writer of a machine commit at a time, and waits for nobody for long.

    Args:
        lock_file: what the writers lock; None: they do not share a machine, so nobody waits.
    """

    def __init__(self, lock_file: Path | None) -> None:
        self._lock_file = lock_file

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Wait for the lock and hold it; go on without it when its holder takes too long."""
        if self._lock_file is None:
            yield
            return
        # A descriptor of its own for each turn: the lock is between these, so threads wait too.
        descriptor = os.open(self._lock_file, os.O_CREAT | os.O_RDWR, 0o600)
        try:
            _wait_for(descriptor)
            yield
        finally:
            os.close(descriptor)


def _wait_for(descriptor: int) -> None:
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while time.monotonic() < deadline:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            time.sleep(random.uniform(0.0, _LONGEST_WAIT_SECONDS))  # noqa: S311 -- just a wait
        except OSError:
            return  # a file system without locks
        else:
            return
