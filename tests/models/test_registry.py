"""Versions, aliases, lineage, and servers that are not there."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.models.conftest import SPLIT, classifier, free_port, serving, wearing

from motifleet.app import Motifleet, Selection, open_home
from motifleet.errors import (
    InvalidArgumentError,
    ModelChangedError,
    ModelError,
    TrackingError,
    UnknownModelError,
    UnknownSnapshotError,
    UnknownTableError,
)
from motifleet.models import FailureClassifier, Label, MultiDimMotif

FAILED = Label("failed")
SIGNALS = ["level", "noise"]


@pytest.fixture
def tanks(make_home: Callable[[], Motifleet]) -> Motifleet:
    fleet = make_home()
    fleet.tables.append("tanks", wearing(), batch_id="first")
    return fleet


def kind(signals: list[str] | None = None) -> FailureClassifier:
    return classifier(FAILED, signals=signals, split=SPLIT)


def test_versions_are_promoted_and_rolled_back(tanks: Motifleet) -> None:
    models = tanks.models
    first = models.train(kind(), "tanks", name="failures").version
    second = models.train(kind(["noise"]), "tanks", name="failures").version
    assert first is not None
    assert second is not None
    assert (first.reference, first.aliases) == ("failures@1", ("champion",))
    assert (second.reference, second.aliases) == ("failures@2", ("challenger",))
    assert models.promote("failures@challenger").aliases == ("champion",)
    assert models.registry.version("failures").version == 2
    assert models.registry.version("failures@previous").version == 1
    assert models.roll_back("failures").version == 1
    assert models.registry.version("failures@previous").version == 2
    assert models.roll_back("failures").version == 2


def test_what_is_not_there_is_named_with_what_is(tanks: Motifleet) -> None:
    run = tanks.models.train(kind(), "tanks", name="failures").run_id
    registry = tanks.models.registry
    for ask, says in (
        (lambda: registry.version("failurs"), "did you mean 'failures'"),
        (lambda: registry.version("failures@7"), "champion"),
        (lambda: registry.promote("failures@challanger"), "version"),
        (lambda: registry.roll_back("failures"), "previous"),
        (lambda: registry.run("f" * 32), "run"),
        (lambda: registry.runs("no such"), "experiment"),
    ):
        with pytest.raises(UnknownModelError, match=says):
            ask()
    with pytest.raises(InvalidArgumentError, match="without @"):
        registry.register(run, "a@b")
    with pytest.raises(InvalidArgumentError, match="failures@champion"):
        registry.version("failures@")


@pytest.mark.parametrize("name", ["booster.ubj", "terms.json", "features.py", "MLmodel"])
def test_a_version_whose_files_have_changed_is_refused(tanks: Motifleet, name: str) -> None:
    tanks.models.train(kind(), "tanks", name="failures")
    (path,) = tanks.settings.home.rglob(f"mlartifacts/**/{name}")
    path.write_bytes(path.read_bytes().replace(b"e", b"E", 1))
    with pytest.raises(ModelChangedError, match=r"failures@1.*have changed"):
        tanks.models.registry.load("failures")
    with pytest.raises(ModelChangedError):
        tanks.models.score("failures", "tanks", "scores")


def test_a_version_with_a_file_more_is_refused(tanks: Motifleet) -> None:
    tanks.models.train(kind(), "tanks", name="failures")
    (path,) = tanks.settings.home.rglob("mlartifacts/**/MLmodel")
    (path.parent / "more.py").write_text("print()")
    with pytest.raises(ModelChangedError):
        tanks.models.registry.load("failures")
    with pytest.raises(ModelChangedError):
        tanks.models.registry.promote("failures@1")


def test_a_version_registered_without_a_checksum_is_refused(
    tanks: Motifleet, monkeypatch: pytest.MonkeyPatch
) -> None:
    import mlflow

    run = tanks.models.train(kind(), "tanks").run_id
    uri = tanks.models.registry.run(run).model_uri
    monkeypatch.setenv("MLFLOW_TRACKING_URI", tanks.models.registry.store.uri)
    mlflow.register_model(uri, "stranger")
    with pytest.raises(ModelChangedError, match="without a checksum"):
        tanks.models.registry.load("stranger@1")


def test_lineage_leads_from_a_model_to_its_batches_and_back(tanks: Motifleet) -> None:
    models = tanks.models
    models.train(kind(), "tanks", name="failures")
    landed = tanks.tables.append("tanks", wearing(first=60), batch_id="second")
    models.train(kind(), "tanks", name="failures")
    first, second = (models.lineage(f"failures@{number}") for number in (1, 2))
    assert [each.batch_id for each in first.batches] == ["first"]
    assert [each.batch_id for each in second.batches] == ["first", "second"]
    assert first.whole
    assert second.lineage.parent_id == first.lineage.snapshot_id
    assert second.lineage.rows == 2 * first.lineage.rows
    assert second.lineage.snapshot_id == landed.snapshot_id

    def saw(**which: object) -> list[tuple[str, ...]]:
        return [each.model for each in models.saw("tanks", **which)]  # type: ignore[arg-type]

    assert saw(batch="first") == [("failures@2",), ("failures@1",)]
    assert saw(batch="second") == saw() == saw(snapshot=landed.snapshot_id) == [("failures@2",)]
    with pytest.raises(InvalidArgumentError, match="third"):
        models.saw("tanks", batch="third")
    with pytest.raises(UnknownTableError):
        models.saw("no_such")


def test_a_training_reads_the_snapshot_that_is_asked_for(tanks: Motifleet) -> None:
    before = tanks.tables.snapshot("tanks")
    tanks.tables.append("tanks", wearing(first=60), batch_id="second")
    then = tanks.models.train(kind(), "tanks", selection=Selection(as_of=before.id))
    run = tanks.models.registry.run(then.run_id)
    assert run.lineage is not None
    assert (run.lineage.snapshot_id, run.lineage.rows) == (before.id, 3600)
    with pytest.raises(UnknownSnapshotError):
        tanks.models.train(kind(), "tanks", selection=Selection(as_of=12345))


def test_an_expired_snapshot_is_told(tanks: Motifleet) -> None:
    from pyiceberg.catalog.sql import SqlCatalog

    tanks.models.train(kind(), "tanks", name="failures")
    first = tanks.tables.snapshot("tanks").id
    tanks.tables.append("tanks", wearing(first=60), batch_id="second")
    home = tanks.settings.home
    catalog = SqlCatalog("motifleet", uri=f"sqlite:///{home / 'catalog.db'}")
    table = catalog.load_table(("motifleet", "tanks"))
    table.maintenance.expire_snapshots().by_id(first).commit()
    catalog.close()
    with pytest.raises(UnknownSnapshotError, match=str(first)):
        tanks.models.train(kind(), "tanks", selection=Selection(as_of=first))
    found = tanks.models.lineage("failures")
    assert not found.whole
    assert found.lineage.snapshot_id == first


def test_the_better_version_is_told_by_the_same_reports(tanks: Motifleet) -> None:
    models = tanks.models
    models.train(kind(["noise"]), "tanks", name="failures")
    tanks.tables.append("tanks", wearing(first=60), batch_id="second")
    models.train(kind(["level"]), "tanks", name="failures")
    found = models.compare("failures@champion", "failures@challenger")
    assert found.held_out is not None
    assert found.held_out.better == "second"
    assert found.held_out.low > 0
    assert found.rows_between == 3600
    assert found.batches_between == ("second",)
    assert found.params["signals"] == ("noise", "level")
    assert "failures@2 is better" in found.verdict
    turned = models.compare("failures@2", "failures@1").held_out
    assert turned is not None
    assert turned.better == "first"
    same = models.compare("failures@2", "failures@2")
    assert same.held_out is not None
    assert same.held_out.better is None
    assert "Nobody can tell" in same.verdict
    json.dumps(found.to_dict())


def test_held_out_reports_are_of_devices_that_neither_has_learnt_from(tanks: Motifleet) -> None:
    models = tanks.models
    models.train(kind(), "tanks", name="failures")
    other = classifier(FAILED, split=type(SPLIT)(seed=2))
    models.train(other, "tanks", name="failures")
    found = models.compare("failures@1", "failures@2").held_out
    assert found is not None
    seeds = (SPLIT, type(SPLIT)(seed=2))
    both = [
        name
        for name in tanks.tables.devices("tanks")
        if all(each.draw(name) >= 0.8 for each in seeds)
    ]
    assert found.devices == len(both)


def test_models_of_two_kinds_are_not_compared(tanks: Motifleet) -> None:
    tanks.models.train(kind(), "tanks", name="failures")
    tanks.models.train(MultiDimMotif(SIGNALS, 5), "tanks", name="motifs")
    with pytest.raises(ModelError, match="failure-classifier"):
        tanks.models.compare("failures", "motifs")
    with pytest.raises(ModelError, match="scores reports"):
        tanks.models.score("motifs", "tanks", "scores")


def test_a_training_survives_a_server_that_cannot_be_reached(
    make_home: Callable[[], Motifleet], monkeypatch: pytest.MonkeyPatch
) -> None:
    home = make_home().settings.home
    monkeypatch.setenv("MOTIFLEET_TRACKING_URI", f"http://127.0.0.1:{free_port()}")
    away = open_home(home)
    away.tables.append("tanks", wearing())
    with pytest.raises(TrackingError, match="kept: `motifleet model upload") as refused:
        away.models.train(kind(), "tanks", name="failures")
    (waiting,) = away.models.waiting
    assert waiting.id in str(refused.value)
    with pytest.raises(TrackingError, match="kept"):
        away.models.upload()
    monkeypatch.delenv("MOTIFLEET_TRACKING_URI")
    back = open_home(home)
    (done,) = back.models.upload([waiting.id])
    assert done.version is not None
    assert done.version.reference == "failures@1"
    assert done.metrics == waiting.metrics
    assert back.models.waiting == []
    assert back.models.upload() == []
    with pytest.raises(UnknownModelError, match="training"):
        back.models.upload([waiting.id])


def test_a_database_that_is_none_is_told(tanks: Motifleet) -> None:
    (tanks.settings.home / "other.db").write_text("no database at all, but long enough" * 100)
    broken = open_home(tanks.settings.home)
    settings = broken.settings.model_copy(
        update={"tracking_uri": f"sqlite:///{tanks.settings.home / 'other.db'}"}
    )
    from motifleet.models import Registry

    with pytest.raises(TrackingError, match="cannot list the experiments"):
        Registry.of(settings).experiments()


TRAINS = """
import sys
from motifleet.app import open_home
from tests.models.test_registry import kind
print(open_home(sys.argv[1]).models.train(kind(), "tanks", name="failures").version.version)
"""


def test_two_trainings_at_once_become_two_versions(tanks: Motifleet) -> None:
    command = [sys.executable, "-c", TRAINS, str(tanks.settings.home)]
    root = Path(__file__).parents[2]
    both = [
        subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=root
        )
        for _ in range(2)
    ]
    said = [each.communicate(timeout=300) for each in both]
    assert [each.returncode for each in both] == [0, 0], said
    assert sorted(int(out.split()[-1]) for out, _ in said) == [1, 2]
    assert len(tanks.models.runs()) == 2
    assert tanks.models.waiting == []


@pytest.mark.served
def test_everything_works_with_a_tracking_server(
    make_home: Callable[[], Motifleet], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    home, port = make_home().settings.home, free_port()
    words = ["server", "--backend-store-uri", f"sqlite:///{home / 'mlflow.db'}", "--workers", "1"]
    words += ["--artifacts-destination", str(tmp_path / "artifacts")]
    with serving(*words, port=port, log=tmp_path / "log", environment={}) as address:
        monkeypatch.setenv("MOTIFLEET_TRACKING_URI", address)
        fleet = open_home(home)
        fleet.tables.append("tanks", wearing())
        fleet.models.train(kind(), "tanks", name="failures")
        assert [each.reference for each in fleet.models.versions()] == ["failures@1"]
        scored = fleet.models.score("failures", "tanks", "scores")
        assert scored.rows == 3600
        assert fleet.models.saw("tanks")[0].aliases == ("champion",)
