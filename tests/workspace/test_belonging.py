"""A database belongs to one home."""

from pathlib import Path

import pytest

from motifleet.app import Workspace, local_actor, open_home
from motifleet.config import load_settings
from motifleet.errors import StoreError


def opened(home: Path, url: str) -> Workspace:
    return Workspace(load_settings(home, database_url=url), local_actor())


def test_a_second_home_is_refused_until_it_takes_the_place_of_the_first(
    url: str, tmp_path: Path
) -> None:
    opened(tmp_path / "first", url).add_project("DEV")
    with pytest.raises(StoreError, match="belongs to another home") as refused:
        opened(tmp_path / "second", url).projects()
    mine = (tmp_path / "first" / "id").read_text().strip()
    assert mine in str(refused.value)
    (tmp_path / "second" / "id").write_text(f"{mine}\n")
    assert [each.name for each in opened(tmp_path / "second", url).projects()] == ["DEV"]


def test_a_home_that_moves_keeps_its_database(url: str, tmp_path: Path) -> None:
    opened(tmp_path / "before", url).add_project("DEV")
    (tmp_path / "before").rename(tmp_path / "after")
    assert len(opened(tmp_path / "after", url).projects()) == 1


def test_the_database_in_a_home_goes_with_it(tmp_path: Path) -> None:
    open_home(tmp_path / "home").workspace.add_project("DEV")
    assert not (tmp_path / "home" / "id").exists()
