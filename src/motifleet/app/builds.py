"""Builds of an open home: of registered versions, and of functions in files."""

import fcntl
import json
import logging
import os
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from motifleet.app.logs import read_log
from motifleet.app.project_files import ProjectFiles
from motifleet.app.workspace import opened_store
from motifleet.config import Settings, prepare_home
from motifleet.errors import InvalidArgumentError, MotifleetError
from motifleet.models import Registry
from motifleet.serving import BuildSource, FunctionSource, VersionSource, freeze
from motifleet.workspace import (
    OWNER,
    Actor,
    Build,
    Store,
    add_build,
    end_build,
    files_at_commit,
    find_build,
    list_builds,
)

_GRACE_MS = 60_000
_LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Builds:
    """Freezes models into builds; `Serving` has all of it.

    Args:
        settings: of the home.
        actor: who asks and changes things.
        project: where models go that are built for the first time.
    """

    settings: Settings
    actor: Actor = OWNER
    project: str = "default"

    @property
    def store(self) -> Store:
        """The database."""
        return opened_store(self.settings)

    def version_source(self, reference: str) -> VersionSource:
        """A registered version to build.

        Args:
            reference: as in ``failures@champion``.

        Raises:
            UnknownModelError, ModelChangedError: there is no such version as it was registered.
        """
        version, files = Registry.of(self.settings).files(reference)
        return VersionSource(f"{version.name}@{version.version}", files)

    def project_source(
        self,
        file: str,
        function: str,
        *,
        beside: Sequence[str] = (),
        requirements: Sequence[str] = (),
        example: Any = None,
    ) -> FunctionSource:
        """A function in a file of the project's folder to build.

        Args:
            file: where it is in that folder.
            function: its name.
            beside: other files of that folder that it needs beside it.
            requirements: what it needs, as pip takes it.
            example: a request to try it with.

        Raises:
            UnknownFileError: there is no such file.
            InvalidArgumentError: a path leads out of the folder.
        """
        files = ProjectFiles(self.settings, self.actor, self.project)
        paths = [files.path(each) for each in beside]
        commit = files.commit_of([file, *beside])
        return FunctionSource(
            files.path(file), function, tuple(paths), tuple(requirements), example, commit
        )

    def build_version(self, reference: str, endpoint: str | None = None) -> Build:
        """Build a registered version.

        Args:
            reference: as in ``failures@champion``.
            endpoint: the name that it is to be served under; None: the model's.

        Raises:
            UnknownModelError, ModelChangedError: there is no such version as it was registered.
            BuildError: it cannot be served; the build's log says more.
        """
        source = self.version_source(reference)
        return self.build(source, endpoint or source.reference.partition("@")[0])

    def build_function(
        self,
        file: Path,
        function: str,
        endpoint: str,
        *,
        beside: Sequence[Path] = (),
        requirements: Sequence[str] = (),
        example: Any = None,
        commit: str = "",
    ) -> Build:
        """Build a Python function that takes a request and returns an answer.

        Args:
            file: where it is.
            function: its name.
            endpoint: the name that it is to be served under.
            beside: other files that it needs in its folder.
            requirements: what it needs, as pip takes it.
            example: a request to try it with.
            commit: of the git repository that the files are in, or a tag: they are built as they
                are there, whatever lies in the folder. Empty: as they lie there.

        Raises:
            InvalidArgumentError: there is no such file.
            ProjectSourceError: there is no such commit, or no such file at it.
            BuildError: it cannot be served; the build's log says more.
        """
        needs = tuple(requirements)
        if not commit:
            source = FunctionSource(file, function, tuple(beside), needs, example)
            return self.build(source, endpoint)
        with TemporaryDirectory() as folder:
            whole, files = files_at_commit([file, *beside], commit, Path(folder))
            first, *others = files
            source = FunctionSource(first, function, tuple(others), needs, example, whole)
            return self.build(source, endpoint)

    def build(self, source: BuildSource, endpoint: str) -> Build:
        """Freeze a source; see `build_version` and `build_function`."""
        return self.begin(source, endpoint)[1]()

    def begin(self, source: BuildSource, endpoint: str) -> tuple[Build, Callable[[], Build]]:
        """Begin a build: it is in the list from now on, and what is given with it does the work.

        Raises:
            InvalidArgumentError: the endpoint's name is none that can be had.
            UnknownProjectError, NotAllowedError: the actor may not build in the project.
        """
        _check_name(endpoint)
        told = source.content()["source"]
        begun = add_build(self.store, endpoint, told, actor=self.actor, project=self.project)
        held = _hold(self._lock(begun))
        return begun, lambda: self._finish(begun, source, held)

    def _finish(self, begun: Build, source: BuildSource, held: int) -> Build:
        try:
            frozen = freeze(self.folder(begun), source)
        except BaseException as error:
            why = str(error) if isinstance(error, MotifleetError) else type(error).__name__
            end_build(self.store, begun.id, digest=None, reason=why[:4000])
            raise
        finally:
            self._lock(begun).unlink(missing_ok=True)
            os.close(held)
        return end_build(self.store, begun.id, digest=frozen.digest, reason=None)

    def end_abandoned(self) -> list[Build]:
        """Note the builds as failed whose process has ended before they were done."""
        latest = time.time_ns() // 1_000_000 - _GRACE_MS
        return [
            end_build(self.store, each.id, digest=None, reason=_ABANDONED)
            for each in list_builds(self.store)
            if each.status == "building" and each.created_at < latest and _is_free(self._lock(each))
        ]

    def builds(self, endpoint: str | None = None) -> list[Build]:
        """All builds, or those of an endpoint; the oldest first."""
        return list_builds(self.store, endpoint, actor=self.actor)

    def build_named(self, name: str) -> Build:
        """A build by its id, or an endpoint's newest one."""
        return find_build(self.store, name, actor=self.actor)

    def build_log(self, name: str) -> str:
        """What was said while a build was made."""
        return read_log(self.folder(self.build_named(name)) / "build.log")

    def build_example(self, name: str) -> Any:
        """The input example of a build; None: it has none."""
        text = read_log(self.folder(self.build_named(name)) / "content" / "input_example.json")
        return json.loads(text) if text else None

    def folder(self, build: Build) -> Path:
        """Where a build is."""
        return prepare_home(self.settings) / "builds" / build.id

    def _lock(self, build: Build) -> Path:
        """Held by the process that builds."""
        return self.folder(build).with_name(f".{build.id}.lock")


class Background:
    """Work that goes on after its request was answered, some at a time; it ends with the process.

    Args:
        at_once: how much of it.
    """

    def __init__(self, at_once: int = 2) -> None:
        self._turns = threading.BoundedSemaphore(at_once)

    def start(self, work: Callable[[], object]) -> None:
        """Do something as soon as it is its turn; what goes wrong is in the log."""
        threading.Thread(target=self._do, args=(work,), daemon=True).start()

    def _do(self, work: Callable[[], object]) -> None:
        with self._turns:
            try:
                work()
            except MotifleetError as error:
                _LOG.warning("%s", error)
            except Exception:
                _LOG.exception("work in the background")


def _hold(path: Path) -> int:
    path.parent.mkdir(mode=0o700, exist_ok=True)
    descriptor = os.open(path, os.O_CREAT | os.O_RDWR, 0o600)
    fcntl.flock(descriptor, fcntl.LOCK_EX)
    return descriptor


def _is_free(path: Path) -> bool:
    """Whether nobody holds a lock: its process has ended."""
    try:
        descriptor = os.open(path, os.O_RDWR)
    except OSError:
        return True
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    finally:
        os.close(descriptor)
    path.unlink(missing_ok=True)
    return True


def _check_name(name: str) -> None:
    good = name and len(name) <= 100 and all(each.isalnum() or each in "-_." for each in name)
    if not good or not name.isascii() or name.startswith("."):
        raise InvalidArgumentError(
            f"expected an endpoint's name of letters, digits, -, _ and ., got {name!r}"
        )


_ABANDONED = "the process that built it has ended: build it again"
