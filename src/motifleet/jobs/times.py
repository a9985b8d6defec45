"""When a job runs next: cron expressions, in a time zone."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from cronsim import CronSim, CronSimError

from motifleet.errors import InvalidArgumentError

_NAMED = {
    "@hourly": "0 * * * *",
    "@daily": "0 0 * * *",
    "@weekly": "0 0 * * 0",
    "@monthly": "0 0 1 * *",
    "@yearly": "0 0 1 1 *",
}
_FIELDS = 5


def following(cron: str, time_zone: str, after_ms: int) -> int:
    """The next time of a cron expression after a moment.

    Expressions are read as Debian's cron reads them: five fields, and a day fits where the day of
    the month or that of the week does, if both are given. Where clocks are set forward, what falls
    into the hour that is left out runs right after it; where they are set back, a fixed time runs
    once, and what runs every so many minutes or hours goes on running.

    Args:
        cron: five fields, or ``@hourly``, ``@daily``, ``@weekly``, ``@monthly`` or ``@yearly``.
        time_zone: a name of the IANA data base, such as Europe/Berlin.
        after_ms: milliseconds since 1970, as what is given back.

    Raises:
        InvalidArgumentError: the expression or the time zone is none, or no time ever fits.

    >>> noon = following("0 12 * * *", "Europe/Berlin", 1_785_000_000_000)
    >>> datetime.fromtimestamp(noon / 1000, UTC).isoformat()
    '2026-07-26T10:00:00+00:00'
    """
    begin = datetime.fromtimestamp(after_ms / 1000, UTC).astimezone(_zone(time_zone))
    fields = _NAMED.get(cron.strip(), cron)
    if len(fields.split()) != _FIELDS:
        raise InvalidArgumentError(f"{_EXPECTED}, got {cron!r}")
    try:
        found = next(CronSim(fields, begin))
    except CronSimError as error:
        raise InvalidArgumentError(f"{_EXPECTED}, got {cron!r}: {error}") from None
    except StopIteration:
        raise InvalidArgumentError(f"expected a time that comes, but {cron!r} never does") from None
    return int(found.astimezone(UTC).timestamp()) * 1000


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (OSError, ValueError, KeyError):
        raise InvalidArgumentError(
            f"expected a time zone such as UTC or Europe/Berlin, got {name!r}"
        ) from None


_EXPECTED = "expected five fields of cron (minute, hour, day, month, weekday), as in '0 6 * * 1-5'"
