"""Homes and files for the tests of the wired rooms."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from motifleet.app import Motifleet, open_home


@pytest.fixture
def fleet(tmp_path: Path) -> Iterator[Motifleet]:
    fleet = open_home(tmp_path / "home")
    with fleet.tables:
        yield fleet


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """90 reports of 3 trucks, by time; one without a device, one with a word as its speed."""
    rows = ["device_id,event_ts,speed"]
    for minute in range(30):
        rows += [f"truck-{n},2026-03-02T08:{minute:02d}Z,{minute * n}" for n in (1, 2, 3)]
    rows[10] = ",2026-03-02T08:03Z,3"
    rows[20] = rows[20].rsplit(",", 1)[0] + ",fast"
    path = tmp_path / "trucks.csv"
    path.write_text("\n".join(rows) + "\n")
    return path
