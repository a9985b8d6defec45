"""The log files of a home: how large they grow, and how many there are."""

import asyncio
import os
import time
from contextlib import suppress
from pathlib import Path

_EVERY_SECONDS = 5.0
_KEPT = 1000


async def bounding(folder: Path, largest: int, stop: asyncio.Event) -> None:
    """Look after the logs of a folder until told to stop."""
    while not stop.is_set():
        await asyncio.to_thread(bound_logs, folder, largest)
        with suppress(TimeoutError):
            async with asyncio.timeout(_EVERY_SECONDS):
                await stop.wait()


def bound_logs(folder: Path, largest: int) -> None:
    """Turn over logs that have grown too large, and remove the oldest of a folder's many.

    A log's end goes to a file beside it (``.log.1``, in the place of the one before), and the log
    begins anew. Whoever writes it appends, and notices nothing.

    Args:
        folder: whose logs, and those of the folders in it.
        largest: how many bytes each may have; twice as much with what was turned over.

    >>> log = getfixture("tmp_path") / "a.log"
    >>> _ = log.write_text("x" * 100)
    >>> bound_logs(log.parent, 50)
    >>> log.stat().st_size, log.with_name("a.log.1").stat().st_size
    (0, 50)
    """
    logs: dict[Path, list[Path]] = {}
    for path in folder.rglob("*.log"):
        with suppress(OSError):
            if path.stat().st_size > largest:
                _turn_over(path, largest)
            logs.setdefault(path.parent, []).append(path)
    for many in logs.values():
        if len(many) > _KEPT:
            _remove_oldest(many)


def read_log(path: Path) -> str:
    """What a log says, with what was turned over before it; nothing where there is none."""
    return _text(path.with_name(f"{path.name}.1")) + _text(path)


def note_down(path: Path, text: str) -> None:
    """Append a line with its time to a log."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with suppress(OSError), path.open("a", encoding="utf-8") as log:
        log.write(f"{time.strftime('%Y-%m-%dT%H:%M:%SZ', time.gmtime())} {text}\n")


def _turn_over(path: Path, largest: int) -> None:
    begun = path.with_name(f"{path.name}.new")
    with path.open("r+b") as log:
        log.seek(-largest, os.SEEK_END)
        begun.write_bytes(log.read())
        begun.replace(path.with_name(f"{path.name}.1"))
        log.truncate(0)


def _remove_oldest(many: list[Path]) -> None:
    dated = sorted((path.stat().st_mtime, path) for path in many if path.exists())
    for _, path in dated[:-_KEPT]:
        path.unlink(missing_ok=True)
        path.with_name(f"{path.name}.1").unlink(missing_ok=True)


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
