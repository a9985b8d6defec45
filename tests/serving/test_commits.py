"""A guarded project serves files as they are at a commit, whatever lies in the folder."""

import subprocess
from dataclasses import replace
from pathlib import Path

import pytest
from tests.serving.models import WELL

from motifleet.app import Motifleet, open_home
from motifleet.errors import DeploymentError, InvalidArgumentError, ProjectSourceError


@pytest.fixture
def home(tmp_path: Path) -> Motifleet:
    made = open_home(tmp_path / "home")
    made.workspace.add_project("PRD", guarded=True)
    return made


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    folder = tmp_path / "repository"
    (folder / "models").mkdir(parents=True)
    (folder / "models" / "model.py").write_text(WELL)
    (folder / "models" / "link.py").symlink_to("model.py")
    (folder / "model.py").write_text(WELL)
    git(folder, "init", "-b", "main")
    git(folder, "add", ".")
    git(folder, "commit", "-m", "first")
    git(folder, "tag", "v1")
    return folder


def git(folder: Path, *words: str) -> str:
    who = ("-c", "user.name=ann", "-c", "user.email=ann@fleet.example")
    done = subprocess.run(["git", *who, *words], cwd=folder, check=True, capture_output=True)
    return done.stdout.decode().strip()


def test_what_is_served_is_what_was_committed(home: Motifleet, repository: Path) -> None:
    serving = replace(home.serving, project="PRD")
    file = repository / "models" / "model.py"
    commit = git(repository, "rev-parse", "HEAD")
    file.write_text("raise RuntimeError('not committed')\n")
    build = serving.build_function(file, "predict", "well", commit="v1", example={"value": 1})
    assert build.source == f"model.py:predict@{commit}"
    kept = serving.folder(build) / "content" / "source" / "model.py"
    assert kept.read_text() == WELL
    assert serving.deploy(build.id).status == "starting"


def test_what_nobody_can_find_again_is_not_deployed(home: Motifleet, repository: Path) -> None:
    serving = replace(home.serving, project="PRD")
    file = repository / "model.py"
    loose = serving.build_function(file, "predict", "well")
    with pytest.raises(DeploymentError, match="is guarded"):
        serving.deploy(loose.id)
    with pytest.raises(DeploymentError, match="is guarded"):
        serving.deploy(loose.id, role="canary", share=0.5)
    assert serving.deployments("well") == []
    posing = file.rename(repository / "model@3.py")
    with pytest.raises(InvalidArgumentError, match="without @"):
        serving.build_function(posing, "predict", "well")


@pytest.mark.parametrize(
    ("name", "revision", "says"),
    [
        ("model.py", "none", "expected a commit"),
        ("model.py", "--all", "expected a commit"),
        ("model.py", "HEAD:model.py", "expected a commit"),
        ("models/link.py", "v1", "or no file"),
        ("models", "v1", "or no file"),
        ("new.py", "v1", "it is not there"),
    ],
)
def test_a_commit_or_file_that_is_not_there_is_told(
    home: Motifleet, repository: Path, name: str, revision: str, says: str
) -> None:
    (repository / "new.py").write_text(WELL)
    with pytest.raises(ProjectSourceError, match=says):
        home.serving.build_function(repository / name, "predict", "well", commit=revision)


def test_a_file_in_no_repository_has_no_commits(home: Motifleet, tmp_path: Path) -> None:
    file = tmp_path / "model.py"
    file.write_text(WELL)
    with pytest.raises(ProjectSourceError, match="expected a commit"):
        home.serving.build_function(file, "predict", "well", commit="HEAD")
