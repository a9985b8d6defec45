"""The nouns: each is shown without being imported, and is there when it is used."""

from pathlib import Path

import pytest
from tests.cli.conftest import Run

from motifleet.cli import nouns

FOLDER = Path(nouns.__file__).parent


def test_help_names_every_noun_with_what_it_is_for(run: Run) -> None:
    shown = run("--help")
    assert shown.code == 0
    said = " ".join(shown.out.replace("│", " ").split())
    for name, told in nouns.NOUNS.items():
        assert name in said
        assert told in said


@pytest.mark.parametrize("noun", nouns.NOUNS)
def test_each_noun_is_there(noun: str, run: Run) -> None:
    shown = run(noun, "--help")
    assert shown.code == 0, shown.err
    assert f"motifleet {noun}" in shown.out
    assert "--install-completion" not in shown.out


def test_a_module_with_commands_is_a_noun() -> None:
    with_app = {
        path.stem
        for path in FOLDER.glob("*.py")
        if "\napp = typer.Typer(" in path.read_text(encoding="utf-8")
    }
    assert with_app - set(nouns.NOUNS) == {"main", "model_train"}


def test_a_noun_that_is_none_is_told_with_the_near_miss(run: Run) -> None:
    done = run("tabel", "list")
    assert done.code == 2
    assert "table" in done.err
    told = run("tabel", "list", "--json")
    assert told.code == 2
    assert "table" in told.err
