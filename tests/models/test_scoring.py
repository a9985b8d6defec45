"""A table in, a table of predictions out: the same as MLflow's, once, in bounded memory."""

import os
import subprocess
import sys
from collections.abc import Callable

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from tests.models.conftest import SPLIT, classifier, wearing

import motifleet.models.scoring as room
from motifleet.app import Motifleet
from motifleet.errors import InvalidArgumentError, UnknownColumnError, UnknownModelError
from motifleet.models import DiscordDetector, Label

FAILED = Label("failed")
ROW = 8 * 4
"""Bytes of a report: device, time, two signals."""


@pytest.fixture(scope="module")
def tanks(make_home: Callable[[], Motifleet]) -> Motifleet:
    fleet = make_home()
    fleet.tables.append("tanks", wearing())
    fleet.models.train(classifier(FAILED, split=SPLIT), "tanks", name="failures")
    kind = classifier(FAILED, split=SPLIT, features=("rolling", "past"), window=6)
    fleet.models.train(kind, "tanks", name="lately")
    kind_of_discords = DiscordDetector("level", window=6, history=100)
    fleet.models.train(kind_of_discords, "tanks", name="discords")
    return fleet


@pytest.mark.parametrize("model", ["failures", "lately"])
def test_a_scored_table_holds_what_mlflow_predicts(tanks: Motifleet, model: str) -> None:
    done = tanks.models.score(model, "tanks", f"scores_{model}")
    assert (done.rows, done.already) == (3600, 0)
    keys = ["device_id", "event_ts"]
    rows = tanks.tables.scan("tanks").to_pandas().sort_values(keys)
    scores = tanks.tables.scan(f"scores_{model}").to_pandas().sort_values(keys)
    asked = rows.assign(event_ts=rows["event_ts"].dt.tz_localize(None))
    expected = tanks.models.registry.load(model)[1].predict(asked)
    assert scores["probability"].to_numpy() == pytest.approx(expected["probability"].to_numpy())
    assert (scores["label"].to_numpy() == expected["label"].to_numpy()).all()
    assert (scores[keys].to_numpy() == rows[keys].to_numpy()).all()
    assert set(scores["model_version"]) == {1}
    assert set(scores["snapshot_id"]) == {done.snapshot_id}


def test_scoring_again_changes_nothing_and_goes_on_where_it_stopped(
    tanks: Motifleet, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(room, "GROUP_BYTES", 700 * ROW)
    told: list[int] = []

    def stop(done: int, total: int | None = None) -> None:
        told.append(done)
        if len(told) == 3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        tanks.models.score("failures", "tanks", "twice", progress=stop)
    landed = tanks.tables.scan("twice").num_rows
    assert 0 < landed < 3600
    rest = tanks.models.score("failures", "tanks", "twice")
    assert rest.rows + rest.already == 3600
    assert rest.already >= landed
    snapshots = len(tanks.tables.snapshots("twice"))
    again = tanks.models.score("failures", "tanks", "twice")
    assert (again.rows, again.already) == (0, 3600)
    assert len(tanks.tables.snapshots("twice")) == snapshots
    keys = tanks.tables.scan("twice", columns=["device_id", "event_ts"]).to_pandas()
    assert not keys.duplicated().any()


def test_a_new_snapshot_and_a_new_version_are_scored_anew(
    make_home: Callable[[], Motifleet],
) -> None:
    fleet = make_home()
    fleet.tables.append("tanks", wearing())
    fleet.models.train(classifier(FAILED, split=SPLIT), "tanks", name="failures")
    fleet.models.score("failures", "tanks", "scores")
    fleet.tables.append("tanks", wearing(devices=1, first=60))
    assert fleet.models.score("failures", "tanks", "scores").rows == 3660
    fleet.models.train(classifier(FAILED, split=SPLIT), "tanks", name="failures")
    assert fleet.models.score("failures@2", "tanks", "scores").rows == 3660
    versions = fleet.tables.scan("scores")["model_version"].to_pylist()
    assert set(versions) == {1, 2}


def test_a_detector_scores_each_window(tanks: Motifleet) -> None:
    done = tanks.models.score("discords", "tanks", "scored_discords")
    scores = tanks.tables.scan("scored_discords").to_pandas()
    assert done.rows == len(scores)
    # The first three windows of a device have none before them beyond the exclusion zone.
    assert len(scores) == 60 * (60 - 6 + 1 - 3)
    assert scores["score"].between(0, 1).all()
    assert (scores["fleet_distance"].notna() == scores["unusual"]).all()


def test_no_more_than_a_group_is_in_memory(
    tanks: Motifleet, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(room, "GROUP_BYTES", 500 * ROW)
    sizes: list[int] = []
    plain = room._Classifier.score

    def watched(self: room._Classifier, rows: pa.Table) -> pa.Table:
        sizes.append(rows.num_rows)
        return plain(self, rows)

    monkeypatch.setattr(room._Classifier, "score", watched)
    tanks.models.score("failures", "tanks", "in_parts")
    assert max(sizes) <= 500
    assert sum(sizes) == 3600


SCORES = """
import resource, sys
import motifleet.models.scoring as room
from motifleet.app import open_home

room.GROUP_BYTES = 4_000_000
models = open_home(sys.argv[1]).models
models.score("wide", "narrow", "warm")
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
rows = models.score("wide", "broad", "scores").rows
print(rows, (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) << 10)
"""
COLUMNS = [f"signal_{number:02d}" for number in range(98)]


def broad(devices: int, reports: int, seed: int) -> pa.Table:
    """Reports of 800 bytes each, with a label."""
    rng = np.random.default_rng(seed)
    rows = wearing(devices, reports, first=devices * seed, seed=seed)
    signals = {name: rng.integers(0, 9, rows.num_rows).astype(float) for name in COLUMNS}
    return pa.table(
        {name: rows[name] for name in ("device_id", "event_ts", "failed")}
        | {name: pa.array(values) for name, values in signals.items()}
    )


@pytest.mark.slow
def test_a_table_is_scored_in_a_fraction_of_its_memory(
    make_home: Callable[[], Motifleet],
) -> None:
    fleet = make_home()
    fleet.tables.append("narrow", broad(60, 60, 0))
    fleet.models.train(classifier(FAILED, split=SPLIT), "narrow", name="wide")
    for seed in range(3):
        fleet.tables.append("broad", broad(100, 1440, seed).drop_columns(["failed"]))
    done = subprocess.run(
        [sys.executable, "-c", SCORES, str(fleet.settings.home)],
        # Arrow's usual allocator keeps what was given back to it; the system's shows what is held.
        env={**os.environ, "ARROW_DEFAULT_MEMORY_POOL": "system", "MALLOC_ARENA_MAX": "2"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    rows, more = map(int, done.stdout.split())
    assert rows == 3 * 100 * 1440
    allowance, table = 96 << 20, rows * 8 * (len(COLUMNS) + 2)
    assert table > 3 * allowance
    assert more < allowance


def test_bad_tables_are_refused(tanks: Motifleet) -> None:
    rows = wearing(devices=2)
    tanks.tables.append("lacking", rows.drop_columns(["noise"]))
    hole = np.array([np.nan, *np.zeros(119)])
    place = rows.column_names.index("level")
    tanks.tables.append("holed", rows.set_column(place, "level", pa.array(hole)))
    words = rows.set_column(place, "level", pa.array(["high"] * 120))
    tanks.tables.append("worded", words)
    refused = [
        ("failures", "lacking", None, UnknownColumnError, "noise"),
        ("failures", "worded", None, InvalidArgumentError, "level"),
        ("failures", "holed", None, InvalidArgumentError, "never seen one missing"),
        ("nobody", "tanks", None, UnknownModelError, "nobody"),
        ("failures", "tanks", "level > 99", InvalidArgumentError, "empty"),
    ]
    for model, table, where, error, says in refused:
        with pytest.raises(error, match=says):
            tanks.models.score(model, table, "out", where=where)
    with pytest.raises(InvalidArgumentError, match="another table"):
        tanks.models.score("failures", "tanks", "tanks")
    assert "out" not in [each.name for each in tanks.tables.list()]


def test_python_asks_a_model_too(tanks: Motifleet) -> None:
    found = tanks.models.predict("failures", [{"level": 4.0, "noise": 0.0}])
    assert isinstance(found, pd.DataFrame)
    assert found["probability"][0] > 0.3
    whole = tanks.models.predict("failures", [{"level": 4, "noise": 0}])
    assert whole.to_dict() == found.to_dict()
    with pytest.raises(InvalidArgumentError, match="noise"):
        tanks.models.predict("failures", [{"level": 4.0}])
