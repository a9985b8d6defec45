"""The files of a project's folder: read and written by name, and never outside of it."""

import os
import stat
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path, PurePosixPath
from typing import Any
from uuid import uuid4

from motifleet.app.workspace import opened_store
from motifleet.config import Settings
from motifleet.errors import InvalidArgumentError, NotAllowedError, UnknownFileError
from motifleet.workspace import Actor, Project, check, find_project, is_committed, note

LARGEST = 100 << 20
"""A file's size in bytes."""
_LONGEST, _LONGEST_PART = 500, 200


@dataclass(frozen=True, slots=True)
class ProjectFile:
    """One file.

    Args:
        path: in the project's folder, with ``/`` between its parts.
        bytes: its size.
        changed_at: milliseconds since 1970.
    """

    path: str
    bytes: int
    changed_at: int

    def to_dict(self) -> dict[str, Any]:
        """Plain values, for JSON."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class ProjectFiles:
    """The files of one project, as far as somebody may see and change them.

    Args:
        settings: of the home.
        actor: who asks.
        project: the project's name.
    """

    settings: Settings
    actor: Actor
    project: str

    def list(self) -> list[ProjectFile]:
        """All files, by path; what belongs to git, and links, are left out."""
        root = self._root()
        found = (path.relative_to(root).as_posix() for path in root.rglob("*"))
        names = sorted(name for name in found if not _of_git(PurePosixPath(name)))
        files = ((name, (root / name).lstat()) for name in names)
        return [
            ProjectFile(name, told.st_size, told.st_mtime_ns // 1_000_000)
            for name, told in files
            if stat.S_ISREG(told.st_mode)
        ]

    def path(self, name: str) -> Path:
        """Where a file is.

        Raises:
            UnknownFileError: there is no such file.
            InvalidArgumentError: the name leads out of the folder, or through a link.
        """
        path = self._inside(name)
        if not path.is_file():
            raise UnknownFileError(name, [each.path for each in self.list()])
        return path

    def read(self, name: str) -> bytes:
        """What is in a file."""
        return self.path(name).read_bytes()

    def write(self, name: str, content: bytes) -> ProjectFile:
        """Write a file, whole or not at all; one of that name is replaced.

        Raises:
            NotAllowedError: the role is too low, or the project is guarded.
            InvalidArgumentError: the name leads out of the folder, or the file is too large.
        """
        if len(content) > LARGEST:
            raise InvalidArgumentError(
                f"expected a file of at most {LARGEST:,} bytes, got {len(content):,}"
            )
        path = self._changed(name, "write")
        if path.is_dir():
            raise InvalidArgumentError(f"expected a file's path, got the folder {name!r}")
        try:
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            part = path.with_name(f".{uuid4().hex}.part")
            part.write_bytes(content)
        except OSError as error:
            raise InvalidArgumentError(f"{name!r} cannot be written: {error.strerror}") from None
        part.replace(path)
        told = path.stat()
        return ProjectFile(name, told.st_size, told.st_mtime_ns // 1_000_000)

    def remove(self, name: str) -> None:
        """Remove a file.

        Raises:
            UnknownFileError: there is no such file.
            NotAllowedError: the role is too low, or the project is guarded.
        """
        path = self._changed(name, "remove")
        self.path(name)
        with suppress(FileNotFoundError):
            path.unlink()

    def commit_of(self, names: Sequence[str]) -> str:
        """The commit that files are of; nothing where one of them is not as it is there."""
        project = self._project()
        if project.commit is None or project.folder is None:
            return ""
        folder = Path(project.folder)
        whole = all(is_committed(folder, project.commit, each) for each in names)
        return project.commit if whole else ""

    def _changed(self, name: str, change: str) -> Path:
        """Where a file is that is about to be changed; the audit log has it."""
        project = self._project()
        check(self.actor, "file.write", project.id)
        if project.guarded:
            raise NotAllowedError(
                f"expected no change of files in {project.name}, which is guarded: they come from "
                "its repository or folder"
            )
        path = self._inside(name)
        note(
            opened_store(self.settings),
            self.actor,
            "file.write",
            name,
            project=project.name,
            change=change,
        )
        return path

    def _project(self) -> Project:
        return find_project(opened_store(self.settings), self.actor, self.project)

    def _root(self) -> Path:
        folder = self._project().folder
        if folder is None or not Path(folder).is_dir():
            raise UnknownFileError(f"the folder of {self.project}", [])
        return Path(folder)

    def _inside(self, name: str) -> Path:
        root, plain = self._root(), PurePosixPath(name)
        odd = not plain.parts or plain.is_absolute() or name != plain.as_posix()
        if odd or ".." in plain.parts or _of_git(plain) or not _printable(name):
            raise InvalidArgumentError(f"expected a path in the project's folder, got {name!r}")
        path = root / plain
        for each in (path, *path.parents):
            if each == root:
                break
            if each.is_symlink():
                raise InvalidArgumentError(f"expected a path without links, got {name!r}")
        return path


def _of_git(path: PurePosixPath) -> bool:
    """Whether git reads it, and would run what it names."""
    return any(part.casefold().startswith(".git") for part in path.parts)


def _printable(name: str) -> bool:
    """Whether every file system takes it."""
    if not name.isprintable() or "\\" in name or len(os.fsencode(name)) > _LONGEST:
        return False
    return all(len(os.fsencode(part)) <= _LONGEST_PART for part in name.split("/"))
