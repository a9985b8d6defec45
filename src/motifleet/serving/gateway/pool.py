"""The replicas of one deployment, and the queue before them: bounded, and batched as it grows.

A request goes to an idle replica at once. What comes while all are busy waits, and goes as one
batch to the first that is idle again: batches are as large as the load makes them, and nobody
waits for a batch to fill.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from motifleet.serving.gateway.ask import ANSWERED_LATE, NOT_YET, Ask, now_ms
from motifleet.serving.gateway.figures import Figures
from motifleet.serving.gateway.link import Link
from motifleet.serving.gateway.routing import Deployment
from motifleet.serving.replica.answers import write
from motifleet.serving.replica.frames import Answer

MOST_BYTES = 16 << 20
_DEPTH = 1
_CRASHES = 2
_CRASHED = "the model's process ended while it answered this request, twice"
_STOPPED = "the deployment was stopped"
Record = Callable[["Pool", Sequence[Ask]], None]


class QueueFullError(Exception):
    """As many requests wait as may."""


@dataclass(slots=True)
class Demand:
    """What a pool tells the supervisor: how much there is to do."""

    waiting: int
    in_flight: int
    arrived: int


class Pool:
    """One deployment's replicas.

    Args:
        endpoint: the name it answers for.
        deployment: what is known of it.
        record: takes asks that have an answer, to the log.
        figures: its counters.
    """

    def __init__(
        self, endpoint: str, deployment: Deployment, record: Record, figures: Figures
    ) -> None:
        self.endpoint = endpoint
        self.deployment = deployment
        self.figures = figures
        self.links: dict[str, Link] = {}
        self.open = 0
        self.arrived = 0
        self._queue: deque[Ask] = deque()
        self._record = record
        self._pumping = False
        self.wake: Callable[[], None] = lambda: None

    def submit(self, ask: Ask) -> None:
        """Take a request.

        Raises:
            QueueFullError: as many wait as may.
        """
        if self.open >= self.deployment.queue:
            raise QueueFullError
        self.adopt([ask])

    def adopt(self, asks: Sequence[Ask]) -> None:
        """Take requests that were let in already, be it by another deployment."""
        for ask in asks:
            ask.leave = self._leave
        self.open += len(asks)
        self.arrived += len(asks)
        self._queue.extend(asks)
        if not self.links or self.deployment.sleeps:
            self.wake()
        self._soon()

    async def connect(self, replica: str, path: str) -> None:
        """Connect to a replica; once it is there it gets its share."""
        loop = asyncio.get_running_loop()
        link = Link(replica, self._answered, self._lost)
        await loop.create_unix_connection(lambda: link, path)
        if replica not in self.deployment.replicas:
            link.close()
            return
        self.links[replica] = link
        self._soon()

    def retire(self, replicas: Iterable[str]) -> None:
        """Send nothing more to replicas; they are let go when they have answered."""
        for name in replicas:
            link = self.links.get(name)
            if link is not None:
                link.open = False
                if not link.in_flight:
                    self._let_go(link)

    def demand(self) -> Demand:
        """How much there is to do."""
        in_flight = sum(len(batch) for link in self._links for batch in link.in_flight.values())
        return Demand(len(self._queue), in_flight, self.arrived)

    def expire(self, now: float) -> None:
        """Tell those whose time is over, wherever they are."""
        late = [ask for ask in self._queue if ask.deadline <= now]
        for ask in late:
            self._queue.remove(ask)
        batches = [batch for link in self._links for batch in link.in_flight.values()]
        late += [ask for batch in batches for ask in batch if ask.deadline <= now and not ask.over]
        self._finish([(ask, _failure(504, ANSWERED_LATE)) for ask in late])

    def hand_over(self, heir: "Pool | None") -> None:
        """Let another deployment answer what waits here; without one, say so."""
        left, self._queue = [ask for ask in self._queue if not ask.over], deque()
        if heir is None:
            self._finish([(ask, _failure(503, _STOPPED)) for ask in left])
            return
        for ask in left:
            ask.leave()
        heir.adopt(left)

    def _leave(self) -> None:
        self.open -= 1

    @property
    def _links(self) -> list[Link]:
        return list(self.links.values())

    def _soon(self) -> None:
        if not self._pumping:
            self._pumping = True
            asyncio.get_running_loop().call_soon(self._pump)

    def _pump(self) -> None:
        self._pumping = False
        queue = self._queue
        while queue:
            link = self._idle()
            if link is None:
                return
            batch = self._take()
            if batch:
                self.figures.batch.observe(len(batch))
                link.send(batch)

    def _idle(self) -> Link | None:
        least, found = _DEPTH, None
        for link in self.links.values():
            if link.open and len(link.in_flight) < least:
                least, found = len(link.in_flight), link
        return found

    def _take(self) -> list[Ask]:
        batch: list[Ask] = []
        size, most = 0, self.deployment.batch
        queue = self._queue
        while queue and len(batch) < most and size < MOST_BYTES:
            if queue[0].alone and batch:
                break
            ask = queue.popleft()
            if ask.over:
                continue
            batch.append(ask)
            size += len(ask.body)
            if ask.alone:
                break
        for ask in batch:
            ask.size = len(batch)
        return batch

    def _answered(self, link: Link, batch: Sequence[Ask], answers: Sequence[Answer]) -> None:
        self._finish([(ask, each) for ask, each in zip(batch, answers, strict=True)])
        if not link.open and not link.in_flight:
            self._let_go(link)
        if self._queue:
            self._pump()

    def _finish(self, pairs: Sequence[tuple[Ask, Answer]]) -> None:
        ended, done = now_ms(), []
        for ask, answer in pairs:
            if ask.answer is NOT_YET:
                ask.answer, ask.ended_ms = answer, ended
                done.append(ask)
        if done:
            self._record(self, done)

    def _lost(self, link: Link, left: Sequence[Ask]) -> None:
        """Ask again what a replica did not answer: by itself, so that only the culprit pays."""
        if self.links.get(link.replica) is link:
            del self.links[link.replica]
        failed = []
        for ask in reversed(left):
            if ask.over:
                continue
            ask.crashes += ask.size == 1
            ask.alone = True
            if ask.crashes >= _CRASHES:
                failed.append((ask, _failure(500, _CRASHED)))
            else:
                self._queue.appendleft(ask)
        self._finish(failed)
        self.wake()
        self._soon()

    def _let_go(self, link: Link) -> None:
        self.links.pop(link.replica, None)
        link.close()


def _failure(status: int, message: str) -> Answer:
    return Answer(status, write({"message": message}), b"")
