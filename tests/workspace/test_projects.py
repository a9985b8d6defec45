"""A project's folder: empty, from a repository, from a folder; whole or not at all."""

import os
import subprocess
from pathlib import Path

import pytest

from motifleet.config import load_settings
from motifleet.errors import ProjectSourceError
from motifleet.workspace import Actor, Origin, Store, add_project, list_projects, open_store

OWNER = Actor("owner", owner=True)


@pytest.fixture
def sqlite(tmp_path: Path) -> Store:
    return open_store(load_settings(tmp_path / "home"))


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    folder = tmp_path / "repository"
    folder.mkdir()
    (folder / "model.py").write_text("def predict(request):\n    return 1\n")

    def git(*words: str) -> None:
        who = ["-c", "user.name=ann", "-c", "user.email=ann@fleet.example"]
        subprocess.run(["git", *who, *words], cwd=folder, check=True, capture_output=True)

    git("init", "-b", "main")
    git("add", "model.py")
    git("commit", "-m", "first")
    git("tag", "v1")
    (folder / "model.py").write_text("def predict(request):\n    return 2\n")
    git("commit", "-am", "second")
    return folder


def test_an_empty_project_has_an_empty_folder(sqlite: Store, tmp_path: Path) -> None:
    made = add_project(sqlite, OWNER, "DEV", tmp_path / "projects" / "DEV")
    assert (made.origin, made.commit) == (None, None)
    assert list((tmp_path / "projects" / "DEV").iterdir()) == []
    assert (tmp_path / "projects" / "DEV").stat().st_mode & 0o777 == 0o700


def test_a_project_from_a_repository_is_at_its_commit(
    sqlite: Store, repository: Path, tmp_path: Path
) -> None:
    folders = tmp_path / "projects"
    made = add_project(sqlite, OWNER, "DEV", folders / "DEV", origin=Origin(git=str(repository)))
    assert made.commit is not None
    assert len(made.commit) == 40
    assert "return 2" in (folders / "DEV" / "model.py").read_text()
    tagged = Origin(git=str(repository), revision="v1")
    earlier = add_project(sqlite, OWNER, "PRD", folders / "PRD", origin=tagged)
    assert earlier.commit != made.commit
    assert "return 1" in (folders / "PRD" / "model.py").read_text()


def test_a_project_from_a_folder_has_its_files(sqlite: Store, tmp_path: Path) -> None:
    source = tmp_path / "source"
    (source / "deep").mkdir(parents=True)
    (source / "deep" / "a.txt").write_text("a")
    (source / "link").symlink_to("deep/a.txt")
    add_project(sqlite, OWNER, "DEV", tmp_path / "p" / "DEV", origin=Origin(folder=source))
    assert (tmp_path / "p" / "DEV" / "link").read_text() == "a"


@pytest.mark.parametrize(
    "address",
    [
        "ext::sh -c touch% /tmp/x",
        "--upload-pack=touch /tmp/x",
        "relative/path",
        "ftp://host/x",
        "https://host/x\n--config",
        "/nothing/here",
        "",
    ],
)
def test_an_address_that_is_none_leaves_nothing(
    sqlite: Store, tmp_path: Path, address: str
) -> None:
    with pytest.raises(ProjectSourceError):
        add_project(sqlite, OWNER, "DEV", tmp_path / "p" / "DEV", origin=Origin(git=address))
    assert list_projects(sqlite, OWNER) == []
    assert list((tmp_path / "p").iterdir()) == []


@pytest.mark.parametrize("revision", ["--upload-pack=x", "", "nothing"])
def test_a_revision_that_is_none_is_refused(
    sqlite: Store, repository: Path, tmp_path: Path, revision: str
) -> None:
    origin = Origin(git=str(repository), revision=revision)
    with pytest.raises(ProjectSourceError):
        add_project(sqlite, OWNER, "DEV", tmp_path / "p" / "DEV", origin=origin)


@pytest.mark.parametrize("target", ["/etc/passwd", "../outside", "sub/../../outside"])
def test_a_link_out_of_the_folder_is_refused(sqlite: Store, tmp_path: Path, target: str) -> None:
    source = tmp_path / "source"
    source.mkdir()
    (source / "link").symlink_to(target)
    with pytest.raises(ProjectSourceError, match="expected no link out of the folder"):
        add_project(sqlite, OWNER, "DEV", tmp_path / "p" / "DEV", origin=Origin(folder=source))


def test_what_is_no_file_is_refused(sqlite: Store, tmp_path: Path) -> None:
    source = tmp_path / "source"
    source.mkdir()
    os.mkfifo(source / "pipe")
    with pytest.raises(ProjectSourceError, match="expected files and folders"):
        add_project(sqlite, OWNER, "DEV", tmp_path / "p" / "DEV", origin=Origin(folder=source))


def test_a_password_in_an_address_is_not_kept() -> None:
    assert "secret" not in Origin(git="https://me:secret@git.example/x").shown
