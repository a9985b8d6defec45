"""What all visits share: the open home, the sessions, and what was read lately."""

import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from motifleet.app import Motifleet, Present, Progress
from motifleet.web.sessions import Sessions

_KEPT = 8
_KEYS = ({"device", "time"}, {"signal", "position"})


@dataclass(slots=True)
class Kept:
    """The last few answers, each worked out once however many ask for it at a time."""

    _answers: OrderedDict[Any, Any] = field(default_factory=OrderedDict)
    _locks: dict[Any, threading.Lock] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def answer(self, question: Any, work: Callable[[], Any]) -> Any:
        """What is known, or what the work gives."""
        with self._lock:
            turn = self._locks.setdefault(question, threading.Lock())
        with turn:
            if question not in self._answers:
                found = work()
                with self._lock:
                    self._answers[question] = found
                    while len(self._answers) > _KEPT:
                        gone, _ = self._answers.popitem(last=False)
                        self._locks.pop(gone, None)
            return self._answers[question]


@dataclass(slots=True)
class House:
    """The home that the page is over.

    Args:
        fleet: the open home.
        sessions: who is logged in.
    """

    fleet: Motifleet
    sessions: Sessions
    _kept: Kept = field(default_factory=Kept)

    def present(self, table: str, progress: Progress) -> Present:
        """The devices of a table as of its newest snapshot, read once for all who look at it."""
        question = (table, self.fleet.tables.describe(table).snapshot)
        found: Present = self._kept.answer(
            question, lambda: self.fleet.present(table, progress=progress)
        )
        return found

    def report_tables(self) -> list[str]:
        """The tables that hold reports of devices, those with the newest commit first."""
        found = sorted(self.fleet.tables.list(), key=lambda each: str(each.last_commit))
        return [each.name for each in reversed(found) if each.rows and self._reports(each.name)]

    def _reports(self, table: str) -> bool:
        columns = self.fleet.tables.describe(table).columns
        roles, names = {each.role for each in columns}, {each.name for each in columns}
        return roles >= _KEYS[0] and bool(roles & _KEYS[1]) and "question" not in names
