"""What the simulators' arguments may be."""

from datetime import UTC, datetime

from motifleet.errors import InvalidArgumentError


def expect_count(name: str, value: int, at_least: int = 1) -> None:
    """Refuse a count that is too small.

    Raises:
        InvalidArgumentError: it is below ``at_least``.
    """
    if value < at_least:
        raise InvalidArgumentError(f"expected {name} of {at_least} or more, got {value}")


def expect_seed(seed: int) -> None:
    """Refuse a seed that does not fit into 64 bits.

    Raises:
        InvalidArgumentError: it is negative or too large.
    """
    if not 0 <= seed < 2**64:
        raise InvalidArgumentError(f"expected a seed from 0 to 2**64 - 1, got {seed}")


def in_utc(start: datetime) -> datetime:
    """The same moment in UTC; a naive one is taken as UTC.

    >>> in_utc(datetime(2026, 3, 2)).isoformat()
    '2026-03-02T00:00:00+00:00'
    """
    return start.replace(tzinfo=UTC) if start.tzinfo is None else start.astimezone(UTC)
