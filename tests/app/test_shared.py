"""Motifs that many devices of a table share: in groups, kept, replaced, gone on with."""

from pathlib import Path

import pytest
from tests.app.test_resume import Counting, append_devices, paged

from motifleet.app import Motifleet
from motifleet.errors import InvalidArgumentError
from motifleet.matrixprofile import shared_motifs

M, DEVICES = 24, 14


def test_groups_of_a_table_give_what_the_fleet_gives(fleet: Motifleet) -> None:
    append_devices(fleet, 0, DEVICES, 150)
    everyone = fleet.fleet_series("trucks", "load")
    whole = shared_motifs(everyone, M, min_devices=5, k=2)
    fleet = paged(fleet)
    assert len(fleet.tables.reader("trucks").pages(2000)) > 1
    found = fleet.shared_motifs("trucks", "load", M, min_devices=5, k=2, into="motifs")
    assert [(each.device_id, each.index) for each in found] == [
        (each.device_id, each.index) for each in whole
    ]
    rows = fleet.scan("motifs").sort_by([("rank", "ascending"), ("distance", "ascending")])
    assert rows.num_rows == sum(map(len, whole))
    first = rows.slice(0, 1).to_pylist()[0]
    assert (first["device_id"], first["index"]) == (whole[0].device_id, whole[0].index)
    assert first["snapshot_id"] == fleet.tables.snapshot("trucks").id
    assert first["devices"] == whole[0].devices >= 5


def test_asked_again_the_answer_is_replaced(fleet: Motifleet) -> None:
    append_devices(fleet, 0, 5, 100)
    fleet.motifs("trucks", "load", M, k=2, into="motifs")
    for k in (1, 2):
        found = fleet.shared_motifs("trucks", "load", M, k=k, into="motifs")
    rows = fleet.scan("motifs")
    assert rows.num_rows == 2 + sum(map(len, found))
    assert len(rows["question_id"].unique()) == 2


def test_stopped_it_goes_on_with_what_was_not_done(fleet: Motifleet) -> None:
    append_devices(fleet, 0, DEVICES, 150)

    def stopping(done: int, total: int | None = None) -> None:
        assert total == DEVICES
        if done >= 3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fleet.shared_motifs("trucks", "load", M, into="motifs", progress=stopping)
    unfinished = fleet.settings.home / "unfinished"
    assert list(unfinished.rglob("*.arrow"))
    assert "motifs" not in {each.name for each in fleet.tables.list()}
    rest, every, told = Counting(), Counting(), list[int]()

    def listening(done: int, total: int | None = None) -> None:
        told.append(done)

    found = fleet.shared_motifs("trucks", "load", M, into="motifs", engine=rest, progress=listening)
    assert told == sorted(told)
    assert told[-1] == DEVICES
    assert found == fleet.shared_motifs("trucks", "load", M, engine=every)
    assert sum(rest.pages) < sum(every.pages)
    assert not list(unfinished.rglob("*.arrow"))


def test_a_file_and_what_cannot_be(fleet: Motifleet, file: Path) -> None:
    assert fleet.shared_motifs(str(file), "speed", 5, min_devices=2) is not None
    with pytest.raises(InvalidArgumentError, match="import it into a table"):
        fleet.shared_motifs(str(file), "speed", 5, into="motifs")
    with pytest.raises(InvalidArgumentError, match="fewer that share it"):
        fleet.shared_motifs(str(file), "speed", 500)
