"""Runs a command, and ends it with everything that it has started, whatever happens.

``python -I -S keeper.py``, with a line of JSON on standard input: ``command``, ``environment``,
``folder``, ``grace`` and ``sockets`` (descriptors that the command inherits). When standard input
ends (because whoever started the keeper says so, or is no more), when SIGTERM comes, or when the
command has ended, whatever is left of its processes is asked to end, and killed ``grace`` seconds
later. The keeper ends with the command's exit code.

It imports the standard library alone, so that it is there at once and holds little memory.
"""

import ctypes
import json
import os
import signal
import subprocess
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

_PR_SET_PDEATHSIG, _PR_SET_CHILD_SUBREAPER = 1, 36
_POLL_SECONDS, _KILLED_SECONDS = 0.05, 5.0


def main() -> None:
    """Parse, run, and end with the command's exit code."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the server's to hear
    told = json.loads(_line())
    # Processes that leave their parent become the keeper's, and are found when it ends.
    _prctl(_PR_SET_CHILD_SUBREAPER, 1)
    running = _start(told)
    end = threading.Event()
    signal.signal(signal.SIGTERM, lambda _number, _frame: end.set())
    threading.Thread(target=_watch, args=(end,), daemon=True).start()
    while running.poll() is None and not end.wait(_POLL_SECONDS):
        pass
    _end_all(running, float(told["grace"]))
    code = running.returncode if running.returncode is not None else -signal.SIGKILL
    os._exit(code if code >= 0 else 128 - code)


def _start(told: dict[str, Any]) -> subprocess.Popen[bytes]:
    try:
        return subprocess.Popen(  # noqa: S603 -- what the server says, without a shell
            told["command"],
            env=told["environment"],
            cwd=told["folder"],
            stdin=subprocess.DEVNULL,
            pass_fds=told.get("sockets", ()),
            start_new_session=True,
            preexec_fn=lambda: _prctl(_PR_SET_PDEATHSIG, signal.SIGKILL),  # noqa: PLW1509
        )
    except OSError as error:
        sys.exit(f"it cannot be started: {error}")


def _line() -> bytes:
    line = b""
    while not line.endswith(b"\n"):
        part = os.read(0, 1)
        if not part:
            sys.exit("expected a line of JSON on standard input, got none")
        line += part
    return line


def _watch(end: threading.Event) -> None:
    while os.read(0, 1):
        pass
    end.set()


def _end_all(running: subprocess.Popen[bytes], grace: float) -> None:
    """Ask all that is left to end, and kill it when the time is over."""
    last = time.monotonic() + grace
    number = signal.SIGTERM
    asked: set[int] = set()
    while (left := _descendants(os.getpid())) and time.monotonic() < last + _KILLED_SECONDS:
        if time.monotonic() >= last:
            number, asked = signal.SIGKILL, set()
        for each in left - asked:
            with suppress(OSError):
                os.kill(each, number)
            asked.add(each)
        running.poll()
        _reap(running.pid)
        time.sleep(_POLL_SECONDS)
    running.poll()


def _reap(but: int) -> None:
    """Let go of processes that have ended and became the keeper's."""
    for each in _children().get(os.getpid(), ()):
        if each != but:
            with suppress(OSError):
                os.waitpid(each, os.WNOHANG)


def _descendants(of: int) -> set[int]:
    """All processes below one that have not ended."""
    children, found, left = _children(), set[int](), [of]
    while left:
        for each in children.get(left.pop(), ()):
            found.add(each)
            left.append(each)
    return found


def _children() -> dict[int, list[int]]:
    """The processes of each process; zombies among them until they are let go of."""
    if sys.platform != "linux":
        said = subprocess.run(["/bin/ps", "-axo", "pid=,ppid="], capture_output=True, check=False)
        pairs = [line.split() for line in said.stdout.decode().splitlines()]
        found = [(int(pid), int(parent)) for pid, parent in pairs]
    else:
        found = [pair for path in Path("/proc").glob("[0-9]*/stat") if (pair := _pair(path))]
    children: dict[int, list[int]] = {}
    for pid, parent in found:
        children.setdefault(parent, []).append(pid)
    return children


def _pair(path: Path) -> tuple[int, int] | None:
    """A process and its parent; its name, in brackets, may hold anything."""
    with suppress(OSError, ValueError, IndexError):
        after = path.read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
        return int(path.parent.name), int(after[1])
    return None


def _prctl(what: int, value: int) -> None:
    if sys.platform == "linux":
        with suppress(OSError, AttributeError):
            ctypes.CDLL(None).prctl(what, value, 0, 0, 0)


if __name__ == "__main__":
    main()
