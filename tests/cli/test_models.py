"""The commands of models on a home, and what they say of bad input."""

import json
from pathlib import Path

import pytest
from tests.cli.conftest import Run

from motifleet.app import Simulation, open_home
from motifleet.models import FailureClassifier, Label, Trees


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("lab")
    fleet = open_home(home)
    fleet.simulate(Simulation("lab", part=2), "lab")
    kind = FailureClassifier(Label("iot_failure"), trees=Trees(rounds=5), threads=1)
    fleet.models.train(kind, "lab", name="failures")
    fleet.simulate(Simulation("lab", part=1), "other")
    return home


def test_a_model_is_trained_listed_compared_scored_and_traced(
    run: Run, lab: Path, tmp_path: Path
) -> None:
    words = ["--label", "iot_failure", "--table", "lab", "--trees", 5, "--name", "failures"]
    trained = run("model", "train", "failure-classifier", *words, "--json", "--home", lab)
    assert trained.json["version"]["aliases"] == ["challenger"], trained.err
    assert "Nothing can be learnt" in trained.json["verdict"]
    listed = run("model", "list", "failures", "--json", "--home", lab).json["versions"]
    assert [each["version"] for each in listed] == [1, 2]
    names = ("failures@champion", "failures@challenger")
    assert run("model", "compare", *names, "--json", "--home", lab).json["rows_between"] == 0
    assert "rows between them: 0" in run("model", "compare", *names, "--home", lab).out
    assert run("model", "promote", names[1], "--home", lab).out == "failures@2: champion\n"
    assert "failures@1: champion" in run("model", "rollback", "failures", "--home", lab).out
    score = ["model", "score", "failures", "--table", "lab", "--into", "scores", "--home", lab]
    assert "1,440 predictions landed" in run(*score).out
    assert "1,440 were there already" in run(*score).out
    rows = tmp_path / "rows.json"
    rows.write_text(json.dumps({f"iot_signal_{number}": 3 for number in (1, 2, 3, 4)}))
    asked = run("model", "predict", "failures", rows, "--json", "--home", lab)
    assert set(asked.json["predictions"][0]) == {"probability", "label"}
    told = run("lineage", "failures@2", "--json", "--home", lab).json
    assert told["lineage"]["rows"] == 1440
    saw = run("lineage", "--table", "lab", "--json", "--home", lab).json["trainings"]
    assert [each["model"] for each in saw] == [["failures@2"], ["failures@1"]]
    runs = run("experiment", "runs", "--json", "--home", lab).json
    assert (len(runs["runs"]), runs["waiting"]) == (2, [])
    assert run("experiment", "list", "--json", "--home", lab).code == 0
    again = run("model", "register", told["version"]["run_id"], "other", "--home", lab)
    assert again.out == "other@1: champion\n"
    assert run("model", "upload", "--json", "--home", lab).json == {"uploaded": []}


def test_a_new_home_speaks_of_nothing_but_the_answer(run_alone: Run, tmp_path: Path) -> None:
    done = run_alone("experiment", "list", "--json", "--home", tmp_path / "home")
    assert (done.code, done.err) == (0, "")
    assert [each["experiment"] for each in done.json["experiments"]] == ["Default"]


TRAIN = ["model", "train", "failure-classifier", "--table", "lab"]
WRONG: dict[str, tuple[list[str], int, str]] = {
    "no label": (TRAIN, 2, "--label"),
    "an unknown label": ([*TRAIN, "--label", "iot_failur"], 1, "no column 'iot_failur'"),
    "an unknown table": ([*TRAIN[:-1], "lag", "--label", "x"], 1, "did you mean 'lab'"),
    "an unknown split": ([*TRAIN, "--label", "iot_failure", "--split", "luck"], 2, "device-time"),
    "an unknown feature": ([*TRAIN, "--label", "iot_failure", "--feature", "x"], 2, "rolling"),
    "an unknown model": (["lineage", "failurs"], 1, "did you mean 'failures'"),
    "an unknown version": (["model", "promote", "failures@9"], 1, "champion"),
    "an unknown snapshot": ([*TRAIN, "--label", "iot_failure", "--as-of", "7"], 1, "no snapshot 7"),
    "a table into itself": (
        ["model", "score", "failures", "--table", "lab", "--into", "lab"],
        2,
        "another table",
    ),
    "a table into another's": (
        ["model", "score", "failures", "--table", "lab", "--into", "other"],
        2,
        "'other', which has no model, model_version, table, snapshot_id",
    ),
    "hours without end": (
        [*TRAIN, "--label-events", "other", "--hours", "inf"],
        2,
        "up to 1,000,000, got inf",
    ),
    "a version to roll back": (["model", "rollback", "failures@1"], 2, "without @"),
    "nothing to trace": (["lineage"], 2, "MODEL"),
}


@pytest.mark.parametrize("case", WRONG)
def test_bad_input_is_told(case: str, run: Run, lab: Path) -> None:
    words, code, says = WRONG[case]
    done = run(*words, "--home", lab)
    assert done.code == code, done.err
    assert says in done.err


ROW = {f"iot_signal_{number}": 3.0 for number in (1, 2, 3, 4)}
ASKED: dict[str, tuple[str, int, str]] = {
    "no JSON": ("{nothing", 2, "expected JSON"),
    "a number": ("3", 2, "expected a list of records, got 3"),
    "numbers": ("[1, 2]", 2, "expected a list of records, got [1, 2]"),
    "no records": ("[]", 2, "iot_signal_1"),
    "a column less": (json.dumps([{"iot_signal_1": 3}]), 2, "iot_signal_2"),
    "a list as number": (json.dumps([ROW | {"iot_signal_2": [1]}]), 2, "refuses the input"),
    "nothing as number": (json.dumps([ROW | {"iot_signal_2": None}]), 2, "never seen one missing"),
    "a column more": (json.dumps([ROW | {"more": 1}]), 0, "the model takes no more: ignored"),
}


@pytest.mark.parametrize("case", ASKED)
def test_records_that_are_none_are_told(case: str, run: Run, lab: Path, tmp_path: Path) -> None:
    text, code, says = ASKED[case]
    rows = tmp_path / "rows.json"
    rows.write_text(text)
    done = run("model", "predict", "failures", rows, "--home", lab)
    assert done.code == code, done.err
    said = " ".join(done.err.replace("\u2502", " ").split())
    assert says in said
    assert "WARNING" not in done.err


@pytest.mark.parametrize("name", ["", "a/b", "x" * 300])
def test_what_cannot_be_a_name_is_told_before_the_training(name: str, run: Run, lab: Path) -> None:
    before = run("experiment", "runs", "--json", "--home", lab).json
    done = run(*TRAIN, "--label", "iot_failure", "--trees", 2, "--name", name, "--home", lab)
    assert done.code == 2
    assert "expected a model's name" in done.err
    assert run("experiment", "runs", "--json", "--home", lab).json == before
