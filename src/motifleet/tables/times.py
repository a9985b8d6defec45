"""Times as arguments: datetime or ISO 8601, taken as UTC where they name no zone."""

from datetime import UTC, datetime, timedelta

from motifleet.errors import InvalidArgumentError

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def parse_time(argument: str, value: datetime | str) -> datetime:
    """Read a time and bring it to UTC.

    Args:
        argument: the argument's name, for the error.
        value: such as "2023-12-01" or "2023-12-01T01:00:00+01:00".

    Raises:
        InvalidArgumentError: it is no ISO 8601 time.

    >>> parse_time("start", "2023-12-01T01:00:00+01:00").isoformat()
    '2023-12-01T00:00:00+00:00'
    """
    try:
        time = datetime.fromisoformat(value.strip()) if isinstance(value, str) else value
        return time.replace(tzinfo=UTC) if time.tzinfo is None else time.astimezone(UTC)
    except (ValueError, OverflowError):
        raise InvalidArgumentError(
            f"expected {argument} as an ISO 8601 time such as '2023-12-01T01:00:00Z', got {value!r}"
        ) from None


def microseconds(time: datetime) -> int:
    """Count the microseconds since 1970, as tables hold times."""
    return (time - _EPOCH) // timedelta(microseconds=1)
