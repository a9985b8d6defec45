"""What every model kind keeps to, and what each is for."""

import json
import os
import pickletools
import signal
from pathlib import Path

import mlflow
import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from bench import features
from mlflow.exceptions import MlflowException
from tests.models.conftest import QUICK, SPLIT, classifier, wearing

from motifleet.app import Motifleet, Selection
from motifleet.errors import InvalidArgumentError, UnknownColumnError
from motifleet.models import (
    DiscordDetector,
    FailureClassifier,
    FeatureWorth,
    Kind,
    Label,
    MultiDimMotif,
    Source,
    TimeSeriesQuery,
    Trained,
)
from motifleet.models.boosting import uninterrupted
from motifleet.models.prepared import Progress

SIGNALS = [f"iot_signal_{number}" for number in (1, 2, 3, 4)]
KINDS: list[Kind] = [
    classifier(),
    classifier(features=("rolling",), window=10),
    TimeSeriesQuery("iot_signal_3", window=8, steps=False),
    MultiDimMotif(SIGNALS, window=5),
    DiscordDetector("iot_signal_3", window=5, history=100),
]
IDS = [kind.name if not getattr(kind, "features", ()) else "with-features" for kind in KINDS]


def flat(fleet: Motifleet) -> None:
    """The lab's reports as of one device at equal steps, for what needs series without gaps."""
    rows = fleet.tables.scan("lab")
    place = rows.column_names.index("device_id")
    names = pd.array(["one"] * rows.num_rows)
    fleet.tables.append("one", rows.set_column(place, "device_id", [names.tolist()]))


@pytest.fixture(scope="module")
def lab(shared: Motifleet) -> Motifleet:
    flat(shared)
    return shared


@pytest.mark.parametrize("kind", KINDS, ids=IDS)
def test_every_kind_becomes_a_model_that_mlflow_loads_and_runs(
    kind: Kind, lab: Motifleet, monkeypatch: pytest.MonkeyPatch
) -> None:
    table = "one" if kind.name == "discord-detector" else "lab"
    trained = lab.models.train(kind, table, name=f"{kind.name}-{len(IDS)}-{id(kind)}")
    assert trained.version is not None
    run = lab.models.registry.run(trained.run_id)
    assert run.status == "FINISHED"
    assert run.lineage is not None
    snapshot = lab.tables.snapshot(table)
    assert run.lineage.snapshot_id == snapshot.id
    assert run.lineage.rows == snapshot.total_rows
    assert run.lineage.committed_at == snapshot.committed_at.isoformat()
    assert run.metrics == pytest.approx(trained.metrics)
    monkeypatch.setenv("MLFLOW_TRACKING_URI", f"sqlite:///{lab.settings.home / 'mlflow.db'}")
    model = mlflow.pyfunc.load_model(f"models:/{trained.version.name}/{trained.version.version}")
    example = model.input_example
    assert model.metadata.signature is not None
    assert len(model.predict(example)) >= 1
    card = mlflow.artifacts.load_text(f"runs:/{trained.run_id}/model_card.md")
    assert str(snapshot.id) in card
    assert "## Limits" in card


@pytest.mark.parametrize("kind", KINDS, ids=IDS)
def test_mlflow_shows_what_a_run_is_what_it_read_and_its_figures(
    kind: Kind, lab: Motifleet, tmp_path: Path
) -> None:
    table = "one" if kind.name == "discord-detector" else "lab"
    trained = lab.models.train(kind, table, experiment="shown")
    client = mlflow.MlflowClient(lab.models.registry.store.uri)
    run = client.get_run(trained.run_id)
    assert run.info.run_name == f"{kind.name} of {table}"
    assert run.data.tags["mlflow.note.content"] == trained.verdict
    assert run.inputs is not None
    (read,) = [each.dataset for each in run.inputs.dataset_inputs]
    assert (read.name, read.digest) == (table, str(lab.tables.snapshot(table).id))
    experiment = client.get_experiment(run.info.experiment_id)
    assert experiment.tags["mlflow.experimentKind"] == "custom_model_development"
    names = {each.path for each in client.list_artifacts(trained.run_id)}
    drawn = {name.removesuffix(".json") for name in names if name.endswith(".json")}
    assert names == {"model_card.md", "figures.html", *(f"{name}.json" for name in drawn)}
    page = client.download_artifacts(trained.run_id, "figures.html", str(tmp_path))
    text = Path(page).read_text(encoding="utf-8")
    # In MLflow's page it is without an address, so that no other file is found from it.
    outside_of_plotly = text[text.rindex("</head>") :]
    assert "src=" not in outside_of_plotly
    assert all(f'id="{name}"' in outside_of_plotly for name in drawn)
    assert drawn >= DRAWN[kind.name]


DRAWN = {
    "failure-classifier": {"confusion_matrix", "precision_recall", "calibration", "contributions"},
    "time-series-query": {"motif"},
    "multi-dim-motif": {"motif"},
    "discord-detector": {"distances"},
}


@pytest.mark.parametrize("kind", KINDS, ids=IDS)
def test_the_same_snapshot_and_choices_give_the_same_files(
    kind: Kind, lab: Motifleet, tmp_path: Path
) -> None:
    table = "one" if kind.name == "discord-detector" else "lab"
    source = Source(lab.tables, table).pinned()
    written = []
    for name in ("first", "second"):
        folder = tmp_path / name
        folder.mkdir()
        prepared = kind.prepare(source, "test")
        prepared.write(folder)
        files = {path.name: path.read_bytes() for path in sorted(folder.iterdir())}
        written.append((files, prepared.training.metrics))
    assert written[0] == written[1]


@pytest.mark.parametrize("kind", KINDS, ids=IDS)
def test_no_file_of_a_model_is_a_pickle(kind: Kind, lab: Motifleet) -> None:
    table = "one" if kind.name == "discord-detector" else "lab"
    trained = lab.models.train(kind, table)
    artifacts = lab.settings.home.absolute() / "mlartifacts"
    files = [path for path in artifacts.rglob("*") if path.is_file()]
    assert trained.run_id
    assert files
    assert [path for path in files if path.suffix in (".pkl", ".pickle", ".joblib")] == []
    for path in files:
        data = path.read_bytes()
        if data[:1] == b"\x80":  # how every pickle since protocol 2 begins
            with pytest.raises(ValueError, match=r"."):
                list(pickletools.genops(data))


def test_on_random_labels_it_says_that_nothing_can_be_learnt_and_errs_no_more_than_need_be(
    lab: Motifleet,
) -> None:
    said = 0
    for seed in range(5):
        kind = FailureClassifier(
            Label("iot_failure"), trees=QUICK, threads=1, seed=seed, split=type(SPLIT)(seed=seed)
        )
        prepared = kind.prepare(Source(lab.tables, "lab").pinned(), "test")
        said += prepared.verdict.startswith("Nothing can be learnt")
        metrics = prepared.training.metrics
        assert metrics["accuracy"] == pytest.approx(metrics["accuracy_baseline"], abs=0.02)
        assert prepared.training.params["threshold"] == 0.5
        assert prepared.training.params["threshold_by"] == "even odds"
        assert "The threshold stays at 0.5: the validation reports can choose" in prepared.verdict
        assert "0.5 or more: the validation reports can choose none" in prepared.card
    assert said >= 4


def test_what_can_be_learnt_is_learnt(lab: Motifleet) -> None:
    kind = FailureClassifier(Label("failed"), trees=QUICK, threads=1, split=SPLIT)
    prepared = kind.prepare(Source(lab.tables, "wearing").pinned(), "test")
    metrics = prepared.training.metrics
    assert prepared.verdict.startswith("The model finds failures")
    assert metrics["pr_auc"] > 2 * metrics["pr_auc_baseline"]
    assert metrics["brier"] < metrics["brier_baseline"]
    assert metrics["recall"] > metrics["recall_baseline"]
    assert prepared.training.params["threshold"] < 0.5
    assert prepared.training.params["threshold_by"] == "best F1"
    assert "the best F1 on the validation reports" in prepared.card


def test_features_give_failures_of_a_simulated_fleet_away(lab: Motifleet) -> None:
    judged = features.compared(lab, 2, devices=100, days=3)
    raw, rolling, whole = (judged[each] for each in ((), ("rolling",), features.ALL))
    share = raw.metrics["pr_auc_baseline"]
    found = {each: at.metrics["pr_auc"] for each, at in judged.items()}
    assert found[()] > 3 * share, found
    assert found["rolling",] > 8 * share, found
    assert found[features.ALL] > 10 * share, found
    assert raw.learnt
    assert rolling.learnt
    assert whole.learnt
    assert FeatureWorth.of(whole, raw).gain.low > 0.1
    assert FeatureWorth.of(judged["discord",], raw).gain.low < 0  # shape alone adds nothing


def test_the_run_tells_the_snapshot_of_its_label_too(lab: Motifleet) -> None:
    moment = pa.timestamp("us", "UTC")
    start = np.datetime64("2026-03-02T00:40", "us")
    names = [f"tank-{number:04d}" for number in range(60)]
    events = pa.table(
        {
            "device_id": names,
            "kind": ["failure"] * 60,
            "start": pa.array(np.array([start] * 60)).cast(moment),
            "end": pa.array(np.array([start] * 60)).cast(moment),
        }
    )
    lab.tables.append("stops", events)
    kind = classifier(Label(events="stops", hours=10 / 60), split=SPLIT)
    source = Source(lab.tables, "wearing").pinned()
    tags = kind.prepare(source, "test").training.tags
    assert tags["motifleet.label_table"] == "stops"
    assert tags["motifleet.label_snapshot_id"] == str(lab.tables.snapshot("stops").id)


def test_labels_of_events_say_whether_a_failure_is_near(lab: Motifleet) -> None:
    from motifleet.models.sample import read_sample

    rows = wearing(devices=2, reports=60)
    lab.tables.append("watched", rows)
    moment = pa.timestamp("us", "UTC")
    start, end = (np.datetime64(f"2026-03-02T00:{m}", "us") for m in ("40", "45"))
    events = pa.table(
        {
            "device_id": ["tank-0000"],
            "kind": ["failure"],
            "start": pa.array(np.array([start])).cast(moment),
            "end": pa.array(np.array([end])).cast(moment),
        }
    )
    lab.tables.append("events", events)
    source = Source(lab.tables, "watched").pinned()
    sample = read_sample(source, ["level"], Label(events="events", hours=10 / 60))
    first = slice(0, 60)
    assert np.flatnonzero(sample.labels[first]).tolist() == list(range(30, 40))
    unknown = [*range(40, 45), *range(50, 60)]
    assert np.flatnonzero(~sample.known[first]).tolist() == unknown
    assert sample.labels[60:].sum() == 0


def test_a_search_is_kept_and_goes_on(lab: Motifleet) -> None:
    def kind(trials: int) -> FailureClassifier:
        return FailureClassifier(
            Label("failed"),
            trees=QUICK,
            threads=1,
            split=SPLIT,
            search=lab.models.search(trials),
        )

    first = lab.models.train(kind(2), "wearing", experiment="searched")
    told: list[int] = []

    def tell(done: int, total: int | None = None) -> None:
        told.append(done)

    second = lab.models.train(kind(4), "wearing", experiment="searched", progress=tell)
    assert told[0] == 2  # the first two were not tried again
    client = mlflow.MlflowClient(f"sqlite:///{lab.settings.home / 'mlflow.db'}")
    experiment = client.get_run(first.run_id).info.experiment_id
    for trained, trials in ((first, 2), (second, 4)):
        nested = client.search_runs([experiment], f"tags.`mlflow.parentRunId` = '{trained.run_id}'")
        assert len(nested) == trials
        assert all("validation_pr_auc" in run.data.metrics for run in nested)
    assert len(lab.models.runs("searched")) == 2


def test_a_search_that_is_interrupted_goes_on_where_it_was(lab: Motifleet) -> None:
    def train(progress: Progress) -> Trained:
        kind = classifier(
            Label("failed"), split=SPLIT, seed=5, search=lab.models.search(4), signals=["level"]
        )
        return lab.models.train(kind, "wearing", experiment="interrupted", progress=progress)

    told: list[int] = []

    def interrupt(done: int, total: int | None = None) -> None:
        if done == 2:
            os.kill(os.getpid(), signal.SIGINT)

    def tell(done: int, total: int | None = None) -> None:
        told.append(done)

    with pytest.raises(KeyboardInterrupt):
        train(interrupt)
    assert lab.models.waiting == []
    trained = train(tell)
    assert told[0] == 2
    client = mlflow.MlflowClient(lab.models.registry.store.uri)
    experiment = client.get_run(trained.run_id).info.experiment_id
    parent = f"tags.`mlflow.parentRunId` = '{trained.run_id}'"
    assert len(client.search_runs([experiment], parent)) == 4
    assert len(lab.models.runs("interrupted")) == 1


def test_data_is_taken_whole_before_an_interruption_is_heard() -> None:
    said: list[str] = []

    def take() -> None:
        with uninterrupted():
            os.kill(os.getpid(), signal.SIGINT)
            said.append("taken")

    before = signal.getsignal(signal.SIGINT)
    with pytest.raises(KeyboardInterrupt):
        take()
    assert said == ["taken"]
    assert signal.getsignal(signal.SIGINT) is before


@pytest.fixture(scope="module")
def query(lab: Motifleet) -> object:
    kind = TimeSeriesQuery("iot_signal_3", window=8, steps=False)
    trained = lab.models.train(kind, "one", name="query")
    assert trained.version is not None
    return lab.models.registry.load("query")[1]


def test_a_pattern_is_found_where_it_was_cut(query: object, lab: Motifleet) -> None:
    values = lab.tables.scan("one", columns=["iot_signal_3"])["iot_signal_3"].to_numpy()
    pattern = values[700:720].tolist()
    answer = query.predict({"pattern": pattern})  # type: ignore[attr-defined]
    assert answer.loc[0, "nearest_neighbor"] == 700
    assert answer.loc[0, "distance"] == pytest.approx(0, abs=1e-6)
    several = query.predict(  # type: ignore[attr-defined]
        pd.DataFrame({"pattern": [pattern, [54.0, 53.0, 52.0, 51.0]]}), params={"k": 3}
    )
    assert [len(each) for each in several["matches"]] == [3, 3]


@pytest.mark.parametrize("wrong", [[1.0, 2.0], [1.0, float("nan"), 2.0], list(range(5000))])
def test_what_is_no_pattern_is_refused(query: object, wrong: list[float]) -> None:
    with pytest.raises((MlflowException, ValueError), match="expected"):
        query.predict(pd.DataFrame({"pattern": [wrong]}))  # type: ignore[attr-defined]


def test_the_labs_rows_and_records_have_the_same_motifs(lab: Motifleet) -> None:
    lab.models.train(MultiDimMotif(SIGNALS, window=5), "lab", name="motifs")
    _, model = lab.models.registry.load("motifs")
    rng = np.random.default_rng(0)
    names = SIGNALS
    values = rng.normal(size=(60, 4))
    values[40:45, :2] = values[10:15, :2]
    records = [dict(zip(names, row, strict=True)) for row in values.tolist()]
    of_records = model.predict(pd.DataFrame(records))
    of_lab = model.predict({"rows": {str(at): row for at, row in enumerate(records)}})
    assert of_records.to_dict() == of_lab.to_dict()
    assert of_records["dimensions"].tolist() == [1, 2, 3, 4]
    two = of_records.iloc[1]
    assert (two["index"], two["neighbor"]) == (10, 40)
    assert sorted(two["channels"]) == names[:2]
    with pytest.raises((MlflowException, ValueError), match="iot_signal_2"):
        model.predict(pd.DataFrame(records).drop(columns="iot_signal_2"))


def test_a_detector_scores_what_is_new_above_what_comes_again(lab: Motifleet) -> None:
    minutes = np.arange(2000)
    wave = np.sin(minutes * np.pi / 10) + np.random.default_rng(0).normal(size=2000) * 0.05
    times = np.datetime64("2026-03-02T00:00", "us") + minutes * np.timedelta64(1, "m")
    table = pa.table(
        {
            "device_id": pa.array(["pump"] * 2000),
            "event_ts": pa.array(times).cast(pa.timestamp("us", "UTC")),
            "flow": pa.array(wave),
        }
    )
    lab.tables.append("pumps", table)
    kind = DiscordDetector("flow", window=40, history=1000)
    trained = lab.models.train(kind, "pumps", name="pumps")
    assert "So few windows" in trained.verdict
    version, model = lab.models.registry.load("pumps")
    broken = wave[:40].copy()
    broken[20:24] = 3.0
    rows = [{"device_id": "pump", "values": each.tolist()} for each in (wave[:40], broken)]
    rows.append({"device_id": "never seen", "values": broken.tolist()})
    answer = model.predict(pd.DataFrame(rows))
    assert answer["unusual"].tolist() == [False, True, True]
    assert answer["score"][0] < 0.9 < answer["score"][1]
    assert version.kind == kind.name
    stream = lab.models.registry.model("pumps")[1].detector.stream("pump")
    assert stream.append(broken).left_distances[-1] == pytest.approx(answer["distance"][1])


BAD: dict[str, tuple[object, str]] = {
    "no such signal": (lambda: classifier(signals=["iot_signal_9"]), "iot_signal_9"),
    "a word as signal": (lambda: classifier(signals=["event_type"]), "hold numbers"),
    "no such label": (lambda: classifier(Label("failed_not")), "failed_not"),
    "a word as label": (lambda: classifier(Label("event_type")), "0 and 1"),
    "a number as label": (lambda: classifier(Label("iot_signal_1")), "0 and 1"),
    "the label as signal": (lambda: classifier(signals=["iot_failure"]), "not the label"),
    "no such feature": (lambda: classifier(features=("magic",)), "magic"),
    "no series": (lambda: TimeSeriesQuery("iot_signal_3", window=900, steps=False), "shorter"),
    "one signal": (lambda: MultiDimMotif(["iot_signal_1"]), "at least two"),
    "a short history": (lambda: DiscordDetector("iot_signal_3", 60, 61), "history"),
}


@pytest.mark.parametrize("case", BAD)
def test_what_cannot_be_trained_is_refused(case: str, lab: Motifleet) -> None:
    make, says = BAD[case]
    with pytest.raises((InvalidArgumentError, UnknownColumnError), match=says):
        lab.models.train(make(), "lab")  # type: ignore[operator]
    assert lab.models.waiting == []


def test_one_class_only_is_refused(lab: Motifleet) -> None:
    rows = wearing()
    place = rows.column_names.index("failed")
    lab.tables.append("sound", rows.set_column(place, "failed", pa.array(np.zeros(rows.num_rows))))
    with pytest.raises(InvalidArgumentError, match="both classes"):
        lab.models.train(classifier(Label("failed")), "sound")


def test_an_empty_table_is_refused(lab: Motifleet) -> None:
    with pytest.raises(InvalidArgumentError, match="empty table"):
        lab.models.train(classifier(), "lab", selection=Selection(where="iot_signal_1 > 100"))


def test_a_model_refuses_what_it_has_never_seen(lab: Motifleet) -> None:
    lab.models.train(classifier(), "lab", name="never")
    _, model = lab.models.registry.load("never")
    row = {f"iot_signal_{number}": 3.0 for number in (1, 2, 3, 4)}
    for wrong, says in (
        (row | {"iot_signal_2": None}, "never seen one missing"),
        (row | {"iot_signal_2": float("inf")}, "finite"),
        (row | {"iot_signal_2": "three"}, "iot_signal_2"),
        ({"iot_signal_1": 3.0}, "iot_signal_2"),
    ):
        frame = pd.DataFrame([wrong])
        if "iot_signal_2" in wrong and wrong["iot_signal_2"] is None:
            frame = frame.astype(float)
        with pytest.raises((MlflowException, ValueError), match=says):
            model.predict(frame)
    assert json.loads(model.predict(pd.DataFrame([row])).to_json())["label"]
