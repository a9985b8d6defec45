"""README and docs say what is true: their commands run, and nothing goes undocumented."""

import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.cli.conftest import Run, exit_code_of, run, run_alone  # noqa: F401
from typer.main import get_command

from motifleet.cli.main import app
from motifleet.config import Settings

ROOT = Path(__file__).parents[1]
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]
READ = {path: path.read_text(encoding="utf-8") for path in PAGES}


def blocks(page: str, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", page, flags=re.DOTALL | re.MULTILINE)


def commands(page: str) -> list[list[str]]:
    lines = "".join(blocks(page, "console")).splitlines()
    return [shlex.split(line[2:], comments=True) for line in lines if line.startswith("$ ")]


def tree(command: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[str, list[str]]]:
    """Every command with the long names of its options."""
    if hasattr(command, "commands"):
        for name, child in command.commands.items():
            yield from tree(child, (*path, name))
        return
    yield " ".join(path), [max(each.opts, key=len) for each in command.params]


COMMANDS = dict(tree(get_command(app)))


@pytest.mark.parametrize("path", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_what_a_page_shows_runs(
    path: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    run: Run,  # noqa: F811
) -> None:
    monkeypatch.chdir(tmp_path)
    page = READ[path]
    for words in commands(page):
        if words[0] == "make":
            assert f"\n{words[1]}:" in (ROOT / "Makefile").read_text(encoding="utf-8")
        elif words[:4] == ["motifleet", "table", "scan", "rejected"]:
            assert run(*words[1:]).code in (0, 1)
        else:
            assert words[0] == "motifleet"
            done = run(*words[1:])
            assert done.code == 0, (words, done.err)
    names: dict[str, object] = {}
    for block in blocks(page, "python"):
        exec(compile(block, str(path), "exec"), names)


def test_the_readme_shows_the_two_commands_and_a_tour() -> None:
    page = READ[ROOT / "README.md"]
    assert ["make", "demo"] in commands(page)
    assert ["make", "test"] in commands(page)
    assert blocks(page, "python")


@pytest.mark.parametrize("command", COMMANDS)
def test_each_command_is_documented_with_its_options(command: str) -> None:
    reference = READ[ROOT / "docs" / "reference" / "cli.md"]
    heading = f"## `motifleet {command}"
    assert heading in reference
    section = reference.split(heading, 1)[1].split("\n## ", 1)[0]
    shared = reference.split("\n## ", 1)[0]
    options = [each for each in COMMANDS[command] if each.startswith("--")]
    assert [each for each in options if f"`{each}" not in section + shared] == []


def test_no_command_is_documented_that_is_not_there() -> None:
    reference = READ[ROOT / "docs" / "reference" / "cli.md"]
    headings = re.findall(r"^## `motifleet ([a-z -]+)", reference, flags=re.MULTILINE)
    assert {name.strip() for name in headings} == set(COMMANDS)


def test_each_command_offers_json() -> None:
    assert [name for name, options in COMMANDS.items() if "--json" not in options] == []


def test_the_settings_are_documented() -> None:
    table = READ[ROOT / "docs" / "reference" / "settings.md"]
    rows = re.findall(r"^\| `([a-z_]+)` \|", table, flags=re.MULTILINE)
    assert rows == list(Settings.model_fields)


@pytest.mark.parametrize("path", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_links_lead_somewhere(path: Path) -> None:
    targets = re.findall(r"\]\(([^)#]+)", READ[path])
    local = [target for target in targets if "://" not in target]
    assert [target for target in local if not (path.parent / target).exists()] == []
