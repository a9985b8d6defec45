"""What a long search has found so far, kept so that it goes on after it was stopped."""

import hashlib
import os
import shutil
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
from pyarrow import feather

UNFINISHED = "unfinished"
KEPT_DAYS = 7
"""What a search that was stopped has found is kept so long after its last page."""


@dataclass(frozen=True, slots=True)
class Staging:
    """A folder with a file for each finished page of a search; None: nothing is kept.

    A file is there whole or not at all. Two that do the same search share the folder.

    Args:
        folder: of this search alone.
    """

    folder: Path | None

    @classmethod
    def of(cls, home: Path, *parts: object) -> "Staging":
        """The folder of the search that is made of these parts."""
        name = hashlib.sha256(repr(parts).encode()).hexdigest()[:16]
        folder = home / UNFINISHED / name
        sweep(home / UNFINISHED, folder)
        return cls(folder)

    def within(self, name: str) -> "Staging":
        """A part of it."""
        return Staging(None if self.folder is None else self.folder / name)

    def finished(self) -> dict[int, pa.Table]:
        """What was found in the pages that are done, by their numbers."""
        if self.folder is None or not self.folder.is_dir():
            return {}
        found = {}
        for path in self.folder.glob("*.arrow"):
            # A file that cannot be read any more is as good as none: its page is done again.
            with suppress(pa.ArrowException, OSError):
                found[int(path.stem)] = feather.read_table(path, memory_map=False)
        return found

    def put(self, number: int, found: pa.Table) -> None:
        """Keep what was found in a page."""
        if self.folder is None:
            return
        self.folder.mkdir(parents=True, exist_ok=True)
        path = self.folder / f"{number}.{os.getpid()}"
        # Another one with the same search may have finished and taken the folder away.
        with suppress(FileNotFoundError):
            feather.write_feather(found, str(path))
            path.replace(self.folder / f"{number}.arrow")

    def clear(self) -> None:
        """Take it all away, now that the result is written."""
        if self.folder is not None:
            shutil.rmtree(self.folder, ignore_errors=True)


def sweep(unfinished: Path, own: Path, now: float | None = None) -> list[Path]:
    """Take away what searches left that were stopped and never went on.

    Args:
        unfinished: the folder of all of them.
        own: the one that is about to go on, which stays.
        now: seconds since 1970; None: the clock.

    Returns:
        the folders that are gone.
    """
    if not unfinished.is_dir():
        return []
    before = (time.time() if now is None else now) - KEPT_DAYS * 86_400
    old = [each for each in unfinished.iterdir() if each != own and _last_change(each) < before]
    for each in old:
        shutil.rmtree(each, ignore_errors=True)
    return old


def _last_change(folder: Path) -> float:
    # A file that another process takes away meanwhile says nothing.
    latest = 0.0
    for each in (folder, *folder.rglob("*")):
        with suppress(OSError):
            latest = max(latest, each.stat().st_mtime)
    return latest
