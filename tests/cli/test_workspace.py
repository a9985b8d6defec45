"""Projects, users and keys from the command line."""

import io
from pathlib import Path

import pytest
from tests.cli.conftest import Run


def test_a_team_is_set_up(tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    home = ("--home", tmp_path / "home", "--json")
    monkeypatch.setattr("sys.stdin", io.StringIO("correct horse\n"))
    assert run("user", "create", "ann", *home).json["name"] == "ann"
    made = run("project", "create", "DEV", *home).json
    assert Path(made["folder"]).is_dir()
    assert run("project", "grant", "DEV", "ann", "operator", *home).json["role"] == "operator"
    assert run("project", "members", "DEV", *home).json["members"][0]["user"] == "ann"
    key = run("key", "create", "--user", "ann", "--project", "DEV", "--days", 1, *home).json
    assert key["key"].startswith(key["hint"])
    assert key["key"] not in run("key", "list", *home).out
    assert run("key", "revoke", key["id"], *home).code == 0
    for command in ("lock", "unlock", "remove"):
        assert run("user", command, "ann", *home).code == 0
    assert run("project", "remove", "DEV", *home).code == 0
    assert not Path(made["folder"]).exists()
    lines = run("audit", *home).json["audit"]
    assert lines[0]["action"] == "project.remove"
    assert lines[0]["who"].startswith("local:")


def test_a_wrong_role_is_told_with_the_right_ones(tmp_path: Path, run: Run) -> None:
    home = ("--home", tmp_path / "home")
    run("project", "create", "DEV", *home)
    run("user", "create", "ann", "--no-password", *home)
    done = run("project", "grant", "DEV", "ann", "boss", *home)
    assert done.code == 2
    assert "expected a role of viewer, operator, contributor, admin, got 'boss'" in done.err


@pytest.mark.parametrize("words", [["--git", "x", "--folder", "y"], ["--revision", "v1"]])
def test_origins_that_do_not_go_together_are_wrong_usage(
    tmp_path: Path, run: Run, words: list[str]
) -> None:
    assert run("project", "create", "DEV", *words, "--home", tmp_path / "home").code == 2


def test_alerts_are_made_listed_and_taken_away(tmp_path: Path, run: Run, home: Path) -> None:
    where = ("--home", home)
    assert run("project", "create", "DEV", *where).code == 0
    words = ["alert", "create", "gone", "--metric", "silence", "--of", "trucks"]
    words += ["--threshold", "3600", "--project", "DEV", "--window", "1e8"]
    done = run(*words, *where)
    assert (done.code, done.out) == (0, "gone: told when silence of trucks is above 3600\n")
    assert run(*words, *where).code == 2  # the name is taken
    assert run("alert", "check", *where, "--json").json == {"messages": 1}
    (event,) = run("alert", "events", "gone", *where, "--json").json["events"]
    assert event["message"].startswith("silence of trucks is")
    assert run("alert", "off", "gone", *where).code == 0
    (rule,) = run("alert", "list", *where, "--json").json["alerts"]
    assert (rule["active"], rule["state"]["firing"]) == (False, False)
    assert run("alert", "on", "gone", *where).code == 0
    assert run("alert", "remove", "gone", *where).code == 0
    assert run("alert", "remove", "gone", *where).code == 1
    refused = run("alert", "create", "a", "--metric", "x", "--of", "y", "--threshold", 1, *where)
    assert "expected a metric of latency_p50" in refused.err
