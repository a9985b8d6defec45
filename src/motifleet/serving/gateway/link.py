"""The gateway's connection to one replica: batches out, answers in."""

import asyncio
from collections.abc import Callable, Sequence
from typing import Any

from motifleet.serving.gateway.ask import Ask
from motifleet.serving.replica import frames
from motifleet.serving.replica.frames import Answer

Answered = Callable[["Link", Sequence[Ask], Sequence[Answer]], None]
Lost = Callable[["Link", Sequence[Ask]], None]


class Link(asyncio.Protocol):
    """A replica that answers.

    Args:
        replica: its id.
        answered: told of each batch with its answers.
        lost: told of what was asked and not answered when the connection ends.
    """

    def __init__(self, replica: str, answered: Answered, lost: Lost) -> None:
        self.replica = replica
        self.in_flight: dict[int, Sequence[Ask]] = {}
        self.open = False
        self._answered, self._lost = answered, lost
        self._numbers = 0
        self._received = bytearray()
        self._transport = asyncio.Transport()

    def connection_made(self, transport: Any) -> None:
        """The replica is there."""
        self._transport, self.open = transport, True

    def send(self, batch: Sequence[Ask]) -> None:
        """Ask a batch."""
        self._numbers += 1
        self.in_flight[self._numbers] = batch
        payload = frames.pack_requests((ask.form, ask.body) for ask in batch)
        self._transport.write(frames.frame(frames.REQUESTS, self._numbers, payload))

    def data_received(self, data: bytes) -> None:
        """Take the frames that are whole."""
        received = self._received
        received += data
        while len(received) >= frames.HEADER.size:
            length, _, number = frames.HEADER.unpack_from(received)
            end = frames.HEADER.size + length
            if len(received) < end:
                return
            payload = bytes(received[frames.HEADER.size : end])
            del received[:end]
            self._answered(self, self.in_flight.pop(number), frames.unpack_answers(payload))

    def connection_lost(self, exc: Exception | None) -> None:
        """The replica is gone; what it did not answer goes back."""
        del exc
        self.open = False
        left = [ask for batch in self.in_flight.values() for ask in batch]
        self.in_flight = {}
        self._lost(self, left)

    def close(self) -> None:
        """End the connection."""
        self._transport.abort()
