"""Requests that go on while something changes, so that a dropped one would be seen."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from motifleet.errors import ServingError

_CALLERS, _PAUSE_SECONDS = 3, 0.05


@dataclass(slots=True)
class Load:
    """What became of the requests.

    Args:
        answered: how many.
        failed: why others were not.
    """

    answered: int = 0
    failed: list[str] = field(default_factory=list)


@contextmanager
def under_load(ask: Callable[[], Any]) -> Iterator[Load]:
    """Ask again and again, from several threads, while the body runs.

    Each breathes between two requests: callers who took all cores would only hold up the change.
    """
    load, over, lock = Load(), threading.Event(), threading.Lock()

    def caller() -> None:
        while not over.is_set():
            try:
                ask()
            except ServingError as error:
                with lock:
                    load.failed.append(str(error))
            else:
                with lock:
                    load.answered += 1
            over.wait(_PAUSE_SECONDS)

    callers = [threading.Thread(target=caller, daemon=True) for _ in range(_CALLERS)]
    for each in callers:
        each.start()
    try:
        yield load
    finally:
        over.set()
        for each in callers:
            each.join()
