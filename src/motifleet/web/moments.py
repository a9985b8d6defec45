"""Times as the viewer's clock has them, with UTC beside."""

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc


def zone_named(name: str) -> ZoneInfo:
    """A time zone by its name; UTC where there is none of that name.

    >>> zone_named("Europe/Zurich").key, zone_named("../../etc/passwd").key
    ('Europe/Zurich', 'UTC')
    """
    try:
        return ZoneInfo(name or "UTC")
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return ZoneInfo("UTC")


def moment(at: datetime | int | float | None) -> datetime | None:
    """A time in UTC of a datetime, or of milliseconds since 1970."""
    if at is None:
        return None
    if isinstance(at, datetime):
        return at if at.tzinfo else at.replace(tzinfo=UTC)
    return datetime.fromtimestamp(at / 1000, UTC)


def local(at: datetime | int | float | None, zone: ZoneInfo) -> str:
    """A time as the viewer's clock has it.

    >>> local(datetime(2026, 3, 2, 8, tzinfo=UTC), ZoneInfo("Europe/Zurich"))
    '2026-03-02 09:00:00'
    """
    known = moment(at)
    return "" if known is None else f"{known.astimezone(zone):%Y-%m-%d %H:%M:%S}"


def utc(at: datetime | int | float | None) -> str:
    """A time in UTC.

    >>> utc(0)
    '1970-01-01 00:00:00 UTC'
    """
    known = moment(at)
    return "" if known is None else f"{known.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"


def local_axis(times: Any, zone: ZoneInfo) -> Any:
    """Times in UTC as those of the viewer's clock, for an axis: datetime64 without a zone.

    >>> noon = np.array(["2026-07-01T10:00"], "datetime64[us]")
    >>> str(local_axis(noon, zone_named("Asia/Tokyo"))[0])
    '2026-07-01T19:00:00.000000'
    """
    plain = pa.array(np.asarray(times).astype("datetime64[us]"), pa.timestamp("us"))
    placed: Any = plain.cast(pa.timestamp("us", "UTC")).cast(pa.timestamp("us", zone.key))
    return pc.local_timestamp(placed).to_numpy(zero_copy_only=False)


def from_local(text: str, zone: ZoneInfo) -> datetime:
    """The time in UTC that the viewer's clock means.

    >>> from_local("2026-03-02 09:00", ZoneInfo("Europe/Zurich")).isoformat()
    '2026-03-02T08:00:00+00:00'
    """
    return datetime.fromisoformat(text).replace(tzinfo=zone).astimezone(UTC)
