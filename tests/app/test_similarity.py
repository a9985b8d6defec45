"""The devices most like each one, as a result table."""

from pathlib import Path

import numpy as np
import pytest
from tests.app.test_resume import append_devices, paged

from motifleet.app import Alike, Motifleet, Selection
from motifleet.errors import InvalidArgumentError
from motifleet.matrixprofile import device_distances

M, K = 30, 3


def answered(fleet: Motifleet) -> dict[str, list[tuple[str, float]]]:
    rows = fleet.scan("similarity").sort_by([("device_id", "ascending"), ("rank", "ascending")])
    found: dict[str, list[tuple[str, float]]] = {}
    for row in rows.to_pylist():
        found.setdefault(row["device_id"], []).append((row["neighbor_device_id"], row["distance"]))
        assert row["rank"] == len(found[row["device_id"]])
    return found


def expected(fleet: Motifleet) -> dict[str, list[tuple[str, float]]]:
    series = fleet.fleet_series("trucks", "load")
    found = {}
    for place, name in enumerate(series.device_ids):
        distances = device_distances(series[place], series, M)
        distances[place] = np.inf
        order = np.argsort(distances, kind="stable")[:K]
        found[name] = [(series.device_ids[at], float(distances[at])) for at in order]
    return found


@pytest.mark.parametrize("exact", [None, False], ids=["all compared", "by the index"])
def test_it_holds_the_nearest_of_every_device(fleet: Motifleet, exact: bool | None) -> None:
    append_devices(fleet, 0, 20, 200)
    fleet = paged(fleet)
    assert len(fleet.tables.reader("trucks").pages(2000)) > 1
    written = fleet.similarity("trucks", "load", M, k=K, exact=exact)
    snapshot = fleet.tables.snapshot("trucks").id
    assert (written.rows, written.devices, written.exact) == (20 * K, 20, True)
    assert written.snapshot_id == snapshot
    found, true = answered(fleet), expected(fleet)
    for name, nearest in true.items():
        assert [other for other, _ in found[name]] == [other for other, _ in nearest]
        assert [far for _, far in found[name]] == pytest.approx([far for _, far in nearest])
    assert set(fleet.scan("similarity")["snapshot_id"].to_pylist()) == {snapshot}


def test_asked_again_it_is_replaced_and_a_new_snapshot_comes_beside_it(fleet: Motifleet) -> None:
    append_devices(fleet, 0, 6, 100)
    first = fleet.similarity("trucks", "load", M, k=2)
    commits = len(fleet.tables.snapshots("similarity"))
    again = fleet.similarity("trucks", "load", Alike(M), k=4, exact=True)
    assert again.question_id == first.question_id
    assert fleet.scan("similarity").num_rows == again.rows == 6 * 4
    assert len(fleet.tables.snapshots("similarity")) == commits + 1
    append_devices(fleet, 6, 1, 100)
    fleet.similarity("trucks", "load", M, k=2)
    assert fleet.scan("similarity").num_rows == 24 + 14
    one = fleet.similar_devices("trucks", "truck-0001", "load", M, k=2, into="similarity")
    assert fleet.scan("similarity").num_rows == 24 + 14 + len(one)


def test_stopped_it_goes_on_with_what_was_not_done(fleet: Motifleet) -> None:
    append_devices(fleet, 0, 20, 200)
    fleet = paged(fleet)

    def stopping(done: int, total: int | None = None) -> None:
        if done >= 12:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fleet.similarity("trucks", "load", M, k=K, progress=stopping)
    unfinished = fleet.settings.home / "unfinished"
    kept = list(unfinished.glob("*/*.arrow"))
    assert kept
    assert "similarity" not in [each.name for each in fleet.tables.list()]
    told: list[int] = []

    def listening(done: int, total: int | None = None) -> None:
        assert total == 20
        told.append(done)

    fleet.similarity("trucks", "load", M, k=K, progress=listening)
    assert min(told) >= len(kept)
    assert {name: len(each) for name, each in answered(fleet).items()} == dict.fromkeys(
        expected(fleet), K
    )
    assert not list(unfinished.glob("*/*.arrow"))


def test_an_index_that_the_table_has_left_behind_is_built_anew(fleet: Motifleet) -> None:
    append_devices(fleet, 0, 5, 100)
    fleet.index_devices("trucks", "load", M)
    append_devices(fleet, 5, 3, 100)
    words: list[str] = []
    fleet.similarity("trucks", "load", M, k=2, exact=False, note=words.append)
    assert "building it" in words[0]
    assert set(answered(fleet)) == {f"truck-{number:04}" for number in range(8)}


def test_what_it_cannot_be_asked(fleet: Motifleet, file: Path) -> None:
    append_devices(fleet, 0, 1, 100)
    with pytest.raises(InvalidArgumentError, match="at least two devices"):
        fleet.similarity("trucks", "load", M)
    with pytest.raises(InvalidArgumentError, match="import it into a table"):
        fleet.similarity(str(file), "speed", M)
    append_devices(fleet, 1, 3, 20)
    done = fleet.similarity("trucks", "load", M, selection=Selection(where="load < 0"))
    assert done.rows == fleet.scan("similarity").num_rows
