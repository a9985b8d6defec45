"""``python -m motifleet_replica FOLDER SOCKET``: load a build, try its example, and answer.

It ends with its parent: standard input is a pipe that nobody writes to, and ends with the parent.
"""

import ctypes
import gc
import os
import signal
import sys
import threading
from contextlib import suppress
from pathlib import Path

from . import forms, frames, loading, predictors, service


def main() -> None:
    """Parse, load, warm up, serve."""
    folder, path = Path(sys.argv[1]), Path(sys.argv[2])
    trial = sys.argv[3:] == ["--try"]
    if not trial:
        end_with_parent()
    model = loading.load(folder)
    example = loading.example(folder)
    if example is not None:
        _try(model, example)
    if trial:
        return
    gc.collect()
    gc.freeze()
    service.serve(model, path)


def _try(model: predictors.Model, example: bytes) -> None:
    answer = predictors.answer_one(model, frames.Request(forms.LAB, example))
    if answer.status != 200:
        sys.exit(f"the input example fails: {answer.output.decode()}")


def end_with_parent() -> None:
    """End when the parent does: standard input is its pipe."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C goes to the whole group
    if sys.platform == "linux":
        with suppress(OSError, AttributeError):
            ctypes.CDLL(None).prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG
    threading.Thread(target=_watch, daemon=True).start()


def _watch() -> None:
    while os.read(0, 1):
        pass
    os._exit(0)


if __name__ == "__main__":
    main()
