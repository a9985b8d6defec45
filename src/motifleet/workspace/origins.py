"""What a project's folder is filled with: a git repository, or another folder."""

import os
import re
import shutil
import stat
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit
from uuid import uuid4

from motifleet.errors import ProjectSourceError
from motifleet.workspace.git import git

_SCHEMES = ("https", "http", "ssh", "git", "file")
_SSH = re.compile(r"[A-Za-z0-9_.-]+@[A-Za-z0-9.-]+:[^:].*")


@dataclass(frozen=True, slots=True)
class Origin:
    """A repository or a folder.

    Args:
        git: a repository's address.
        folder: a folder of this machine.
        revision: a branch or a tag of the repository; None: its default.
    """

    git: str | None = None
    folder: Path | None = None
    revision: str | None = None

    @property
    def shown(self) -> str:
        """As the database keeps it: without a password.

        >>> Origin(git="https://me:secret@git.example/fleet.git").shown
        'https://git.example/fleet.git'
        """
        if self.git is None:
            return str(self.folder)
        parts = urlsplit(self.git)
        if not parts.scheme:
            return self.git
        return urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))


def fetch(origin: Origin | None, into: Path) -> str | None:
    """Fill a new folder, whole or not at all; give the repository's commit.

    Raises:
        ProjectSourceError: the origin cannot be used, or there is such a folder.
    """
    if into.exists():
        raise ProjectSourceError(
            f"expected no folder {into.name!r} among the projects' yet, got one: "
            "move or remove what an earlier project has left"
        )
    into.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    begun = into.with_name(f".{into.name}.{uuid4().hex[:8]}")
    try:
        commit = _fill(origin, begun)
        begun.chmod(0o700)
        begun.rename(into)
    except OSError as error:
        raise ProjectSourceError(f"the project's folder cannot be made: {error}") from error
    finally:
        shutil.rmtree(begun, ignore_errors=True)
    return commit


def is_committed(folder: Path, commit: str, name: str) -> bool:
    """Whether a file of a repository's folder is byte for byte what it is at a commit.

    Args:
        folder: the repository's.
        commit: of it.
        name: the file's path in it.
    """
    try:
        kept = git("-C", str(folder), "rev-parse", "--verify", "--quiet", f"{commit}:./{name}")
        here = git("-C", str(folder), "hash-object", "--no-filters", "--", name)
    except ProjectSourceError:
        return False
    return kept == here


def _fill(origin: Origin | None, begun: Path) -> str | None:
    if origin is None:
        begun.mkdir(mode=0o700)
    elif origin.git is not None:
        return _clone(origin.git, origin.revision, begun)
    elif origin.folder is not None:
        _copy(origin.folder, begun)
    return None


def _clone(address: str, revision: str | None, into: Path) -> str:
    _check_address(address)
    if revision is not None and not re.fullmatch(r"[A-Za-z0-9_][A-Za-z0-9_./-]*", revision):
        raise ProjectSourceError(f"expected the name of a branch or tag, got {revision!r}")
    branch = () if revision is None else ("--branch", revision)
    git("clone", "--quiet", "--no-hardlinks", *branch, "--", address, str(into))
    _check_links(into)
    return git("-C", str(into), "rev-parse", "HEAD").decode().strip()


def _check_address(address: str) -> None:
    scheme = address.partition("://")[0] if "://" in address else ""
    good = scheme in _SCHEMES if scheme else Path(address).is_absolute() or _SSH.fullmatch(address)
    if not good or "::" in address or any(each < " " for each in address):
        raise ProjectSourceError(
            f"expected a repository's address as https://…, ssh://…, name@host:path or an "
            f"absolute path, got {address!r}"
        )


def _copy(source: Path, into: Path) -> None:
    if not source.is_dir():
        raise ProjectSourceError(f"expected a folder, got {str(source)!r}")
    if into.resolve().is_relative_to(source.resolve()):
        raise ProjectSourceError(f"expected a folder apart from the projects', got {source}")
    for path in source.rglob("*"):
        mode = path.lstat().st_mode
        if not (stat.S_ISREG(mode) or stat.S_ISDIR(mode) or stat.S_ISLNK(mode)):
            raise ProjectSourceError(f"expected files and folders, got {path}, which is neither")
    _check_links(source)
    with suppress(shutil.SameFileError):
        shutil.copytree(source, into, symlinks=True)


def _check_links(folder: Path) -> None:
    """No link leads out of the folder."""
    inside = folder.resolve()
    for path in folder.rglob("*"):
        if path.is_symlink():
            target = Path(os.readlink(path))  # noqa: PTH115 -- as it is written
            if target.is_absolute() or not (path.parent / target).resolve().is_relative_to(inside):
                raise ProjectSourceError(
                    f"expected no link out of the folder, got {path.relative_to(folder)} → {target}"
                )
