"""The gateway's end of the prediction log: a group is committed before anybody of it is answered.

One thread writes. While it commits a group, the next gathers: groups are as large as the load
makes them, and nobody waits for a group to fill. Where nobody else is under way, the event loop
commits by itself, if that takes no waiting: the way to the thread and back costs more. The thread
tidies up after it now and then, which does wait for the disk.
"""

import asyncio
import threading
import time
from collections.abc import Callable, Sequence
from typing import Protocol

from motifleet.serving.gateway.ask import Ask
from motifleet.serving.replica.answers import write
from motifleet.serving.replica.frames import Answer
from motifleet.workspace import Prediction

Line = tuple[Ask, Prediction]
_PAUSE_SECONDS = 0.02
_LONGEST_PAUSE_SECONDS = 0.5
_MOST = 1_000
# Some megabytes of SQLite's log.
_TIDY_AFTER = 400
UNLOGGED = Answer(503, write({"message": "the prediction cannot be logged; try again"}), b"")


class Log(Protocol):
    """What writes groups of predictions; one that is there already is no error."""

    def add(self, group: Sequence[Prediction]) -> None:
        """Commit a group, or raise."""

    def add_at_once(self, group: Sequence[Prediction]) -> bool:
        """Commit a group without waiting for anything; False: it is not committed."""

    def tidy(self) -> None:
        """Do what `add_at_once` leaves to be done, which may take its time."""


class Journal:
    """Commits predictions in groups, and then lets their answers go.

    Args:
        log: writes them.
        loop: where answers are let go.
        failed: told of each commit that failed.
    """

    def __init__(
        self,
        log: Log,
        loop: asyncio.AbstractEventLoop,
        failed: Callable[[Exception], None],
    ) -> None:
        self._log, self._loop, self._failed = log, loop, failed
        self._untidy, self._most, self._failing = 0, _MOST, 0.0
        self._gathered: list[Line] = []
        self._lock = threading.Lock()
        self._there = threading.Event()
        self._stopped = False
        self._thread = threading.Thread(target=self._work, name="prediction log", daemon=True)
        self._thread.start()

    def add(self, lines: Sequence[Line], *, alone: bool = False) -> None:
        """Take answered requests with what is to be kept of them.

        Args:
            lines: the requests.
            alone: whether nobody else waits for anything, so that the event loop may commit.
        """
        if alone and self._log.add_at_once([line for _, line in lines]):
            let_go([ask for ask, _ in lines])
            self._untidy += 1
            if self._untidy >= _TIDY_AFTER:
                self._there.set()
            return
        with self._lock:
            self._gathered += lines
        self._there.set()

    def stop(self) -> None:
        """Commit what is left, and end."""
        self._stopped = True
        self._there.set()
        self._thread.join(5)

    def _work(self) -> None:
        waiting: list[Line] = []
        while waiting or not self._stopped or self._gathered:
            if not waiting:
                self._there.wait()
            self._there.clear()
            with self._lock:
                waiting, self._gathered = waiting + self._gathered, []
            if waiting:
                group, waiting = waiting[: self._most], waiting[self._most :]
                waiting = self._write(group, waiting)
            if self._untidy >= _TIDY_AFTER and not waiting:
                self._untidy = 0
                self._log.tidy()
            if self._failing and self._stopped:
                return

    def _write(self, group: list[Line], others: list[Line]) -> list[Line]:
        """Commit a group, and give what is still to be committed.

        One that the database never takes must not keep the others: after a failure groups are ever
        smaller, and one that fails alone is the last to be tried again.
        """
        try:
            self._log.add([line for _, line in group])
        except Exception as error:
            self._failed(error)
            self._failing += 1 if len(group) == 1 else 0.01
            self._most = max(1, len(group) // 2)
            time.sleep(min(_PAUSE_SECONDS * 2 ** int(self._failing), _LONGEST_PAUSE_SECONDS))
            left = self._still_in_time(group)
            return [*others, *left] if len(group) == 1 else [*left, *others]
        self._failing, self._most = 0, min(2 * self._most, _MOST)
        self._loop.call_soon_threadsafe(let_go, [ask for ask, _ in group])
        return others

    def _still_in_time(self, group: list[Line]) -> list[Line]:
        now = self._loop.time()
        late = [ask for ask, _ in group if ask.deadline <= now]
        if late:
            self._loop.call_soon_threadsafe(refuse, late)
        return [line for line in group if line[0].deadline > now]


class Unlogged:
    """In the journal's place where nothing is logged: answers leave at once."""

    def add(self, lines: Sequence[Line], *, alone: bool = False) -> None:
        """Let them go."""
        del alone
        let_go([ask for ask, _ in lines])

    def stop(self) -> None:
        """Nothing is left to be done."""


def let_go(asks: Sequence[Ask]) -> None:
    """Answer requests that are in the log."""
    for ask in asks:
        if ask.future is not None and not ask.future.done():
            ask.future.set_result(ask.answer)


def refuse(asks: Sequence[Ask]) -> None:
    """Say that requests could not be logged: no answer leaves that is not in the log."""
    for ask in asks:
        if ask.future is not None and not ask.future.done():
            ask.future.set_result(UNLOGGED)
