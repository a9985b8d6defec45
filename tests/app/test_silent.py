"""Devices that are silent for longer than a rule allows are told of by the rule's name."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from motifleet.app import ALERT, Motifleet, alerted, open_home
from motifleet.workspace import Rule

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
HOUR = 3600.0


def rule(name: str, hours: float, *, target: str = "yard", active: bool = True) -> Rule:
    return Rule(
        *("", "DEV", name, "silence", target, hours * HOUR),
        window_seconds=48 * HOUR,
        active=active,
        created_at=round(NOW.timestamp() * 1000),
        options={"without": ["van-0"]},
    )


@pytest.fixture
def fleet(tmp_path: Path) -> Motifleet:
    """Vans that are silent for no hour, two, six, and three days."""
    lines = [
        f"van-{hours},{NOW - timedelta(hours=hours, minutes=minute):%Y-%m-%d %H:%M:%S},{minute}"
        for hours in (0, 2, 6, 72)
        for minute in range(5)
    ]
    file = tmp_path / "yard.csv"
    file.write_text("\n".join(["device_id,event_ts,speed", *lines]))
    opened = open_home(tmp_path / "home")
    opened.import_file(file, "yard")
    return opened


def test_the_rule_that_allows_most_is_named_and_who_left_is_not_silent(fleet: Motifleet) -> None:
    rules = [rule("soon", 1), rule("late", 5), rule("off", 0.1, active=False)]
    found = alerted(fleet.present("yard"), rules, round(NOW.timestamp() * 1000))
    named = zip(found.rows["device_id"].to_pylist(), found.rows[ALERT].to_pylist(), strict=True)
    assert dict(named) == {"van-0": "none", "van-2": "soon", "van-6": "late", "van-72": "none"}
    assert found.labels == [ALERT]
    assert found.counts(ALERT) == [("none", 2), ("late", 1), ("soon", 1)]


def test_without_a_rule_of_the_table_nothing_is_added(fleet: Motifleet) -> None:
    present = fleet.present("yard")
    assert alerted(present, [rule("elsewhere", 1, target="trucks")]) is present
    assert alerted(present, [rule("off", 1, active=False)]) is present
