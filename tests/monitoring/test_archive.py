"""Old predictions move to an Iceberg table: read as before, never lost, never doubled."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from tests.monitoring.conftest import BASE, Endpoint

from motifleet.app import Motifleet
from motifleet.errors import NotAllowedError
from motifleet.monitoring import Archive
from motifleet.workspace import Actor, Wanted, count_predictions, find_predictions, metrics_of


def filled(endpoint: Endpoint, count: int = 40) -> None:
    for at in range(count):
        status = 500 if at % 10 == 3 else 200
        endpoint.answer(1_000 * at, [{"label": at % 2}], inputs={"x": at}, status=status, depth=at)


def seen(fleet: Motifleet, **chosen: object) -> list[tuple[str, str | None, dict[str, object]]]:
    found: list[tuple[str, str | None, dict[str, object]]] = []
    after = None
    while True:
        page = fleet.monitoring.predictions("failures", after=after, limit=7, **chosen)  # type: ignore[arg-type]
        found += [(each.uuid, each.outputs, dict(each.metrics)) for each in page.items]
        after = page.next
        if after is None:
            return found


def test_what_moves_is_read_as_before(fleet: Motifleet, endpoint: Endpoint) -> None:
    filled(endpoint)
    monitoring = fleet.monitoring
    monitoring.track_delayed_metrics({"ground_truth": 1}, endpoint.uuids[4])
    choices: list[dict[str, object]] = [
        {},
        {"newest": True},
        {"failed": True},
        {"start": BASE + 5_000, "end": BASE + 30_500},
        {"deployment": endpoint.deployment, "newest": True, "start": BASE + 15_000},
        {"build": "none"},
    ]
    before = [seen(fleet, **chosen) for chosen in choices]
    records = monitoring.read_metrics("failures")
    archive = Archive(endpoint.store, fleet.tables)
    moved = archive.move(BASE + 25_000, rows=7)
    assert (moved.predictions, moved.metrics) == (25, 25)
    assert count_predictions(endpoint.store, Wanted()) == 15
    assert metrics_of(endpoint.store, endpoint.uuids[:4]) == []
    assert [seen(fleet, **chosen) for chosen in choices] == before
    assert monitoring.read_metrics("failures") == records
    assert monitoring.prediction(endpoint.uuids[4]).metrics == {"depth": 4, "ground_truth": 1}
    assert archive.move(BASE + 25_000) == type(moved)(0, 0)
    assert fleet.tables.describe("prediction_log").rows == 25


def test_truth_that_comes_after_the_move_is_seen_and_moves_too(
    fleet: Motifleet, endpoint: Endpoint
) -> None:
    filled(endpoint, 10)
    archive = Archive(endpoint.store, fleet.tables)
    archive.move(BASE + 60_000)
    monitoring = fleet.monitoring
    for truth in (0, 0, 1):
        monitoring.track_delayed_metrics({"ground_truth": truth}, endpoint.uuids[2])
    assert monitoring.prediction(endpoint.uuids[2]).metrics == {"depth": 2, "ground_truth": 1}
    (found,) = monitoring.quality("failures")
    assert (found.count, found.accuracy.value) == (1, 0.0)
    assert archive.move(1 << 50).metrics == 1
    assert metrics_of(endpoint.store, endpoint.uuids) == []
    assert monitoring.prediction(endpoint.uuids[2]).metrics == {"depth": 2, "ground_truth": 1}
    monitoring.track_delayed_metrics({"ground_truth": 0}, endpoint.uuids[2])  # changed once more
    assert monitoring.prediction(endpoint.uuids[2]).metrics["ground_truth"] == 0
    archive.move(1 << 50)
    assert monitoring.prediction(endpoint.uuids[2]).metrics["ground_truth"] == 0


def test_truth_told_while_it_moves_is_not_lost(
    fleet: Motifleet, endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    filled(endpoint, 5)
    monitoring = fleet.monitoring
    monitoring.track_delayed_metrics({"ground_truth": 0}, endpoint.uuids[1])
    archive = Archive(endpoint.store, fleet.tables)
    archive.move(BASE + 60_000)
    append = fleet.tables.append

    def slow(name: str, *words: object, **options: object) -> object:
        done = append(name, *words, **options)  # type: ignore[arg-type]
        monitoring.track_delayed_metrics({"ground_truth": 1}, endpoint.uuids[1])
        return done

    monkeypatch.setattr(fleet.tables, "append", slow)
    archive.move(1 << 50)
    monkeypatch.undo()
    assert monitoring.prediction(endpoint.uuids[1]).metrics["ground_truth"] == 1


KILLED = """
import os, signal, sys
from motifleet.app import open_home
from motifleet.monitoring import Archive, archive

fleet = open_home(sys.argv[1])
place, before = sys.argv[2], int(sys.argv[3])

def killing(work):
    def kill(*words, **options):
        if place == "after append":
            work(*words, **options)
        os.kill(os.getpid(), signal.SIGKILL)
    return kill

module = sys.modules["motifleet.monitoring.archive"]
if place == "before end":
    module.end_predictions = killing(module.end_predictions)
elif place == "before metrics end":
    module.end_metrics = killing(module.end_metrics)
else:
    type(fleet.tables).append = killing(type(fleet.tables).append)
Archive(fleet.monitoring.store, fleet.tables).move(before, rows=8)
"""


@pytest.mark.parametrize(
    "place", ["before append", "after append", "before end", "before metrics end"]
)
def test_killed_anywhere_nothing_is_lost_or_doubled(
    fleet: Motifleet, endpoint: Endpoint, place: str, tmp_path: Path
) -> None:
    filled(endpoint, 20)
    before = seen(fleet)
    words = [sys.executable, "-c", KILLED, str(fleet.settings.home), place, str(BASE + 60_000)]
    killed = subprocess.run(words, env=os.environ, check=False, capture_output=True, timeout=120)
    assert killed.returncode == -signal.SIGKILL, killed.stderr.decode()[-2000:]
    assert seen(fleet) == before
    # One that is only now logged, of an early time: it was not in the batch that was cut short.
    late = endpoint.answer(500, [{"label": 7}])
    Archive(endpoint.store, fleet.tables).move(BASE + 60_000)
    assert find_predictions(endpoint.store, Wanted()) == []
    assert sorted(each[0] for each in seen(fleet)) == sorted([*(b[0] for b in before), late])
    rows = fleet.tables.scan("prediction_log", columns=["uuid"])["uuid"].to_pylist()
    assert len(rows) == len(set(rows)) == 21
    assert {each[0]: each[2] for each in seen(fleet)}[endpoint.uuids[5]] == {"depth": 5}


def test_only_who_owns_the_installation_archives(fleet: Motifleet, endpoint: Endpoint) -> None:
    filled(endpoint, 3)
    with pytest.raises(NotAllowedError):
        fleet.monitoring.acting(Actor("ann", everywhere="admin")).archive(0)
    assert fleet.monitoring.archive(0, shrink=True).predictions == (0 if now() < BASE else 3)


def now() -> int:
    from motifleet.workspace import now_ms

    return now_ms()
