"""One request on its way through the gateway."""

import asyncio
import os
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from motifleet.serving.replica.frames import Answer

NOT_YET = Answer(0, b"", b"")
ANSWERED_LATE = "the model did not answer within the time limit"


def now_ms() -> int:
    """Milliseconds since 1970."""
    return time.time_ns() // 1_000_000


def new_uuid() -> str:
    """A UUID of version 7 (RFC 9562): sorted by time, so that the log grows at its end.

    >>> first, second = new_uuid(), new_uuid()
    >>> len(first), first[14], first != second
    (36, '7', True)
    """
    value = (time.time_ns() // 1_000_000) << 80 | int.from_bytes(os.urandom(10))
    value = value & ~(0xF << 76) | 7 << 76
    text = f"{value & ~(0b11 << 62) | 0b10 << 62:032x}"
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


@dataclass(slots=True, eq=False)
class Ask:
    """A request that waits for its answer, and for its place in the prediction log.

    Args:
        form: how it is written (`motifleet.serving.replica.forms`).
        body: JSON.
        future: done when the answer is in the log; None for shadow traffic, which nobody waits for.
        deadline: when it is too late, on the event loop's clock.
        uuid: of the prediction.
        started_ms, ended_ms: when it came, and when it was answered.
        answer: the answer, once there is one.
        alone: whether it is asked by itself, since a replica ended that was asked it.
        crashes: how many replicas ended while they were asked nothing but this.
        size: of the batch that it was asked in.
        crn, version: of the deployment that answered.
        leave: to be called when it is done with.
    """

    form: int
    body: bytes
    future: "asyncio.Future[Answer] | None"
    deadline: float
    uuid: str = field(default_factory=new_uuid)
    started_ms: int = field(default_factory=now_ms)
    ended_ms: int = 0
    answer: Answer = NOT_YET
    alone: bool = False
    crashes: int = 0
    size: int = 1
    crn: str = ""
    version: str = ""
    leave: Callable[[], None] = lambda: None

    @property
    def over(self) -> bool:
        """Whether nobody waits for it any more."""
        return self.answer is not NOT_YET or (self.future is not None and self.future.done())
