"""When jobs run: cron expressions, weekdays, time zones, and clocks that are changed."""

from datetime import datetime
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from motifleet.errors import InvalidArgumentError
from motifleet.jobs import following

BERLIN = "Europe/Berlin"


def times(cron: str, zone: str, begin: str, count: int) -> list[str]:
    place = ZoneInfo(zone)
    at, found = int(datetime.fromisoformat(begin).replace(tzinfo=place).timestamp() * 1000), []
    for _ in range(count):
        at = following(cron, zone, at)
        found.append(datetime.fromtimestamp(at / 1000, place).isoformat(" ", "minutes"))
    return found


def test_a_weekday_is_the_one_that_cron_means() -> None:
    assert times("0 6 * * 1", "UTC", "2026-11-25", 2) == [
        "2026-11-30 06:00+00:00",  # Mondays
        "2026-12-07 06:00+00:00",
    ]
    assert times("0 6 * * 1-5", "UTC", "2026-11-27 07:00", 1) == ["2026-11-30 06:00+00:00"]


def test_a_day_fits_by_month_or_by_week() -> None:
    found = times("0 0 13 * 5", "UTC", "2026-11-01", 4)
    assert [each[:10] for each in found] == ["2026-11-06", "2026-11-13", "2026-11-20", "2026-11-27"]


def test_named_expressions() -> None:
    assert times("@daily", "UTC", "2026-11-25 08:00", 1) == ["2026-11-26 00:00+00:00"]


def test_the_hour_that_is_left_out_runs_right_after_it() -> None:
    assert times("30 2 * * *", BERLIN, "2026-03-28 12:00", 2) == [
        "2026-03-29 03:00+02:00",
        "2026-03-30 02:30+02:00",
    ]


def test_the_hour_that_comes_twice_runs_a_fixed_time_once() -> None:
    assert times("30 2 * * *", BERLIN, "2026-10-24 12:00", 2) == [
        "2026-10-25 02:30+02:00",
        "2026-10-26 02:30+01:00",
    ]


def test_every_half_hour_goes_on_while_clocks_change() -> None:
    at, found = int(datetime(2026, 10, 24, 23, tzinfo=ZoneInfo("UTC")).timestamp() * 1000), []
    for _ in range(12):
        at = following("*/30 * * * *", BERLIN, at)
        found.append(at)
    assert {later - earlier for earlier, later in pairwise(found)} == {1_800_000}


@pytest.mark.parametrize("cron", ["", "* * * *", "61 * * * *", "* * * * * *", "0 0 30 2 *", "a b"])
def test_what_is_no_expression_is_refused(cron: str) -> None:
    with pytest.raises(InvalidArgumentError, match="expected"):
        following(cron, "UTC", 0)


@pytest.mark.parametrize("zone", ["Mars/Olympus", "../etc/passwd", ""])
def test_what_is_no_time_zone_is_refused(zone: str) -> None:
    with pytest.raises(InvalidArgumentError, match="time zone"):
        following("* * * * *", zone, 0)
