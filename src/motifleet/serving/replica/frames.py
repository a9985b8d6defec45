"""The frames on a replica's socket: length, kind and number, then items; nothing of it is code.

A frame of kind REQUESTS holds items of a form and a body; one of kind ANSWERS holds, in the same
order, items of a status, the answer as JSON and what the model tracked as JSON (or nothing).
"""

import struct
from collections.abc import Iterable
from typing import NamedTuple

PROTOCOL = 1
HEADER = struct.Struct("!IBQ")
REQUESTS, ANSWERS, PING, PONG = range(4)
LARGEST = 1 << 29
_ASKED, _ANSWERED = struct.Struct("!BI"), struct.Struct("!HII")


class Request(NamedTuple):
    """One request of a batch: the form that it is written in, and its body."""

    form: int
    body: bytes


class Answer(NamedTuple):
    """One answer of a batch: an HTTP status, JSON, and tracked metrics as JSON (or empty)."""

    status: int
    output: bytes
    tracked: bytes


def frame(kind: int, number: int, payload: bytes = b"") -> bytes:
    """A whole frame.

    >>> HEADER.unpack(frame(PING, 7))
    (0, 2, 7)
    """
    return HEADER.pack(len(payload), kind, number) + payload


def pack_requests(requests: Iterable[tuple[int, bytes]]) -> bytes:
    """The payload of a frame of requests."""
    parts: list[bytes] = []
    for form, body in requests:
        parts += (_ASKED.pack(form, len(body)), body)
    return b"".join(parts)


def unpack_requests(payload: bytes) -> list[Request]:
    """The requests of a frame.

    >>> unpack_requests(pack_requests([(1, b"{}"), (0, b"[3]")]))
    [Request(form=1, body=b'{}'), Request(form=0, body=b'[3]')]
    """
    found, at = [], 0
    while at < len(payload):
        form, length = _ASKED.unpack_from(payload, at)
        at += _ASKED.size
        found.append(Request(form, payload[at : at + length]))
        at += length
    return found


def pack_answers(answers: Iterable[Answer]) -> bytes:
    """The payload of a frame of answers."""
    parts: list[bytes] = []
    for status, output, tracked in answers:
        parts += (_ANSWERED.pack(status, len(output), len(tracked)), output, tracked)
    return b"".join(parts)


def unpack_answers(payload: bytes) -> list[Answer]:
    """The answers of a frame.

    >>> unpack_answers(pack_answers([Answer(200, b"[1]", b"")]))
    [Answer(status=200, output=b'[1]', tracked=b'')]
    """
    found, at = [], 0
    while at < len(payload):
        status, output, tracked = _ANSWERED.unpack_from(payload, at)
        at += _ANSWERED.size
        middle, end = at + output, at + output + tracked
        found.append(Answer(status, payload[at:middle], payload[middle:end]))
        at = end
    return found
