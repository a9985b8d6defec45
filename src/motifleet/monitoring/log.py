"""The prediction log as one list, wherever its lines are kept."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from motifleet.errors import InvalidArgumentError, UnknownPredictionError
from motifleet.monitoring.archive import Archive
from motifleet.tables import Tables
from motifleet.workspace import Logged, Position, Store, Wanted, find_predictions, metrics_of

_PAGE = 5_000


@dataclass(frozen=True, slots=True)
class PredictionPage:
    """Some predictions, and where the next ones begin.

    Args:
        items: in order.
        next: what to give as ``after`` for the next page; None: this was the last.
    """

    items: tuple[Logged, ...]
    next: str | None

    def to_dict(self) -> dict[str, Any]:
        """Plain values, for JSON."""
        return {"items": [each.to_dict() for each in self.items], "next": self.next}


@dataclass(frozen=True, slots=True)
class PredictionLog:
    """All predictions, by time.

    Args:
        store: the database.
        tables: where old predictions are archived.
    """

    store: Store
    tables: Tables

    def page(
        self, wanted: Wanted, after: str | None = None, limit: int = 100, *, newest: bool = False
    ) -> PredictionPage:
        """A page of predictions.

        Args:
            wanted: which.
            after: the ``next`` of the page before; None: the first page.
            limit: so many at most.
            newest: the newest first, in place of the oldest.

        Raises:
            InvalidArgumentError: ``after`` is none that a page gave, or there is no room.
        """
        if not 1 <= limit <= 10_000:
            raise InvalidArgumentError(f"expected a limit from 1 to 10,000, got {limit}")
        place = None if after is None else _opened(after)
        found = self._find(wanted, place, limit + 1, newest)
        following = _closed(found[limit - 1].position) if len(found) > limit else None
        return PredictionPage(tuple(found[:limit]), following)

    def one(self, uuid: str, deployments: tuple[str, ...] | None = None) -> Logged:
        """A prediction by its uuid.

        Raises:
            UnknownPredictionError: there is none, or none of these deployments.
        """
        found = self._find(Wanted(deployments=deployments, uuids=(uuid,)), None, 1, False)
        if not found:
            raise UnknownPredictionError(uuid)
        return found[0]

    def named(self, uuids: tuple[str, ...]) -> list[Logged]:
        """Those of some predictions that are there."""
        return self._find(Wanted(uuids=uuids), None, len(uuids), False)

    def all(self, wanted: Wanted) -> Iterator[Logged]:
        """All predictions, the oldest first; a page of them is in memory at a time."""
        return self._each(wanted, newest=False)

    def newest(self, wanted: Wanted) -> Iterator[Logged]:
        """All predictions, the newest first."""
        return self._each(wanted, newest=True)

    def _each(self, wanted: Wanted, *, newest: bool) -> Iterator[Logged]:
        place: Position | None = None
        while True:
            found = self._find(wanted, place, _PAGE, newest)
            yield from found
            if len(found) < _PAGE:
                return
            place = found[-1].position

    def _find(
        self, wanted: Wanted, after: Position | None, limit: int, newest: bool
    ) -> list[Logged]:
        """From the database first, and then from the archive: what is moved meanwhile is seen."""
        here = find_predictions(self.store, wanted, after=after, limit=limit, newest=newest)
        there = Archive(self.store, self.tables).find(wanted, after, limit, newest=newest)
        if not there:
            return here
        known = {each.uuid for each in here}
        moved = {each.uuid: each for each in there if each.uuid not in known}
        # What was told since is still here.
        for told in metrics_of(self.store, list(moved)):
            moved[told.uuid].metrics[told.name] = told.value
        both = sorted([*here, *moved.values()], key=lambda each: each.position, reverse=newest)
        return both[:limit]


def _closed(position: Position) -> str:
    text = f"{position.started_ms} {position.uuid}"
    return urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _opened(after: str) -> Position:
    try:
        text = urlsafe_b64decode(after + "=" * (-len(after) % 4)).decode()
        started, _, uuid = text.partition(" ")
        if not abs(int(started)) < 1 << 62 or "\0" in uuid:
            raise ValueError
        return Position(int(started), uuid)
    except ValueError:
        raise InvalidArgumentError(f"expected the `next` of a page, got {after[:50]!r}") from None
