"""What stopped searches left is taken away, once nobody goes on with them."""

import os
import time
from pathlib import Path

import pyarrow as pa
from tests.app.test_resume import append_devices

from motifleet.app import Motifleet
from motifleet.app.staging import KEPT_DAYS, Staging, sweep

DAY = 86_400


def left_behind(home: Path, name: str, days: float) -> Path:
    folder = Staging.of(home, name).within("step-0").folder
    assert folder is not None
    Staging(folder).put(0, pa.table({"rank": [1]}))
    at = time.time() - days * DAY
    for each in (*folder.rglob("*"), folder, folder.parent):
        os.utime(each, (at, at))
    return folder.parent


def test_only_what_is_old_and_not_ones_own_goes(tmp_path: Path) -> None:
    new = left_behind(tmp_path, "new", KEPT_DAYS - 1)
    own = left_behind(tmp_path, "own", KEPT_DAYS - 2)
    old = left_behind(tmp_path, "old", KEPT_DAYS + 1)
    assert sweep(tmp_path / "unfinished", own) == [old]
    assert sorted(each.name for each in (tmp_path / "unfinished").iterdir()) == sorted(
        [own.name, new.name]
    )
    assert sweep(tmp_path / "unfinished", own, time.time() + 9 * DAY) == [new]
    assert sweep(tmp_path / "nowhere", own) == []


def test_the_next_search_takes_it_away(fleet: Motifleet) -> None:
    append_devices(fleet, 0, 3, 100)
    home = fleet.settings.home
    old, new = left_behind(home, "old", KEPT_DAYS + 1), left_behind(home, "new", 0)
    fleet.discords("trucks", "load", 20, into="discords")
    assert not old.exists()
    assert new.exists()
